#include "engine/passes/undoing.h"

#include <algorithm>
#include <array>
#include <set>

#include "engine/passes/account_check.h"
#include "engine/passes/change_guards.h"
#include "engine/passes/chunk.h"
#include "engine/passes/columns.h"
#include "engine/passes/conflicts.h"
#include "engine/passes/deciding.h"
#include "engine/passes/documents.h"
#include "engine/passes/open_work.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/routing.h"
#include "engine/passes/sender.h"
#include "engine/sides/hook_result.h"
#include "engine/write/outgoing.h"
#include "format/json.h"
#include "mapping/sets.h"

namespace lockstep {
namespace {

constexpr std::size_t kPairsPerChunk = 128;

std::vector<std::size_t> written_to_row_alone(const Undo& undo) {
  std::vector<std::size_t> ordinals;
  for (const Written& written : undo.local) {
    const bool both =
        std::any_of(undo.remote.begin(), undo.remote.end(), [&](const Written& each) { return each.ordinal == written.ordinal; });
    if (!both) ordinals.push_back(written.ordinal);
  }
  return ordinals;
}

}  // namespace

Undoing::Undoing(RunContext& run, AccountCheck& account_check, ChangeGuards& change_guards, Chunk& chunk, Columns& columns,
                 Conflicts& conflicts, Deciding& deciding, Documents& documents, OpenWork& open_work, PlanKeeper& plan_keeper,
                 Routing& routing, Sender& sender)
    : Pass(run),
      account_check_(account_check),
      change_guards_(change_guards),
      chunk_(chunk),
      columns_(columns),
      conflicts_(conflicts),
      deciding_(deciding),
      documents_(documents),
      open_work_(open_work),
      plan_keeper_(plan_keeper),
      routing_(routing),
      sender_(sender) {}

bool Undoing::asked_for(const Item& item) const {
  const Undo& undo = rollback_->pairs().at(item.link);
  return !undo.remote.empty() && !undo.item_gone;
}

void Undoing::stand_in_gone(Item& item) {
  rollback_->gone(item.link);
  stand_in_base(item);
}

void Undoing::look_at_all() {
  std::vector<std::uint32_t> links;
  for (const auto& [link, undo] : rollback_->pairs()) links.push_back(link);
  for (std::size_t at = 0; at < links.size(); at += kPairsPerChunk) {
    check_stop();
    look_at(std::span(links).subspan(at, std::min(kPairsPerChunk, links.size() - at)));
    observer_.progress(at, links.size());
  }
}

void Undoing::read_journal() {
  rollback_ = std::make_unique<Rollback>(mapping_, secrets_, [this](Side side, std::size_t ordinal, const Value& value) {
    const bool remote = side == Side::Remote;
    const bool stands =
        remote ? !references_.can_look(ordinal) || references_.cell_of(ordinal, value) : references_.names_row(ordinal, value);
    if (!stands) return std::optional<Value>();
    return std::optional(remote ? facts_.comparable(ordinal, value, kept_)
                                : facts_.comparable_cell(ordinal, value, Value::null(), Value::null(), kept_));
  });
  if (entry_.id == 0) return;
  rollback_->leave_out(columns_.exchanged_since());
  std::unordered_map<std::int64_t, std::uint32_t> by_id;
  for (std::size_t i = 0; i < links_.size(); ++i) by_id.emplace(links_[i].id, static_cast<std::uint32_t>(i));
  std::vector<ChangeEntry> changes = state_.changes({.run = options_.undone()->run});
  for (auto entry = changes.rbegin(); entry != changes.rend(); ++entry) {
    if (entry->sync_id != entry_.id) continue;
    const auto link = by_id.find(entry->link_id);
    const bool paired = link != by_id.end() && links_[link->second].local_key == entry->local_key;
    rollback_->add(*entry, paired ? link->second : kNoIndex, neighbours_.owns(entry->remote_id) ? Stays::Moved : Stays::Unlinked);
  }
  std::vector<std::int64_t> runs;
  for (const RunEntry& run : state_.runs({.run = options_.undone()->run})) runs.push_back(run.id);
  promise_wishes(runs);
  mark_written_since();
}

void Undoing::mark_written_since() {
  std::set<std::int64_t> links;
  for (const auto& [link, undo] : rollback_->pairs()) links.insert(links_[link].id);
  LaterWrites later(state_, options_.undone()->run, links);
  for (const auto& [remote_id, intents] : open_work_.updates()) {
    const auto link = links_.by_remote(remote_id);
    for (const IntentEntry& intent : intents) later.add(intent, link ? links_[*link].id : 0);
  }
  for (const auto& [link, undo] : rollback_->pairs()) rollback_->mark_written_since(link, later.of(links_[link].id));
}

/// Writes that the run promised and did not live to see confirmed: they may have taken effect.
void Undoing::promise_wishes(const std::vector<std::int64_t>& runs) {
  for (const auto& [remote_id, intents] : open_work_.updates()) {
    for (const IntentEntry& intent : intents) {
      if (std::find(runs.begin(), runs.end(), intent.run_id) == runs.end()) continue;
      const auto link = links_.by_remote(intent.remote_id);
      rollback_->add(intent, link ? static_cast<std::uint32_t>(*link) : kNoIndex);
    }
  }
}

void Undoing::look_at(std::span<const std::uint32_t> links) {
  chunk_.clear();
  std::vector<Item> items = items_to_restore(links);
  chunk_.load_bases(items);
  fetch_present(items);
  for (Item& item : items) {
    if (item.raw.empty()) stand_in_base(item);
  }
  std::erase_if(items,
                [this](Item& item) { return item.raw.empty() || (item.asked && !documents_.complete(item)) || !chunk_.shape(item); });
  chunk_.know_references(items);
  chunk_.load_rows(items);
  for (Item& item : items) {
    deciding_.decide_item(item);
    plan_keeper_.decided(item);
    if (item.decision.nothing()) {
      settle_rollback(item);
    } else {
      routing_.wait_to_write(item);
    }
  }
  writer_->flush();
}

std::vector<Item> Undoing::items_to_restore(std::span<const std::uint32_t> links) {
  std::vector<Item> items;
  items.reserve(links.size());
  for (const std::uint32_t link : links) {
    const Undo& undo = rollback_->pairs().at(link);
    Item& item = items.emplace_back();
    item.id = links_[link].remote_id;
    item.link = link;
    item.key = links_[link].local_key;
    item.label = undo.label.empty() ? item.id : std::string_view(undo.label);
  }
  return items;
}

/// Where the run wrote to the remote, its present state is asked for. A rollback of rows alone needs no request.
void Undoing::fetch_present(std::span<Item> items) {
  Courier& courier = sender_.courier();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (rollback_->pairs().at(items[i].link).remote.empty() || links_[items[i].link].gone_at != 0) continue;
    courier.read(i, [&sync = sync_, id = std::string(items[i].id)](Call& call) { return sync.provider->get(*sync.resource, id, call); });
  }
  std::optional<Error> failure;
  while (courier.under_way() > 0) {
    for (Courier::Reply& reply : courier.take()) {
      Item& item = items[reply.ticket];
      if (reply.failure) failure = reply.failure;
      if (!reply.document) continue;
      item.raw = padded_copy(reply.document->json, chunk_.arena());
      item.hash = seeded_hash(hash_of_record(mapping_, reply.document->json), seed());
      item.asked = true;
    }
  }
  check_stop();
  // Nothing has been written yet, and half a rollback would be the worse news.
  if (failure) throw *failure;
  account_check_.check_asked(items);
  for (Item& item : items) {
    Undo& undo = rollback_->pairs().at(item.link);
    if (item.raw.empty() && !undo.remote.empty()) undo.item_gone = true;
  }
}

