// apply: carries out a saved plan. Every sync of it is looked at once more while its lease is held; only when nothing has moved does the
// first write take place, and each record is written only as it was planned.
#pragma once

#include <string>
#include <vector>

#include "operations/runs.h"

namespace lockstep::operations {

struct ApplyRequest {
  std::string file = {};      ///< what `plan` saved
  std::string typed = {};     ///< the command as typed, without secrets: for the journal
  bool with_changes = false;  ///< the reports list single changes
  std::string by = {};        ///< RunOptions::by
  std::string run = {};       ///< ULID of the run; empty: a new one
};

/// A record that is not any more what the plan saw.
struct MovedRecord {
  std::string sync;
  Nouns nouns;
  Moved moved;
};

struct ApplyOutcome {
  RunOutcome run;                  ///< nothing while `moved` says something, or the look was interrupted
  bool ran = false;                ///< there was a run
  std::vector<MovedRecord> moved;  ///< the plan is stale: nothing was written
  std::string message, hint;       ///< of a stale plan: what is wrong, for people, and what helps
  Verdict verdict = Verdict::Done;
};

/// Who hears the look before the run, and the run.
struct ApplyObservers {
  Observer& looking;
  Observer& running;
};

/// Throws Error{NotFound, Corrupt} for the file, Error{Conflict} for a plan that was made for another configuration, Error{Busy} while
/// somebody else works on a sync of it, Error{Unreachable} when a side cannot be looked at. Nothing was written then.
ApplyOutcome apply(const Workspace& workspace, const ApplyRequest& request, ApplyObservers observers, const Clock& clock,
                   std::stop_token stop);

/// A run in JSON; of a stale plan {"error", "exit", "moved": [{"sync", "id", "record", "label", "side"}]}.
Json to_json(const ApplyOutcome& outcome);

}  // namespace lockstep::operations
