#include "engine/sides/shaper.h"

#include <algorithm>
#include <cstring>

#include "common/text.h"
#include "data/record.h"
#include "engine/sides/hook_result.h"

namespace lockstep {
namespace {

Transformer transformer_of(Hook* hook) {
  if (hook == nullptr) return {};
  return [hook](std::string_view name, const Value& value, Arena& arena) {
    Value out;
    if (const HookVerdict rejected = hook->transform(name, value, out, arena)) throw Error(ErrorKind::Rejected, *rejected);
    return out;
  };
}

}  // namespace

std::string join_problems(const std::vector<FieldProblem>& problems) {
  std::vector<std::string> texts;
  for (const FieldProblem& problem : problems) texts.push_back(problem.message);
  return join(texts, "; ");
}

std::string_view padded_copy(std::string_view text, Arena& arena) {
  char* copy = arena.allocate(text.size() + kPagePadding);
  if (!text.empty()) std::memcpy(copy, text.data(), text.size());
  std::memset(copy + text.size(), 0, kPagePadding);
  return {copy, text.size()};
}

Shaper::Shaper(const Mapping& mapping, Hook* hook)
    : mapping_(mapping),
      hook_(hook),
      mapper_(mapping, transformer_of(hook)),
      has_lookups_(
          std::any_of(mapping.fields().begin(), mapping.fields().end(), [](const Field& field) { return field.lookup.has_value(); })) {}

bool Shaper::maps_ahead(const Mapping& mapping, const Hook* hook) {
  return !mapping.needs_hook() && (hook == nullptr || !hook->has(Hook::Stage::Record));
}

HookVerdict Shaper::shape(const HookSubject& subject, std::string_view raw, std::span<Value> row, Arena& arena) {
  turn_to(subject.id);
  if (hook_ != nullptr && hook_->has(Hook::Stage::Record)) {
    std::optional<std::string> changed;
    if (auto rejected = hook_->record(subject, raw, changed)) return rejected;
    if (changed) raw = padded_copy(*changed, arena);
  }
  try {
    return finish(subject, raw, mapper_.map(raw, row, arena), row, arena);
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Corrupt && failure.kind() != ErrorKind::Rejected) throw;
    return failure.what();
  }
}

HookVerdict Shaper::finish(const HookSubject& subject, std::string_view raw, const std::vector<FieldProblem>& problems,
                           std::span<Value> row, Arena& arena) {
  if (!problems.empty()) return join_problems(problems);
  // The record is who it was listed as, whatever a hook makes of it.
  if (row[0].tag() != Value::Tag::Text || row[0].as_view() != subject.id) row[0] = Value::text(arena.copy(subject.id));
  if (hook_ == nullptr || !hook_->has(Hook::Stage::MappedRow)) return std::nullopt;
  const std::vector<Value> before(row.begin(), row.end());
  if (auto rejected = hook_->row(subject, *mapping_.shape(), row, raw, arena)) return rejected;
  row[0] = Value::text(arena.copy(subject.id));
  return take_row(before, row, arena);
}

HookVerdict Shaper::take_row(const std::vector<Value>& before, std::span<Value> row, Arena& arena) const {
  std::vector<FieldProblem> problems;
  for (std::size_t i = 1; i < row.size(); ++i) {
    if (before[i].is_absent() && row[i].is_nothing()) row[i] = before[i];  // what could not be read stays unknown
    if (identical(before[i], row[i])) continue;
    std::string problem;
    row[i] = take_cell(mapping_.fields()[i], row[i], arena, problem);
    if (!problem.empty()) problems.push_back({i, std::move(problem)});
  }
  if (problems.empty()) return std::nullopt;
  return "what the hook's row returned: " + join_problems(problems);
}

void Shaper::turn_to(std::string_view record) const {
  if (hook_ != nullptr) hook_->turn_to(record);
}

Transformer Shaper::transformer() const { return transformer_of(hook_); }

}  // namespace lockstep
