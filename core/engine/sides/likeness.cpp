#include "engine/sides/likeness.h"

namespace lockstep {
namespace {

/// All rows hold the same there.
bool is_alike(std::span<const Alike> alike, std::size_t ordinal) { return ordinal < alike.size() && alike[ordinal] != Alike::No; }

struct Comparison {
  std::size_t told = 0;   ///< fields that say something
  std::size_t equal = 0;  ///< those of them that are the same
};

Comparison compare(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                   const std::function<bool(std::size_t)>& holds) {
  Comparison found;
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    if (!tells_rows_apart(mapping, ordinal) || is_alike(alike, ordinal) || !holds(ordinal)) continue;
    ++found.told;
    found.equal += same(ordinal) ? 1U : 0U;
  }
  return found;
}

bool is_same_label(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                   const std::function<bool(std::size_t)>& holds) {
  const std::size_t label = mapping.label();
  return label != 0 && !is_alike(alike, label) && holds(label) && same(label);
}

}  // namespace

bool tells_rows_apart(const Mapping& mapping, std::size_t ordinal) {
  const Field& field = mapping.fields()[ordinal];
  const bool words = field.type == FieldType::Text || field.type == FieldType::Json;
  return words && !field.lookup && !field.write_only;
}

bool mostly_same(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                 const std::function<bool(std::size_t)>& holds) {
  const auto [told, equal] = compare(mapping, alike, same, holds);
  return equal * 2 > told;
}

bool still_the_same(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                    const std::function<bool(std::size_t)>& holds) {
  if (mostly_same(mapping, alike, same, holds)) return true;
  // Beside the label also what all rows have in common counts: it may not be in common any more when the same run is repeated.
  const Comparison all = compare(mapping, {}, same, holds);
  return is_same_label(mapping, {}, same, holds) && (all.equal > 1 || all.equal == all.told);
}

bool look_alike(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                const std::function<bool(std::size_t)>& holds) {
  return is_same_label(mapping, alike, same, holds) || mostly_same(mapping, alike, same, holds);
}

}  // namespace lockstep
