// Moved rows: those of this sync that a neighbour knows, for they were its rows when both sides last agreed. A link belongs to the pair of
// row and item, and goes with its row: link, base, open conflicts, promises and refusals become those of the sync whose `where` holds the
// row. A row in no `where` keeps what it has where it was last.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "state/state.h"

namespace lockstep {

/// A row of this sync whose key or id a neighbour knows.
struct Newcomer {
  std::string key, id;  ///< `id` may be empty
};

/// What is to be taken over of one neighbour, and the rows that it is about.
struct Takeover {
  std::size_t neighbour = 0;
  Handover what;
  std::vector<Newcomer> rows;
  std::unordered_set<std::string_view> decided;  ///< ids of the items of `what`
  Links links;                                   ///< the neighbour's, read again while nobody else may write them
};

/// Writes it: `what` belongs to the sync whose links these are. `former`: the neighbour's number. The links of `what` are put among
/// `links`.
void write_handover(Store& store, const Handover& what, std::int64_t sync_id, std::int64_t former, Links& links, Micros at,
                    const Lease& lease);

}  // namespace lockstep
