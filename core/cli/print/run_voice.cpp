#include "cli/print/run_voice.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "state/state.h"

namespace lockstep {
namespace {

/// What the last complete list held, or what was asked for; nullopt where that says nothing of this run.
std::optional<std::uint64_t> expected_records(const Sync& sync, const RunOptions& options) {
  if (!options.ids.empty()) return options.ids.size();
  try {
    State state(*sync.store);
    const std::optional<SyncEntry> entry = state.ready() ? state.find_sync(identity_of(sync)) : std::nullopt;
    if (entry && entry->remote_count) return static_cast<std::uint64_t>(*entry->remote_count);
  } catch (const Error&) {
    // The run itself will say what is wrong with the database.
  }
  return std::nullopt;
}

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// A progress line on standard error that makes way for everything else on the terminal; nullptr where none is wanted.
std::shared_ptr<ProgressLine> progress_line(Context& context, const Sync& sync) {
  if (!context.progress || context.quiet || context.for_programs()) return nullptr;
  const auto draw = [](std::string_view bytes) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
  };
  auto line = std::make_shared<ProgressLine>(draw, "Syncing " + sync.nouns.many, context.clock,
                                             ProgressLine::Settings{.columns = terminal_columns()});
  const auto wipe = [kept = std::weak_ptr(line)] {
    if (const auto alive = kept.lock()) alive->wipe();
  };
  context.out.before_sending(wipe);
  context.diagnostics.before_sending(wipe);
  log::before_line(wipe);
  return line;
}

}  // namespace

RunVoice::~RunVoice() { end_line(); }

/// An empty line between the parts of two syncs.
void RunVoice::part() {
  if (!first_ && settings_.print && !context_.quiet) context_.out.line("");
  first_ = false;
}

void RunVoice::start_line(const Sync& sync, const RunOptions& options) {
  line_ = progress_line(context_, sync);
  expected_ = line_ ? expected_records(sync, options) : std::nullopt;
  many_ = sync.nouns.many;
  writing_ = false;
}

void RunVoice::end_line() {
  if (!line_) return;
  line_.reset();
  log::before_line({});
}

void RunVoice::started(const Sync& sync, const RunOptions& options) {
  part();
  start_line(sync, options);
  if (!settings_.log) return;
  reporter_.emplace(context_.out, ItemsReporter::Settings{.quiet = context_.quiet,
                                                          .silent = !settings_.print || settings_.silent,
                                                          .verbosity = context_.verbosity,
                                                          .color = context_.color});
  log_.emplace(*reporter_, LogObserver::Settings{.problems = context_.problems_logged});
  log_->started(sync, options);
}

void RunVoice::found_remote(std::uint64_t count, bool complete) { next().found_remote(count, complete); }
void RunVoice::found_local(std::uint64_t count) { next().found_local(count); }
void RunVoice::changed(const RecordChange& change) { next().changed(change); }
void RunVoice::unchanged(std::string_view remote_id, std::string_view label) { next().unchanged(remote_id, label); }
void RunVoice::problem(const Problem& problem) { next().problem(problem); }

void RunVoice::progress(std::uint64_t done, std::optional<std::uint64_t> total) {
  if (line_) line_->update(done, total ? total : expected_);
}

void RunVoice::writing(std::uint64_t done, std::uint64_t total) {
  if (!line_) return;
  if (!writing_) line_->begin("Writing " + many_);
  writing_ = true;
  line_->update(done, total);
}

void RunVoice::finished(const SyncReport& report) {
  end_line();
  if (log_) {
    log_->finished(report);
  } else if (!settings_.log) {
    return;
  } else {
    part();
    if (settings_.print && !settings_.silent) context_.diagnostics.line("Error: " + printable(report.failure_text()));
  }
  log_.reset();
  reporter_.reset();
}

}  // namespace lockstep
