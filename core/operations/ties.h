// forget and adopt: a person's word on one pair.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "config/workspace.h"
#include "data/json.h"

namespace lockstep::operations {

struct ForgetRequest {
  std::string id;                   ///< remote id, or the key of the row
  std::optional<std::string> sync;  ///< where several may be meant; none: the only one, or the only one that runs by default
  bool undo = false;                ///< takes the word back
};

struct ForgetOutcome {
  std::string sync;
  Nouns nouns;
  std::string remote_id, record;
  bool forgotten = false;    ///< what is gone of the pair stays gone from now on
  bool leaves_gone = false;  ///< of the whole sync what is gone stays gone, whatever was said of the pair
};

/// Writes into Lockstep's own tables only. Throws Error{NotFound} for an id that no run has linked, Error{Invalid} where it may be of
/// several syncs, Error{Busy} while a run of the sync is under way.
ForgetOutcome forget(const Workspace& workspace, const ForgetRequest& request, const Clock& clock, std::stop_token stop = {});
/// {"sync", "remote_id", "record", "forgotten", "exit"}
Json to_json(const ForgetOutcome& outcome);

struct AdoptRequest {
  std::string id;                   ///< remote id
  std::string row;                  ///< primary key; a composite one as a JSON list
  std::optional<std::string> sync;  ///< as of ForgetRequest
  std::string typed;                ///< the command as typed, without secrets: for the journal
};

struct AdoptOutcome {
  std::string sync, table;
  Nouns nouns;
  std::string remote_id, record;
  bool adopted = false;  ///< the row did not bear the id yet
  std::string run;       ///< ULID of what the journal calls it; empty: nothing was written
};

/// Writes the record's id into the row. Throws Error{Invalid} without a row, or where the record may be of several syncs, and what
/// lockstep::adopt() throws (engine/passes/ties.h).
AdoptOutcome adopt(const Workspace& workspace, const AdoptRequest& request, const Clock& clock, std::stop_token stop);
/// {"sync", "remote_id", "record", "adopted", "run", "exit"}
Json to_json(const AdoptOutcome& outcome);

}  // namespace lockstep::operations
