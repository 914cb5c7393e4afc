#include "engine/sides/counterparts.h"

#include <algorithm>

#include "common/hash.h"
#include "engine/sides/likeness.h"
#include "mapping/sets.h"

namespace lockstep {
namespace {

std::uint64_t place_of(std::size_t ordinal, const Value& text) { return hash128(text.as_view(), ordinal).low; }

bool is_text(const Value& value) { return value.tag() == Value::Tag::Text && !value.as_view().empty(); }

}  // namespace

Counterparts::Counterparts(const Mapping& mapping) {
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    const Field& field = mapping.fields()[ordinal];
    if (field.type == FieldType::Text && tells_rows_apart(mapping, ordinal) && !field.remote_owned() && !field.secret)
      texts_.push_back(ordinal);
  }
  const auto label = std::find(texts_.begin(), texts_.end(), mapping.label());
  if (label != texts_.end()) std::rotate(texts_.begin(), label, label + 1);
}

void Counterparts::add_row(std::size_t local, Row fields) {
  const auto first = std::find_if(texts_.begin(), texts_.end(), [&](std::size_t ordinal) { return is_text(fields[ordinal]); });
  if (first != texts_.end()) rows_.emplace(place_of(*first, fields[*first]), local);
}

std::vector<std::size_t> Counterparts::candidates(Row there) const {
  std::vector<std::size_t> found;
  for (const std::size_t ordinal : texts_) {
    if (!is_text(there[ordinal])) continue;
    const auto [from, to] = rows_.equal_range(place_of(ordinal, there[ordinal]));
    std::for_each(from, to, [&](const auto& row) { found.push_back(row.second); });
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

bool holds_all_of(const Mapping& mapping, Row here, Row there) {
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    const Field& field = mapping.fields()[ordinal];
    if (here[ordinal].is_nothing() || field.remote_owned() || field.write_only || field.legacy) continue;
    // A reference that leads nowhere is sent of no row.
    if (field.lookup && here[ordinal].is_unreadable()) continue;
    if (!same(field, here[ordinal], there[ordinal])) return false;
  }
  return true;
}

}  // namespace lockstep
