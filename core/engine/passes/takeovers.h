// Takeovers: rows that a neighbour has linked, or was creating, and that stand in this sync now: what belongs to them is taken over before
// the run looks at either side. In a dry run it is so in memory alone.
#pragma once

#include "engine/passes/pass.h"
#include "engine/sides/moved_rows.h"
#include "engine/sides/neighbours.h"

namespace lockstep {

class AgreedRows;
class Chunk;
class Columns;
class Faults;
class OpenWork;

class Takeovers : private Pass {
 public:
  Takeovers(RunContext& run, AgreedRows& agreed_rows, Chunk& chunk, Columns& columns, Faults& faults, OpenWork& open_work);

  /// From all neighbours.
  void take_over_moved();
  /// Nobody else may write what is taken over. Where the neighbour is at work, its rows are left alone until the next run.
  void take_over(Takeover& takeover);
  /// This sync's, with those that it will have taken over, under the names that their columns bear by now.
  std::vector<ConflictEntry> open_conflicts();
  /// This sync's, with those that it will have taken over.
  std::vector<RejectedEntry> open_rejections();
  /// All that the bases of this run may have been made under.
  std::unordered_map<std::int64_t, Json> rule_sets();
  /// Rows that are another sync's for now: nothing is concluded from them, nor written to them.
  void tell_withheld();
  /// Rows that a neighbour has for now: key → why.
  const std::map<std::string, std::string>& withheld() const { return withheld_; }

 private:
  std::vector<Newcomer> find_newcomers();
  void consider(const Newcomer& row, Takeover& takeover);
  std::optional<std::size_t> link_that_moved(const Newcomer& row, const Neighbour& former);
  std::string bearer_in(const Neighbour& former, std::string_view remote_id);
  bool is_row_of(const Link& link, const std::string& key);
  void take_link(Link link, Takeover& takeover);
  bool is_later(const Link& own, const Link& theirs);
  void give_up_doubles(Takeover& takeover);
  bool has_any_row(const Link& link);
  bool is_still_so(Takeover& takeover, const Neighbour& former);
  void withhold(const Takeover& takeover, const std::string& former);
  void find_open_entries(Handover& what, const Neighbour& former);
  void take_rules(Handover& what, const Neighbour& former);
  void take_up(const Handover& what, const Neighbour& former);

  AgreedRows& agreed_rows_;
  Chunk& chunk_;
  Columns& columns_;
  Faults& faults_;
  OpenWork& open_work_;
  std::map<std::string, std::string> withheld_;    ///< rows that a neighbour has for now: key → why
  std::vector<ConflictEntry> foreseen_conflicts_;  ///< that a dry run takes over
  std::vector<RejectedEntry> foreseen_rejections_;
};

}  // namespace lockstep
