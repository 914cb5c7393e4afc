#include "engine/passes/absence.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "engine/passes/account_look.h"
#include "engine/passes/change_guards.h"
#include "engine/passes/chunk.h"
#include "engine/passes/deciding.h"
#include "engine/passes/faults.h"
#include "engine/passes/freshly_made.h"
#include "engine/passes/listing.h"
#include "engine/passes/made_anew.h"
#include "engine/passes/newcomers.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/processing.h"
#include "engine/passes/twins.h"
#include "engine/passes/unpaired.h"
#include "engine/passes/waiting.h"
#include "engine/sides/hook_result.h"
#include "mapping/sets.h"

namespace lockstep {

Absence::Absence(RunContext& run, ChangeGuards& change_guards, Chunk& chunk, Deciding& deciding, Faults& faults, FreshlyMade& freshly_made,
                 Listing& listing, MadeAnew& made_anew, Newcomers& newcomers, PlanKeeper& plan_keeper, Processing& processing, Twins& twins,
                 Unpaired& unpaired, Waiting& waiting)
    : Pass(run),
      change_guards_(change_guards),
      chunk_(chunk),
      deciding_(deciding),
      faults_(faults),
      freshly_made_(freshly_made),
      listing_(listing),
      made_anew_(made_anew),
      newcomers_(newcomers),
      plan_keeper_(plan_keeper),
      processing_(processing),
      twins_(twins),
      unpaired_(unpaired),
      waiting_(waiting) {}

/// Linked records and rows with an id that a complete list did not name.
std::vector<Item> Absence::find_missing() {
  std::vector<Item> missing;
  const auto wanted = [&](std::string_view id) {
    return id_stream_ == nullptr ||
           std::find(id_stream_->missing().begin(), id_stream_->missing().end(), id) != id_stream_->missing().end();
  };
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i] || locals_.out_of_reach(i) || links_set_aside_.contains(static_cast<std::uint32_t>(i)) || !wanted(links_[i].remote_id))
      continue;
    const auto row = locals_.find(links_[i].remote_id);
    if (locals_.shares_id(i) || (row && locals_.rows()[*row].shares_id)) continue;
    const bool present = row.has_value() || locals_.of_link(i) == LocalRows::LinkRow::Clean;
    if ((options_.owner || !options_.rows.empty()) && !present) continue;
    missing.push_back(missing_item(links_[i].remote_id, static_cast<std::uint32_t>(i), row ? static_cast<std::uint32_t>(*row) : kNoIndex));
  }
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.met || row.id.empty() || row.shares_id || links_.by_remote(row.id) || !wanted(row.id)) continue;
    missing.push_back(missing_item(row.id, kNoIndex, static_cast<std::uint32_t>(i)));
  }
  std::erase_if(missing, [this](const Item& item) { return twins_.has_live_twin(item) || freshly_made_.is_settling(item); });
  return missing;
}

Item Absence::missing_item(std::string_view id, std::uint32_t link, std::uint32_t local) {
  Item item;
  item.id = id;
  item.link = link;
  item.local = local;
  if (local != kNoIndex) {
    item.key = locals_.rows()[local].key;
    item.label = locals_.rows()[local].label;
    locals_.rows()[local].met = true;
  } else if (locals_.of_link(link) == LocalRows::LinkRow::Clean) {
    item.key = links_[link].local_key;
    item.label = locals_.label_of_link(link);
  }
  if (item.label.empty()) item.label = item.id;
  return item;
}

/// Ids that were asked for and that neither side knows.
void Absence::tell_unknown_ids(const std::vector<Item>& missing) {
  // Of a conflict whose record is linked no longer, another pass tells what became of it.
  if (id_stream_ == nullptr || options_.resolution()) return;
  for (const std::string& id : id_stream_->missing()) {
    if (std::any_of(missing.begin(), missing.end(), [&](const Item& item) { return item.id == id; })) continue;
    Item unknown;
    unknown.id = unknown.label = id;
    tally_.failed(unknown, "no " + sync_.nouns.one + " with this ID in " + sync_.nouns.provider);
  }
}

/// Reads the list of the same account once more. Nullopt: it tells nothing, being empty or broken.
std::optional<std::unordered_set<std::string>> Absence::ids_of_list() {
  std::unordered_set<std::string> listed;
  const std::unique_ptr<PageStream> list = sync_.provider->list(*sync_.resource, {sync_.page_size}, call_);
  while (std::optional<Page> page = list->next(call_)) {
    check_stop();
    if (listed.empty()) check_account(sync_, *page);
    for (const Record& record : page->records) listed.emplace(record.id);
    list->recycle(std::move(*page));
  }
  if (!list->end().complete || listed.empty()) return std::nullopt;
  return listed;
}

