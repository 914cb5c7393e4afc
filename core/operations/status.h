// status: both sides compared by a dry run both ways, with what the state tables remember.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "config/workspace.h"
#include "data/json.h"
#include "engine/engine.h"
#include "operations/verdict.h"

namespace lockstep::operations {

struct StatusRequest {
  std::vector<std::string> syncs = {};    ///< names of syncs and groups; none: those marked `default: true`
  std::vector<std::string> ids = {};      ///< only these remote ids; none: all
  std::optional<std::string> owner = {};  ///< only this owner's records
  bool check = false;                     ///< Verdict::Pending where the sides differ
  bool with_keys = false;                 ///< the JSON lists remote keys without a column
};

/// Of one sync. A number that could not be found out is nullopt.
struct SyncStatus {
  std::string name;
  Nouns nouns;
  bool known = false;  ///< both sides could be read
  std::optional<std::uint64_t> remote, local, only_local, only_remote, pending_import, pending_export;
  std::optional<std::uint64_t> conflicts, rejected;
  std::uint64_t not_taken = 0;  ///< records of which the remote kept something else than was sent
  std::uint64_t unread = 0;     ///< records of which the remote holds what a column cannot
  Micros last_run = 0, checked_at = 0;
  std::vector<std::string> unmapped_keys;
  std::vector<std::string> errors;  ///< what a run could not work on, or would leave as it is
  std::string failure;              ///< why the sides could not be compared; empty: they could

  bool in_sync() const;
};

struct StatusOutcome {
  std::vector<SyncStatus> syncs;
  bool with_keys = false;
  Verdict verdict = Verdict::Done;  ///< Failed or Partly: of all or some syncs the sides could not be compared
};

/// Writes nothing. `observer` hears how far each comparison has come. Throws what chosen_syncs() and run_syncs() throw.
StatusOutcome status(const Workspace& workspace, const StatusRequest& request, Observer& observer, const Clock& clock,
                     std::stop_token stop);

/// {"syncs": [{"name", "remote", "local", "in_sync", …}], "exit"}; an unknown number is null.
Json to_json(const StatusOutcome& outcome);

}  // namespace lockstep::operations
