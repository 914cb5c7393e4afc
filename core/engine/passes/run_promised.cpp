// Remote writes of earlier runs whose answers never came: what the remote shows of them counts as agreed on before the record is decided,
// and they are over once link and base say so.

#include <algorithm>

#include "common/text.h"
#include "engine/passes/run.h"
#include "engine/write/outgoing.h"
#include "engine/write/promised.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// The run has sent the same values once more, and they were answered: when the earlier request turns up, it changes nothing.
bool sent_again(const IntentEntry& promise, const Mapping& mapping, const Decision& decision) {
  if (decision.remote != Action::Patch || promise.body.object() == nullptr) return false;
  return std::all_of(promise.body.object()->begin(), promise.body.object()->end(), [&](const Json::Member& field) {
    const Json* after = field.second.find("after");
    return after != nullptr && std::any_of(decision.remote_fields.begin(), decision.remote_fields.end(), [&](const FieldChange& change) {
             return mapping.fields()[change.ordinal].column == field.first && json::to_kept(change.after) == *after;
           });
  });
}

}  // namespace

/// What the cell held at the agreement before says nothing any more.
void Run::forget_prints(Item& item, const Json& shown) const {
  if (shown.object() == nullptr || item.prints.empty()) return;
  for (const Json::Member& field : *shown.object()) item.prints[*mapping_.find(field.first)] = kNotKnown;
}

void Run::take_promises(Item& item) {
  item.promised.clear();
  item.shown.clear();
  Facts& facts = item.facts;
  if (facts.there.empty()) return;
  if (const auto open = open_updates_.find(std::string(item.id)); open != open_updates_.end()) {
    item.promised = open->second;
    facts.base = base_after_updates(mapping_, facts_, item.promised, facts, item.shown, arena_);
  }
  for (const Json& shown : item.shown) forget_prints(item, shown);
  if (facts.intent != IntentState::MarkerFound || facts.here.empty()) return;
  const auto open = open_creates_.find(item.key);
  if (open != open_creates_.end()) facts.base = base_after_create(mapping_, facts_, open->second, facts, arena_);
}

/// After the agreement is written. What was shown goes into the journal, for the run that sent it could not; what may still turn up is
/// waited for.
void Run::keep_promises(const Item& item) {
  if (options_.dry_run || item.promised.empty() || item.shown.size() != item.promised.size()) return;
  // A promise is settled by what the remote holds, never by what it was last known to hold.
  if (rollback_ && (rollback_->pairs().at(item.link).remote.empty() || rollback_->pairs().at(item.link).item_gone)) return;
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
    writer_->close_intent(intent);
  }
  if (waiting.empty()) {
    open_updates_.erase(open);
  } else {
    open->second = std::move(waiting);
  }
}

/// The item is as it was before the promise: the write never reached it.
void Run::close_unreached(std::string_view remote_id) {
  if (options_.dry_run || open_updates_.empty()) return;
  const auto open = open_updates_.find(std::string(remote_id));
  if (open == open_updates_.end()) return;
  std::erase_if(open->second, [&](const IntentEntry& intent) {
    if (may_be_at_work(intent, clock_.now())) return false;
    writer_->close_intent(intent);
    return true;
  });
  if (open->second.empty()) open_updates_.erase(open);
}

/// A create had worked, and its row was deleted since: the item is like any other that has no row.
void Run::made_for_nobody(const Item& item) {
  const std::string marker = marker_of(json::parse(item.raw), *sync_.resource);
  std::erase_if(open_creates_, [&](const auto& each) {
    if (each.second.marker != marker) return false;
    writer_->journal_late(item, each.second, Json());
    writer_->close_intent(each.second);
    return true;
  });
}

/// Everything has been looked at: a promise whose item or row is gone cannot be kept any more.
void Run::close_left_intents() {
  if (!whole()) return;
  std::erase_if(open_updates_, [&](const auto& each) {
    const auto link = links_.by_remote(each.first);
    if (link && links_[*link].gone_at == 0) return false;
    for (const IntentEntry& intent : each.second) writer_->close_intent(intent);
    return true;
  });
  std::erase_if(open_creates_, [&](const auto& each) {
    if (!is_answered(each.second)) return false;
    writer_->close_intent(each.second);
    return true;
  });
}

/// Nobody asks any more what came of an open create: its row is gone, or has an item by now.
bool Run::is_answered(const IntentEntry& create) {
  if (made_elsewhere_.contains(create.local_key)) return false;
  if (!has_row(create.local_key)) {
    // A row outside this sync may come back into it. Where a marker tells, what is still at work is waited for.
    return !is_outside_row(create.local_key) && !(entry_.keeps_markers && may_be_at_work(create, clock_.now()));
  }
  const auto link = links_.by_key(create.local_key);
  if (!link || links_[*link].gone_at != 0 || gone_.contains(static_cast<std::uint32_t>(*link))) return false;
  const bool another = links_[*link].remote_id != create.remote_id;
  if (*link >= seen_.size()) return another;
  const auto row = locals_.row_of_key(create.local_key);
  const bool own = !row || locals_.rows()[*row].id == links_[*link].remote_id;
  return seen_[*link] && own && (another || !may_be_at_work(create, clock_.now()));
}

/// A person's word on a create, as long as it can be carried out.
void Run::take_word_on_create() {
  if (!options_.open_create) return;
  const std::string& key = options_.open_create->local_key;
  const std::string close = "a run closes the question: lockstep import " + sync_.name;
  if (!has_row(key)) {
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
  if (options_.open_create->again) return drop_open_create();
  for (const std::string& id : options_.ids) check_free(id, key);
}

/// Of a row of this sync; empty: none.
std::string Run::id_borne_by(std::string_view key) const {
  if (const auto row = locals_.row_of_key(key)) return std::string(locals_.rows()[*row].id);
  const auto link = links_.by_key(key);
  return link && locals_.of_link(*link) == LocalRows::LinkRow::Clean ? std::string(links_[*link].remote_id) : std::string();
}

/// What a person ties to the row of a create must be nobody's.
void Run::check_free(const std::string& id, const std::string& key) const {
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

bool Run::has_row(std::string_view key) const {
  const auto link = links_.by_key(key);
  if (link && locals_.of_link(*link) != LocalRows::LinkRow::Missing) return true;
  return std::any_of(locals_.rows().begin(), locals_.rows().end(), [&](const LocalRow& row) { return row.key == key; });
}

}  // namespace lockstep