/// Ids that were asked for one by one: gone is what the whole list lacks, too. What it names, or where it says nothing, nothing is
/// concluded.
void Absence::ask_the_list(std::vector<Item>& missing) {
  if (id_stream_ == nullptr || missing.empty()) return;
  const std::optional<std::unordered_set<std::string>> listed = ids_of_list();
  std::erase_if(missing, [&](Item& item) {
    if (listed && !listed->contains(std::string(item.id))) return false;
    faults_.reject(item, listed ? contradiction()
                                : sync_.nouns.provider + " does not have it by its ID, and its list tells nothing: nothing was concluded");
    return true;
  });
}

/// An item can slip from a page that is still to be read onto one that was read already, where one of that page goes meanwhile. What a list
/// of several pages lacks is missing where it lacks it twice.
void Absence::leave_slipped(std::vector<Item>& missing) {
  const bool news = std::any_of(missing.begin(), missing.end(), [this](const Item& item) { return links_[item.link].gone_at == 0; });
  if (!news || listing_.pages() < 2) return;
  const std::optional<std::unordered_set<std::string>> listed = ids_of_list();
  std::erase_if(missing, [&](const Item& item) {
    const bool slipped = links_[item.link].gone_at == 0 && (!listed || listed->contains(std::string(item.id)));
    if (!slipped) return false;
    tally_.warn(item, "list_moved",
                sync_.nouns.provider + "'s list left out " + tally_.name_of(item) + ", and " +
                    (listed ? "names it when it is read again: it changed while it was read; the next run looks at it"
                            : "tells nothing when it is read again; nothing was concluded"));
    return true;
  });
}

/// A row whose id names nothing may be that of an item which is there, by its key: a list that is not the whole one has not told so. Nothing
/// is concluded from such an id, as nothing is where the whole list names the item.
void Absence::leave_mistyped(std::vector<Item>& missing) {
  std::erase_if(missing, [&](const Item& item) {
    const std::uint32_t own = item.link == kNoIndex && item.local != kNoIndex ? locals_.rows()[item.local].link : kNoIndex;
    if (own == kNoIndex || links_[own].gone_at != 0) return false;
    Item known;
    known.id = known.label = links_[own].remote_id;
    known.link = own;
    bool there = false;
    const bool asked =
        faults_.spare(known, [&] { there = sync_.provider->get(*sync_.resource, links_[own].remote_id, call_).has_value(); });
    return !asked || (there && !newcomers_.settle_moved(known));
  });
}

void Absence::conclude_missing() {
  if (list_concludes()) return conclude_by_list();
  std::vector<Item> missing = find_missing();
  tell_unknown_ids(missing);
  ask_the_list(missing);
  leave_mistyped(missing);
  const Missing count = count_missing(missing);
  change_guards_.check_missing(count.news, count.known);
  conclude_each(std::move(missing), &Absence::conclude);
}

/// How many went missing since the last run, and of how many.
Absence::Missing Absence::count_missing(const std::vector<Item>& missing) const {
  const auto fresh = [this](const Item& item) { return item.link == kNoIndex || links_[item.link].gone_at == 0; };
  Missing count;
  count.news = made_anew_.stood_for() + static_cast<std::uint64_t>(std::count_if(missing.begin(), missing.end(), fresh));
  count.known = count.news + static_cast<std::uint64_t>(std::count(seen_.begin(), seen_.end(), true));
  return count;
}

/// `step` takes the missing records, a chunk at a time.
void Absence::conclude_each(std::vector<Item> missing, void (Absence::*step)(std::vector<Item>)) {
  for (std::size_t at = 0; at < missing.size(); at += kChunk) {
    const auto end = missing.begin() + static_cast<std::ptrdiff_t>(std::min(at + kChunk, missing.size()));
    (this->*step)({std::make_move_iterator(missing.begin() + static_cast<std::ptrdiff_t>(at)), std::make_move_iterator(end)});
  }
  unpaired_.count_local_only();
  unpaired_.report_shared_ids();
}

/// Each id is asked for once.
void Absence::ask_for(std::vector<Item>& missing, std::vector<Item>& found, std::vector<Item>& gone) {
  for (Item& item : missing) {
    check_stop();
    const Link* link = link_of(item);
    const bool remembered = link != nullptr && link->gone_at != 0;
    std::optional<Document> document;
    const bool asked = faults_.spare(item, [&] {
      if (!remembered && id_stream_ == nullptr) document = sync_.provider->get(*sync_.resource, item.id, call_);
    });
    if (!asked) continue;
    reachability_.answered();
    if (document) {
      item.raw = padded_copy(document->json, chunk_.arena());
      item.hash = seeded_hash(hash_of_record(mapping_, document->json), seed());
      item.asked = true;
      found.push_back(std::move(item));
      ++remote_count_;
    } else {
      gone.push_back(std::move(item));
    }
  }
}

