// catalogue: an import of every provider that has credentials, as `ai:sync-models`. All are asked at the same time; each then runs like any
// other import, one after the other, in the order of the configuration.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operations/model_table.h"
#include "operations/runs.h"

namespace lockstep::operations {

struct CatalogueRequest {
  std::string command;                 ///< its name in the configuration
  std::vector<std::string> syncs;      ///< names of syncs and groups
  std::vector<std::string> providers;  ///< only these, and each must be usable; none: all that are
  RunOptions options;
  bool also_fresh = false;      ///< also what was asked not long ago
  bool check = false;           ///< Verdict::Pending when with a dry run a sync is due, or anything would change
  bool problems_logged = true;  ///< LogObserver::Settings::problems
};

/// One provider's turn.
struct CatalogueTurn {
  enum class State { Synced, Fresh, Failed } state = State::Synced;
  std::string provider;
  Micros last_sync = 0;  ///< of the last complete run before this one; 0: never
  SyncReport report;
  std::vector<std::string> ids;        ///< as the list named them
  std::vector<Count> statistics = {};  ///< of a run that wrote

  std::uint64_t found() const { return report.remote.value_or(0); }
  /// Records that the list no longer names, as this run found.
  std::uint64_t newly_missing() const;
};

/// A provider that takes no part.
struct LeftOut {
  std::string provider, why;
};

struct CatalogueOutcome {
  RunOutcome run;  ///< its reports are those of `turns`
  std::vector<LeftOut> left_out;
  std::vector<CatalogueTurn> turns;
  bool nobody = false;  ///< no provider can be used
  Verdict verdict = Verdict::Done;
};

/// Hears of it while it goes on.
class CatalogueObserver {
 public:
  virtual ~CatalogueObserver() = default;
  /// Before anything is asked.
  virtual void begun(const std::vector<LeftOut>&) {}
  virtual void finished(const CatalogueTurn&) {}
};

/// Throws the configuration's mistakes, Error{Credentials} for a provider that was asked for and cannot be used, Error{Invalid} with a
/// suggestion for one that is none of the command's. What goes wrong later is in the turns.
CatalogueOutcome catalogue(const Workspace& workspace, const CatalogueRequest& request, CatalogueObserver& observer, const Clock& clock,
                           std::stop_token stop);

/// A run in JSON; each sync with "provider", "status", "reason", "last_sync", "no_longer_listed" and "statistics", and "not_available".
Json to_json(const CatalogueOutcome& outcome);

/// What is said where there is nobody to be asked.
inline constexpr const char* kNobodyAvailable = "No providers available for synchronization.";

}  // namespace lockstep::operations