/// The remote as it was last known: what the run wrote to the row alone is restored without asking.
void Undoing::stand_in_base(Item& item) {
  if (item.base == nullptr) {
    tally_.failed(item, "its last agreed state is not known; import it first");
    return;
  }
  chunk_.replace_document(item, item.base->document);
  item.hash = links_[item.link].remote_hash;
}

/// What the document says nothing of is compared as the column's default.
std::vector<std::size_t> Undoing::lacking_defaults(const Item& item) const {
  std::vector<std::size_t> lacking;
  if (item.raw.empty()) return lacking;
  const Json document = json::parse(item.raw);
  for (std::size_t i = 1; i < mapping_.fields().size(); ++i) {
    if (!mapping_.fields()[i].fallback) continue;
    const Json* held = mapping_.place_in(i, document).find(document);
    if (held == nullptr || held->is_null()) lacking.push_back(i);
  }
  return lacking;
}

void Undoing::decide_rollback(Item& item) {
  Undo& undo = rollback_->pairs().at(item.link);
  undo.lacking = lacking_defaults(item);
  conflicts_.stand_on_agreement(item, written_to_row_alone(undo));
  Row there = item.facts.there;
  item.decision = lockstep::decide_rollback(mapping_, item.facts, undo, [&](const Decision& decision) {
    item.decision = decision;
    return there = answer_to_come(item);
  });
  undo.next = {};
  std::vector<Guards>& guards = rollback_->next_guards()[item.link];
  guards.clear();
  if (item.decision.nothing()) return;
  for (std::size_t i = 0; i < kModes.size(); ++i) guards.emplace_back(mapping_, sync_.mass_change);
  undo.next = look_ahead(mapping_, policy_, item.facts, item.decision, there,
                         [&](std::size_t mode, const Decision& decision) { change_guards_.count_waiting(item, decision, guards[mode]); });
}

