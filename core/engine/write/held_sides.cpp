#include "engine/write/held_sides.h"

#include <algorithm>
#include <utility>

#include "engine/decide/merge.h"
#include "engine/sides/apart.h"
#include "format/json.h"
#include "mapping/convert.h"

namespace lockstep {

BaseField HeldSides::of_field(const Item& item, Row stored, std::size_t ordinal) {
  const Value there = secrets_.mask(ordinal, item.there[ordinal], arena_);
  const Value otherwise = item.facts.here.empty() ? there : item.facts.here[ordinal];
  // What was made of a reference that this run did not write is more than its cell tells.
  const bool stays =
      mapping_.fields()[ordinal].lookup && !item.facts.here.empty() && identical(stored[ordinal], target_.fields(item.stored)[ordinal]);
  if (stays && !references_.is_awaited(ordinal, stored[ordinal], there)) return {otherwise, there};
  return {facts_.comparable_cell(ordinal, stored[ordinal], there, otherwise, arena_), there};
}

HeldSides::Held HeldSides::after(const Item& item, std::string_view document, Row stored, Row written, std::vector<CellPrint> prints) {
  Held held{Json(), std::move(prints), false};
  const bool plain_insert = item.decision.local == Action::Insert && !target_.rewrites;
  if (!plain_insert && !item.there.empty()) hold_fields(item, stored, written, held);
  if (references_.any() && !item.there.empty()) hold_awaited(item, stored, held.fields);
  if (item.absent) hold_absent(item, stored, held.fields);
  if (!item.owned.is_null()) {
    // Another order of the same columns is no other base.
    const Json* known = item.base == nullptr ? nullptr : item.base->held.find(kOwnedMember);
    const bool same_owner = known != nullptr && json::canonical(*known) == json::canonical(item.owned);
    held.fields[kOwnedMember] = same_owner ? *known : item.owned;
  }
  keep_unmapped(item, document, held.fields);
  return held;
}

void HeldSides::hold_fields(const Item& item, Row stored, Row written, Held& held) {
  const std::vector<Field>& fields = mapping_.fields();
  std::vector<Value> here, there;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const BaseField now = of_field(item, stored, i);
    here.push_back(now.here);
    there.push_back(now.there);
  }
  const std::vector<BaseField> next = next_base(mapping_, item.facts, item.decision, here, there);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    // What a trigger made of a written value is no edit of a person.
    const bool bent = target_.rewrites && !same(fields[i], stored[i], written[i]);
    hold_field(item, i, {here[i], there[i]}, {bent ? here[i] : next[i].here, next[i].there}, held);
  }
}

/// `now`: what both sides hold; `next`: what they will have agreed on.
void HeldSides::hold_field(const Item& item, std::size_t i, const BaseField& now, const BaseField& next, Held& held) const {
  const Field& field = mapping_.fields()[i];
  if (merging::contains(item.decision.follows, i) && merging::find(item.decision.local_fields, i) == nullptr) {
    // The print says that nobody edited the cell; a column that is new has none.
    if (item.facts.base[i].no_opinion) held.fields[field.column]["new"] = Json(true);
    return;
  }
  held.there_open |= leaves_derived(item, i, now);
  const bool answered = merging::contains(item.decision.answered, i) && !same(field, now.here, now.there);
  held.there_open |= answered;
  if (!answered && !same(field, next.here, now.here)) {
    // A print of what the cell holds now would call it untouched.
    const CellPrint older = item.prints.empty() ? kNotKnown : item.prints[i];
    held.prints[i] = older == held.prints[i] ? kNotKnown : older;
  }
  if (next.there.is_absent() && !field.remote_owned()) {
    const BaseField known = item.facts.base.empty() ? BaseField() : item.facts.base[i];
    held.fields[field.column] = known.asked ? asked_entry() : known.both_moved ? moved_entry() : Json();
    // The next run has to look at the pair, also where neither side moves.
    held.there_open |= item.decision.restores;
  } else if (!same(field, next.here, now.there) || !same(field, next.there, now.there)) {
    hold_apart(item, i, now, next, held);
  }
}

/// An edit of what the remote alone decides, which no run sends: it is told by every run until one writes the remote's value over it.
bool HeldSides::leaves_derived(const Item& item, std::size_t i, const BaseField& now) const {
  const Field& field = mapping_.fields()[i];
  if (!field.remote_owned() || field.write_only || now.there.is_absent() || same(field, now.here, now.there)) return false;
  const bool written = merging::find(item.decision.local_fields, i) != nullptr;
  return !written && (!merging::known(item.facts, i) || merging::edited_here(mapping_, item.facts, i));
}

