// Cell prints: what a row's cells were when both sides last agreed, as 32 bits a cell. Whether a person has edited a cell since is read off
// them alone: what today's rules would make of the base says nothing about people.
//
// Kept in lockstep_base.cells, in the order of the column names of the set of rules that the base was made under (lockstep_fields): a
// bitmap of the cells that hold something (the first column is the lowest bit of the first byte), then 4 bytes for each of these,
// little-endian. A column that is mapped no longer keeps the print of the last agreement about it, for the day that it is mapped again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

/// Of the cell's bytes, whatever type its column is read as: 1, 1.0 and true have one print, "1" another than 1. A reference has the print
/// of its cell, whatever item that stands for.
CellPrint print_of(const Field& field, const Value& cell);
/// Of all mapped cells of a row, by ordinal.
std::vector<CellPrint> prints_of(const Mapping& mapping, Row fields);

/// Prints of columns that the mapping does not have, by column.
using KeptPrints = std::map<std::string, CellPrint>;

/// Which column's print stands where under one set of rules.
class CellOrder {
 public:
  CellOrder() = default;
  /// `rules`: object column → fingerprint; null for a column that is new since; or {"rule": fingerprint, …} with any of "now": the name
  /// that the column bears by now, "kept": true, it was not mapped, "doubt": true, nobody can tell whether it is the same column still,
  /// "since": the time in microseconds at which its name, or the rule of its name, was found to be another column's.
  CellOrder(const Mapping& mapping, const Json& rules);

  /// Was the column there at the agreements that were made under these rules?
  bool knew(std::size_t ordinal) const { return traits_[ordinal].known; }
  /// It was not mapped then: its print is older than the documents that they agreed on.
  bool kept(std::size_t ordinal) const { return traits_[ordinal].kept; }
  /// Its rule is what it was then.
  bool has_same_rule(std::size_t ordinal) const { return traits_[ordinal].same_rule; }
  /// It may be another column by now.
  bool doubts(std::size_t ordinal) const { return traits_[ordinal].doubted; }
  bool doubts_any() const;
  /// Every column of the mapping was there, mapped and what it is.
  bool knew_all() const;
  /// Prints by ordinal of the mapping; empty in, empty out.
  std::vector<CellPrint> unpack(std::string_view cells) const;
  /// Those of the columns that the mapping does not have.
  KeptPrints unpack_kept(std::string_view cells) const;
  /// The inverse of both, for the set of rules of the present mapping.
  std::string pack(std::span<const CellPrint> prints, const KeptPrints& kept = {}) const;
  /// Former name → present one, where they differ.
  const std::vector<std::pair<std::string, std::string>>& renamed() const { return renamed_; }

 private:
  struct Place {
    std::size_t ordinal;  ///< kGone for a column that the mapping does not have
    std::string column;   ///< as it is called now; empty: it is not what it was
  };
  struct Traits {
    bool known = false, kept = false, doubted = false, same_rule = false;
  };
  bool each_print(std::string_view cells, const std::function<void(const Place&, CellPrint)>& visit) const;

  std::vector<std::pair<std::string, std::string>> renamed_;
  std::vector<Place> places_;
  std::vector<Traits> traits_;  ///< by ordinal
};

}  // namespace lockstep
