#include "engine/passes/markers.h"

#include <algorithm>

#include "engine/passes/chunk.h"
#include "engine/passes/faults.h"
#include "engine/passes/hidden_markers.h"
#include "engine/passes/open_work.h"
#include "engine/sides/likeness.h"
#include "engine/sides/marker.h"
#include "engine/write/outgoing.h"
#include "format/json.h"

namespace lockstep {

Markers::Markers(RunContext& run, Chunk& chunk, Faults& faults, HiddenMarkers& hidden_markers, OpenWork& open_work)
    : Pass(run), chunk_(chunk), faults_(faults), hidden_markers_(hidden_markers), open_work_(open_work) {}

std::optional<Marker> Markers::own_marker(std::string_view raw) const {
  std::optional<Marker> marker = marker_of_database(raw);
  return marker && marker->table == target_.table.name ? marker : std::nullopt;
}

std::optional<Marker> Markers::marker_of_database(std::string_view raw) const {
  if (sync_.resource->marker.empty() || database_.database_id.empty()) return std::nullopt;
  if (raw.find(database_.database_id) == std::string_view::npos) return std::nullopt;
  std::optional<Marker> marker = Marker::parse(marker_in(raw));
  return marker && marker->database == database_.database_id ? marker : std::nullopt;
}

std::string Markers::marker_in(std::string_view raw) const {
  if (raw.empty()) return {};
  try {
    return marker_of(json::parse(raw), *sync_.resource);
  } catch (const Error&) {
    return {};
  }
}

void Markers::look_for_marker(const Item& item, const std::string& marker) {
  if (marker_of(json::parse(item.raw), *sync_.resource) == marker) {
    markers_are_kept();
  } else {
    markers_are_dropped();
  }
}

void Markers::find_dropped_markers(std::span<const Item> items) {
  const std::string path = sync_.resource->marker_path();
  if (path.empty() || entry_.drops_markers || list_hides_markers_) return;
  const auto lost = std::find_if(items.begin(), items.end(), [&](const Item& item) {
    return item.base != nullptr && !item.raw.empty() && holds_marker(item.base->document, path) && !holds_marker(item.raw, path);
  });
  if (lost == items.end()) return;
  list_hides_markers_ = hides_marker(*lost);
  if (!list_hides_markers_) markers_are_dropped();
}

/// The item may have its marker still: what was read of it does not show the place, and its own answer does, or cannot be had.
bool Markers::hides_marker(const Item& item) {
  if (names_marker_place(json::parse(item.raw), *sync_.resource)) return false;
  std::optional<Document> own;
  const bool asked = sync_.resource->can_get && faults_.spare(item, [&] { own = sync_.provider->get(*sync_.resource, item.id, call_); });
  return !asked || !own || holds_marker(own->json, sync_.resource->marker_path());
}

void Markers::markers_are_kept() {
  saw_marker_ = true;
  learn_of_markers();
}

/// At one point of a run, and not by one that has left something to a person for want of it: the same command a second time would write
/// what the first one did not.
void Markers::learn_of_markers() {
  if (!saw_marker_ || list_is_open_ || asks_for_want_of_markers_ || entry_.drops_markers || entry_.keeps_markers) return;
  entry_.keeps_markers = true;
  writer_->put_sync(entry_);
}

void Markers::markers_are_dropped() {
  if (entry_.drops_markers) return;
  entry_.drops_markers = true;
  entry_.keeps_markers = false;
  policy_.can_repeat_create = false;
  writer_->put_sync(entry_);
  tally_.problem({Problem::Severity::Warning,
                  {},
                  {},
                  "marker_dropped",
                  sync_.nouns.provider + " does not keep " + sync_.resource->marker_path() + " of new " + sync_.nouns.many +
                      ": a create whose answer is lost is not sent again without you; see: lockstep conflicts"});
}

/// Of an item that nobody owns: no open create made it.
bool Markers::is_ruled_out(const Item& item) const {
  return (policy_.can_repeat_create && entry_.keeps_markers) || is_ruled_out_by_marker(item);
}

/// The marker is one, and not what an API made of an open create's.
bool Markers::is_ruled_out_by_marker(const Item& item) const {
  const std::string marker = marker_in(item.raw);
  if (!Marker::parse(marker)) return false;
  const auto altered = [&](const IntentEntry& promise) { return is_altered(marker, promise.marker); };
  return std::none_of(open_work_.creates().begin(), open_work_.creates().end(), [&](const auto& open) { return altered(open.second); }) &&
         std::none_of(neighbours_.creates().begin(), neighbours_.creates().end(), altered);
}

void Markers::meet_stranger(const Item& item) {
  if (open_work_.creates().empty() || options_.open_create() || item.raw.empty() || !is_unowned(item)) return;
  strangers_ = strangers_ || !is_ruled_out_by_marker(item);
}

bool Markers::is_suspected(const IntentEntry& promise) {
  const bool unknown = !policy_.can_repeat_create || !entry_.keeps_markers;
  const bool suspected =
      hidden_markers_.has_unseen() || suspected_.contains(promise.local_key) || (unknown && strangers_) || has_imported_since(promise);
  asks_for_want_of_markers_ = asks_for_want_of_markers_ || suspected;
  return suspected;
}

/// An item that had nobody may have got its row by an import since the create was sent.
bool Markers::has_imported_since(const IntentEntry& promise) {
  if (!policy_.can_repeat_create || entry_.keeps_markers) return false;
  if (!last_insert_) {
    Micros last = 0;
    Micros since = promise.opened_at;
    for (const auto& [key, open] : open_work_.creates()) since = std::min(since, open.opened_at);
    std::vector<std::string> syncs{entry_.name};
    for (const Neighbour& each : neighbours_.all()) syncs.push_back(each.name);
    for (const ChangeEntry& change : state_.changes({.since = since, .syncs = syncs})) {
      if (change.side == Side::Local && change.action == "create") last = std::max(last, change.at);
    }
    last_insert_ = last;
  }
  return *last_insert_ >= promise.opened_at;
}

bool Markers::may_be_open_create(const Item& item) {
  if (open_work_.creates().empty() && neighbours_.creates().empty()) return false;
  if (options_.open_create() || !is_unowned(item) || is_ruled_out(item)) return false;
  meet_stranger(item);
  bool may_be = false;
  const auto suspect = [&](const std::string& key, const Json& sent) {
    if (!looks_as_sent(item, sent)) return;
    suspected_.insert(key);
    if (!may_be) tell_suspect(item, key);
    may_be = true;
  };
  for (const auto& [key, promise] : open_work_.creates()) suspect(key, promise.body);
  for (const IntentEntry& promise : neighbours_.creates()) suspect(promise.local_key, promise.body);
  report_.only_remote += may_be ? 1U : 0U;
  asks_for_want_of_markers_ = asks_for_want_of_markers_ || may_be;
  return may_be;
}

Value Markers::value_sent(const Json& sent, std::size_t ordinal) {
  const Json* entry = sent.find(mapping_.fields()[ordinal].column);
  const Json* after = entry == nullptr ? nullptr : entry->find("after");
  return after == nullptr ? Value::null() : facts_.comparable(ordinal, json::from_kept(*after, chunk_.arena()), chunk_.arena());
}

bool Markers::looks_as_sent(const Item& item, const Json& sent) {
  if (sent.object() == nullptr) return false;
  const auto value = [&](std::size_t i) { return value_sent(sent, i); };
  const auto equal = [&](std::size_t i) {
    return same(mapping_.fields()[i], value(i), facts_.comparable(i, item.there[i], chunk_.arena()));
  };
  const auto holds = [&](std::size_t i) { return !value(i).is_nothing(); };
  return look_alike(mapping_, locals_.alike(), equal, holds);
}

void Markers::tell_suspect(const Item& item, const std::string& key) {
  const auto link = links_.by_key(key);
  const bool has_row = locals_.row_of_key(key) || (link && locals_.of_link(*link) != LocalRows::LinkRow::Missing);
  const bool neighbours = !open_work_.creates().contains(key);
  tally_.warn(item, "create_unresolved",
              tally_.name_of(item) + " may be what the create of row " + key + " made, so it gets no row of its own" +
                  (has_row || neighbours ? "; see: lockstep conflicts" : " by this run, though that row is gone or outside"));
}

}  // namespace lockstep
