// A prepared state in a fresh SQLite file.
#pragma once

#include "sqlite/sqlite_database.h"
#include "state/state.h"

namespace lockstep {

inline constexpr Micros kSecond = 1'000'000;
inline constexpr Micros kNow = 1'795'000'000 * kSecond;

inline SyncIdentity sync_named(std::string name) { return {std::move(name), {}, {}, {}, {}, {}}; }

class StateTest : public testing::Test {
 protected:
  StateTest() {
    state_.prepare();
    sync_ = state_.ensure_sync(sync_named("assistants"), *lease_);
  }

  /// Flushes and commits.
  void save(StateBatch& batch) {
    const auto transaction = store_->begin(*lease_);
    batch.flush(*transaction);
    transaction->commit();
  }
  std::string ask(const std::string& sql) { return database_.ask(sql); }

  RunEntry open_run(const std::string& run, Micros at, Json report = {}) {
    RunEntry entry;
    entry.run = run;
    entry.command = "import";
    entry.mode = "import";
    entry.by = "me@host";
    entry.started_at = at;
    entry.report = std::move(report);
    state_.open_run(entry, *lease_);
    return entry;
  }

  conformance::SqliteDatabase database_;
  std::unique_ptr<Store> store_ = database_.open();
  std::unique_ptr<Lease> lease_ = store_->lease("assistants");
  State state_{*store_};
  SyncEntry sync_;
};

}  // namespace lockstep
