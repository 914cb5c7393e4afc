// What would change too much at once: asked before the first overwrite, and again while sending.
#include "engine/passes/instants.h"
#include "engine/passes/run.h"

namespace lockstep {
namespace {

constexpr const char* kMassHint = "if that is meant, add --allow-mass-change";

}  // namespace

bool Run::is_mass(std::uint64_t part, std::uint64_t whole) const {
  return !options_.allow_mass_change && lockstep::is_mass(part, whole, sync_.mass_change.missing);
}

/// An overwrite waits. What would be sent may have stood there before: the journal knows.
void Run::count_waiting(const Item& item) { count_waiting(item, item.decision, guards_); }

void Run::count_waiting(const Item& item, const Decision& decision, Guards& guards) {
  if (!guards.count(decision)) return;
  if (const auto instants = instants_of(item, decision)) {
    guards.brought_back(*instants);
  } else {
    guards.edited();
  }
}

/// When the item was as it would be now; nullopt: never.
std::optional<Instants> Run::instants_of(const Item& item, const Decision& decision) {
  const Link* link = link_of(item);
  if (link == nullptr) return std::nullopt;
  std::vector<ChangeEntry> changes = state_.changes({.record = std::string(item.id)});
  std::erase_if(changes, [&](const ChangeEntry& entry) { return entry.link_id != link->id; });
  return lockstep::instants_of(mapping_, decision.remote_fields, changes);
}

/// A rollback, and a run about some ids, were told what to change.
std::uint64_t Run::items_that_may_change() const { return rollback_ || id_stream_ != nullptr ? 0 : remote_count_; }

/// Linked rows that are there and whose pair was changed by the run of this instant or since.
std::uint64_t Run::changed_since(Micros instant) {
  std::unordered_set<std::int64_t> changed;
  const auto take = [&](const HistoryFilter& filter) {
    const std::vector<ChangeEntry> changes = state_.changes(filter);
    for (const ChangeEntry& change : changes) changed.insert(change.link_id);
    return changes.empty() ? std::string() : changes.back().run;
  };
  const std::string first = take({.since = instant, .syncs = {entry_.name}});
  if (!first.empty()) take({.run = first, .syncs = {entry_.name}});
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < links_.size(); ++i)
    count += changed.contains(links_[i].id) && locals_.of_link(i) != LocalRows::LinkRow::Missing ? 1U : 0U;
  return count;
}

std::optional<std::string> Run::stopped_by(const Guards& guards, std::uint64_t remote) {
  return guards.refusal(known_links_, remote, sync_.nouns.many + " in " + sync_.nouns.provider,
                        [this](Micros instant) { return changed_since(instant); });
}

std::optional<Error> Run::refusal_of(const Guards& guards) {
  if (options_.allow_mass_change) return std::nullopt;
  const auto why = stopped_by(guards, items_that_may_change());
  if (!why) return std::nullopt;
  return Error(ErrorKind::Rejected, *why, kMassHint);
}

void Run::check_guards() {
  if (const auto refusal = refusal_of(guards_))
    throw Error(ErrorKind::Rejected, refusal->message() + "; nothing was overwritten", kMassHint);
}

/// What a record is to be sent may be other than what waited. True when there may be one more.
bool Run::may_send(const Item& item) {
  sent_.count(item.decision);
  if (!stopped_by_guard_) stopped_by_guard_ = refusal_of(sent_);
  return !stopped_by_guard_;
}

}  // namespace lockstep
