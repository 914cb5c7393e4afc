// Promised: remote writes of earlier runs whose answers never came. What the remote shows of them by now is ours: it belongs to the base,
// and is no edit of somebody there. An edit that was made in the row meanwhile is an edit on top of it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "data/arena.h"
#include "engine/decide/decide.h"
#include "engine/sides/facts.h"
#include "engine/sides/item.h"
#include "state/state.h"

namespace lockstep {

/// May the server still be at work on the request of this promise? It can show up after a look at the remote, until its time is over.
bool may_be_at_work(const IntentEntry& intent, Micros now);

/// So long after a create was sent the server may be at work on it: a few time-outs, and never less than a minute.
Micros at_work_for(Millis time_out);

/// The value of this entry of IntentEntry::body was to go into the row, too, which holds `here`.
void promise_for_row(Json& entry, const Value& here);

/// Open updates: the base with every value that the remote shows as one of them sent it, and the base does not know yet. `shown` gets, for
/// each promise, what it shows of it: an object of the form of IntentEntry::body, or null.
std::span<const BaseField> base_after_updates(const Mapping& mapping, const FactsBuilder& builder, std::span<const IntentEntry> promises,
                                              const Facts& facts, std::vector<Json>& shown, Arena& arena);

/// Of an open update that is closed: what it may have overwritten without `shown` telling of it, in the form of IntentEntry::body. Each
/// entry is marked with kUnconfirmed unless the remote shows another value of the same request, which took effect as a whole then. Left out
/// is what the remote still holds, by `there`; empty: it is not there to be asked. Null: nothing.
inline constexpr std::string_view kUnconfirmed = "unconfirmed";
Json overwritten_unseen(const Mapping& mapping, const FactsBuilder& builder, const IntentEntry& promise, const Json& shown, Row there,
                        Arena& arena);

/// An open create (or recreate) whose item was found: as if its answer had come. A cell that is as it was sent is left as the remote shows
/// it; a cell that has changed since is a local edit against what the remote shows.
std::span<const BaseField> base_after_create(const Mapping& mapping, const FactsBuilder& builder, const IntentEntry& promise,
                                             const Facts& facts, Arena& arena);

/// The body of a create that is promised once more: it keeps what was sent before, for either may turn up.
Json body_of_repeated(const Json& before, Json now);

}  // namespace lockstep
