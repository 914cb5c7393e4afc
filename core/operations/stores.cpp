#include "operations/stores.h"

#include <algorithm>
#include <set>

#include "common/error.h"
#include "common/text.h"

namespace lockstep {
namespace {

/// No run has that id or begins with it: perhaps one nearly does.
[[noreturn]] void refuse_run(Session& session, const std::string& wanted) {
  std::vector<std::string> ids, beginnings;
  each_state(session, [&](State& state) {
    for (const RunEntry& run : state.runs({})) {
      ids.push_back(run.run);
      beginnings.push_back(run.run.substr(0, wanted.size()));
    }
  });
  std::string near;
  if (const auto found = nearest(wanted, beginnings)) {
    const auto at = std::find(beginnings.begin(), beginnings.end(), *found) - beginnings.begin();
    near = "; did you mean \"" + ids[static_cast<std::size_t>(at)] + "\"?";
  }
  throw Error(ErrorKind::NotFound, "no run " + in_quotes(wanted) + near, "run: lockstep history");
}

}  // namespace

void each_state(Session& session, const std::function<void(State&)>& use) {
  session.workspace().problems_of({}).raise();
  for (const PluginUse& entry : session.configuration().stores) {
    State state(session.store(entry.name));
    if (state.ready()) use(state);
  }
}

std::vector<RejectedEntry> all_rejected(Session& session) {
  std::vector<RejectedEntry> all;
  each_state(session, [&](State& state) {
    for (RejectedEntry& entry : state.rejected()) all.push_back(std::move(entry));
  });
  std::stable_sort(all.begin(), all.end(), [](const RejectedEntry& a, const RejectedEntry& b) { return a.since < b.since; });
  return all;
}

std::vector<RunEntry> entries_of_run(Session& session, const std::string& wanted) {
  std::vector<RunEntry> entries;
  std::set<std::string> names;
  each_state(session, [&](State& state) {
    std::vector<RunEntry> found = state.runs({.run = wanted});
    for (auto entry = found.rbegin(); entry != found.rend(); ++entry) {
      names.insert(entry->run);
      entries.push_back(std::move(*entry));
    }
  });
  if (entries.empty() || wanted.empty()) refuse_run(session, wanted);
  if (names.size() > 1) {
    throw Error(ErrorKind::Invalid, in_quotes(wanted) + " begins the names of several runs", "give more of the run's name");
  }
  return entries;
}

}  // namespace lockstep
