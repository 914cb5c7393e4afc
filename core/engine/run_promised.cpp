// Remote writes of earlier runs whose answers never came: what the remote shows of them counts as agreed on before the record is decided,
// and they are over once link and base say so.

#include <algorithm>

#include "engine/outgoing.h"
#include "engine/promised.h"
#include "engine/run.h"
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
  if (!writer_ || item.promised.empty() || item.shown.size() != item.promised.size()) return;
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
  if (!writer_ || open_updates_.empty()) return;
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
    if (!writer_) return true;
    writer_->journal_late(item, each.second, Json());
    writer_->close_intent(each.second);
    return true;
  });
}

/// Everything has been looked at: a promise whose item or row is gone cannot be kept any more.
void Run::close_left_intents() {
  if (!writer_ || !whole()) return;
  std::erase_if(open_updates_, [&](const auto& each) {
    const auto link = links_.by_remote(each.first);
    if (link && links_[*link].gone_at == 0) return false;
    for (const IntentEntry& intent : each.second) writer_->close_intent(intent);
    return true;
  });
  std::erase_if(open_creates_, [&](const auto& each) {
    if (has_row(each.first) || may_be_at_work(each.second, clock_.now())) return false;
    writer_->close_intent(each.second);
    return true;
  });
}

bool Run::has_row(std::string_view key) const {
  const auto link = links_.by_key(key);
  if (link && locals_.of_link(*link) != LocalRows::LinkRow::Missing) return true;
  return std::any_of(locals_.rows().begin(), locals_.rows().end(), [&](const LocalRow& row) { return row.key == key; });
}

}  // namespace lockstep
