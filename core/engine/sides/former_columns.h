// Former columns: what was agreed on about a column that bears another name now, or that is mapped again after a while. The rule's place in
// the document says which column may be which; what the rows hold says whether it is.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/decide/cell_prints.h"
#include "mapping/mapping.h"

namespace lockstep {

/// State::fields()
using RuleSets = std::unordered_map<std::int64_t, Json>;

/// Of a set's entry: the name that the column bears by now, and its rule.
const std::string& present_name(const Json::Member& entry);
std::string rule_in(const Json& entry);

/// A column of the mapping that may be one that was agreed on under `former`, and what the rows say of that.
struct FormerColumn {
  std::string former;             ///< in lower case
  std::size_t ordinal = 0;        ///< of the column that it may be by now
  std::set<std::int64_t> sets{};  ///< of rules that name it
  bool by_rule = false;           ///< their rule is the present column's
  bool in_place = false;          ///< it stands where the former one stood that is gone
  bool amid = false;              ///< and others behind it have stayed
  bool contested = false;         ///< a conflict about the former one is open
  bool uniform = false;           ///< every row holds the same in it
  bool alike = false;             ///< three rows or more do

  std::size_t compared = 0;      ///< linked rows in which the former one held something
  std::size_t as_they_were = 0;  ///< those that hold the same in it
  std::size_t others = 0;        ///< rows that hold something else in it
  std::set<CellPrint> values{};  ///< of those that are as they were

  /// One row: what the former column held at the last agreement, and what the present one holds.
  void note(CellPrint then, CellPrint now);
  /// The cells were taken over from the former column.
  bool was_copied(const Field& field) const;
};

enum class SameColumn : std::uint8_t {
  Yes,
  No,       ///< it is new: nothing was agreed on about it
  Unknown,  ///< rows hold in it what may be edits, or contents of its own
};
SameColumn judge(const FormerColumn& column, const Field& field);

/// Columns that the sets know and the mapping does not have, each with the one column that has its rule now and that the set does not
/// know. Where several have, none is told from another.
std::vector<FormerColumn> columns_by_rule(const Mapping& mapping, const RuleSets& sets);
/// Columns of the mapping that were not mapped at the last agreement, while the table was altered: they may have been made anew.
std::vector<FormerColumn> columns_made_anew(const Mapping& mapping, const RuleSets& sets);

/// `rules`, and what the sets know of columns that the mapping does not have, up to 32 of them: what was agreed on about these is kept.
Json with_kept(Json rules, const Mapping& mapping, const RuleSets& sets);

/// Marks those of a set's columns that the mapping does not have and of which `altered` says that they may have been made anew; false
/// when it marks none.
bool mark_moved(Json& set, const Mapping& mapping, const std::function<bool(const std::string&)>& altered);
/// Has a set say at `now` what was judged of the column; false when that changes nothing.
bool take_on(Json& set, const FormerColumn& column, const std::string& present, SameColumn judged, std::int64_t now);

}  // namespace lockstep
