// The JSON of runs, plans and errors, as programs read it. Names are stable; new ones may be added.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/error.h"
#include "data/json.h"
#include "engine/engine.h"

namespace lockstep {

struct RunSummary {
  std::string run;  ///< ULID; empty: null
  std::string command;
  bool dry_run = false;
  int exit = 0;
  Micros started_at = 0;
  Millis duration{0};
};

/// {"run", "command", …, "syncs": [{…}]}; with "error" when the run failed as a whole. `with_changes`: each sync lists its changes.
Json run_json(const RunSummary& summary, std::span<const SyncReport> reports, bool with_changes);
/// One sync of a run.
Json sync_json(const SyncReport& report, bool with_changes);
Json change_json(const RecordChange& change);
/// {"error": {"code", "message", "hint"}, "exit"}
Json error_json(std::string_view code, std::string_view message, std::string_view hint, int exit);
Json error_json(const Error& error, int exit);

/// A count, or null.
Json count_json(std::optional<std::uint64_t> count);
/// RFC 3339, or null for 0.
Json time_json(Micros time);

/// Exit code of several syncs in one run.
int exit_code(std::span<const SyncReport> reports);

}  // namespace lockstep
