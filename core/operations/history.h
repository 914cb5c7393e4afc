// history: the journal as the state tables hold it: runs, and their changes with what stood there before and after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/workspace.h"
#include "data/json.h"
#include "engine/engine.h"

namespace lockstep::operations {

struct HistoryRequest {
  std::string run = {};                 ///< its ULID, or a unique beginning; empty: all
  std::string record = {};              ///< only changes of this local key or remote id; empty: all
  std::string field = {};               ///< only changes of this column; empty: all
  std::vector<std::string> syncs = {};  ///< names of syncs, groups or tables; a sync of the past has a history too. None: all
  Micros since = 0;                     ///< 0: from the beginning
  std::size_t limit = 0;                ///< the newest; 0: all
  std::string before = {};              ///< only runs that began before this one, by its ULID; empty: all

  /// Single changes are asked for, and not only the runs.
  bool with_changes() const { return !run.empty() || !record.empty() || !field.empty() || since != 0; }
};

struct PastRun {
  std::string run;  ///< ULID
  std::string command, mode;
  std::string by;  ///< user@host
  Micros started_at = 0;
  Micros finished_at = 0;  ///< 0: still running, or cut off
  int exit = 0;
  Json report;  ///< the counters, and "sync"

  /// One of the report; 0 where it has no such counter.
  std::int64_t counter(std::string_view name) const;
};

struct PastChange {
  std::string run, sync;
  std::string table;  ///< empty: not known any more
  Nouns nouns;        ///< of the sync; empty where the configuration has it no longer
  std::string record, remote_id, label;
  Side side = Side::Local;
  std::string action;  ///< "insert", "update", "link", …
  int case_number = 0;
  Micros at = 0;
  Json fields;  ///< column → {"before", "after", …}, as lockstep_change keeps it (state/state.h); null for an insert
};

/// Newest first.
struct HistoryOutcome {
  std::vector<PastRun> runs;
  std::vector<PastChange> changes;
  bool with_changes = false;
};

/// Throws Error{NotFound} with a suggestion for a run, a sync or a field that nothing bears, Error{Invalid} for an ambiguous beginning.
HistoryOutcome history(const Workspace& workspace, const HistoryRequest& request, std::stop_token stop = {});

/// {"runs": [{"run", "command", "mode", "by", "started_at", "finished_at", "exit", …the report}]}, and where asked for "changes": [{"run",
/// "sync", "record", "table", "remote_id", "label", "side", "action", "case", "why", "at", "fields"}]
Json to_json(const HistoryOutcome& outcome);

}  // namespace lockstep::operations
