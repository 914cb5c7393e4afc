// What an earlier run left open: its entry, and remote writes that were promised and never confirmed.

#include <algorithm>

#include "engine/passes/run.h"
#include "engine/sides/likeness.h"
#include "engine/write/outgoing.h"
#include "engine/write/promised.h"
#include "format/json.h"

namespace lockstep {
namespace {

constexpr std::size_t kRunsLookedAt = 100;

}  // namespace

/// Rows, links and journal of a run that was cut off committed together, so nothing is half done. Its entry gets its end.
void Run::recover() {
  for (RunEntry& run : state_.runs({.limit = kRunsLookedAt})) {
    if (run.finished_at != 0 || (run.report.text_at("sync") != sync_.name && run.report.text_at("sync") != former_name_)) continue;
    run.finished_at = clock_.now();
    run.exit = 130;
    state_.close_run(run, *lease_);
  }
}

void Run::load_intents() {
  for (const IntentEntry& intent : state_.intents(entry_.id)) keep_open(intent);
}

void Run::keep_open(const IntentEntry& intent) {
  if (intent.action == "update") {
    open_updates_[intent.remote_id].push_back(intent);
  } else {
    open_creates_.insert_or_assign(intent.local_key, intent);
  }
}

/// A record that no row is known for may be what an earlier run made: then it carries the marker of that run's promise.
void Run::claim_created(Item& item) {
  if (item.local != kNoIndex || item.link != kNoIndex || item.raw.empty()) return;
  if (options_.open_create) {
    // A person says so, whatever it carries.
    claimed_.insert(std::string(item.id));
    return claim_row(item, options_.open_create->local_key);
  }
  const std::string marker = marker_in(item.raw);
  if (marker.empty()) return;
  const auto intent =
      std::find_if(open_creates_.begin(), open_creates_.end(), [&](const auto& each) { return each.second.marker == marker; });
  if (intent == open_creates_.end() || awaits_outside_row(item, intent->first)) return;
  if (!is_row_of_create(intent->first, intent->second.body)) return;
  if (!marked_.emplace(marker, item.id).second) return;
  markers_are_kept();
  claim_row(item, intent->first);
  if (item.key.empty()) made_for_nobody(item);
}

/// False when the key was used again since: the row is another one, and what the create made is told of when the list is complete.
bool Run::is_row_of_create(const std::string& key, const Json& sent) {
  const auto row = locals_.row_of_key(key);
  if (!row || locals_.rows()[*row].link != kNoIndex || sent.object() == nullptr) return true;
  Item probe;
  probe.key = key;
  load_rows(std::span(&probe, 1));
  if (probe.stored.empty()) return true;
  probe.there = arena_.make<Value>(mapping_.fields().size());
  const Facts facts = facts_.build(probe, nullptr, arena_);
  const auto as_sent = [&](std::size_t i) { return same(mapping_.fields()[i], facts.here[i], value_sent(sent, i)); };
  const auto holds = [&](std::size_t i) { return !facts.here[i].is_nothing() || !value_sent(sent, i).is_nothing(); };
  return still_the_same(mapping_, locals_.alike(), as_sent, holds);
}

/// A row that got another key, or was made again under one, takes over the create that was open for it: it bears the id that the create was
/// to replace, it holds all that was sent, or it alone looks like that.
void Run::follow_rows_made_again() {
  if (options_.open_create) return;
  take_over_lost_creates();
  std::vector<IntentEntry> lost;
  for (const auto& [key, intent] : open_creates_) {
    if (!has_row(key) && !is_outside_row(key)) lost.push_back(intent);
  }
  std::erase_if(lost, [this](IntentEntry& intent) {
    const std::string key = row_of_lost_create(intent);
    if (key.empty()) return false;
    open_creates_.erase(intent.local_key);
    intent.local_key = key;
    open_creates_.insert_or_assign(key, intent);
    return true;
  });
  find_creates_elsewhere(lost);
}

/// Key of the row; empty: there is none, or several may be it.
std::string Run::row_of_lost_create(const IntentEntry& intent) {
  if (!intent.remote_id.empty()) {
    const auto row = locals_.find(intent.remote_id);
    if (row && !locals_.rows()[*row].shares_id) return std::string(locals_.rows()[*row].key);
  }
  std::vector<std::string> equal, alike;
  for (const std::uint32_t local : rows_without_item()) {
    std::string key(locals_.rows()[local].key);
    const Likeness likeness = likeness_to_sent(key, intent.body);
    if (likeness == Likeness::Equal) equal.push_back(key);
    if (likeness != Likeness::None) alike.push_back(std::move(key));
  }
  const std::vector<std::string>& found = equal.empty() ? alike : equal;
  return found.size() == 1 ? found.front() : std::string();
}

Run::Likeness Run::likeness_to_sent(const std::string& key, const Json& sent) {
  Item probe;
  probe.key = key;
  load_rows(std::span(&probe, 1));
  return likeness_to_sent(std::move(probe), sent);
}

/// `probe` has the row.
Run::Likeness Run::likeness_to_sent(Item probe, const Json& sent) {
  if (probe.stored.empty() || sent.object() == nullptr || sent.object()->empty()) return Likeness::None;
  probe.there = arena_.make<Value>(mapping_.fields().size());
  const Facts facts = facts_.build(probe, nullptr, arena_);
  const auto as_sent = [&](std::size_t i) { return same(mapping_.fields()[i], facts.here[i], value_sent(sent, i)); };
  const auto holds = [&](std::size_t i) { return !facts.here[i].is_nothing() || !value_sent(sent, i).is_nothing(); };
  bool equal = true;
  for (std::size_t i = 1; i < mapping_.fields().size(); ++i) {
    const Field& field = mapping_.fields()[i];
    equal = equal && (field.remote_owned() || field.write_only || as_sent(i));
  }
  if (equal) return Likeness::Equal;
  return look_alike(mapping_, locals_.alike(), as_sent, holds) ? Likeness::Alike : Likeness::None;
}

/// The row with this key goes with the item.
void Run::claim_row(Item& item, std::string_view key) {
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    LocalRow& row = locals_.rows()[i];
    if (row.key != key) continue;
    row.met = true;
    item.local = static_cast<std::uint32_t>(i);
    item.key = row.key;
    if (row.link != kNoIndex) claim_link(item, row.link);
    return;
  }
  // A row that nobody has edited is known by its link alone.
  const std::optional<std::size_t> link = links_.by_key(key);
  if (!link || locals_.of_link(static_cast<std::uint32_t>(*link)) != LocalRows::LinkRow::Clean) return;
  item.key = links_[*link].local_key;
  claim_link(item, static_cast<std::uint32_t>(*link));
}

