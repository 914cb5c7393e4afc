#include "engine/passes/lagging.h"

#include <algorithm>
#include <utility>

#include "engine/decide/merge.h"
#include "engine/passes/chunk.h"
#include "engine/passes/faults.h"
#include "engine/passes/open_work.h"
#include "format/json.h"
#include "mapping/sets.h"

namespace lockstep {
namespace {

/// No list shows less than what was sent so long ago.
constexpr Micros kLongestLag = Micros{60} * 60 * 1'000'000;

}  // namespace

Lagging::Lagging(RunContext& run, Chunk& chunk, Faults& faults, OpenWork& open_work)
    : Pass(run), chunk_(chunk), faults_(faults), open_work_(open_work) {}

/// False when the item was told of and left alone.
bool Lagging::ask_again(Item& item) {
  const auto document = sync_.provider->get(*sync_.resource, item.id, call_);
  reachability_.answered();
  if (!document) {
    faults_.reject(item, contradiction());
    return false;
  }
  if (item.listed.empty()) item.listed = item.raw;
  chunk_.replace_document(item, document->json);
  item.hash = seeded_hash(hash_of_record(mapping_, document->json), seed());
  item.asked = true;
  return true;
}

bool Lagging::catch_up(Item& item) {
  const std::vector<std::string>& path = modified_path_;
  if (path.empty() || item.asked || item.base == nullptr || item.raw.empty() || !sync_.resource->can_get) return true;
  const auto time = [&](std::string_view document) { return parse_time(peek_.scalar(document, path).value_or("")); };
  const auto known = time(item.base->document), listed = time(item.raw);
  return !known || !listed || *listed >= *known || ask_again(item);
}

/// Did this value stand in the field until this database sent another, lately? A list may lag behind more than one of these.
bool Lagging::was_replaced_lately(std::string_view id, const std::string& column, const Json& value) {
  if (!sent_lately_) {
    sent_lately_.emplace();
    HistoryFilter filter;
    filter.side = Side::Remote;
    filter.since = clock_.now() - kLongestLag;
    for (const ChangeEntry& change : state_.changes(filter)) {
      if (change.fields.object() == nullptr) continue;
      for (const Json::Member& field : *change.fields.object()) {
        if (const Json* before = field.second.find("before")) (*sent_lately_)[change.remote_id].emplace_back(field.first, *before);
      }
    }
  }
  const auto sent = sent_lately_->find(std::string(id));
  return sent != sent_lately_->end() && std::any_of(sent->second.begin(), sent->second.end(), [&](const Json::Member& field) {
           return field.first == column && field.second == value;
         });
}

/// Something that the list says was edited there is what this database has replaced; or a promise is open, and the row would be written.
bool Lagging::may_lag(const Item& item) {
  const Facts& facts = item.facts;
  if (item.asked || item.link == kNoIndex || undoing() || !sync_.resource->can_get || facts.here.empty() || facts.there.empty())
    return false;
  if (item.decision.local != Action::None && open_work_.updates().contains(std::string(item.id))) return true;
  for (std::size_t i = 1; i < facts.base.size(); ++i) {
    const Field& field = mapping_.fields()[i];
    if (field.remote_owned() || !merging::known(facts, i) || !merging::edited_there(mapping_, facts, i)) continue;
    if (was_replaced_lately(item.id, field.column, json::to_kept(facts.there[i]))) return true;
  }
  return false;
}

std::vector<Item> Lagging::take_lagging(std::vector<Item>& items) {
  std::vector<Item> again;
  std::erase_if(items, [&](const Item& item) {
    if (!may_lag(item)) return false;
    Item fresh;
    fresh.id = item.id;
    fresh.label = item.label;
    fresh.link = item.link;
    fresh.local = item.local;
    fresh.key = item.key;
    fresh.listed = item.raw;
    bool asked = false;
    if (faults_.spare(item, [&] { asked = ask_again(fresh); }) && asked) again.push_back(std::move(fresh));
    return true;
  });
  return again;
}

}  // namespace lockstep
