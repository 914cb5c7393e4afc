#include "engine/passes/composing.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "engine/decide/merge.h"
#include "engine/passes/faults.h"
#include "engine/passes/foreseer.h"
#include "engine/passes/open_work.h"
#include "engine/passes/payload_hook.h"
#include "engine/sides/marker.h"
#include "engine/write/outgoing.h"
#include "engine/write/promised.h"
#include "format/json.h"
#include "mapping/sets.h"

namespace lockstep {

Composing::Composing(RunContext& run, Faults& faults, Foreseer& foreseer, OpenWork& open_work, PayloadHook& payload_hook)
    : Pass(run), faults_(faults), foreseer_(foreseer), open_work_(open_work), payload_hook_(payload_hook) {}

std::optional<Json> Composing::compose(Item& item, std::string_view marker) {
  if (const std::string why = item.decision.remote == Action::Patch ? std::string() : foreseer_.stands_in_way(item); !why.empty()) {
    faults_.reject(item, why);
    return std::nullopt;
  }
  const Outgoing outgoing(mapping_, *sync_.resource, secrets_, target_, shaper_);
  try {
    std::vector<Outgoing::HeldBack> held;
    Json body = body_of(item, outgoing, held);
    keep_pending(item, held);
    const bool nothing = body.object()->empty();
    if (!payload_hook_.ask(item, body)) return std::nullopt;
    if (item.decision.remote == Action::Recreate) tell_left_out_secrets(item, body);
    if (item.decision.remote == Action::Create && body.object()->empty()) {
      faults_.reject(item, "its row holds nothing that can be sent: no " + sync_.nouns.one + " is created of it");
      return std::nullopt;
    }
    if (!nothing || !body.object()->empty()) outgoing.seal(item, marker, body);
    return body;
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Rejected) throw;
    faults_.reject(item, failure.what());
    return std::nullopt;
  }
}

/// The rules judge the row with what a person or a hook decided on in its place.
Json Composing::body_of(const Item& item, const Outgoing& outgoing, std::vector<Outgoing::HeldBack>& held) const {
  const std::vector<Value> cells = cells_to_judge(item);
  if (!cells.empty()) {
    Item judged = item;
    judged.stored = cells;
    return outgoing.patch(judged, policy_.force, held);
  }
  return item.decision.remote == Action::Patch    ? outgoing.patch(item, policy_.force, held)
         : item.decision.remote == Action::Create ? outgoing.create(item)
                                                  : outgoing.recreate(item);
}

/// That is sent, and not what the cells hold. Empty: the row as it is.
std::vector<Value> Composing::cells_to_judge(const Item& item) const {
  std::vector<Value> cells;
  if (item.decision.remote != Action::Patch) return cells;
  for (const FieldConflict& conflict : item.decision.conflicts) {
    const bool given = conflict.winner == FieldConflict::Winner::Person || conflict.winner == FieldConflict::Winner::Hook;
    const FieldChange* change = given ? merging::find_sent(item.decision, conflict.ordinal) : nullptr;
    const bool another = change != nullptr && !identical(change->after, item.facts.here[conflict.ordinal]);
    if (!another || mapping_.fields()[conflict.ordinal].lookup || secrets_.is_masked(conflict.ordinal, change->after)) continue;
    if (cells.empty()) cells.assign(item.stored.begin(), item.stored.end());
    cells[target_.fields_at + conflict.ordinal] = change->after;
  }
  return cells;
}

/// The state keeps no secret: what no column holds is not made anew with its item.
void Composing::tell_left_out_secrets(const Item& item, const Json& body) {
  if (item.base == nullptr) return;
  const std::vector<std::string> missing = secrets_.missing(json::parse(item.base->document), body);
  if (missing.empty()) return;
  tally_.warn(item, "secrets_left_out",
              tally_.name_of(item) + " is made anew without " + join(missing, ", ") + ", which no column holds: set it where " +
                  sync_.nouns.provider + " is administered");
}

