// plan: a dry run that shows its decisions, and can be saved as a file that `apply` carries out.
#pragma once

#include <string>
#include <vector>

#include "operations/plan_file.h"
#include "operations/runs.h"

namespace lockstep::operations {

struct PlanRequest {
  std::vector<std::string> syncs;  ///< names of syncs and groups; none: those marked `default: true`
  RunOptions options;              ///< which run is planned: mode, ids, owner, policies
  std::string file;                ///< where it is saved; empty: nowhere
  bool check = false;              ///< Verdict::Pending when the run would change anything
};

struct PlanOutcome {
  Mode mode = Mode::Import;
  RunOutcome run;                     ///< the dry run, without what is only kept while a parent is sent
  std::vector<PlanSubject> subjects;  ///< of each report
  RunOptions options;
  std::string file;    ///< as asked for
  bool saved = false;  ///< there is a whole plan, and it stands in `file`
  Verdict verdict = Verdict::Done;
};

/// Writes nothing but the file, and what plans are sealed with (plan_key.h). Of a side that could not be read nothing is saved. Throws what
/// chosen_syncs() and run_syncs() throw, Error{Storage} when the file cannot be written.
PlanOutcome plan(const Workspace& workspace, const PlanRequest& request, Observer& observer, const Clock& clock, std::stop_token stop);

/// A run in JSON with "mode" and what plan_file.h adds to each sync.
Json to_json(const PlanOutcome& outcome);

}  // namespace lockstep::operations
