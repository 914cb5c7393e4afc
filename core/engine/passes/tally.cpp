#include "engine/passes/tally.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/text.h"
#include "engine/decide/merge.h"
#include "engine/sides/contested.h"
#include "engine/sides/kept_leaves.h"
#include "engine/sides/secrets.h"
#include "format/json.h"
#include "mapping/convert.h"
#include "mapping/sets.h"

namespace lockstep {
namespace {

bool is_undecided(const FieldConflict& conflict) { return conflict.winner == FieldConflict::Winner::Nobody; }

}  // namespace

Tally::Tally(const Sync& sync, const RunOptions& options, const Policy& policy, SyncReport& report, Observer& observer)
    : sync_(sync), options_(options), policy_(policy), report_(report), observer_(observer) {}

std::string Tally::name_of(const Item& item) const {
  const std::string place = item.id.empty() ? "row " + std::string(item.key) : "ID: " + std::string(item.id);
  return sync_.nouns.one + " " + std::string(item.label) + " (" + place + ")";
}

std::string Tally::columns(const std::vector<std::size_t>& ordinals) const {
  std::vector<std::string> names;
  for (const std::size_t ordinal : ordinals) names.push_back(sync_.mapping->fields()[ordinal].column);
  return join(names, ", ");
}

void Tally::problem(Problem problem) {
  if (telling_ != nullptr) {
    std::string told = problem.code + ": " + problem.message;
    if (std::find(telling_->begin(), telling_->end(), told) != telling_->end()) return;
    telling_->push_back(std::move(told));
  }
  observer_.problem(problem);
  report_.problems.push_back(std::move(problem));
}

void Tally::warn(const Item& item, std::string code, std::string message) {
  problem({Problem::Severity::Warning, std::string(item.id), std::string(item.label), std::move(code), std::move(message),
           std::string(item.key)});
}

void Tally::rejected(const Item& item, const std::string& reason) {
  ++report_.rejected;
  problem({Problem::Severity::Error, std::string(item.id), std::string(item.label), "rejected", reason, std::string(item.key)});
}

void Tally::failed(const Item& item, const std::string& reason) {
  ++report_.failed;
  problem({Problem::Severity::Error, std::string(item.id), std::string(item.label), "failed", reason, std::string(item.key)});
}

void Tally::unchanged(std::string_view id, std::string_view label, bool told) {
  ++report_.unchanged;
  if (!told) observer_.unchanged(id, label);
}

/// Nothing but what the remote alone decides: its time of change, a count of its own.
bool Tally::is_news_alone(const RecordChange& change) const {
  return std::all_of(change.columns.begin(), change.columns.end(), [&](const std::string& column) {
    const auto ordinal = sync_.mapping->find(column);
    return ordinal && sync_.mapping->fields()[*ordinal].remote_owned();
  });
}

void Tally::written(const RecordChange& change) {
  if (change.second) ++report_.both_sides;
  if (change.side == Side::Local) {
    if (change.action == "create") ++report_.created_local;
    if (change.action == "update") ++report_.updated_local;
    if (change.action == "update" && is_news_alone(change)) ++report_.news_alone;
    if (change.action == "link") ++report_.linked;
  } else {
    if (change.action == "create") ++report_.created_remote;
    if (change.action == "update") ++report_.updated_remote;
    if (change.action == "recreate") ++report_.recreated_remote;
  }
  if (options_.want_fields) report_.changes.push_back(change);
  observer_.changed(change);
}

/// A reference that stands for no item is called by the row that it names.
Json Tally::shown(std::size_t ordinal, const Value& value) const { return shown_side(sync_.mapping->fields()[ordinal], value); }

RecordChange Tally::change(const Item& item, Side side, std::string_view action, const std::vector<FieldChange>& changes,
                           bool whole) const {
  RecordChange change;
  change.remote_id = item.id;
  change.label = item.label;
  change.local_key = item.key;
  change.action = action;
  change.side = side;
  change.case_number = item.decision.case_number;
  change.columns.reserve(changes.size());
  Arena scratch;
  for (const FieldChange& field : changes) {
    const bool remote = side == Side::Remote;
    if ((whole && field.after.is_nothing()) || (remote && merging::keeps_leaf(*sync_.mapping, item.decision, field))) continue;
    const std::string& column = sync_.mapping->fields()[field.ordinal].column;
    change.columns.push_back(column);
    if (!options_.want_fields) continue;
    FieldDelta delta{column, shown(field.ordinal, field.before), shown(field.ordinal, field.after)};
    if (remote) delta.before = kept_there(item, field.ordinal, field.before);
    if (remote && !sync_.mapping->fields()[field.ordinal].leaves.empty())
      delta.after = json::to_kept(with_kept_leaves(*sync_.mapping, item.facts, item.decision, field, scratch));
    // What its column cannot hold goes back as it stood.
    const auto raw =
        std::find_if(item.decision.raw.begin(), item.decision.raw.end(), [&](const auto& each) { return each.first == field.ordinal; });
    if (remote && field.after.is_nothing() && raw != item.decision.raw.end()) delta.after = raw->second;
    change.fields.push_back(std::move(delta));
  }
  return change;
}

RecordChange Tally::change_of(const Item& item) const {
  const Action action = item.decision.local;
  return change(item, Side::Local, action == Action::Insert ? "create" : to_string(action), item.decision.local_fields,
                action == Action::Insert);
}

RecordChange Tally::remote_change_of(const Item& item) const {
  const Action action = item.decision.remote;
  RecordChange out = change(item, Side::Remote, action == Action::Patch ? "update" : to_string(action), item.decision.remote_fields,
                            action == Action::Create);
  add_hooks(item, out);
  return out;
}

/// What the hook payload sends besides.
void Tally::add_hooks(const Item& item, RecordChange& change) const {
  const auto add = [&](FieldDelta delta) {
    change.columns.push_back(delta.column);
    if (options_.want_fields) change.fields.push_back(std::move(delta));
  };
  for (const FieldChange& field : item.added_fields)
    add({sync_.mapping->fields()[field.ordinal].column, kept_there(item, field.ordinal, field.before), shown(field.ordinal, field.after)});
  if (item.added_members.object() == nullptr) return;
  for (const auto& [name, values] : *item.added_members.object()) add({name, *values.find("before"), *values.find("after")});
}

/// Pending edits that an export would send: no cell that cannot be read, and none that another contradicts.
std::vector<std::size_t> Tally::to_send(const Item& item) const {
  std::vector<std::size_t> out = item.decision.pending_local;
  std::erase_if(out, [&](std::size_t ordinal) {
    return item.facts.here[ordinal].is_unreadable() || merging::contains(item.decision.opposed, ordinal);
  });
  return out;
}

std::string Tally::verdict_of(FieldConflict::Winner winner) const {
  if (winner == FieldConflict::Winner::Here) return "the database's values win";
  if (winner == FieldConflict::Winner::Hook) return "the hook's values win, the others are in the journal";
  return sync_.nouns.provider + "'s values win, the others are in the journal";
}

void Tally::keep_conflicts(const Item& item) {
  for (const FieldConflict& conflict : item.decision.conflicts) {
    RecordConflict& kept = report_.conflicting.emplace_back();
    kept.remote_id = item.id;
    kept.label = item.label;
    kept.local_key = item.key;
    kept.column = sync_.mapping->fields()[conflict.ordinal].column;
    if (!conflict.base.is_absent()) kept.base = json::to_kept(conflict.base);
    const Field& field = sync_.mapping->fields()[conflict.ordinal];
    const Json base = kept.base.value_or(Json());
    kept.here = in_order_of(field, base, shown(conflict.ordinal, conflict.here));
    kept.there = in_order_of(field, base.is_null() ? kept.here : base, kept_there(item, conflict.ordinal, conflict.there));
    kept.winner = conflict.winner;
  }
}

Tally::Counts Tally::counts() const {
  Counts counts;
  std::transform(std::begin(kCounters), std::end(kCounters), counts.begin(),
                 [this](const Counter& each) { return each.of_decision ? report_.*each.member : 0; });
  return counts;
}

/// The record's last decision is carried out by nobody.
void Tally::take_back(const Item& item, const Counts& counts) {
  for (std::size_t i = 0; i < counts.size(); ++i) report_.*kCounters[i].member -= counts.at(i);
  std::erase_if(report_.conflicting, [&](const RecordConflict& kept) { return kept.remote_id == item.id && kept.local_key == item.key; });
}

void Tally::decided(const Item& item) {
  const std::string place = item.id.empty() ? "row " + item.key : "id " + std::string(item.id);
  const auto last = counted_.find(place);
  Counted now;
  if (last != counted_.end()) {
    take_back(item, last->second.counts);
    now.told = std::move(last->second.told);
    counted_.erase(last);
  }
  const Counts before = counts();
  telling_ = &now.told;
  count(item);
  telling_ = nullptr;
  now.counts = counts();
  std::transform(now.counts.begin(), now.counts.end(), before.begin(), now.counts.begin(), std::minus<>());
  if (now.counts != Counts{} || !now.told.empty()) counted_.emplace(place, std::move(now));
}

void Tally::count(const Item& item) {
  for (const Note one : item.decision.notes) note(item, one);
  if (!to_send(item).empty()) ++report_.pending_export;
  if (!item.decision.pending_remote.empty()) ++report_.pending_import;
  if (is_left_apart(item)) ++report_.not_taken;
  if (leaves_unread(item)) ++report_.unread;
  if (!item.decision.conflicts.empty()) conflicts(item);
  for (const std::size_t ordinal : item.facts.undecided) tell_ending(item, ordinal);
  for (const std::size_t ordinal : item.facts.awaiting) tell_ending(item, ordinal);
}

void Tally::tell_ending(const Item& item, std::size_t ordinal) {
  const auto told = [&](const std::string& why) {
    warn(item, "conflict_closed", name_of(item) + ": the conflict about " + columns({ordinal}) + " is closed, for " + why);
  };
  const std::string& remote = sync_.nouns.provider;
  switch (ending(*sync_.mapping, item.facts, item.decision, ordinal)) {
    case Ending::Stays: break;
    case Ending::Agreed: told("both sides hold the same"); break;
    case Ending::HereTakenBack: told("the database holds again what was agreed on; " + remote + "'s edit stands"); break;
    case Ending::ThereTakenBack: told(remote + " holds again what was agreed on; the database's edit stands"); break;
    case Ending::ItemMadeAnew: told(remote + " does not have it any more; it is made anew with what the database holds"); break;
    case Ending::RowInsertedAnew: told("the row is gone; it comes back with what " + remote + " holds"); break;
  }
}

/// The remote did not take a value, still holds another, and neither side is written.
bool Tally::is_left_apart(const Item& item) const {
  if (item.facts.here.empty() || item.facts.there.empty()) return false;
  for (std::size_t i = 0; i < item.facts.base.size(); ++i) {
    const bool moves = merging::find(item.decision.local_fields, i) != nullptr || merging::find(item.decision.remote_fields, i) != nullptr;
    if (item.facts.base[i].not_taken && !moves && !same(sync_.mapping->fields()[i], item.facts.here[i], item.facts.there[i])) return true;
  }
  return false;
}

/// The remote holds what a column cannot, and nothing is sent over it.
bool Tally::leaves_unread(const Item& item) {
  return !item.facts.here.empty() && std::any_of(item.unread.begin(), item.unread.end(), [&](const auto& unread) {
    return merging::find(item.decision.remote_fields, unread.first) == nullptr;
  });
}

void Tally::conflicts(const Item& item) {
  const Decision& decision = item.decision;
  if (options_.want_fields) keep_conflicts(item);
  // What a person has just decided is news to nobody.
  if (decision.conflicts[0].winner == FieldConflict::Winner::Person) return;
  ++report_.conflicts;
  const auto undecided = std::count_if(decision.conflicts.begin(), decision.conflicts.end(), is_undecided);
  if (undecided > 0) ++report_.awaiting;
  report_.awaiting_fields += static_cast<std::uint64_t>(undecided);
  // What became of one field is said of no other.
  struct Told {
    std::string what, end;
    std::vector<std::size_t> ordinals;
  };
  std::vector<Told> told;
  for (const FieldConflict& conflict : decision.conflicts) {
    Told one{kind_of(conflict, item.facts.base.empty()), end_of(conflict, item.facts.base.empty()), {}};
    auto alike = std::find_if(told.begin(), told.end(), [&](const Told& each) { return each.what == one.what && each.end == one.end; });
    if (alike == told.end()) alike = told.insert(told.end(), std::move(one));
    alike->ordinals.push_back(conflict.ordinal);
  }
  for (const Told& each : told) warn(item, "conflict", name_of(item) + each.what + columns(each.ordinals) + "; " + each.end);
}

std::string Tally::kind_of(const FieldConflict& conflict, bool never_agreed) const {
  if (conflict.within_row) return " says two things in its row, where a column stands beside that of its object: ";
  return never_agreed ? " differs, and what both sides last agreed on is not known: " : " was edited on both sides: ";
}

std::string Tally::end_of(const FieldConflict& conflict, bool never_agreed) const {
  if (is_undecided(conflict)) return "left as it is, see: lockstep conflicts";
  if (!conflict.reported_only) return verdict_of(conflict.winner);
  if (conflict.there.is_absent()) {
    return sync_.nouns.provider + "'s value wins, which the column cannot hold: both sides stay as they are; a full run or an " +
           "export with --on-conflict local sends the database's";
  }
  if (policy_.mode == Mode::Import) return "the database's values win and are not sent by an import";
  std::string end = "the remote values win and are not taken by an export";
  if (never_agreed && policy_.mode == Mode::Export)
    end += "; --on-conflict local sends the database's values, an import takes " + sync_.nouns.provider + "'s";
  return end;
}

void Tally::note(const Item& item, Note note) {
  const std::string& remote = sync_.nouns.provider;
  switch (note) {
    case Note::LocalOnly: ++report_.only_local; break;
    case Note::RemoteOnly:
      if (options_.rows.empty()) ++report_.only_remote;
      break;
    case Note::PendingExport:
      if (const std::vector<std::size_t> edits = to_send(item); !edits.empty())
        warn(item, "pending_export", name_of(item) + " has local edits that " + remote + " does not have: " + columns(edits));
      break;
    case Note::PendingImport: break;
    case Note::RuleChanged: ++report_.rule_changed; break;
    case Note::LocalEditsReplaced:
      ++report_.local_edits_replaced;
      warn(item, "local_edits_replaced",
           "local edits of " + name_of(item) + " are replaced by " + remote + "'s values: " + columns(item.decision.replaced));
      break;
    case Note::MissingRemote:
      ++report_.missing_remote;
      warn(item, "missing_remote", name_of(item) + " is not in " + remote + " any more; nothing was deleted");
      break;
    case Note::MissingLocal: warn(item, "missing_local", name_of(item) + " was deleted in the database"); break;
    case Note::Gone: break;
    case Note::IdRestored: warn(item, "id_restored", name_of(item) + " had lost its ID in the database; it is put back"); break;
    case Note::IdChanged: warn(item, "id_changed", name_of(item) + " bears another ID in the database than it had"); break;
    case Note::RowsShareId:
      failed(item, "two rows of the database carry the ID " + std::string(item.id) + "; nothing was written to either");
      break;
    case Note::CreateUnresolved:
      ++report_.awaiting;
      warn(item, "create_unresolved", name_of(item) + " may have been created already; see: lockstep conflicts");
      break;
    case Note::OutcomeUnknown:
      failed(item, "an earlier run began to create " + name_of(item) + ", and " + remote +
                       " may still be at work on it: the outcome is not known yet, so nothing was sent; run the same command again later");
      break;
    case Note::CreatePending:
      warn(item, "create_pending", name_of(item) + " was being created when a run was cut off; an export goes on with it");
      break;
    case Note::NotKnownRemotely:
      warn(item, "unknown_remotely", name_of(item) + " is not known to " + remote + ", or another row is linked to it");
      break;
    case Note::SeveralMatches: {
      const std::string reason = "cannot be matched: several items in " + remote + " or several rows bear its value";
      if (item.decision.error) {
        failed(item, reason);
      } else {
        warn(item, "several_matches", name_of(item) + " " + reason);
      }
      break;
    }
    case Note::TieToRemote: warn(item, "tie", name_of(item) + ": which side is newer is not known; " + remote + "'s values win"); break;
    case Note::DerivedEdited:
      warn(item, "derived_edited",
           name_of(item) + " was edited in the database where " + remote + " alone decides: " + columns(item.decision.derived_edited));
      break;
    case Note::LeavesTaken:
      warn(item, "leaves_taken",
           name_of(item) + " says two things where a column stands beside that of its object: sent is what the row has in " +
               columns(item.decision.leaves_taken));
      break;
    case Note::Unreadable:
      if (!item.decision.restores) tell_unreadable(item);
      break;
    case Note::Opposed: tell_opposed(item); break;
    case Note::LostReference:
      if (!item.decision.restores) tell_lost_references(item);
      break;
    case Note::Unknown: warn(item, "unknown", name_of(item) + " could not be read from " + remote + "; nothing is concluded"); break;
  }
}

}  // namespace lockstep
