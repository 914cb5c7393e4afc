// Conflicts: those that earlier runs left to a person: what this run makes of them, which it closes, and which await one still. Where the
// two sides are no pair any more (one is gone or outside the sync, the row bears another ID, the column is mapped no longer) they await
// nobody: what the field's sides held is no agreement then, and where the two meet again, it is asked anew.
#pragma once

#include "engine/passes/pass.h"
#include "engine/sides/contested.h"

namespace lockstep {

class Absence;
class Chunk;
class Takeovers;

class Conflicts : private Pass {
 public:
  Conflicts(RunContext& run, Absence& absence, Chunk& chunk, Takeovers& takeovers);

  /// A policy that is given with the command decides also what earlier runs left to a person; the configured one leaves it there.
  void load_open_conflicts();
  /// A row that the link is not about has no part in its conflicts. A promise that the remote shows by now was the word of a person, or of
  /// a policy, on what it was about, and on nothing else.
  void take_open_conflicts(Item& item);
  /// Of a pair that is rolled back: in these fields the row goes back to before its open conflict, so that both sides are held against what
  /// they had agreed on before it, and not against what it has left them at.
  void stand_on_agreement(Item& item, const std::vector<std::size_t>& ordinals);
  /// Which conflicts a run would leave to a person with this record, and which open ones it would close.
  void foresee_conflicts(const Item& item);
  /// Closes, and tells of, those whose sides are no pair any more.
  void close_conflicts_of_the_gone();
  /// A conflict that was left to a person stays one until it is resolved, also when no side has moved since.
  void count_awaiting();
  /// Of the link with this id, when the run began.
  bool are_open(std::int64_t link_id) const { return contested_.contains(link_id); }
  /// They are, and this run decides them.
  bool decides(std::int64_t link_id) const { return decides_contested_ && are_open(link_id); }

 private:
  bool is_shown(const Item& item, std::size_t ordinal) const;
  bool was_decided(const Item& item, std::size_t ordinal) const;
  bool has_its_row(std::size_t link) const;
  std::string apart_by(const ConflictEntry& open, std::optional<std::size_t> link) const;
  void tell_apart(const ConflictEntry& open, const std::string& why);
  void refuse_outside(const ConflictEntry& open, std::optional<std::size_t> link);

  Absence& absence_;
  Chunk& chunk_;
  Takeovers& takeovers_;
  std::unordered_map<std::int64_t, OpenConflicts> contested_;   ///< when the run began, by link's id
  bool decides_contested_ = false;                              ///< this run decides what was left to a person
  std::set<std::pair<std::int64_t, std::string>> would_close_;  ///< open conflicts that this run closes, or would: link's id, column
  std::set<std::pair<std::string, std::string>> would_open_;    ///< conflicts that a dry run foresees: remote id, column
};

}  // namespace lockstep
