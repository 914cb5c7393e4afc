#include "engine/passes/freshly_made.h"

#include <algorithm>
#include <utility>

#include "engine/passes/chunk.h"
#include "engine/passes/deciding.h"
#include "engine/passes/remade_rows.h"
#include "mapping/sets.h"

namespace lockstep {

FreshlyMade::FreshlyMade(RunContext& run, Chunk& chunk, Deciding& deciding, RemadeRows& remade_rows)
    : Pass(run), chunk_(chunk), deciding_(deciding), remade_rows_(remade_rows) {}

bool FreshlyMade::was_made_lately(std::string_view id) {
  const Millis settles = sync_.resource->settles;
  if (settles.count() == 0) return false;
  const Micros since = clock_.now() - std::chrono::duration_cast<std::chrono::microseconds>(settles).count();
  const auto changes = state_.changes({.record = std::string(id), .since = since});
  return std::any_of(changes.begin(), changes.end(), [&](const ChangeEntry& change) {
    return change.side == Side::Remote && change.remote_id == id &&
           (change.action == to_string(Action::Create) || change.action == to_string(Action::Recreate));
  });
}

bool FreshlyMade::is_settling(const Item& item) {
  if (item.link == kNoIndex || links_[item.link].gone_at != 0 || !was_made_lately(item.id)) return false;
  tally_.warn(item, "settling",
              tally_.name_of(item) + " was made just now, and " + sync_.nouns.provider +
                  " does not show it yet: it is looked for again by the next run");
  remade_rows_.is_remade(item);
  tell_waiting_edits(item);
  return true;
}

/// What was edited in the row meanwhile waits with the item, which is what it was last known as.
void FreshlyMade::tell_waiting_edits(Item item) {
  chunk_.load_bases(std::span(&item, 1));
  chunk_.load_rows(std::span(&item, 1));
  if (item.base == nullptr || item.stored.empty()) return;
  item.raw = padded_copy(item.base->document, chunk_.arena());
  item.asked = true;
  if (!chunk_.shape_for_a_look(item)) return;
  deciding_.decide_item(item);
  Decision waiting;
  waiting.case_number = item.decision.case_number;
  waiting.pending_local = item.decision.pending_local;
  for (const FieldChange& change : item.decision.remote_fields) {
    if (!identical(change.before, change.after)) waiting.pending_local.push_back(change.ordinal);
  }
  if (waiting.pending_local.empty()) return;
  waiting.notes.push_back(Note::PendingExport);
  item.decision = std::move(waiting);
  tally_.decided(item);
}

}  // namespace lockstep
