// FullCourse: a full run over ten rows and ten assistants with every kind of change, and what it must come to, however it was cut off.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/workbench.h"

namespace lockstep::test {

inline const std::vector<std::string> kFull = {"full", "assistants", "--local-edits", "keep"};

/// Both sides, by name: ids of what is made are others each time.
struct Ends {
  std::map<std::string, Cells> rows;
  std::map<std::string, std::string> items;
  bool operator==(const Ends&) const = default;
};
Ends ends_of(const std::string& place, const sandbox::Sandbox& sandbox);

/// Both sides agreed, and were edited since. The database has no tables yet.
void prepare_full_course(Workbench& bench, sandbox::Sandbox& remote);

/// After runs of it were cut off: the next ones come to `expected`, with nothing to mend by hand, and have nothing left to do then. `run`:
/// one undisturbed run. `what`: was done to the one before, for messages.
void expect_full_course_ends(const std::string& place, sandbox::Sandbox& remote, const Ends& expected, const std::function<Outcome()>& run,
                             const std::string& what);

}  // namespace lockstep::test
