// Columns: columns that came, went or bear another name since rows were agreed on: what was agreed on about them goes on to be known, or is
// forgotten. Where names were given to other columns together with their rules, it goes with the rule where the rows' cells did.
#pragma once

#include "engine/passes/pass.h"
#include "engine/sides/exchanged_columns.h"
#include "engine/sides/former_columns.h"

namespace lockstep {

class Conflicts;
class Takeovers;

class Columns : private Pass {
 public:
  /// Former name in lower case → present one.
  using ColumnNames = std::map<std::string, std::string>;
  Columns(RunContext& run, Conflicts& conflicts, Takeovers& takeovers);

  /// What the table, the mapping and the rows say of columns that were agreed on. What is concluded holds for later runs, too.
  void compare_columns();
  /// A rollback has not looked at the table as a whole: what came and went there is left to the next run.
  void compare_columns_of_rows();
  /// The set of rules that this run's agreements are made under; 0 in a dry run.
  std::int64_t know_present_rules(RuleSets sets);
  /// Columns that this run met under another name, in the order in which it found out.
  const std::vector<ColumnNames>& renamed() const { return renamed_; }
  /// Names that meant others in the run that this one undoes.
  const std::set<std::string>& exchanged_since() const { return exchanged_since_; }

 private:
  using CompareRow = std::function<void(const Link&, const Base&, std::span<const CellPrint> now)>;
  void agree_under(RuleSets sets);
  void change_sets(RuleSets& sets, const std::function<bool(Json&)>& change, const ColumnNames& renamed = {});
  RuleSets in_use(const RuleSets& sets) const;
  std::vector<FormerColumn> find_former_columns(const Json& met, const RuleSets& sets);
  void take_on_former_columns(const Json& met, RuleSets& sets);
  void compare_cells(std::vector<FormerColumn>& columns, const RuleSets& sets);
  void compare_cells(std::vector<Exchange>& found, const RuleSets& sets);
  void compare_linked_rows(const std::set<std::int64_t>& sets, const CompareRow& compare);
  void compare_linked_rows(std::span<const std::size_t> links, const CompareRow& compare);
  void forget_lost_columns(const Json& met, RuleSets& sets);
  void follow_exchanged_columns(RuleSets& sets);
  Micros concluded_at() const;

  Conflicts& conflicts_;
  Takeovers& takeovers_;
  std::vector<ColumnNames> renamed_;       ///< columns that this run met under another name, in the order in which it found out
  std::set<std::string> exchanged_since_;  ///< names that meant others in the run that this one undoes
  std::set<std::string> exchanged_;        ///< those that bear a name that was another's, or have given theirs away
};

}  // namespace lockstep