/// The remote's side as it will be mapped once it has what the decision sends.
Row Undoing::answer_to_come(const Item& item) {
  if (item.decision.remote == Action::None) return item.facts.there;
  std::span<Value> there = chunk_.arena().make<Value>(mapping_.fields().size());
  const Outgoing outgoing(mapping_, *sync_.resource, secrets_, target_, shaper_);
  try {
    const std::string document = json::to_text(outgoing.document(item));
    host_.mute(true);
    const HookVerdict refused =
        shaper_.shape({item.id, item.label, sync_.nouns.one}, padded_copy(document, chunk_.arena()), there, chunk_.arena());
    host_.mute(false);
    if (refused) return item.facts.there;
  } catch (const Error& failure) {
    host_.mute(false);
    if (failure.kind() != ErrorKind::Rejected) throw;
    return item.facts.there;
  }
  for (std::size_t i = 0; i < there.size(); ++i) {
    const bool told = !item.facts.there[i].is_absent() && !there[i].is_absent();
    there[i] = told ? facts_.comparable(i, there[i], chunk_.arena()) : Value();
  }
  return there;
}

/// Why the next run of each mode would stop before its first overwrite; empty: it would not.
std::array<std::string, kModes.size()> Undoing::next_refusals() {
  std::vector<Guards> all(kModes.size(), Guards(mapping_, sync_.mass_change));
  for (const auto& [link, guards] : rollback_->next_guards()) {
    for (std::size_t i = 0; i < guards.size(); ++i) all[i].add(guards[i]);
  }
  std::array<std::string, kModes.size()> refusals;
  const auto remote = static_cast<std::uint64_t>(entry_.remote_count.value_or(0));
  for (std::size_t i = 0; i < all.size(); ++i) {
    refusals.at(i) = change_guards_.stopped_by(all[i], remote).value_or("");
  }
  return refusals;
}

void Undoing::settle_rollback(const Item& item) {
  if (item.decision.take_base && !item.stored.empty() && !item.there.empty()) writer_->agree(item);
  open_work_.keep_promises(item);
}

void Undoing::report_left() {
  report_.skipped = rollback_->skipped(sync_.nouns);
  report_.created_left = rollback_->created();
  report_.next = rollback_->next();
  report_.next_refusals = next_refusals();
  // The row of an item that the run made was linked by that: one thing stays, not two.
  std::set<std::string> made;
  for (const CreatedLeft& left : report_.created_left) {
    if (left.action != "link") made.insert(left.remote_id);
  }
  std::erase_if(report_.created_left, [&](const CreatedLeft& left) { return left.action == "link" && made.contains(left.remote_id); });
}

}  // namespace lockstep
