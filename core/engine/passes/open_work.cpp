#include "engine/passes/open_work.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "engine/passes/absence.h"
#include "engine/passes/chunk.h"
#include "engine/passes/create_claims.h"
#include "engine/passes/markers.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/remade_elsewhere.h"
#include "engine/passes/undoing.h"
#include "engine/write/outgoing.h"
#include "engine/write/promised.h"
#include "format/json.h"

namespace lockstep {
namespace {

constexpr std::size_t kRunsLookedAt = 100;

/// The run has sent all of these fields once more, and was answered: what they held before is over. A value that turns up later is far more
/// likely to be a person's, who chose the same, than the earlier request, which would have been overtaken.
bool sent_again(const IntentEntry& promise, const Mapping& mapping, const Decision& decision) {
  if (decision.remote != Action::Patch || promise.body.object() == nullptr) return false;
  return std::all_of(promise.body.object()->begin(), promise.body.object()->end(), [&](const Json::Member& field) {
    return std::any_of(decision.remote_fields.begin(), decision.remote_fields.end(),
                       [&](const FieldChange& change) { return mapping.fields()[change.ordinal].column == field.first; });
  });
}

}  // namespace

OpenWork::OpenWork(RunContext& run, Absence& absence, Chunk& chunk, CreateClaims& create_claims, Markers& markers, Outsiders& outsiders,
                   RemadeElsewhere& remade_elsewhere, Undoing& undoing)
    : Pass(run),
      absence_(absence),
      chunk_(chunk),
      create_claims_(create_claims),
      markers_(markers),
      outsiders_(outsiders),
      remade_elsewhere_(remade_elsewhere),
      undoing_(undoing) {}

/// What the cell held at the agreement before says nothing any more.
void OpenWork::forget_prints(Item& item, const Json& shown) const {
  if (shown.object() == nullptr || item.prints.empty()) return;
  for (const Json::Member& field : *shown.object()) item.prints[*mapping_.find(field.first)] = kNotKnown;
}

void OpenWork::take_promises(Item& item) {
  item.promised.clear();
  item.shown.clear();
  Facts& facts = item.facts;
  if (facts.there.empty()) return;
  if (const auto open = open_updates_.find(std::string(item.id)); open != open_updates_.end()) {
    item.promised = open->second;
    facts.base = base_after_updates(mapping_, facts_, item.promised, facts, item.shown, chunk_.arena());
  }
  for (const Json& shown : item.shown) forget_prints(item, shown);
  if (facts.intent != IntentState::MarkerFound || facts.here.empty()) return;
  const auto open = open_creates_.find(item.key);
  if (open != open_creates_.end()) facts.base = base_after_create(mapping_, facts_, open->second, facts, chunk_.arena());
}

void OpenWork::keep_promises(const Item& item) {
  if (options_.dry_run || item.promised.empty() || item.shown.size() != item.promised.size()) return;
  // A promise is settled by what the remote holds, never by what it was last known to hold.
  if (undoing() && !undoing_.asked_for(item)) return;
  const auto open = open_updates_.find(item.promised.front().remote_id);
  if (open == open_updates_.end()) return;
  std::vector<IntentEntry> waiting;
  for (std::size_t i = 0; i < item.promised.size(); ++i) {
    const IntentEntry& intent = item.promised[i];
    if (item.shown[i].is_null() && may_be_at_work(intent, clock_.now()) && !sent_again(intent, mapping_, item.decision)) {
      waiting.push_back(intent);
      continue;
    }
    if (!item.shown[i].is_null()) writer_->journal_late(item, intent, item.shown[i]);
    close_update(item, intent, item.shown[i]);
  }
  if (waiting.empty()) {
    open_updates_.erase(open);
  } else {
    open->second = std::move(waiting);
  }
}

/// What it may have overwritten is in the journal before nobody asks for it any more.
void OpenWork::close_update(const Item& item, const IntentEntry& intent, const Json& shown) {
  const Json unseen = overwritten_unseen(mapping_, facts_, intent, shown, item.facts.there, chunk_.arena());
  if (!unseen.is_null()) writer_->journal_late(item, intent, unseen);
  writer_->close_intent(intent);
}

/// There is no item any more that could show what came of it.
void OpenWork::close_update_of_gone(const IntentEntry& intent) {
  constexpr int kEditedHere = 8;
  const auto link = links_.by_key(intent.local_key);
  Item item;
  item.id = intent.remote_id;
  item.label = link && !locals_.label_of_link(*link).empty() ? locals_.label_of_link(*link) : item.id;
  item.decision.case_number = kEditedHere;
  close_update(item, intent, Json());
}

void OpenWork::made_for_nobody(const Item& item) {
  const std::string marker = marker_of(json::parse(item.raw), *sync_.resource);
  std::erase_if(open_creates_, [&](const auto& each) {
    if (each.second.marker != marker) return false;
    writer_->journal_late(item, each.second, Json());
    writer_->close_intent(each.second);
    return true;
  });
}

void OpenWork::close_left_intents() {
  if (!whole()) return;
  std::erase_if(open_updates_, [&](const auto& each) {
    const auto link = links_.by_remote(each.first);
    if (link && links_[*link].gone_at == 0) return false;
    for (const IntentEntry& intent : each.second) close_update_of_gone(intent);
    return true;
  });
  std::erase_if(open_creates_, [&](const auto& each) {
    if (!is_answered(each.second)) return false;
    writer_->close_intent(each.second);
    return true;
  });
}

/// Nobody asks any more what came of an open create: its row is gone, or has an item by now.
bool OpenWork::is_answered(const IntentEntry& create) {
  if (remade_elsewhere_.made_elsewhere().contains(create.local_key)) return false;
  if (!outsiders_.has_row(create.local_key)) {
    // A row outside this sync may come back into it. Where a marker tells, what is still at work is waited for.
    return !outsiders_.is_outside_row(create.local_key) && !(entry_.keeps_markers && may_be_at_work(create, clock_.now()));
  }
  const auto link = links_.by_key(create.local_key);
  if (!link || links_[*link].gone_at != 0 || absence_.gone().contains(static_cast<std::uint32_t>(*link))) return false;
  const bool another = links_[*link].remote_id != create.remote_id;
  if (*link >= seen_.size()) return another;
  const auto row = locals_.row_of_key(create.local_key);
  const bool own = !row || locals_.rows()[*row].id == links_[*link].remote_id;
  return seen_[*link] && own && (another || !may_be_at_work(create, clock_.now()));
}

void OpenWork::take_word_on_create() {
  if (!options_.open_create()) return;
  const std::string& key = options_.open_create()->local_key;
  const std::string close = "a run closes the question: lockstep import " + sync_.name;
  if (!outsiders_.has_row(key)) {
    throw Error(ErrorKind::Invalid, row_name(key) + " is gone or outside the sync: nothing is created of it, and nothing tied to it",
                close + "; an item that was created of it gets a row of its own then");
  }
  const auto open = open_creates_.find(key);
  const std::string replaced = open == open_creates_.end() ? std::string() : open->second.remote_id;
  const std::string borne = id_borne_by(key);
  if (!borne.empty() && borne != replaced) {
    throw Error(ErrorKind::Invalid, row_name(key) + " bears the ID " + in_quotes(borne) + " already",
                close + "; if that is not its " + sync_.nouns.one + ", empty " + mapping_.key().column + " in the row first");
  }
  if (options_.open_create()->again) return drop_open_create();
  for (const std::string& id : options_.ids) check_free(id, key);
}

/// Of a row of this sync; empty: none.
std::string OpenWork::id_borne_by(std::string_view key) const {
  if (const auto row = locals_.row_of_key(key)) return std::string(locals_.rows()[*row].id);
  const auto link = links_.by_key(key);
  return link && locals_.of_link(*link) == LocalRows::LinkRow::Clean ? std::string(links_[*link].remote_id) : std::string();
}

/// What a person ties to the row of a create must be nobody's.
void OpenWork::check_free(const std::string& id, const std::string& key) const {
  std::string owner;
  if (const auto row = locals_.find(id)) owner = locals_.rows()[*row].key;
  if (const auto link = links_.by_remote(id); link && owner.empty()) owner = links_[*link].local_key;
  const bool known = !owner.empty() || links_.by_remote(id) || neighbours_.owns(id) || locals_.is_outside(id);
  if (!known) return;
  throw Error(ErrorKind::Invalid,
              "--value: " + sync_.nouns.one + " " + in_quotes(id) + " is not what the create made: " +
                  (owner == key     ? "the row had it before"
                   : !owner.empty() ? "it is linked to " + row_name(owner)
                                    : "it is another sync's"),
              "give the ID of an item without a row; if none was made, use: --take local");
}

void OpenWork::recover() {
  for (RunEntry& run : state_.runs({.limit = kRunsLookedAt})) {
    if (run.finished_at != 0 || (run.report.text_at("sync") != sync_.name && run.report.text_at("sync") != former_name_)) continue;
    run.finished_at = clock_.now();
    run.exit = 130;
    state_.close_run(run, *lease_);
  }
}

void OpenWork::load_intents() {
  for (const IntentEntry& intent : state_.intents(entry_.id)) keep_open(intent);
}

void OpenWork::keep_open(const IntentEntry& intent) {
  if (intent.action == "update") {
    open_updates_[intent.remote_id].push_back(intent);
  } else {
    open_creates_.insert_or_assign(intent.local_key, intent);
  }
}

/// A person says that it did not take place.
void OpenWork::drop_open_create() {
  const auto open = open_creates_.find(options_.open_create()->local_key);
  if (open == open_creates_.end()) return;
  writer_->close_intent(open->second);
  open_creates_.erase(open);
}

IntentState OpenWork::intent_of(const Item& item) {
  const auto open = item.key.empty() ? open_creates_.end() : open_creates_.find(item.key);
  if (create_claims_.claimed().contains(std::string(item.id))) return IntentState::MarkerFound;
  if (open == open_creates_.end()) return IntentState::None;
  // What this run's list does not show may turn up until the request's time is over.
  if (item.raw.empty() && markers_.is_suspected(open->second)) return IntentState::Suspected;
  if (item.raw.empty() && markers_.has_unread()) return IntentState::AtWork;
  if (item.raw.empty()) return may_be_at_work(open->second, report_.started_at) ? IntentState::AtWork : IntentState::MarkerMissing;
  return marker_of(json::parse(item.raw), *sync_.resource) == open->second.marker ? IntentState::MarkerFound : IntentState::None;
}

void OpenWork::finish_create(const Item& item) {
  if (item.facts.intent != IntentState::MarkerFound) return;
  const auto open = open_creates_.find(item.key);
  if (open == open_creates_.end()) return;
  writer_->journal_late(item, open->second, Json());
  writer_->close_intent(open->second);
  open_creates_.erase(open);
}

}  // namespace lockstep
