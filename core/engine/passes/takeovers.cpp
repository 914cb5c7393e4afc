#include "engine/passes/takeovers.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/passes/agreed_rows.h"
#include "engine/passes/chunk.h"
#include "engine/passes/columns.h"
#include "engine/passes/faults.h"
#include "engine/passes/open_work.h"
#include "engine/sides/moved_rows.h"
#include "engine/sides/scan.h"

namespace lockstep {
namespace {

bool is_create(const IntentEntry& intent) { return intent.action != "update"; }

}  // namespace

Takeovers::Takeovers(RunContext& run, AgreedRows& agreed_rows, Chunk& chunk, Columns& columns, Faults& faults, OpenWork& open_work)
    : Pass(run), agreed_rows_(agreed_rows), chunk_(chunk), columns_(columns), faults_(faults), open_work_(open_work) {}

void Takeovers::take_over_moved() {
  if (neighbours_.all().empty() || !target_.exists) return;
  const std::vector<Newcomer> newcomers = find_newcomers();
  for (std::size_t i = 0; i < neighbours_.all().size(); ++i) {
    Takeover takeover;
    takeover.neighbour = i;
    for (const Newcomer& row : newcomers) consider(row, takeover);
    give_up_doubles(takeover);
    if (!takeover.what.empty()) take_over(takeover);
  }
  scope_.take_failures();  // they are told of by the scan that follows
}

std::vector<Newcomer> Takeovers::find_newcomers() {
  std::unordered_set<std::string_view> created;
  for (const IntentEntry& create : neighbours_.creates()) created.insert(create.local_key);
  const auto knows = [&](const Newcomer& row) {
    return created.contains(row.key) || std::any_of(neighbours_.all().begin(), neighbours_.all().end(), [&](const Neighbour& each) {
             return each.links.by_key(row.key) || (!row.id.empty() && each.links.by_remote(row.id));
           });
  };
  std::vector<Newcomer> found;
  const auto each = [&](Row row) {
    if (!has_usable_key(target_, row)) return;
    Newcomer one{key_text(target_.key(row)), borne_id(target_, row)};
    if (knows(one) && scope_.holds(row)) found.push_back(std::move(one));
  };
  scan_rows(
      *sync_.store, target_, target_.constants, [](const Rows&) {}, each, stop_);
  return found;
}

/// What the neighbour has of this row, unless the row is none of that.
void Takeovers::consider(const Newcomer& row, Takeover& takeover) {
  const Neighbour& former = neighbours_.all()[takeover.neighbour];
  const auto link = link_that_moved(row, former);
  if (withheld_.contains(row.key)) return;
  const std::size_t before = takeover.what.intents.size();
  for (const IntentEntry& intent : former.intents) {
    const bool of_link = link && intent.remote_id == former.links[*link].remote_id;
    const bool of_row = is_create(intent) && intent.local_key == row.key && (link || row.id.empty() || intent.remote_id == row.id);
    if ((is_create(intent) ? of_row : of_link) && !open_work_.creates().contains(row.key)) takeover.what.intents.push_back(intent);
  }
  if (link) take_link(former.links[*link], takeover);
  if (link || takeover.what.intents.size() > before) takeover.rows.push_back(row);
}

/// A row that bears the id is the link's, under whatever key, as long as no row of the neighbour bears it, too. One without an id is
/// when its cells say so.
std::optional<std::size_t> Takeovers::link_that_moved(const Newcomer& row, const Neighbour& former) {
  const auto by_id = row.id.empty() ? std::nullopt : neighbours_.link_of(former, row.id);
  if (by_id && former.links[*by_id].local_key == row.key) return by_id;
  if (by_id) {
    const std::string other = bearer_in(former, row.id);
    if (other.empty()) return by_id;
    withheld_.emplace(row.key, "row " + row.key + " carries an ID that row " + other + " carries too, which is none of this sync's; " +
                                   "nothing was written to it: empty it in one of them");
    return std::nullopt;
  }
  const auto by_key = row.id.empty() ? neighbours_.link_of_key(former, row.key) : std::nullopt;
  const bool same = by_key && bearer_in(former, former.links[*by_key].remote_id).empty() && is_row_of(former.links[*by_key], row.key);
  return same ? by_key : std::nullopt;
}

/// Key of a row of the neighbour that bears this id; empty: there is none.
std::string Takeovers::bearer_in(const Neighbour& former, std::string_view remote_id) {
  const Filter filter{{{mapping_.key().column, Filter::Op::Equal, {Value::text(remote_id)}}}, {}, 0};
  const Rows rows = sync_.store->read(target_.table, target_.shape, filter);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (may_stand_in(former.constants, target_, rows[i]) && !scope_.holds(rows[i])) return key_text(target_.key(rows[i]));
  }
  return {};
}

