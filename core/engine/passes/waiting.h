// Waiting: what waits to be written: for the list to be complete and the guards to pass; and, refused by a constraint, for the other rows
// to be written, for another row may have stood where it belongs.
#pragma once

#include "engine/passes/pass.h"
#include "engine/write/spool.h"

namespace lockstep {

class Waiting : private Pass {
 public:
  explicit Waiting(RunContext& run);

  /// A constraint refused it.
  void postpone(const Item& item);
  /// Was the row of a patched item to be written, so that what was refused can be tried again once the others are?
  bool may_wait_for_others(const Arrival& arrival) const;
  /// Of a record whose other half is written.
  void postpone_rest(const Item& item, const std::vector<FieldChange>& rest);
  /// What is left to do of it is what was to be done.
  bool is_rest(const Item& item) const;
  /// For the end of the list.
  void push(std::string_view id, std::string_view raw, const Hash128& hash, std::uint32_t link, std::uint32_t local, Row row) {
    spool_.push(id, raw, hash, link, local, row);
  }
  Spool& records() { return spool_; }
  /// What was refused; null when nothing was. Begins the last try, in which a refusal is one.
  std::unique_ptr<Spool> take_refused_updates() { return begin_last_try(std::move(refused_updates_)); }
  std::unique_ptr<Spool> take_refused_inserts() { return begin_last_try(std::move(refused_inserts_)); }
  bool is_last_try() const { return last_try_; }
  void end_last_try() { last_try_ = false; }
  /// The item's other half is written.
  bool is_half_written(const Item& item) const { return half_written_.contains(std::string(item.id)); }

 private:
  std::unique_ptr<Spool> begin_last_try(std::unique_ptr<Spool> refused);

  Spool spool_;
  std::unique_ptr<Spool> refused_updates_, refused_inserts_;  ///< by a constraint, which may be kept once the other rows are written
  std::unordered_map<std::string, Hash128> half_written_;     ///< ids of patched items → what their rows are still to get
  bool last_try_ = false;
};

}  // namespace lockstep
