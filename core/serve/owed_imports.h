// OwedImports: what webhooks have told of syncs and no import has taken in yet. It is kept in the state folder from the moment it is
// answered: neither a restart, nor an API that is away, nor a pause loses it. What comes within a moment is one run.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "common/time.h"
#include "data/json.h"
#include "serve/state_folder.h"

namespace lockstep::serve {

struct OwedBounds {
  Millis gather{1'000};        ///< what comes within this time is one run
  Millis look_again{2'000};    ///< at a sync that may not run now
  Millis first_retry{30'000};  ///< after a run that failed; it doubles with each
  Millis last_retry{900'000};
  std::size_t single = 50;  ///< so many items are asked for one by one; for more, the whole list is
};

/// Any thread.
class OwedImports {
 public:
  struct Doors {
    /// Why nothing of this sync runs by itself now; empty: it does.
    std::function<std::string(const std::string& sync)> waits;
    /// Begins an import of these items, or of all where there are none. Its job; empty: there is no such sync any more.
    std::function<std::string(const std::string& webhook, const std::string& sync, const std::vector<std::string>& ids)> begin;
    /// Did the job do what it was begun for? nullopt: it is at work.
    std::function<std::optional<bool>(const std::string& job)> has_done;
    /// What became of it, for the list of deliveries.
    std::function<void(const std::string& webhook, const std::string& what)> tell;
  };

  /// The folder is borrowed. Throws what it throws.
  OwedImports(OwedBounds bounds, const StateFolder& folder, const Clock& clock, Doors doors);

  /// It is kept once this returns. `id`: of the item; empty: nothing tells which. Throws Error{Storage}.
  void add(const std::string& webhook, const std::string& sync, const std::string& id);
  /// Begins what was gathered, and again what failed.
  void turn();
  void work(const std::stop_token& stop);

 private:
  struct What {
    std::set<std::string> ids;
    bool whole = false;

    bool empty() const { return ids.empty() && !whole; }
    void add(const What& other, std::size_t single);
    std::vector<std::string> list() const { return whole ? std::vector<std::string>() : std::vector<std::string>(ids.begin(), ids.end()); }
  };
  struct Owed {
    What waiting, taken;  ///< taken: by the job
    SteadyTime due;
    std::string job;
    std::string told;  ///< why it waits, as it was told
    int failures = 0;
  };
  /// Webhook, sync.
  using Key = std::pair<std::string, std::string>;

  std::vector<std::pair<Key, std::string>> jobs() const;
  std::vector<Key> due() const;
  void end(const Key& key, bool done);
  void begin(const Key& key);
  void put_off(const Key& key, Millis by, const std::string& why);
  void save() const;

  const OwedBounds bounds_;
  const StateFolder& folder_;
  const Clock& clock_;
  const Doors doors_;
  mutable std::mutex mutex_;
  std::map<Key, Owed> owed_;
};

}  // namespace lockstep::serve