/// The cells of the row with this key say that it is the one that the link is about.
bool Takeovers::is_row_of(const Link& link, const std::string& key) {
  const std::int64_t ids[] = {link.id};
  const auto bases = state_.load_bases(ids);
  if (bases.empty()) return true;
  Item item;
  item.id = item.label = link.remote_id;
  item.key = key;
  item.base = &bases.begin()->second;
  chunk_.load_rows(std::span(&item, 1));
  return item.stored.empty() || agreed_rows_.looks_agreed(facts_.build(item, &link, chunk_.arena()));
}

/// Of two links about one item the one stays that was agreed on later. A key that is another link's here says nothing of this one.
void Takeovers::take_link(Link link, Takeover& takeover) {
  if (!takeover.decided.insert(link.remote_id).second) return;
  const auto own = links_.by_remote(link.remote_id);
  if (own && is_later(links_[*own], link)) {
    takeover.what.given_up.push_back(link);
    return;
  }
  if (own) takeover.what.given_up.push_back(links_[*own]);
  if (const auto of_key = links_.by_key(link.local_key); of_key && of_key != own) link.local_key = {};
  takeover.what.links.push_back(link);
}

/// By the journal; where it says nothing, the one that is this sync's already.
bool Takeovers::is_later(const Link& own, const Link& theirs) {
  for (const ChangeEntry& change : state_.changes({.record = std::string(own.remote_id)})) {
    if (change.link_id == own.id || change.link_id == theirs.id) return change.link_id == own.id;
  }
  return true;
}

/// Links of both about an item whose row is gone: one of the two brings it back.
void Takeovers::give_up_doubles(Takeover& takeover) {
  const Neighbour& former = neighbours_.all()[takeover.neighbour];
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const auto theirs = neighbours_.link_of(former, links_[i].remote_id);
    if (!theirs || takeover.decided.contains(links_[i].remote_id)) continue;
    if (!has_any_row(links_[i]) && !has_any_row(former.links[*theirs])) take_link(former.links[*theirs], takeover);
  }
}

/// In this sync or outside it.
bool Takeovers::has_any_row(const Link& link) {
  const Filter by_id{{{mapping_.key().column, Filter::Op::Equal, {Value::text(link.remote_id)}}}, {}, 1};
  if (!sync_.store->read(target_.table, target_.shape, by_id).empty()) return true;
  if (link.local_key.empty()) return false;
  const std::vector<OwnedRow> keys{key_values(link.local_key, target_.key_types)};
  const Rows rows = read_by_key(*sync_.store, target_, keys, true);
  return !rows.empty() && borne_id(target_, rows[0]).empty();
}

void Takeovers::take_over(Takeover& takeover) {
  const Neighbour& former = neighbours_.all()[takeover.neighbour];
  if (options_.dry_run) {
    find_open_entries(takeover.what, former);
    return take_up(takeover.what, former);
  }
  std::unique_ptr<Lease> theirs;
  try {
    if (!options_.syncs_held.contains(former.name)) theirs = sync_.store->lease("sync " + former.name);
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Busy) throw;
    return withhold(takeover, former.name);
  }
  if (!is_still_so(takeover, former)) return withhold(takeover, former.name);
  find_open_entries(takeover.what, former);
  take_rules(takeover.what, former);
  write_handover(*sync_.store, takeover.what, entry_.id, former.entry.id, links_, clock_.now(), *lease_);
  take_up(takeover.what, former);
}

/// A run of the neighbour may have ended since its links were read: they are read again.
bool Takeovers::is_still_so(Takeover& takeover, const Neighbour& former) {
  takeover.links = state_.load_links(former.entry.id);
  for (Link& link : takeover.what.links) {
    const auto now = takeover.links.by_remote(link.remote_id);
    if (!now || takeover.links[*now].id != link.id) return false;
    const std::string_view key = link.local_key;
    if (!key.empty() && takeover.links[*now].local_key != key) return false;
    link = takeover.links[*now];
    link.local_key = key;
  }
  const std::vector<IntentEntry> open = state_.intents(former.entry.id);
  return std::all_of(takeover.what.intents.begin(), takeover.what.intents.end(), [&](const IntentEntry& intent) {
    return std::any_of(open.begin(), open.end(), [&](const IntentEntry& each) { return each.id == intent.id; });
  });
}

