// APIs that drop the marker of what they create, or may do so: there a create whose answer was lost cannot be told from one that never was.
#include <algorithm>

#include "engine/likeness.h"
#include "engine/outgoing.h"
#include "engine/run.h"
#include "format/json.h"

namespace lockstep {
namespace {

bool holds_marker(std::string_view document, const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return document.find('"' + path.substr(dot + 1) + '"') != std::string_view::npos;
}

}  // namespace

/// The answer to a create, read back where it did not tell all.
void Run::look_for_marker(const Item& item, const std::string& marker) {
  if (marker_of(json::parse(item.raw), *sync_.resource) == marker) {
    markers_are_kept();
  } else {
    markers_are_dropped();
  }
}

/// An item that had its marker when both sides last agreed has lost it.
void Run::find_dropped_markers(std::span<const Item> items) {
  const std::string path = sync_.resource->marker_path();
  if (path.empty() || entry_.drops_markers) return;
  const bool dropped = std::any_of(items.begin(), items.end(), [&](const Item& item) {
    return item.base != nullptr && !item.raw.empty() && holds_marker(item.base->document, path) && !holds_marker(item.raw, path);
  });
  if (dropped) markers_are_dropped();
}

void Run::markers_are_kept() {
  if (entry_.drops_markers || entry_.keeps_markers) return;
  entry_.keeps_markers = true;
  if (writer_) writer_->put_sync(entry_);
}

void Run::markers_are_dropped() {
  if (entry_.drops_markers) return;
  entry_.drops_markers = true;
  entry_.keeps_markers = false;
  policy_.can_repeat_create = false;
  if (writer_) writer_->put_sync(entry_);
  tally_.problem({Problem::Severity::Warning,
                  {},
                  {},
                  "marker_dropped",
                  sync_.nouns.provider + " does not keep " + sync_.resource->marker_path() + " of new " + sync_.nouns.many +
                      ": a create whose answer is lost is not sent again without you; see: lockstep conflicts"});
}

/// An item without row and marker that looks like what an open create sent. Where markers are known to be kept it is a stranger; else only
/// a person can tell, and until then it gets no row of its own, nor is the create repeated.
bool Run::may_be_open_create(const Item& item) {
  if ((policy_.can_repeat_create && entry_.keeps_markers) || open_creates_.empty()) return false;
  if (options_.open_create || item.local != kNoIndex || item.link != kNoIndex) return false;
  if (!marker_of(json::parse(item.raw), *sync_.resource).empty()) return false;
  bool may_be = false;
  for (const auto& [key, promise] : open_creates_) {
    if (!looks_as_sent(item, promise.body)) continue;
    suspected_.insert(key);
    if (!may_be) tell_suspect(item, key);
    may_be = true;
  }
  report_.only_remote += may_be ? 1U : 0U;
  return may_be;
}

bool Run::looks_as_sent(const Item& item, const Json& sent) {
  if (sent.object() == nullptr) return false;
  const auto value = [&](std::size_t i) {
    const Json* entry = sent.find(mapping_.fields()[i].column);
    const Json* after = entry == nullptr ? nullptr : entry->find("after");
    return after == nullptr ? Value::null() : facts_.comparable(i, json::from_kept(*after, arena_), arena_);
  };
  const auto equal = [&](std::size_t i) { return same(mapping_.fields()[i], value(i), facts_.comparable(i, item.there[i], arena_)); };
  const auto holds = [&](std::size_t i) { return !value(i).is_nothing(); };
  return look_alike(mapping_, locals_.alike(), equal, holds);
}

void Run::tell_suspect(const Item& item, const std::string& key) {
  tally_.warn(
      item, "create_unresolved",
      tally_.name_of(item) + " may be what the create of row " + key + " made, so it gets no row of its own; see: lockstep conflicts");
}

}  // namespace lockstep
