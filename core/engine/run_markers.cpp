// APIs that drop the marker of what they create: there a create whose answer was lost cannot be told from one that never was.
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
  if (marker_of(json::parse(item.raw), *sync_.resource) != marker) markers_are_dropped();
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

void Run::markers_are_dropped() {
  if (entry_.drops_markers) return;
  entry_.drops_markers = true;
  policy_.can_repeat_create = false;
  if (writer_) writer_->put_sync(entry_);
  tally_.problem({Problem::Severity::Warning,
                  {},
                  {},
                  "marker_dropped",
                  sync_.nouns.provider + " does not keep " + sync_.resource->marker_path() + " of new " + sync_.nouns.many +
                      ": a create whose answer is lost is not sent again without you; see: lockstep conflicts"});
}

/// An item without a row that looks like what an open create sent. Only a person can tell; until then it gets no row of its own.
bool Run::may_be_open_create(const Item& item) {
  if (policy_.can_repeat_create || options_.open_create || item.local != kNoIndex || item.link != kNoIndex) return false;
  return std::any_of(open_creates_.begin(), open_creates_.end(), [&](const auto& open) {
    const Json& sent = open.second.body;
    if (sent.object() == nullptr) return false;
    const auto value = [&](std::size_t i) {
      const Json* entry = sent.find(mapping_.fields()[i].column);
      const Json* after = entry == nullptr ? nullptr : entry->find("after");
      return after == nullptr ? Value::null() : facts_.comparable(i, json::from_kept(*after, arena_), arena_);
    };
    const auto equal = [&](std::size_t i) { return same(mapping_.fields()[i], value(i), facts_.comparable(i, item.there[i], arena_)); };
    const auto holds = [&](std::size_t i) { return !value(i).is_nothing(); };
    if (!look_alike(mapping_, locals_.alike(), equal, holds)) return false;
    tally_.warn(item, "create_unresolved",
                tally_.name_of(item) + " may be what the create of row " + open.first +
                    " made, so it gets no row of its own; see: lockstep " + "conflicts");
    ++report_.only_remote;
    return true;
  });
}

}  // namespace lockstep
