// Tally: turns decisions into counters and into what people are told. No decision is made here.
#pragma once

#include <array>
#include <iterator>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/counters.h"
#include "engine/engine.h"
#include "engine/sides/item.h"
#include "engine/sides/target.h"

namespace lockstep {

class Tally {
 public:
  Tally(const Sync& sync, const RunOptions& options, const Policy& policy, SyncReport& report, Observer& observer);

  /// Where the mapped cells of a stored row stand. Borrowed.
  void know_target(const Target& target) { target_ = &target; }
  /// Counts what is known once a record is decided, before anything is written: notes, conflicts, pending edits. Of a record that is
  /// decided again the last decision counts, and what was told of it is not told twice.
  void decided(const Item& item);
  /// Counts a write that took place (or would), by its event.
  void written(const RecordChange& change);
  /// `told`: a warning has said already how it stands.
  void unchanged(std::string_view id, std::string_view label, bool told = false);
  /// One record that could not be taken: kept under `lockstep rejected`.
  void rejected(const Item& item, const std::string& reason);
  /// One record that the database or the remote refused.
  void failed(const Item& item, const std::string& reason);
  void warn(const Item& item, std::string code, std::string message);
  void problem(Problem problem);

  /// The event for a decision: columns, and old and new values when the run wants them.
  RecordChange change_of(const Item& item) const;
  /// The same for the remote side.
  RecordChange remote_change_of(const Item& item) const;
  /// "assistant Front Desk (ID: 1b7c…)".
  std::string name_of(const Item& item) const;
  /// "table assistants, row 3, column model: not JSON at byte 1: …" of an unreadable cell.
  std::string unreadable(const Item& item, std::size_t ordinal) const;
  /// "table phone_numbers, row 1, column assistant_id: assistants has no row 999".
  std::string lost_reference(const Item& item, const LostReference& lost) const;
  /// "table numbers, row 3: vapi_assistant_id ("a2") and assistant_id ("a3") refer to different items …" of Decision::opposed.
  std::string opposed(const Item& item) const;

 private:
  /// Of the counters of kCounters that decisions count; 0 of others.
  using Counts = std::array<std::uint64_t, std::size(kCounters)>;
  /// What the last decision of a record has counted, and all that was told of it.
  struct Counted {
    Counts counts{};
    std::vector<std::string> told;
  };

  Counts counts() const;
  void take_back(const Item& item, const Counts& counts);
  void count(const Item& item);
  void conflicts(const Item& item);
  void tell_ending(const Item& item, std::size_t ordinal);
  bool is_left_apart(const Item& item) const;
  static bool leaves_unread(const Item& item);
  bool is_news_alone(const RecordChange& change) const;
  RecordChange change(const Item& item, Side side, std::string_view action, const std::vector<FieldChange>& fields, bool whole) const;
  void add_hooks(const Item& item, RecordChange& change) const;
  void note(const Item& item, Note note);
  void tell_unreadable(const Item& item);
  Json shown(std::size_t ordinal, const Value& value) const;
  void tell_lost_references(const Item& item);
  void tell_opposed(const Item& item);
  void keep_conflicts(const Item& item);
  /// What is the matter with the field, and what becomes of it.
  std::string kind_of(const FieldConflict& conflict, bool never_agreed) const;
  std::string end_of(const FieldConflict& conflict, bool never_agreed) const;
  std::string verdict_of(FieldConflict::Winner winner) const;
  std::vector<std::size_t> to_send(const Item& item) const;
  std::string columns(const std::vector<std::size_t>& ordinals) const;

  const Sync& sync_;
  const RunOptions& options_;
  const Policy& policy_;
  SyncReport& report_;
  Observer& observer_;
  const Target* target_ = nullptr;
  std::unordered_map<std::string, Counted> counted_;  ///< records that there was something to count or to tell of
  std::vector<std::string>* telling_ = nullptr;       ///< of the record that is being decided
};

}  // namespace lockstep
