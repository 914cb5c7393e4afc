#include "rules/rule_witness.h"

#include "hook/stages.h"

namespace lockstep {
std::vector<std::string> HookWitness::silent() const {
  std::vector<std::string> out;
  for (const Word<Stage>& row : stage_words().rows())
    if (row.value != Stage::Transform && has(row.value) && !called_.contains(row.word)) out.emplace_back(row.word);
  for (const std::string& name : transforms())
    if (std::string function = "transform." + name; !called_.contains(function)) out.push_back(std::move(function));
  return out;
}

HookVerdict HookWitness::record(const HookSubject& subject, std::string_view raw, std::optional<std::string>& changed) {
  called_.emplace("record");
  return hook_->record(subject, raw, changed);
}

HookVerdict HookWitness::transform(std::string_view name, const Value& in, Value& out, Arena& arena) {
  called_.insert("transform." + std::string(name));
  return hook_->transform(name, in, out, arena);
}

HookVerdict HookWitness::assign_owner(const HookSubject& subject, std::string_view raw,
                                      std::vector<std::pair<std::string, Json>>& columns) {
  called_.emplace("assign_owner");
  return hook_->assign_owner(subject, raw, columns);
}

HookVerdict HookWitness::row(const HookSubject& subject, const Shape& shape, std::span<Value> row, std::string_view raw, Arena& arena) {
  called_.emplace("row");
  HookVerdict verdict = hook_->row(subject, shape, row, raw, arena);
  for (std::size_t i = 0; i < row.size() && hook_->has(Stage::MappedRow); ++i) {
    if (!row[i].is_nothing()) filled_.insert(shape[i]);
  }
  return verdict;
}

HookVerdict HookWitness::match(const HookSubject& subject, std::string_view raw, const std::vector<Json>& candidates,
                               std::optional<std::size_t>& chosen) {
  called_.emplace("match");
  return hook_->match(subject, raw, candidates, chosen);
}

HookVerdict HookWitness::conflict(const HookSubject& subject, std::string_view field, const Json& here, const Json& there, const Json& base,
                                  std::optional<Json>& winner) {
  called_.emplace("conflict");
  return hook_->conflict(subject, field, here, there, base, winner);
}

HookVerdict HookWitness::payload(const HookSubject& subject, Json& body, const Json& row) {
  called_.emplace("payload");
  return hook_->payload(subject, body, row);
}

HookVerdict HookWitness::skip_when(const HookSubject& subject, const Json& row, bool& skip) {
  called_.emplace("skip_when");
  return hook_->skip_when(subject, row, skip);
}

HookVerdict HookWitness::changed(const HookSubject& subject, const Json& change) {
  called_.emplace("changed");
  return hook_->changed(subject, change);
}

}  // namespace lockstep
