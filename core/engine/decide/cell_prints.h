// Cell prints: what a row's cells were when both sides last agreed, as 32 bits a cell. Whether a person has edited a cell since is read off
// them alone: what today's rules would make of the base says nothing about people.
//
// Kept in lockstep_base.cells, in the order of the column names of the set of rules that the base was made under (lockstep_fields): a
// bitmap of the cells that hold something (the first column is the lowest bit of the first byte), then 4 bytes for each of these,
// little-endian.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "mapping/mapping.h"

namespace lockstep {

/// Two cells that differ have the same print once in four thousand million times.
using CellPrint = std::uint32_t;
inline constexpr CellPrint kNotKnown = 0;  ///< no print was kept: nothing is said of the cell
inline constexpr CellPrint kEmpty = 1;     ///< the cell held nothing

/// Of the cell's bytes, whatever type its column is read as: 1, 1.0 and true have one print, "1" another than 1.
CellPrint print_of(const Field& field, const Value& cell);
/// Of all mapped cells of a row, by ordinal.
std::vector<CellPrint> prints_of(const Mapping& mapping, Row fields);

/// Which column's print stands where under one set of rules. Columns of the set that the mapping has no longer are passed over.
class CellOrder {
 public:
  CellOrder() = default;
  /// `rules`: object column → fingerprint, or {"rule": …, "now": …} for one that bears another name now; null for a column that is new
  /// since.
  CellOrder(const Mapping& mapping, const Json& rules);

  /// Was the column there at the agreements that were made under these rules?
  bool knew(std::size_t ordinal) const { return known_[ordinal]; }
  /// Prints by ordinal of the mapping; empty in, empty out.
  std::vector<CellPrint> unpack(std::string_view cells) const;
  /// The inverse, for the set of rules of the present mapping.
  std::string pack(std::span<const CellPrint> prints) const;
  /// Former name → present one, where they differ.
  const std::vector<std::pair<std::string, std::string>>& renamed() const { return renamed_; }

 private:
  std::vector<std::pair<std::string, std::string>> renamed_;
  std::vector<std::size_t> ordinals_;  ///< by place; kGone for a column that the mapping has no longer
  std::vector<bool> known_;            ///< by ordinal
};

}  // namespace lockstep
