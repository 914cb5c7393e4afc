// LogObserver: writes the log of a run and passes every event on. Names of fields, never their values, below trace.
#pragma once

#include <cstdint>
#include <string>

#include "common/log.h"
#include "engine/engine.h"

namespace lockstep {

class LogObserver : public Observer {
 public:
  struct Settings {
    /// False when who reads the log reads the run's own lines beside it: changes and problems of records stand there already.
    bool problems = true;
  };

  LogObserver(Observer& next, Settings settings) : next_(next), settings_(settings) {}

  void started(const Sync& sync, const RunOptions& options) override;
  void pass(RunPass pass) override { next_.pass(pass); }
  void found_remote(std::uint64_t count, bool complete) override { next_.found_remote(count, complete); }
  void found_local(std::uint64_t count) override { next_.found_local(count); }
  void changed(const RecordChange& change) override;
  void unchanged(std::string_view remote_id, std::string_view label) override { next_.unchanged(remote_id, label); }
  void problem(const Problem& problem) override;
  void progress(std::uint64_t done, std::optional<std::uint64_t> total) override { next_.progress(done, total); }
  void writing(std::uint64_t done, std::uint64_t total) override { next_.writing(done, total); }

  /// The end line, after what others say of it.
  void finished(const SyncReport& report) override;

 private:
  void log_change(const RecordChange& change) const;

  Observer& next_;
  Settings settings_;
  Nouns nouns_;
  std::string sync_, command_;
  std::string id_column_;  ///< of the remote id: "vapi_assistant_id"
  std::string key_name_;   ///< of the local key: "assistant_id"
  bool dry_run_ = false;
};

}  // namespace lockstep
