// rollback: undoes a run, sync by sync in the opposite order; what came back, what did not, and what the run created is in the reports.
#pragma once

#include <string>
#include <vector>

#include "operations/runs.h"

namespace lockstep::operations {

struct RollbackRequest {
  std::string run = {};     ///< its ULID, or a unique beginning
  RunOptions options = {};  ///< dry_run, and what the guards are told
  std::string command = "rollback";
  bool with_changes = false;  ///< the JSON lists single changes for each sync
};

/// The run that is to be undone.
struct Undone {
  std::string run;  ///< ULID
  std::string command;
  std::string by;  ///< user@host
  Micros started_at = 0;
  std::vector<std::string> syncs;  ///< the last first
};

struct RollbackOutcome {
  Undone undone;
  RunOutcome run;
  std::vector<Nouns> nouns;                    ///< of each report
  std::vector<std::vector<std::string>> next;  ///< of each report: what the next runs will make of it, as sentences (next_runs.h)
  Verdict verdict = Verdict::Done;
};

/// Throws Error{NotFound} with a suggestion, Error{Invalid} for an ambiguous beginning, or for a run of a sync that the configuration has
/// no longer: it is not undone by halves.
Undone find_undone(const Workspace& workspace, const std::string& run, std::stop_token stop = {});

/// Throws what find_undone() and run_syncs() throw.
RollbackOutcome rollback(const Workspace& workspace, const RollbackRequest& request, Observer& observer, const Clock& clock,
                         std::stop_token stop);

/// A run in JSON with "undoes", "restored", "skipped", "created_left" and "next".
Json to_json(const RollbackOutcome& outcome);

}  // namespace lockstep::operations
