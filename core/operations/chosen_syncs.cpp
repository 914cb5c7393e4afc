#include "operations/chosen_syncs.h"

#include <algorithm>
#include <optional>

#include "common/error.h"
#include "common/text.h"

namespace lockstep::operations {
namespace {

/// Why this member of what was asked for cannot run now. `own_name`: it was asked for by itself, and no group brought it.
std::optional<std::string> why_left_out(const Workspace& workspace, const std::string& name, bool own_name) {
  const SyncUse* sync = workspace.configuration().sync(name);
  if (sync == nullptr) return std::nullopt;
  if (auto why = workspace.out_of_place(sync->provider)) {
    if (own_name) throw Error(ErrorKind::Invalid, "sync " + name + ": " + *why);
    return why;
  }
  return sync->optional && !own_name ? workspace.unavailable(sync->provider) : std::nullopt;
}

}  // namespace

std::vector<std::string> chosen_syncs(const Workspace& workspace, std::span<const std::string> named) {
  std::vector<std::string> names(named.begin(), named.end());
  if (names.empty()) names = workspace.configuration().default_syncs();
  if (names.empty()) {
    workspace.problems_of({}).raise();
    throw Error(ErrorKind::Invalid, "no sync was named and none in " + workspace.configuration().file + " is marked default: true");
  }
  std::vector<std::string> once, asked;
  std::string left_out;
  for (const std::string& name : names) {
    for (std::string& member : members_of(workspace.configuration(), std::span(&name, 1))) {
      asked.push_back(member);
      if (const auto why = why_left_out(workspace, member, !named.empty() && member == name)) {
        left_out = *why;
      } else if (std::find(once.begin(), once.end(), member) == once.end()) {
        once.push_back(std::move(member));
      }
    }
  }
  workspace.problems_of(asked).raise();
  if (once.empty()) throw Error(ErrorKind::Credentials, "no sync of " + join(names, ", ") + " can run: " + left_out);
  return once;
}

std::vector<std::string> members_of(const Configuration& configuration, std::span<const std::string> names) {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    std::vector<std::string> members = configuration.members(name);
    if (members.empty()) members.push_back(name);
    all.insert(all.end(), members.begin(), members.end());
  }
  return all;
}

}  // namespace lockstep::operations
