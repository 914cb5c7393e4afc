// rejected and retry: records that were refused, and trying them again.
#pragma once

#include <string>
#include <vector>

#include "operations/runs.h"

namespace lockstep::operations {

/// A record that validation, a hook or a remote write refused.
struct RejectedRecord {
  std::int64_t id = 0;
  std::string sync;
  std::string remote_id;  ///< empty: the row has no remote item
  std::string record;     ///< local key; may be empty
  std::string label;
  std::string reason;
  std::string mode;  ///< of the run that refused it: "import", "export", "full", "rollback"; empty: not known
  Micros since = 0;
};

struct RejectedOutcome {
  std::vector<RejectedRecord> rejected;  ///< oldest first
};

/// Of every store of the configuration. Throws the configuration's mistakes, and what a store throws.
RejectedOutcome rejected(const Workspace& workspace, std::stop_token stop = {});
/// {"rejected": [{"id", "sync", "remote_id", "record", "label", "reason", "since"}]}
Json to_json(const RejectedOutcome& outcome);

struct RetryRequest {
  std::vector<std::string> ids = {};  ///< of RejectedRecord, remote ids or local keys; none: all
  RunOptions options = {};            ///< the mode is that of the run that refused a record
  std::string command = "retry";
};

/// Runs the syncs of these records for them alone: a row without an item is exported, everything else goes as it went when it was refused.
/// What belongs to a sync that the configuration has no longer is left, with a line in the log. No reports: nothing was to be tried.
/// Throws Error{NotFound} for an id that is none.
RunOutcome retry(const Workspace& workspace, const RetryRequest& request, Observer& observer, const Clock& clock, std::stop_token stop);

}  // namespace lockstep::operations
