#include "engine/passes/hidden_markers.h"

#include <algorithm>
#include <utility>

#include "engine/decide/answer.h"
#include "engine/passes/chunk.h"
#include "engine/passes/create_claims.h"
#include "engine/passes/faults.h"
#include "engine/passes/markers.h"
#include "engine/passes/newcomers.h"
#include "engine/passes/open_work.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/processing.h"
#include "engine/write/outgoing.h"
#include "format/json.h"
#include "mapping/sets.h"

namespace lockstep {
namespace {

/// So many items a run asks for.
constexpr std::size_t kMostLooks = 200;
/// So many links are looked through for one whose marker the list shows.
constexpr std::size_t kMostWitnesses = 1000;

}  // namespace

HiddenMarkers::HiddenMarkers(RunContext& run, Chunk& chunk, CreateClaims& create_claims, Faults& faults, Markers& markers,
                             Newcomers& newcomers, OpenWork& open_work, Outsiders& outsiders, Processing& processing)
    : Pass(run),
      chunk_(chunk),
      create_claims_(create_claims),
      faults_(faults),
      markers_(markers),
      newcomers_(newcomers),
      open_work_(open_work),
      outsiders_(outsiders),
      processing_(processing) {}

void HiddenMarkers::note_marker_place(const ReadRecord& record) {
  if (!awaits_markers() || list_shows_markers_) return;
  if (!record.unchanged) {
    list_shows_markers_ = holds_marker(record.raw, sync_.resource->marker_path());
  } else if (witnesses_.size() < kMostWitnesses) {
    witnesses_.push_back(record.link);
  }
}

/// A create is open whose marker may turn up.
bool HiddenMarkers::awaits_markers() const {
  if (options_.open_create() || id_stream_ != nullptr || !policy_.can_repeat_create) return false;
  return !open_work_.creates().empty() || !neighbours_.creates().empty();
}

bool HiddenMarkers::await_marker(const Item& item) {
  if (list_shows_markers_ || !is_unowned(item) || item.raw.empty() || !awaits_markers()) return false;
  try {
    list_shows_markers_ = names_marker_place(json::parse(item.raw), *sync_.resource);
  } catch (const Error&) {
    return false;  // it is rejected, with its reason
  }
  if (list_shows_markers_) return false;
  if (!hidden_) hidden_ = std::make_unique<Spool>();
  hidden_->push(item.id, item.raw, item.hash, kNoIndex, kNoIndex, {});
  return true;
}

bool HiddenMarkers::has_unfound_create() const {
  const auto unfound = [this](const IntentEntry& intent) {
    return !intent.marker.empty() && !create_claims_.marked().contains(intent.marker);
  };
  return std::any_of(open_work_.creates().begin(), open_work_.creates().end(), [&](const auto& each) { return unfound(each.second); }) ||
         std::any_of(neighbours_.creates().begin(), neighbours_.creates().end(), unfound);
}

/// It does when what it showed of an item that nobody has edited since is the whole of it, marker and all.
bool HiddenMarkers::finds_witness() {
  for (std::size_t at = 0; at < witnesses_.size() && !list_shows_markers_; at += kChunk) {
    std::vector<Item> items;
    for (const std::uint32_t link : std::span(witnesses_).subspan(at, std::min(kChunk, witnesses_.size() - at)))
      items.emplace_back().link = link;
    chunk_.load_bases(items);
    list_shows_markers_ = std::any_of(items.begin(), items.end(), [this](const Item& item) {
      if (item.base == nullptr || !holds_marker(item.base->document, sync_.resource->marker_path())) return false;
      return links_[item.link].remote_hash == seeded_hash(hash_of_record(mapping_, item.base->document), seed());
    });
  }
  return list_shows_markers_;
}

void HiddenMarkers::settle_hidden() {
  if (!hidden_) return;
  std::size_t looks = sync_.resource->can_get ? kMostLooks : 0;
  const bool shown = !has_unfound_create() || finds_witness();
  while (hidden_->size() > 0) {
    check_stop();
    chunk_.clear();
    const std::vector<WaitingRecord> chunk = hidden_->take(kChunk);
    std::vector<Item> items;
    for (const WaitingRecord& waiting : chunk) {
      Item item;
      item.id = item.label = waiting.id;
      item.raw = padded_copy(waiting.raw, chunk_.arena());
      item.hash = waiting.hash;
      if (!shown && has_unfound_create() && !look_for_hidden_marker(item, looks)) continue;
      if (!outsiders_.is_left_alone(item) && newcomers_.settle_new(item)) items.push_back(std::move(item));
    }
    processing_.process(std::move(items));
  }
  if (unseen_ > 0) tell_unseen();
}

/// False when the item is left alone, for it may be what an open create made.
bool HiddenMarkers::look_for_hidden_marker(Item& item, std::size_t& looks) {
  if (looks == 0) {
    ++unseen_;
    ++report_.only_remote;
    return false;
  }
  --looks;
  std::optional<Document> own;
  if (!faults_.spare(item, [&] { own = sync_.provider->get(*sync_.resource, item.id, call_); })) {
    markers_.meet_unread();
    return false;
  }
  reachability_.answered();
  if (!own) {
    markers_.meet_unread();
    faults_.reject(item, contradiction());
    return false;
  }
  chunk_.replace_document(item, json::to_text(completed(json::parse(own->json), json::parse(item.raw))));
  create_claims_.claim_created(item);
  if (outsiders_.is_left_alone(item)) create_claims_.marked().emplace(markers_.marker_in(item.raw), item.id);
  return true;
}

/// Of such an API it is not known that a marker is found again: `lockstep conflicts` names its open creates from now on.
void HiddenMarkers::tell_unseen() {
  markers_.ask_for_want_of_them();
  tally_.problem({Problem::Severity::Warning,
                  {},
                  {},
                  "marker_hidden",
                  "the list does not show whether " + std::to_string(unseen_) + " " + (unseen_ == 1 ? sync_.nouns.one : sync_.nouns.many) +
                      " without a row carry " + sync_.resource->marker_path() +
                      ": one may be what a create made whose answer was lost; they get no rows, and no create is sent again without you; " +
                      "see: lockstep conflicts"});
  if (!entry_.keeps_markers) return;
  entry_.keeps_markers = false;
  writer_->put_sync(entry_);
}

}  // namespace lockstep
