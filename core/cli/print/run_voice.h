// RunVoice: what people and the log hear of runs, one after the other.
#pragma once

#include <memory>
#include <optional>

#include "cli/context.h"
#include "cli/print/items_reporter.h"
#include "cli/print/progress_line.h"
#include "operations/log_observer.h"

namespace lockstep {

class RunVoice : public Observer {
 public:
  struct Settings {
    bool print = true;  ///< lines for people
    bool log = true;
    bool silent = false;  ///< no line, whatever happens
  };

  RunVoice(Context& context, Settings settings) : context_(context), settings_(settings) {}
  ~RunVoice() override;

  void started(const Sync& sync, const RunOptions& options) override;
  void found_remote(std::uint64_t count, bool complete) override;
  void found_local(std::uint64_t count) override;
  void changed(const RecordChange& change) override;
  void unchanged(std::string_view remote_id, std::string_view label) override;
  void problem(const Problem& problem) override;
  void progress(std::uint64_t done, std::optional<std::uint64_t> total) override;
  void writing(std::uint64_t done, std::uint64_t total) override;
  void finished(const SyncReport& report) override;

 private:
  void part();
  void start_line(const Sync& sync, const RunOptions& options);
  void end_line();
  Observer& next() { return log_ ? static_cast<Observer&>(*log_) : nobody_; }

  Context& context_;
  Settings settings_;
  Observer nobody_;
  bool first_ = true;
  std::optional<ItemsReporter> reporter_;  ///< of the run at hand
  std::optional<LogObserver> log_;
  std::shared_ptr<ProgressLine> line_;
  std::optional<std::uint64_t> expected_;  ///< how many records there probably are, where the engine does not know
  std::string many_;
  bool writing_ = false;
};

}  // namespace lockstep
