// ChangeGuards: what stops a run for too much at once: items that are missing, rows that were loaded anew, and what would be overwritten;
// that is asked before the first overwrite, and again while sending. The bounds are in guards.h.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "engine/passes/guards.h"
#include "engine/passes/pass.h"

namespace lockstep {

class AccountCheck;

class ChangeGuards : private Pass {
 public:
  ChangeGuards(RunContext& run, AccountCheck& account_check);

  /// Items that went missing since the last run, and of how many that were known.
  void check_missing(std::uint64_t news, std::uint64_t known) const;
  /// The same where the list alone concludes that they are gone: an empty one says nothing.
  void check_missing_from_list(std::uint64_t news, std::uint64_t known) const;
  /// So many rows may have taken the place of others. Where rows find their items by what they hold, or were named, there is no question.
  void check_loaded_anew(std::uint64_t gone, std::uint64_t fresh) const;
  /// What the journal knows of these is asked for at once: they may be about to wait.
  void read_ahead(std::span<const Item> items);
  void forget() { known_.clear(); }
  /// An overwrite waits. What would be sent may have stood there before: the journal knows.
  void count_waiting(const Item& item);
  void count_waiting(const Item& item, const Decision& decision, Guards& guards);
  /// Throws Error{Rejected} when what waits would change too much.
  void check_guards();
  /// What a record is to be sent may be other than what waited. True when there may be one more.
  bool may_send(const Item& item);
  /// Why a run that would write this must not go on; nullopt: it may. `remote`: items that the list named.
  std::optional<std::string> stopped_by(const Guards& guards, std::uint64_t remote);
  /// A row is paired with an item for the first time.
  void adopted() { guards_.adopted(); }
  /// Why nothing more is sent; nullopt: the guards let it go on.
  const std::optional<Error>& stopped() const { return stopped_by_guard_; }

 private:
  std::optional<Error> refusal_of(const Guards& guards);
  bool is_mass(std::uint64_t part, std::uint64_t whole) const;
  [[noreturn]] void refuse_missing(std::uint64_t news, std::uint64_t known) const;
  std::optional<Instants> instants_of(const Item& item, const Decision& decision);
  std::uint64_t items_that_may_change() const;
  std::uint64_t changed_since(Micros instant);

  AccountCheck& account_check_;
  std::unordered_map<std::int64_t, std::vector<ChangeEntry>> known_;  ///< of links, by read_ahead()
  Guards guards_{mapping_, sync_.mass_change};                        ///< what waits to be written
  Guards sent_{mapping_, sync_.mass_change};                          ///< what has been sent
  std::optional<Error> stopped_by_guard_;
};

}  // namespace lockstep
