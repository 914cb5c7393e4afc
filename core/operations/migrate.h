// migrate: creates what is missing, in the order in which tables refer to each other; drops and narrows nothing.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "config/workspace.h"
#include "data/json.h"

namespace lockstep::operations {

struct MigrateRequest {
  std::vector<std::string> syncs = {};  ///< names of syncs and groups; none: all of the configuration
  bool dry_run = false;                 ///< says the statements and runs none
  bool watch = false;                   ///< makes the triggers, too, by which databases say that rows of a watched sync have changed
};

/// What one store got, or would get.
struct MigratedStore {
  std::string name;                     ///< of its entry in the configuration
  std::string where;                    ///< the database, for people
  std::vector<std::string> statements;  ///< in the order of running; none: nothing was missing
  bool dry_run = false;
};

struct MigrateOutcome {
  std::vector<MigratedStore> stores;
  bool dry_run = false;
};

/// Hears of each store as soon as it is done: one that fails later takes nothing of it back.
using MigrateObserver = std::function<void(const MigratedStore&)>;

/// Throws the configuration's mistakes, Error{Busy} while a run of a sync with new columns is under way, Error{Interrupted}, and what a
/// store throws.
MigrateOutcome migrate(const Workspace& workspace, const MigrateRequest& request, const MigrateObserver& observer,
                       const std::stop_token& stop);

/// {"dry_run", "stores": [{"name", "where", "statements"}], "exit"}
Json to_json(const MigrateOutcome& outcome);

}  // namespace lockstep::operations
