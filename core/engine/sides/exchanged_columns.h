// Exchanged columns: those whose names were given to others, in a swap, a chain or a rotation. A name says nothing then; the rule says which
// column may be which, and what the rows hold whether it is.
#pragma once

#include "engine/sides/former_columns.h"

namespace lockstep {

/// Columns that belong together because one bears a name that another bore.
struct Exchange {
  std::map<std::string, std::size_t> moves{};  ///< former name in lower case → ordinal of the column that has its rule now
  std::set<std::string> displaced{};           ///< former names that others bear now, of columns whose rules are gone
  std::set<std::int64_t> sets{};               ///< of rules that say so
  /// Two columns whose rules are not those of any column any more: that they gave their names to each other is said by the cells alone.
  bool guessed = false;

  std::size_t by_rule = 0;  ///< cells that hold what the column of their rule held, and not what that of their name held
  std::size_t by_name = 0;  ///< and the other way round

  /// One cell: what the column of its name and that of its rule held at the last agreement, and what it holds now.
  void note(CellPrint of_name, CellPrint of_rule, CellPrint now);
  /// Ordinals of the columns that it is about.
  std::set<std::size_t> ordinals(const Mapping& mapping) const;
  /// Former name in lower case → what is to be said of it from now on: a present column, or a name that none has.
  std::map<std::string, std::string> renamed(const Mapping& mapping) const;
};
SameColumn judge(const Exchange& exchange);

/// Exchanges that the mapping makes of what the sets know.
std::vector<Exchange> exchanges(const Mapping& mapping, const RuleSets& sets);

/// Has a set say at `now` what was judged; false when the set knows nothing of the exchange. Where only the rules were exchanged, columns
/// stay what they were, under their new rules.
bool follow(Json& set, const Exchange& exchange, const Mapping& mapping, SameColumn judged, std::int64_t now);

/// Names that mean other columns, or other rules, than at `then`; in lower case.
std::set<std::string> exchanged_since(const RuleSets& sets, std::int64_t then);

}  // namespace lockstep