/// Made anew for an item that was gone: its link goes on with the new one.
void Run::claim_link(Item& item, std::uint32_t link) {
  seen_[link] = true;
  item.link = link;
  links_.relink(link, arena_.copy(item.id));
}

/// A person says that it did not take place.
void Run::drop_open_create() {
  const auto open = open_creates_.find(options_.open_create->local_key);
  if (open == open_creates_.end()) return;
  writer_->close_intent(open->second);
  open_creates_.erase(open);
}

IntentState Run::intent_of(const Item& item) {
  const auto open = item.key.empty() ? open_creates_.end() : open_creates_.find(item.key);
  if (claimed_.contains(std::string(item.id))) return IntentState::MarkerFound;
  if (open == open_creates_.end()) return IntentState::None;
  // What this run's list does not show may turn up until the request's time is over.
  if (item.raw.empty() && is_suspected(open->second)) return IntentState::Suspected;
  if (item.raw.empty() && unread_) return IntentState::AtWork;
  if (item.raw.empty()) return may_be_at_work(open->second, report_.started_at) ? IntentState::AtWork : IntentState::MarkerMissing;
  return marker_of(json::parse(item.raw), *sync_.resource) == open->second.marker ? IntentState::MarkerFound : IntentState::None;
}

/// The create that made this item is over.
void Run::finish_create(const Item& item) {
  if (item.facts.intent != IntentState::MarkerFound) return;
  const auto open = open_creates_.find(item.key);
  if (open == open_creates_.end()) return;
  writer_->journal_late(item, open->second, Json());
  writer_->close_intent(open->second);
  open_creates_.erase(open);
}

}  // namespace lockstep
