#include "engine/likeness.h"

namespace lockstep {
namespace {

/// All rows hold the same there.
bool is_alike(std::span<const Alike> alike, std::size_t ordinal) { return ordinal < alike.size() && alike[ordinal] != Alike::No; }

}  // namespace

bool tells_rows_apart(const Mapping& mapping, std::size_t ordinal) {
  const Field& field = mapping.fields()[ordinal];
  const bool words = field.type == FieldType::Text || field.type == FieldType::Json;
  return words && !field.lookup && !field.write_only;
}

bool mostly_same(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                 const std::function<bool(std::size_t)>& holds) {
  std::size_t told = 0, equal = 0;
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    if (!tells_rows_apart(mapping, ordinal) || is_alike(alike, ordinal) || !holds(ordinal)) continue;
    ++told;
    equal += same(ordinal) ? 1U : 0U;
  }
  return equal * 2 > told;
}

bool look_alike(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                const std::function<bool(std::size_t)>& holds) {
  const std::size_t label = mapping.label();
  const bool same_label = label != 0 && !is_alike(alike, label) && holds(label) && same(label);
  return same_label || mostly_same(mapping, alike, same, holds);
}

}  // namespace lockstep
