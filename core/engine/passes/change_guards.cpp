#include "engine/passes/change_guards.h"

#include <algorithm>

#include "engine/passes/account_check.h"
#include "engine/passes/instants.h"

namespace lockstep {
namespace {

constexpr const char* kMassHint = "if that is meant, add --allow-mass-change";

}  // namespace

ChangeGuards::ChangeGuards(RunContext& run, AccountCheck& account_check) : Pass(run), account_check_(account_check) {}

bool ChangeGuards::is_mass(std::uint64_t part, std::uint64_t whole) const {
  return !options_.allow_mass_change && lockstep::is_mass(part, whole, sync_.mass_change.missing);
}

void ChangeGuards::check_missing(std::uint64_t news, std::uint64_t known) const {
  if (is_mass(news, known)) refuse_missing(news, known);
}

void ChangeGuards::check_missing_from_list(std::uint64_t news, std::uint64_t known) const {
  if (remote_count_ == 0 && news > 0) {
    throw Error(ErrorKind::Rejected,
                "the list is empty, and " + std::to_string(news) + " " + sync_.nouns.many + " were known; nothing was concluded from it",
                "check that the key may see them");
  }
  if (!options_.allow_mass_change && news * 100 > known * kMostMissingFromList) refuse_missing(news, known);
}

void ChangeGuards::refuse_missing(std::uint64_t news, std::uint64_t known) const {
  throw Error(ErrorKind::Rejected,
              std::to_string(news) + " of " + std::to_string(known) + " known " + sync_.nouns.many + " are missing in " +
                  sync_.nouns.provider + "; nothing was overwritten",
              "check that the key belongs to the right organisation; if this is meant, add --allow-mass-change");
}

void ChangeGuards::check_loaded_anew(std::uint64_t gone, std::uint64_t fresh) const {
  const bool matched = natural_.any() || (sync_.hook && sync_.hook->has(Hook::Stage::Match));
  if (matched || id_stream_ != nullptr || !options_.rows.empty() || !is_mass(std::min(gone, fresh), account_check_.known_links())) return;
  throw Error(ErrorKind::Rejected,
              std::to_string(gone) + " of " + std::to_string(account_check_.known_links()) + " linked rows of " + target_.table.name +
                  " are gone, and " + std::to_string(fresh) +
                  " new rows have no ID: the table may have been loaded anew without its IDs; nothing was written",
              "give rows that are the same their IDs back (lockstep adopt ID --row KEY), or pair them by a column (match: in the mapping); "
              "if they are other rows, add --allow-mass-change");
}

void ChangeGuards::read_ahead(std::span<const Item> items) {
  known_.clear();
  std::vector<Link> asked;
  for (const Item& item : items) {
    const Link* link = item.decision.remote_fields.empty() ? nullptr : link_of(item);
    if (link == nullptr || link->id == 0 || !known_.try_emplace(link->id).second) continue;
    asked.push_back(*link);
  }
  for (ChangeEntry& entry : state_.changes_of(asked)) known_[entry.link_id].push_back(std::move(entry));
}

void ChangeGuards::count_waiting(const Item& item) { count_waiting(item, item.decision, guards_); }

void ChangeGuards::count_waiting(const Item& item, const Decision& decision, Guards& guards) {
  if (!guards.count(decision)) return;
  if (const auto instants = instants_of(item, decision)) {
    guards.brought_back(*instants);
  } else {
    guards.edited();
  }
}

/// When the item was as it would be now; nullopt: never.
std::optional<Instants> ChangeGuards::instants_of(const Item& item, const Decision& decision) {
  const Link* link = link_of(item);
  if (link == nullptr) return std::nullopt;
  if (const auto known = known_.find(link->id); known != known_.end())
    return lockstep::instants_of(mapping_, decision.remote_fields, known->second);
  std::vector<ChangeEntry> changes = state_.changes({.record = std::string(item.id)});
  std::erase_if(changes, [&](const ChangeEntry& entry) { return entry.link_id != link->id; });
  return lockstep::instants_of(mapping_, decision.remote_fields, changes);
}

/// A rollback, and a run about ids that somebody named, were told what to change.
std::uint64_t ChangeGuards::items_that_may_change() const {
  if (undoing() || (id_stream_ != nullptr && !options_.ids_found)) return 0;
  return id_stream_ == nullptr ? remote_count_ : std::max<std::uint64_t>(remote_count_, account_check_.known_links());
}

/// Linked rows that are there and whose pair was changed by the run of this instant or since.
std::uint64_t ChangeGuards::changed_since(Micros instant) {
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

std::optional<std::string> ChangeGuards::stopped_by(const Guards& guards, std::uint64_t remote) {
  return guards.refusal(account_check_.known_links(), remote, sync_.nouns.many + " in " + sync_.nouns.provider,
                        [this](Micros instant) { return changed_since(instant); });
}

std::optional<Error> ChangeGuards::refusal_of(const Guards& guards) {
  if (options_.allow_mass_change) return std::nullopt;
  const auto why = stopped_by(guards, items_that_may_change());
  if (!why) return std::nullopt;
  return Error(ErrorKind::Rejected, *why, kMassHint);
}

void ChangeGuards::check_guards() {
  if (const auto refusal = refusal_of(guards_))
    throw Error(ErrorKind::Rejected, refusal->message() + "; nothing was overwritten", kMassHint);
}

bool ChangeGuards::may_send(const Item& item) {
  sent_.count(item.decision);
  if (!stopped_by_guard_) stopped_by_guard_ = refusal_of(sent_);
  return !stopped_by_guard_;
}

}  // namespace lockstep
