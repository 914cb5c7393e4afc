#include "engine/passes/payload_hook.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "engine/decide/answer.h"
#include "engine/decide/merge.h"
#include "engine/passes/chunk.h"
#include "engine/passes/faults.h"
#include "format/json.h"

namespace lockstep {
namespace {

bool same_there(const Json* a, const Json* b) {
  return json::canonical(a == nullptr ? Json() : *a) == json::canonical(b == nullptr ? Json() : *b);
}

/// The remote's value is not in the row yet, or a person is asked which is meant.
bool awaits(const Decision& decision, std::size_t ordinal) {
  const FieldConflict* conflict = merging::find(decision.conflicts, ordinal);
  const bool undecided = conflict != nullptr && (conflict->winner == FieldConflict::Winner::Nobody || conflict->reported_only);
  return undecided || merging::contains(decision.pending_remote, ordinal);
}

void put(const Path& place, const Json* value, Json& document) {
  if (value == nullptr) {
    place.erase(document);
  } else {
    place.reach(document) = *value;
  }
}

}  // namespace

PayloadHook::PayloadHook(RunContext& run, Chunk& chunk, Faults& faults) : Pass(run), chunk_(chunk), faults_(faults) {}

bool PayloadHook::ask(Item& item, Json& body) {
  if (!sync_.hook || !sync_.hook->has(Hook::Stage::Payload)) return true;
  const Json composed = body;
  const std::vector<Value> row = row_to_be(item);
  const HookVerdict refused = sync_.hook->payload({item.id, item.label, sync_.nouns.one}, body, row_object(*mapping_.shape(), row));
  if (refused) {
    faults_.reject(item, *refused);
    return false;
  }
  if (item.decision.remote != Action::Patch && body.object()->empty() && !composed.object()->empty()) {
    std::vector<std::string> meant;
    for (const Json::Member& member : *composed.object()) meant.push_back(member.first);
    faults_.reject(item, "the hook payload left nothing to send: " + join(meant, ", "));
    return false;
  }
  item.hook_sends = changed_places(mapping_, item.decision, composed, body);
  if (item.decision.remote != Action::Patch) return true;
  if (!leave_open_fields(item, composed, body) || !keep_what_is_left_out(item, composed, body)) return false;
  find_additions(item, composed, body);
  return true;
}

/// The row as this run leaves it: with what the remote has edited.
std::vector<Value> PayloadHook::row_to_be(const Item& item) const {
  const Row stored = target_.fields(item.stored);
  std::vector<Value> row(stored.begin(), stored.end());
  for (const FieldChange& change : item.decision.local_fields) {
    if (!mapping_.fields()[change.ordinal].lookup && !secrets_.is_masked(change.ordinal, change.after)) row[change.ordinal] = change.after;
  }
  return row;
}

/// What the hook sends over an edit of the remote that this run leaves where it is would be the end of that edit.
bool PayloadHook::leave_open_fields(Item& item, const Json& composed, Json& body) {
  const Json standing = json::parse(item.raw);
  const Json expected = standing_after(standing, composed, *sync_.resource), after = standing_after(standing, body, *sync_.resource);
  std::vector<std::string> columns;
  for (std::size_t ordinal = 1; ordinal < mapping_.fields().size(); ++ordinal) {
    const Field& field = mapping_.fields()[ordinal];
    if (!awaits(item.decision, ordinal)) continue;
    const Path place = mapping_.place_in(ordinal, standing);
    const Json* stands = place.find(expected);
    if (same_there(stands, place.find(after))) continue;
    put(place, stands, body);
    columns.push_back(field.column);
    const Json* whole = body.find(place.top());
    if (composed.find(place.top()) == nullptr && same_there(whole, standing.find(place.top()))) body.erase(place.top());
  }
  if (columns.empty()) return true;
  const std::string what =
      "the hook payload sends " + join(columns, ", ") + ", which was edited in " + sync_.nouns.provider + " and is not in the row yet";
  if (body.object()->empty()) {
    faults_.reject(item, what + ": nothing is left to send");
    return false;
  }
  tally_.warn(item, "payload_held", tally_.name_of(item) + ": " + what + ": left out");
  return true;
}

/// An edit that the hook took out of the body is not sent, and stays one. False when nothing is left to send.
bool PayloadHook::keep_what_is_left_out(Item& item, const Json& composed, const Json& body) {
  if (composed.object()->empty()) return true;
  const auto left_out = [&](const FieldChange& change) {
    const std::string key = mapping_.fields()[change.ordinal].from.top();
    return composed.find(key) != nullptr && body.find(key) == nullptr;
  };
  std::vector<std::string> columns;
  for (const FieldChange& change : item.decision.remote_fields) {
    if (!left_out(change) || identical(change.before, change.after)) continue;
    columns.push_back(mapping_.fields()[change.ordinal].column);
    item.decision.pending_local.push_back(change.ordinal);
  }
  if (body.object()->empty()) {
    faults_.reject(item, "the hook payload left nothing to send: " + join(columns, ", "));
    return false;
  }
  if (columns.empty()) return true;
  std::erase_if(item.decision.remote_fields, left_out);
  tally_.warn(item, "left_out", tally_.name_of(item) + ": the hook payload left out " + join(columns, ", ") + "; the edit stays pending");
  return true;
}

/// Nobody has edited what the hook sends besides: it is journaled all the same, with what it is written over.
void PayloadHook::find_additions(Item& item, const Json& composed, const Json& body) {
  item.added_fields.clear();
  item.added_members = Json();
  const Json standing = json::parse(item.raw);
  Json expected = standing_after(standing, composed, *sync_.resource);
  const Json after = standing_after(standing, body, *sync_.resource);
  if (same_there(&expected, &after)) return;
  add_fields(item, expected, after);
  add_members(item, standing, expected, after);
  std::vector<std::string> names;
  for (const FieldChange& change : item.added_fields) names.push_back(mapping_.fields()[change.ordinal].column);
  if (item.added_members.object() != nullptr) {
    for (const Json::Member& member : *item.added_members.object()) names.push_back(member.first);
  }
  if (names.empty()) return;
  tally_.warn(item, "payload_adds",
              tally_.name_of(item) + ": the hook payload sends " + join(names, ", ") + " besides, over what " + sync_.nouns.provider +
                  " holds there");
}

/// By their columns, an object only where its leaves do not say all of it. `expected` gets what is told so.
void PayloadHook::add_fields(Item& item, Json& expected, const Json& after) {
  std::span<Value> there = chunk_.arena().make<Value>(mapping_.fields().size());
  host_.mute(true);
  const HookVerdict refused =
      shaper_.shape({item.id, item.label, sync_.nouns.one}, padded_copy(json::to_text(after), chunk_.arena()), there, chunk_.arena());
  host_.mute(false);
  if (refused) return;
  for (const bool objects : {false, true}) {
    for (std::size_t ordinal = 1; ordinal < mapping_.fields().size(); ++ordinal) {
      const Field& field = mapping_.fields()[ordinal];
      const Path place = mapping_.place_in(ordinal, after);
      if (field.leaves.empty() == objects || same_there(place.find(expected), place.find(after))) continue;
      if (merging::find_sent(item.decision, ordinal) != nullptr) {
        put(place, place.find(after), expected);
        continue;
      }
      const Value sent = there[ordinal].is_absent() ? Value() : facts_.comparable(ordinal, there[ordinal], chunk_.arena());
      if (sent.is_absent() || item.facts.there[ordinal].is_absent() || same(field, sent, item.facts.there[ordinal])) continue;
      item.added_fields.push_back({ordinal, item.facts.there[ordinal], sent});
      put(place, place.find(after), expected);
    }
  }
}

/// What no column holds, member by member.
void PayloadHook::add_members(Item& item, const Json& standing, const Json& expected, const Json& after) {
  const auto shown = [&](const Json& document, const std::string& name) {
    const Json masked = json::parse(secrets_.mask_document(json::to_text(document)));
    const Json* found = masked.find(name);
    return found == nullptr ? Json() : *found;
  };
  for (const Json::Member& member : *after.object()) {
    if (same_there(expected.find(member.first), &member.second)) continue;
    item.added_members[std::string(kBodyMember) + member.first] =
        Json(Json::Object{{"before", shown(standing, member.first)}, {"after", shown(after, member.first)}});
  }
}

}  // namespace lockstep
