// Plans: saved plans of the server: each a file that `lockstep apply` could carry out too, and a row that says what became of it. The files
// hold values, and go when the plan is over.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/time.h"
#include "data/json.h"
#include "serve/person.h"
#include "serve/state_folder.h"

namespace lockstep::serve {

struct PlanRow {
  std::string id;  ///< ULID of the job that made it
  std::string by;
  std::string mode;
  std::vector<std::string> syncs;
  Micros made_at = 0, expires_at = 0;
  std::string state = "open";  ///< "open", "applied", "stopped" before its end, "discarded"; "expired" once its time is over
  std::string run;             ///< that carried it out
  std::string note;            ///< of whoever discarded it
};

Json to_json(const PlanRow& row);

/// Any thread.
class Plans {
 public:
  /// Borrowed.
  Plans(const StateFolder& folder, const Clock& clock) : folder_(folder), clock_(clock) {}

  /// Where the plan of this id is, or is to be.
  std::string file(const std::string& id) const;
  void add(const PlanRow& row);
  /// The newest first; what is over for longer than a day is forgotten.
  std::vector<PlanRow> list() const;
  /// Throws Problem{404}.
  PlanRow find(const std::string& id) const;
  /// The plan as `lockstep plan --output json` prints it, with the tag that apply asks for. Throws Problem{404, 410}.
  std::pair<Json, std::string> content(const PlanRow& row) const;
  /// It is over: applied by this run, stopped on the way, or discarded.
  void end(const std::string& id, const std::string& state, const std::string& run, const std::string& note);

 private:
  const StateFolder& folder_;
  const Clock& clock_;
};

}  // namespace lockstep::serve
