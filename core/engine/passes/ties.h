// Ties: a person's word on one pair, outside of any run: that what is gone of it stays gone, or which row a record belongs to.
#pragma once

#include <optional>
#include <string>

#include "engine/engine.h"

namespace lockstep {

/// The link of a sync whose remote id or local key is `id`, as the person wrote it; nullopt when there is none.
struct Tie {
  std::string remote_id, local_key;
  bool left = false;  ///< what is gone of it stays gone
};
std::optional<Tie> find_tie(Store& store, const std::string& sync, const std::string& id);

/// From now on no run makes anew what one side of this pair lacks; `leave` false takes that back. Writes into Lockstep's own tables only.
/// Throws Error{NotFound} when there is no such link, Error{Busy} while a run of the sync is under way.
void leave_gone(const Sync& sync, const std::string& remote_id, bool leave, const Clock& clock);

struct Adoption {
  std::string remote_id, local_key;
  std::string command;  ///< as typed, for the journal
  std::string run;      ///< ULID
};
/// Writes the record's id into the row, and into the journal what stood there. The next run then decides the pair like any that bears one
/// id and has no agreement yet. Nothing is written when the row bears the id already: false. Throws Error{NotFound} when the row or the
/// record is not there, Error{Conflict} when another row bears the id, or the row that of another record that is there.
bool adopt(const Sync& sync, const Adoption& adoption, Call& call, const Clock& clock);

}  // namespace lockstep
