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

/// Of the resource's own time of change in a document.
std::optional<Micros> Lagging::time_of(std::string_view document) {
  return parse_time(peek_.scalar(document, modified_path_).value_or(""));
}

bool Lagging::is_stale(std::string_view document, std::string_view known) {
  if (modified_path_.empty() || known.empty()) return false;
  const std::optional<Micros> then = time_of(known), shown = time_of(document);
  return then && shown && *shown < *then && clock_.now() - *then < kLongestLag;
}

/// False when the item was told of and left alone. `known`: its document as it was agreed on last.
bool Lagging::ask_again(Item& item, std::string_view known) {
  const auto document = sync_.provider->get(*sync_.resource, item.id, call_);
  reachability_.answered();
  if (!document) {
    faults_.reject(item, contradiction());
    return false;
  }
  if (is_stale(document->json, known)) {
    tally_.warn(item, "stale",
                tally_.name_of(item) + ": " + sync_.nouns.provider +
                    " answers with an older state than it had shown before: left as it is until it shows the new one");
    return false;
  }
  if (item.listed.empty()) item.listed = item.raw;
  chunk_.replace_document(item, document->json);
  item.hash = seeded_hash(hash_of_record(mapping_, document->json), seed());
  item.asked = true;
  return true;
}

bool Lagging::catch_up(Item& item) {
  if (modified_path_.empty() || item.asked || item.base == nullptr || item.raw.empty() || !sync_.resource->can_get) return true;
  const std::optional<Micros> known = time_of(item.base->document), listed = time_of(item.raw);
  return !known || !listed || *listed >= *known || ask_again(item, item.base->document);
}

/// Did this value stand in the field until this database sent another, lately? A list may lag behind more than one of these.
bool Lagging::was_replaced_lately(std::string_view id, const std::string& column, const Json& value) {
  if (!sent_lately_) {
    std::unordered_map<std::string, Json::Object> sent;
    HistoryFilter filter;
    filter.side = Side::Remote;
    filter.since = clock_.now() - kLongestLag;
    for (const ChangeEntry& change : state_.changes(filter)) {
      if (change.fields.object() == nullptr) continue;
      for (const Json::Member& field : *change.fields.object()) {
        if (const Json* before = field.second.find("before")) sent[change.remote_id].emplace_back(field.first, *before);
      }
    }
    sent_lately_ = std::move(sent);
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
    if (faults_.spare(item, [&] { asked = ask_again(fresh, item.base == nullptr ? std::string_view() : item.base->document); }) && asked)
      again.push_back(std::move(fresh));
    return true;
  });
  return again;
}

}  // namespace lockstep