/// Only a 404 proves that the item is gone, and it is remembered.
void Absence::conclude(std::vector<Item> missing) {
  chunk_.clear();
  std::vector<Item> found, gone;
  ask_for(missing, found, gone);
  chunk_.load_bases(gone);
  chunk_.load_rows(gone);
  for (Item& item : gone) {
    faults_.spare(item, [&] {
      deciding_.decide_item(item, true);
      plan_keeper_.decided(item);
      if (options_.dry_run && item.link != kNoIndex) gone_.insert(item.link);
      if (unpaired_.wait_to_send(item)) return;
      const Link* link = link_of(item);
      if (link == nullptr || link->gone_at == 0) writer_->mark_gone(item, clock_.now());
    });
  }
  processing_.process(std::move(found));
  writer_->commit_if_due();
}

/// Of the present list, as a link remembers it; never 0.
std::int64_t Absence::scope() const {
  const Hash128 scope = stream_->end().scope;
  const auto number = static_cast<std::int64_t>(hash128({reinterpret_cast<const char*>(&scope), sizeof scope}, 0x5c09e).low);
  return number == 0 ? 1 : number;
}

/// Linked records that a list of the same scope has named before, and this one does not.
std::vector<Item> Absence::missing_from_list() {
  std::vector<Item> missing = find_missing();
  const std::int64_t now = scope();
  std::erase_if(missing, [&](const Item& item) { return item.link == kNoIndex || links_[item.link].scope != now; });
  return missing;
}

void Absence::conclude_by_list() {
  if (!whole()) {
    // Some ids alone say nothing of the list.
    tell_unknown_ids({});
    return unpaired_.count_local_only();
  }
  std::vector<Item> missing = missing_from_list();
  leave_slipped(missing);
  const Missing count = count_missing(missing);
  change_guards_.check_missing_from_list(count.news, count.known);
  conclude_each(std::move(missing), &Absence::settle_missing);
}

void Absence::settle_missing(std::vector<Item> missing) {
  chunk_.clear();
  chunk_.load_bases(missing);
  chunk_.load_rows(missing);
  for (Item& item : missing) {
    check_stop();
    const bool news = links_[item.link].gone_at == 0;
    if (options_.dry_run) gone_.insert(item.link);
    if (!stand_in_last_known(item)) {
      // The row is gone, too.
      if (news) writer_->mark_gone(item, clock_.now());
      continue;
    }
    deciding_.decide_item(item);
    ++report_.missing_remote;
    if (news)
      tally_.warn(item, "missing_remote", tally_.name_of(item) + " is not in " + sync_.nouns.provider + " any more; nothing was deleted");
    plan_keeper_.decided(item);
    if (!plan_keeper_.as_planned(item)) continue;
    if (item.decision.local != Action::None) {
      wait_for_missing(item);
    } else if (news) {
      writer_->agree(item);
    }
  }
  writer_->flush();
}

void Absence::wait_for_missing(const Item& item) {
  change_guards_.count_waiting(item);
  if (options_.dry_run) {
    tally_.written(tally_.change_of(item));
  } else {
    waiting_.push(item.id, {}, {}, item.link, item.local, {});
  }
}

bool Absence::stand_in_last_known(Item& item) {
  if (item.stored.empty()) return false;
  const std::vector<Field>& fields = mapping_.fields();
  item.absent = true;
  item.there = chunk_.arena().make<Value>(fields.size());
  const Row stored = target_.fields(item.stored);
  const Value& label = stored[mapping_.label()];
  item.label = label.tag() == Value::Tag::Text && !label.as_view().empty() ? chunk_.arena().copy(label.as_view()) : item.id;
  bool known = item.base != nullptr;
  if (known) {
    host_.mute(true);
    known = !shaper_.shape({item.id, item.label, sync_.nouns.one}, padded_copy(item.base->document, chunk_.arena()), item.there,
                           chunk_.arena());
    host_.mute(false);
  }
  for (std::size_t i = 0; i < fields.size() && !known; ++i) {
    item.there[i] =
        fields[i].lookup ? references_.remote_of(i, stored[i]).value_or(Value::null()) : normalise(fields[i], stored[i], chunk_.arena());
  }
  for (const MissingValue& value : mapping_.on_missing()) {
    std::string problem;
    item.there[value.ordinal] =
        take_cell(fields[value.ordinal], cell_of(fields[value.ordinal], value.value, chunk_.arena()), chunk_.arena(), problem);
  }
  return true;
}

void Absence::remember_scope() {
  if (options_.dry_run || !list_concludes() || !whole()) return;
  const std::int64_t now = scope();
  std::uint64_t moved = 0;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    if ((i < seen_.size() && !seen_[i]) || links_[i].scope == now || links_[i].gone_at != 0) continue;
    moved += links_[i].scope == 0 ? 0U : 1U;
    writer_->put_scope(i, now);
  }
  if (moved > 0) {
    tally_.problem(
        {Problem::Severity::Warning,
         {},
         {},
         "scope_changed",
         "the list was asked for with other credentials, or at another address, than before: what it does not name is left as it is"});
  }
}

}  // namespace lockstep
