// Activity: who asked the server to do what, and from where. A line of JSON for each in a file that only grows, up to a size, and then
// begins anew beside the old one. What was written to the data itself stands in the journal.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "common/time.h"
#include "data/json.h"
#include "serve/state_folder.h"

namespace lockstep::serve {

struct ActivityBounds {
  std::size_t bytes = std::size_t{2} << 20U;  ///< of a file; one older file is kept
  std::size_t shown = 200;
};

struct ActivityEntry {
  Micros at = 0;
  std::string who, what, about, from;  ///< a person, a sentence of the route table, what stands in its place, an address
  int status = 0;
};
Json to_json(const ActivityEntry& entry);

/// Any thread.
class Activity {
 public:
  /// Borrowed.
  Activity(const StateFolder& folder, ActivityBounds bounds, const Clock& clock) : folder_(folder), bounds_(bounds), clock_(clock) {}

  /// A disk that takes no more is told in the log, and holds nothing up.
  void note(ActivityEntry entry);
  /// The newest first.
  std::vector<Json> list() const;

 private:
  const StateFolder& folder_;
  const ActivityBounds bounds_;
  const Clock& clock_;
  mutable std::mutex mutex_;
};

}  // namespace lockstep::serve
