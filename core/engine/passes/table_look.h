// What a look at a sync's table tells before anything is read from the remote.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace lockstep {

struct TableLook {
  std::uint64_t inside = 0;          ///< rows that the sync is about
  std::uint64_t outside = 0;         ///< left out by `where` or skip_when
  std::uint64_t unclaimed = 0;       ///< of those: they hold nothing in a column that tells whose they are
  std::string lacks_modified;        ///< the column that `modified` names and the table has not
  std::vector<std::string> keyless;  ///< what rows are called whose primary key is null

  /// "12 rows; 3 more are outside …".
  std::string text() const;
};

/// Counts the rows of a table that is there. Throws what the first run would: Error{Invalid} for columns that are lacking, a key that
/// nothing fills, and where `newest` decides a `modified` column that is not there.
TableLook look_at_rows(Store& store, const Sync& sync, const Clock& clock, std::stop_token stop);

}  // namespace lockstep
