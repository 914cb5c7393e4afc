#include "engine/likeness.h"

namespace lockstep {
namespace {

bool tells_rows_apart(const Field& field) {
  const bool words = field.type == FieldType::Text || field.type == FieldType::Json;
  return words && !field.lookup && !field.write_only;
}

}  // namespace

bool look_alike(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                const std::function<bool(std::size_t)>& holds) {
  const auto says_something = [&](std::size_t ordinal) {
    return (ordinal >= alike.size() || alike[ordinal] == Alike::No) && holds(ordinal);
  };
  const std::size_t label = mapping.label();
  if (label != 0 && says_something(label) && same(label)) return true;
  std::size_t told = 0, equal = 0;
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    if (!tells_rows_apart(mapping.fields()[ordinal]) || !says_something(ordinal)) continue;
    ++told;
    equal += same(ordinal) ? 1U : 0U;
  }
  return equal * 2 > told;
}

}  // namespace lockstep
