// Pauses: syncs that nothing runs by itself. A person pauses one; so does every rollback, from whichever terminal it came: the next run
// would undo it. It lasts until a person resumes the sync.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/time.h"
#include "config/workspace.h"
#include "data/json.h"
#include "serve/state_folder.h"

namespace lockstep::serve {

struct Pause {
  std::string reason = {};
  std::string by = {};
  Micros since = 0;
  Micros until = 0;           ///< 0: until it is resumed
  std::string rollback = {};  ///< ULID of the run that paused it; empty: a person did
};

Json to_json(const Pause& pause);

/// Any thread.
class Pauses {
 public:
  /// Borrowed.
  Pauses(const StateFolder& folder, const Clock& clock) : folder_(folder), clock_(clock) {}

  /// nullopt while it runs by itself.
  std::optional<Pause> find(const std::string& sync) const;
  std::map<std::string, Pause> all() const;
  void pause(const std::string& sync, const Pause& pause);
  void resume(const std::string& sync);
  /// Pauses it where its newest run in the journal is a rollback that no person has answered yet. Throws what a store throws.
  void note_rollback(const Workspace& workspace, const std::string& sync);

 private:
  const StateFolder& folder_;
  const Clock& clock_;
};

}  // namespace lockstep::serve
