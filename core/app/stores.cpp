#include "app/stores.h"

#include <algorithm>

namespace lockstep {

void each_state(Context& context, const std::function<void(State&)>& use) {
  Workspace& workspace = *context.workspace;
  workspace.problems().raise();
  for (const PluginUse& entry : workspace.configuration().stores) {
    State state(workspace.store(entry.name));
    if (state.ready()) use(state);
  }
}

std::vector<RejectedEntry> all_rejected(Context& context) {
  std::vector<RejectedEntry> all;
  each_state(context, [&](State& state) {
    for (RejectedEntry& entry : state.rejected()) all.push_back(std::move(entry));
  });
  std::stable_sort(all.begin(), all.end(), [](const RejectedEntry& a, const RejectedEntry& b) { return a.since < b.since; });
  return all;
}

}  // namespace lockstep
