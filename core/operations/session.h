// Session: what one operation owns while it works: connections to stores, Lua states, the meter and the wish to stop. It is made from a
// workspace, which it shares with all others, and shares nothing else: any number of sessions work side by side.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "config/workspace.h"
#include "sdk/call.h"

namespace lockstep {

/// One thread at a time.
class Session {
 public:
  /// `workspace` is borrowed. Once `stop` is requested no store waits for a lock.
  explicit Session(const Workspace& workspace, std::stop_token stop = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Workspace& workspace() const { return workspace_; }
  const Configuration& configuration() const { return workspace_.configuration(); }
  const std::stop_token& stop() const { return stop_; }
  /// For calls of a provider beside those of a run.
  Call call() { return {stop_, Deadline(), meter_}; }

  /// The workspace's sync with a hook of this session's own and without its store. nullptr as Workspace::load().
  Sync* load(std::string_view name);
  /// All of these. Throws what Workspace::load_all() throws.
  std::vector<Sync*> load_all(std::span<const std::string> names);
  /// The same for a run, which is refused where another sync of the configuration pairs the same rows with the same items.
  std::vector<Sync*> load_to_run(std::span<const std::string> names);
  /// Gives a loaded sync its store and its neighbours. Throws what store() throws.
  void open(Sync& sync);
  /// This session's connection. Throws what Workspace::open_store() throws.
  Store& store(std::string_view name);

 private:
  const Workspace& workspace_;
  const std::stop_token stop_;
  Meter meter_;
  std::map<std::string, std::unique_ptr<Store>, std::less<>> stores_;
  std::map<std::string, std::unique_ptr<Sync>, std::less<>> syncs_;
};

}  // namespace lockstep
