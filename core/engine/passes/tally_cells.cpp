// What is told of a row's cells that say nothing which could be sent: one that cannot be read, a reference that leads nowhere, several that
// name different items in one place.
#include "common/text.h"
#include "engine/decide/merge.h"
#include "engine/passes/tally.h"
#include "engine/sides/secrets.h"
#include "mapping/convert.h"

namespace lockstep {

std::string Tally::unreadable(const Item& item, std::size_t ordinal) const {
  const Field& field = sync_.mapping->fields()[ordinal];
  const Value& cell = item.facts.here[ordinal];
  std::string reason = unreadable_problem(field, cell);
  if (SecretPaths::holds_mask(cell.as_view())) {
    // Of JSON that is none the place is told, and nothing of what stands there.
    Arena arena;
    const bool told = field.type == FieldType::Json && target_ != nullptr && !item.stored.empty();
    reason = told ? unreadable_problem(field, normalise(field, target_->fields(item.stored)[ordinal], arena))
                  : "what is there is not of the column's type";
  }
  return "table " + sync_.mapping->table_name() + ", row " + item.key + ", column " + field.column + ": " + reason;
}

void Tally::tell_unreadable(const Item& item) {
  const std::vector<std::size_t> left = merging::left_unreadable(*sync_.mapping, item.facts, item.decision);
  // A person's word is about one field: what stands in the others is no trouble of it.
  const bool sends = merging::writes_remote(policy_.mode) && !options_.resolution();
  for (std::size_t ordinal = 0; ordinal < item.facts.here.size(); ++ordinal) {
    if (!item.facts.here[ordinal].is_unreadable() || merging::lost_reference(item.facts, ordinal) != nullptr) continue;
    const bool stays = merging::contains(left, ordinal);
    const char* const outcome = merging::find(item.decision.local_fields, ordinal) != nullptr ? "; it is replaced"
                                : stays && sends                                              ? "; it is not sent"
                                                                                              : "; it is left as it is";
    problem({stays && sends ? Problem::Severity::Error : Problem::Severity::Warning, std::string(item.id), std::string(item.label),
             "unreadable", unreadable(item, ordinal) + outcome});
  }
  if (sends && !left.empty()) ++report_.rejected;
}

std::string Tally::lost_reference(const Item& item, const LostReference& lost) const {
  const Field& field = sync_.mapping->fields()[lost.ordinal];
  const Field::Lookup& to = *field.lookup;
  const std::string row = to_display(target_->fields(item.stored)[lost.ordinal]);
  std::string reason = to.table + " has no row " + printable(row);
  if (lost.why == LostReference::Why::NoItem) reason = "row " + printable(row) + " of " + to.table + " has no " + to.column;
  if (lost.why == LostReference::Why::AnotherItem) {
    reason = "row " + printable(row) + " of " + to.table + " has another " + to.column + " than when both sides last agreed on it (" +
             in_quotes(to_display(item.facts.here[lost.ordinal])) + "), and nobody edited the column";
  }
  return "table " + sync_.mapping->table_name() + ", row " + item.key + ", column " + field.column + ": " + reason;
}

void Tally::tell_lost_references(const Item& item) {
  const bool sends = merging::writes_remote(policy_.mode);
  const std::vector<std::size_t> nowhere = merging::left_leading_nowhere(item.facts, item.decision);
  bool awaits = false;
  for (const LostReference& lost : item.facts.lost_references) {
    const bool replaced = merging::find(item.decision.local_fields, lost.ordinal) != nullptr;
    const bool refused = sends && merging::contains(nowhere, lost.ordinal);
    const bool contested = !replaced && merging::find(item.decision.conflicts, lost.ordinal) != nullptr;
    const bool awaited = !replaced && !contested && lost.edited && lost.why == LostReference::Why::NoItem;
    const char* const outcome = replaced    ? "; it is replaced"
                                : refused   ? "; it is not sent"
                                : contested ? "; it is in conflict with an edit there, and is not sent"
                                : awaited   ? "; it is sent once it has"
                                            : "; it is left as it is, until the column names the row that is meant";
    awaits = awaits || awaited;
    problem({refused ? Problem::Severity::Error : Problem::Severity::Warning, std::string(item.id), std::string(item.label),
             replaced ? "reference_replaced" : "lost_reference", lost_reference(item, lost) + outcome, std::string(item.key)});
  }
  if (awaits && to_send(item).empty()) ++report_.pending_export;
  if (sends && !nowhere.empty()) ++report_.rejected;
}

std::string Tally::opposed(const Item& item) const {
  std::vector<std::string> names;
  for (const std::size_t ordinal : item.decision.opposed) {
    const Field& field = sync_.mapping->fields()[ordinal];
    const Value& value = item.facts.here[ordinal];
    const bool shows = field.type != FieldType::Json && !value.is_nothing() && !SecretPaths::holds_mask(to_display(value));
    names.push_back(field.column + (shows ? " (" + in_quotes(to_display(value)) + ")" : ""));
  }
  return "table " + sync_.mapping->table_name() + ", row " + item.key + ": " + join(names, " and ") +
         " name different items in one place; put the one right that is wrong";
}

/// A run that sends nothing has nothing to refuse.
void Tally::tell_opposed(const Item& item) {
  const bool sends = merging::writes_remote(policy_.mode);
  problem({sends ? Problem::Severity::Error : Problem::Severity::Warning, std::string(item.id), std::string(item.label), "opposed",
           opposed(item) + "; nothing is written for them"});
  if (sends) ++report_.rejected;
}

}  // namespace lockstep