void Takeovers::withhold(const Takeover& takeover, const std::string& former) {
  for (const Newcomer& row : takeover.rows)
    withheld_.emplace(row.key, "row " + row.key + " was sync " + former +
                                   "'s, of which a run is under way; nothing was written to it: " + "run the same command again");
}

/// Conflicts and refusals of what is taken over.
void Takeovers::find_open_entries(Handover& what, const Neighbour& former) {
  std::unordered_set<std::string_view> ids;
  std::unordered_set<std::int64_t> links;
  for (const Link& link : what.links) {
    ids.insert(link.remote_id);
    links.insert(link.id);
  }
  for (ConflictEntry& conflict : state_.conflicts(former.entry.id)) {
    if (links.contains(conflict.link_id)) what.conflicts.push_back(std::move(conflict));
  }
  for (RejectedEntry& entry : state_.rejected(former.entry.id)) {
    const bool created = std::any_of(what.intents.begin(), what.intents.end(), [&](const IntentEntry& intent) {
      return is_create(intent) && entry.remote_id.empty() && intent.local_key == entry.local_key;
    });
    if (created || ids.contains(entry.remote_id)) what.rejected.push_back(std::move(entry));
  }
}

/// The sets of rules that their bases were made under are this sync's, too.
void Takeovers::take_rules(Handover& what, const Neighbour& former) {
  const auto theirs = state_.fields(former.entry.id);
  std::map<std::int64_t, std::int64_t> numbers;
  for (Link& link : what.links) {
    const auto set = theirs.find(link.fields_id);
    if (set == theirs.end()) continue;
    const auto [number, fresh] = numbers.emplace(set->first, 0);
    if (fresh) number->second = state_.ensure_fields(entry_.id, set->second, *lease_);
    link.fields_id = number->second;
  }
  facts_.know_rules(rule_sets());
}

/// From here on the run goes on as if it had always been so.
void Takeovers::take_up(const Handover& what, const Neighbour& former) {
  for (const Link& link : what.links) links_.put(link);
  for (const IntentEntry& intent : what.intents) open_work_.keep_open(intent);
  if (!what.intents.empty() && former.entry.drops_markers) {
    entry_.drops_markers = true;
    entry_.keeps_markers = false;
  }
  if (options_.dry_run) {
    foreseen_conflicts_.insert(foreseen_conflicts_.end(), what.conflicts.begin(), what.conflicts.end());
    foreseen_rejections_.insert(foreseen_rejections_.end(), what.rejected.begin(), what.rejected.end());
  }
  neighbours_.forget(what);
}

std::vector<ConflictEntry> Takeovers::open_conflicts() {
  std::vector<ConflictEntry> open = entry_.id == 0 ? std::vector<ConflictEntry>() : state_.conflicts(entry_.id);
  open.insert(open.end(), foreseen_conflicts_.begin(), foreseen_conflicts_.end());
  if (!options_.dry_run) return open;  // the writer has written them
  for (const Columns::ColumnNames& names : columns_.renamed()) {
    for (ConflictEntry& conflict : open) State::rename_column(conflict, names);
  }
  return open;
}

std::vector<RejectedEntry> Takeovers::open_rejections() {
  std::vector<RejectedEntry> open = entry_.id == 0 ? std::vector<RejectedEntry>() : state_.rejected(entry_.id);
  open.insert(open.end(), foreseen_rejections_.begin(), foreseen_rejections_.end());
  return open;
}

std::unordered_map<std::int64_t, Json> Takeovers::rule_sets() {
  std::unordered_map<std::int64_t, Json> sets;
  if (entry_.id != 0) sets = state_.fields(entry_.id);
  for (const Neighbour& each : neighbours_.all()) sets.merge(state_.fields(each.entry.id));
  return sets;
}

void Takeovers::tell_withheld() {
  for (const auto& [key, why] : withheld_) {
    Item item;
    item.key = key;
    item.label = target_.table.name;
    faults_.set_aside(item, why);
  }
}

}  // namespace lockstep
