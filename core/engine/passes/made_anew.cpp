#include "engine/passes/made_anew.h"

#include <algorithm>

#include "common/text.h"
#include "engine/passes/chunk.h"
#include "engine/passes/faults.h"
#include "engine/passes/newcomers.h"
#include "engine/passes/nobodys_items.h"
#include "engine/sides/like_ids.h"
#include "engine/sides/likeness.h"

namespace lockstep {
namespace {

/// So many links whose items are missing are compared with an item where no label tells which is meant.
constexpr std::size_t kMostMissing = 64;
/// So many items wait for the end of the list there.
constexpr std::size_t kMostAwaited = 1000;

bool are_like(const Value& one, const Value& other) {
  return one.is_view() && other.is_view() && like_form(one.as_view()) == like_form(other.as_view());
}

}  // namespace

MadeAnew::MadeAnew(RunContext& run, Chunk& chunk, Faults& faults, Newcomers& newcomers, NobodysItems& nobodys_items)
    : Pass(run), chunk_(chunk), faults_(faults), newcomers_(newcomers), nobodys_items_(nobodys_items) {}

/// May an item that is missing be made anew in this sync, by a run of any mode?
bool MadeAnew::makes_anew() const {
  return policy_.can_create && !policy_.existing_only && !sync_.leave_gone && !list_concludes() && !options_.open_create() &&
         !options_.resolution();
}

/// The links of which the list has not named the item yet, whose row is there, and whose item this one may stand for.
std::vector<std::uint32_t> MadeAnew::missing_like(std::string_view label) {
  std::vector<std::uint32_t> found;
  const auto add = [&](std::size_t link) {
    const Link& known = links_[link];
    const auto row = locals_.row_of_link(link);
    const bool own = row && (locals_.rows()[*row].id.empty() || locals_.rows()[*row].id == known.remote_id);
    if (seen_[link] || known.left_at != 0 || locals_.out_of_reach(link) || locals_.shares_id(link)) return;
    if (own || locals_.of_link(link) == LocalRows::LinkRow::Clean) found.push_back(static_cast<std::uint32_t>(link));
  };
  if (label_tells()) {
    if (!by_label_) index_labels();
    const auto [from, to] = by_label_->equal_range(like_form(label));
    std::for_each(from, to, [&](const auto& entry) { add(entry.second); });
    return found;
  }
  for (std::size_t i = 0; i < seen_.size() && found.size() <= kMostMissing; ++i) add(i);
  if (found.size() > kMostMissing) found.clear();
  return found;
}

bool MadeAnew::label_tells() const {
  const std::vector<std::size_t>& uniform = locals_.uniform();
  return mapping_.label() != 0 && std::find(uniform.begin(), uniform.end(), mapping_.label()) == uniform.end();
}

void MadeAnew::index_labels() {
  by_label_.emplace();
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (const std::string_view label = locals_.label_of_link(i); !label.empty()) by_label_->emplace(like_form(label), i);
  }
}

bool MadeAnew::may_stand_for_missing(std::string_view raw) {
  if (seen_.empty() || raw.empty() || !makes_anew()) return false;
  if (!label_tells()) return newcomers_.awaiting() < kMostAwaited;
  return !missing_like(chunk_.label_of(raw, {})).empty();
}

bool MadeAnew::settle_made_anew(const Item& item) {
  if (!makes_anew()) return true;
  for (const std::uint32_t link : missing_like(chunk_.label_of(item.raw, {}))) {
    if (!looks_as_known(item, link)) continue;
    // A 404 says so, now or earlier.
    bool gone = links_[link].gone_at != 0;
    if (!gone && !faults_.spare(item, [&] { gone = !sync_.provider->get(*sync_.resource, links_[link].remote_id, call_); })) return false;
    if (!gone) continue;
    tell_made_anew(item, link);
    return false;
  }
  return true;
}

void MadeAnew::tell_made_anew(Item item, std::uint32_t link) {
  item.label = chunk_.label_of(item.raw, item.id);
  links_set_aside_.insert(link);
  stood_for_ += links_[link].gone_at == 0 ? 1U : 0U;
  if (const auto row = locals_.row_of_link(link)) locals_.rows()[*row].met = true;
  const std::string id(links_[link].remote_id), key(links_[link].local_key);
  faults_.set_aside(item, nobodys_items_.stands_before(item, key) + ": the two look alike, and the row's " + sync_.nouns.one + " " +
                              in_quotes(id) + " is gone; " + nobodys_items_.no_second_of(item, key, sync_option()) +
                              "; if not, run: lockstep forget " + id + sync_option());
}

/// Evidence that the item holds what the link's item was last known to hold.
bool MadeAnew::looks_as_known(const Item& item, std::uint32_t link) {
  Item probe = item;
  probe.link = link;
  probe.key = links_[link].local_key;
  if (!chunk_.shape_for_a_look(probe)) return false;
  chunk_.load_bases(std::span(&probe, 1));
  chunk_.load_rows(std::span(&probe, 1));
  if (probe.stored.empty()) return false;
  const Facts facts = facts_.build(probe, &links_[link], chunk_.arena());
  const auto known = [&](std::size_t i) {
    return facts.base.empty() || facts.base[i].there.is_absent() ? facts.here[i] : facts.base[i].there;
  };
  const auto equal = [&](std::size_t i) {
    return same(mapping_.fields()[i], known(i), facts.there[i]) || (i == mapping_.label() && are_like(known(i), facts.there[i]));
  };
  const auto holds = [&](std::size_t i) { return !known(i).is_nothing() || !facts.there[i].is_nothing(); };
  return look_alike(mapping_, locals_.alike(), equal, holds);
}

}  // namespace lockstep