/// These keys' edits stay pending, as if this run might not write them.
void Composing::keep_pending(Item& item, const std::vector<Outgoing::HeldBack>& held) {
  Decision& decision = item.decision;
  for (const Outgoing::HeldBack& one : held) {
    const auto is_its = [&](const FieldChange& change) { return mapping_.fields()[change.ordinal].from.top() == one.key; };
    for (const FieldChange& change : decision.remote_fields) {
      if (is_its(change)) decision.pending_local.push_back(change.ordinal);
    }
    std::erase_if(decision.remote_fields, is_its);
  }
  item.held_back = held.empty() ? std::string() : reasons_of(held);
}

void Composing::promise_create(const Item& item, IntentEntry& intent) {
  const Micros now = clock_.now();
  if (!policy_.can_repeat_create) return;
  if (const auto open = open_work_.creates().find(item.key); open != open_work_.creates().end()) {
    intent = open->second;
  } else {
    intent.marker = Marker{database_.database_id, target_.table.name, item.key, make_ulid(now)}.text();
  }
  intent.until = now + at_work_for(sync_.resource->time_out);
}

Json Composing::remote_fields(const Item& item) const { return item.decision.remote == Action::Create ? Json() : promised_fields(item); }

/// The same of a create too: what the row held then tells later edits of it apart.
Json Composing::promised_fields(const Item& item) const {
  Json fields = item.added_members;
  for (const FieldChange& change : item.added_fields) {
    Json& entry = fields[mapping_.fields()[change.ordinal].column];
    entry["before"] = kept_there(item, change.ordinal, change.before);
    entry["after"] = json::to_kept(change.after);
  }
  const Json standing = item.decision.remote == Action::Patch ? json::parse(item.raw) : Json();
  for (const FieldChange& change : item.decision.remote_fields) {
    if (identical(change.before, change.after)) continue;  // a leaf that is only kept
    Json& entry = fields[mapping_.fields()[change.ordinal].column];
    std::optional<Json> raw = raw_before(item, change, standing);
    // What a column cannot hold and the journal may not keep is told by its mask.
    entry["before"] = raw ? json::to_kept(change.before) : kept_there(item, change.ordinal, change.before);
    entry["after"] = json::to_kept(change.after);
    if (raw) entry["raw"] = *std::move(raw);
  }
  return fields;
}

Json Composing::promised_on_both_sides(const Item& item) const {
  Json fields = promised_fields(item);
  for (const FieldChange& change : item.decision.local_fields) {
    Json* entry = fields.find(mapping_.fields()[change.ordinal].column);
    if (entry != nullptr && item.decision.remote == Action::Patch) promise_for_row(*entry, change.before);
  }
  // The row follows what a hook added as it follows an edit of the remote.
  for (const FieldChange& change : item.added_fields) {
    promise_for_row(*fields.find(mapping_.fields()[change.ordinal].column), item.facts.here[change.ordinal]);
  }
  return fields;
}

/// What stands in the document, where the rules made something else of it and would not make it again of that: only this can be restored.
std::optional<Json> Composing::raw_before(const Item& item, const FieldChange& change, const Json& standing) const {
  const Field& field = mapping_.fields()[change.ordinal];
  if (item.decision.remote != Action::Patch || field.write_only || secrets_.may_be_secret(change.ordinal)) return std::nullopt;
  const Json* found = mapping_.place_in(change.ordinal, standing).find(standing);
  const Json raw = found == nullptr ? Json() : *found;
  if (secrets_.may_hold(json::to_text(raw))) return std::nullopt;
  const bool plain = field.transforms.empty() && !field.lookup && !field.fallback;
  if (plain && json::canonical(json::from_value(change.before)) == json::canonical(raw)) return std::nullopt;
  try {
    Json again = standing;
    lay(mapping_, change.ordinal, change.after, again, shaper_.transformer());
    lay(mapping_, change.ordinal, change.before, again, shaper_.transformer());
    const Json* restored = mapping_.place_in(change.ordinal, again).find(again);
    if (json::canonical(restored == nullptr ? Json() : *restored) == json::canonical(raw)) return std::nullopt;
  } catch (const Error& failure) {
    if (scope_of(failure) != Scope::Record) throw;
  }
  return raw;
}

}  // namespace lockstep
