#include "operations/conflicts.h"

#include <algorithm>

#include "format/json.h"
#include "mapping/convert.h"
#include "mapping/sets.h"
#include "operations/report_json.h"
#include "operations/stores.h"

namespace lockstep::operations {
namespace {

/// The open creates of a sync that carry no marker, or whose API is not known to keep it.
void add_creates(State& state, const std::string& sync, std::vector<Awaiting>& all) {
  const std::optional<SyncEntry> entry = state.find_sync(sync);
  if (!entry) return;
  for (IntentEntry& intent : state.intents(entry->id)) {
    if (intent.action == "update" || (!intent.marker.empty() && entry->keeps_markers)) continue;
    Awaiting& one = all.emplace_back();
    one.id = "create-" + std::to_string(intent.id);
    one.sync = sync;
    one.label = "row " + intent.local_key;
    one.record = std::move(intent.local_key);
    one.remote_id = std::move(intent.remote_id);
    one.since = intent.opened_at;
    one.is_create = true;
    one.until = intent.until;
    one.entry = intent.id;
  }
}

void add_conflicts(State& state, std::vector<Awaiting>& all) {
  for (ConflictEntry& conflict : state.conflicts()) {
    Awaiting& one = all.emplace_back();
    one.id = std::to_string(conflict.id);
    one.sync = std::move(conflict.sync);
    one.record = std::move(conflict.local_key);
    one.label = std::move(conflict.label);
    one.remote_id = std::move(conflict.remote_id);
    one.field = std::move(conflict.field);
    one.base = std::move(conflict.base);
    one.here = std::move(conflict.here);
    one.there = std::move(conflict.there);
    one.since = conflict.since;
    one.entry = conflict.id;
  }
}

/// An id that two stores use names its sync too: "assistants:3".
void make_ids_unique(std::vector<Awaiting>& all) {
  std::vector<std::string> ids;
  for (const Awaiting& one : all) ids.push_back(one.id);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (std::count(ids.begin(), ids.end(), ids[i]) > 1) all[i].id = all[i].sync + ":" + ids[i];
  }
}

/// What the sync's mapping and provider say about how it is shown. Of a set, only what is in one and not in the other is to be seen.
void add_presentation(const Workspace& workspace, Awaiting& one) {
  one.shown_here = one.here;
  one.shown_there = one.there;
  const Sync* sync = workspace.configuration().sync(one.sync) == nullptr ? nullptr : workspace.load(one.sync);
  if (sync == nullptr) return;
  one.remote = sync->nouns.provider;
  const auto ordinal = sync->mapping->find(one.field);
  if (!ordinal) return;
  const Field& field = sync->mapping->fields()[*ordinal];
  Arena arena;
  one.shown_here = in_order_of(field, one.base, shown_side(field, json::from_kept(one.here, arena)));
  one.shown_there = in_order_of(field, one.base.is_null() ? one.shown_here : one.base, one.there);
}

Json awaiting_json(const Awaiting& one) {
  return Json::Object{{"id", one.id},         {"sync", one.sync},
                      {"record", one.record}, {"remote_id", one.remote_id.empty() ? Json() : Json(one.remote_id)},
                      {"label", one.label},   {"field", one.is_create ? Json() : Json(one.field)},
                      {"base", one.base},     {"here", one.here},
                      {"there", one.there},   {"since", time_json(one.since)}};
}

}  // namespace

std::vector<Awaiting> all_awaiting(Session& session) {
  std::vector<Awaiting> all;
  each_state(session, [&](State& state) {
    add_conflicts(state, all);
    for (const SyncUse& sync : session.configuration().syncs) add_creates(state, sync.name, all);
  });
  std::stable_sort(all.begin(), all.end(), [](const Awaiting& a, const Awaiting& b) { return a.since < b.since; });
  make_ids_unique(all);
  return all;
}

ConflictsOutcome conflicts(const Workspace& workspace, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  ConflictsOutcome outcome{all_awaiting(session)};
  for (Awaiting& one : outcome.conflicts) add_presentation(workspace, one);
  return outcome;
}

Json to_json(const ConflictsOutcome& outcome) {
  Json::Array conflicts;
  for (const Awaiting& one : outcome.conflicts) conflicts.push_back(awaiting_json(one));
  return Json::Object{{"conflicts", std::move(conflicts)}};
}

}  // namespace lockstep::operations