/// Of a field whose next base is not what the document says.
void HeldSides::hold_apart(const Item& item, std::size_t i, const BaseField& now, const BaseField& next, Held& held) const {
  const Field& field = mapping_.fields()[i];
  // What the remote alone decides, and this run did not write into the row, is met again.
  const bool to_come = item.decision.remote != Action::None || field.remote_owned();
  if (to_come && !same(field, next.there, now.there)) held.there_open = true;
  Json& entry = held.fields[field.column];
  // What is left out is what the document says, whatever the rules make of it by then.
  if (!same(field, next.here, now.there)) entry["here"] = json::to_kept(next.here);
  if (!same(field, next.there, now.there)) entry["there"] = json::to_kept(next.there);
  const FieldChange* out = merging::find_sent(item.decision, i);
  const bool still =
      !item.facts.base.empty() && item.facts.base[i].not_taken && same(field, next.here, item.facts.base[i].here) && out == nullptr;
  if (still || merging::contains(item.decision.not_taken, i)) entry["not_taken"] = Json(true);
  // What a hook or a rollback sent instead of the row's value is news of the remote.
  const bool rows_own = out == nullptr || same(field, out->after, now.here);
  if (Json sent = sent_until_now(item, i, next.here); rows_own && !sent.is_null()) entry["sent"] = std::move(sent);
}

/// Nothing is agreed on while the row that is referred to is awaited: it is filled in once it is there.
void HeldSides::hold_awaited(const Item& item, Row stored, Json& held) const {
  const std::vector<Field>& fields = mapping_.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].lookup && references_.is_awaited(i, stored[i], item.there[i])) held[fields[i].column] = Json();
  }
}

/// The document says nothing of what stands for its absence.
void HeldSides::hold_absent(const Item& item, Row stored, Json& held) {
  for (const MissingValue& missing : mapping_.on_missing()) {
    const Field& field = mapping_.fields()[missing.ordinal];
    Json& entry = held[field.column];
    entry["here"] = json::to_kept(normalise(field, stored[missing.ordinal], arena_));
    entry["there"] = json::to_kept(item.there[missing.ordinal]);
  }
}

/// What is remembered of columns that are not mapped now, for the day that they are mapped again. Where sides were held apart and the
/// document goes on, nobody will know whose edit is the later one.
void HeldSides::keep_unmapped(const Item& item, std::string_view document, Json& held) const {
  if (item.base == nullptr || item.base->held.object() == nullptr) return;
  for (const auto& [column, entry] : *item.base->held.object()) {
    if (column == kOwnedMember || mapping_.find(column)) continue;
    const bool goes_on = item.facts.base.empty() || item.base->document != document;
    const Json *here = entry.find("here"), *there = entry.find("there");
    const bool apart = entry.find("not_taken") != nullptr || entry.find("sent") != nullptr || (here == nullptr) != (there == nullptr) ||
                       (here != nullptr && !(*here == *there));
    if (is_asked(entry) || !goes_on) {
      held[column] = entry;
    } else if (!item.facts.base.empty() && apart) {
      held[column] = asked_entry();
    } else if (!item.facts.base.empty() && here == nullptr) {
      held[column] = entry;
    }
  }
}

/// Values that went out and have not been seen at the remote: when one shows there, it is ours, and no edit of somebody. Null: none.
Json HeldSides::sent_until_now(const Item& item, std::size_t ordinal, const Value& base_here) const {
  constexpr std::size_t kMostSent = 16;
  const Field& field = mapping_.fields()[ordinal];
  const FieldChange* now = merging::find_sent(item.decision, ordinal);
  const Json* held = item.base == nullptr ? nullptr : item.base->held.find(field.column);
  const Json* before = held == nullptr ? nullptr : held->find("sent");
  const bool goes_on = now != nullptr || (!item.facts.base.empty() && same(field, base_here, item.facts.base[ordinal].here));
  Json::Array sent;
  if (goes_on && before != nullptr && before->array() != nullptr) sent = *before->array();
  if (now != nullptr) sent.push_back(json::to_kept(now->after));
  if (sent.size() > kMostSent) sent.erase(sent.begin(), sent.end() - kMostSent);
  return sent.empty() ? Json() : Json(std::move(sent));
}

}  // namespace lockstep
