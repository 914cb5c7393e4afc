#include "app/runs.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "app/config_form.h"
#include "app/items_reporter.h"
#include "app/log_observer.h"
#include "app/progress_line.h"
#include "app/report_json.h"
#include "app/sync_order.h"
#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "format/json.h"
#include "state/state.h"

namespace lockstep {
namespace {

/// The parser has let only these words through.
template <class Choice>
Choice meaning(Words<Choice> words, const std::string& word) {
  return std::find_if(words.begin(), words.end(), [&](const auto& each) { return each.first == word; })->second;
}

/// All that a quiet dry run says is its exit code.
bool silent(const Context& context, const RunOptions& options) { return context.quiet && options.dry_run; }

/// A quiet dry run of a sync is a health check: the one place where --quiet decides an exit code. A command without --check has none.
bool health_check(const Context& context, const RunOptions& options) {
  return silent(context, options) && (context.configured != nullptr || parse_mode(context.arguments.command));
}

/// What this run's options ask for and the sync cannot do.
void check_options(const Sync& sync, const RunOptions& options) {
  if (options.owner && !sync.mapping->owner()) {
    throw Error(ErrorKind::Invalid, "sync " + sync.name + " cannot be limited to an owner", "give its mapping a rule \"owner\"");
  }
  const OnConflict policy = options.on_conflict.value_or(sync.on_conflict);
  if (policy == OnConflict::Hook && (!sync.hook || !sync.hook->has(Hook::Stage::Conflict))) {
    throw Error(ErrorKind::Invalid, "--on-conflict hook: sync " + sync.name + " has no hook \"conflict\"");
  }
}

/// A report of a sync that never ran.
SyncReport failed_report(const Sync& sync, const RunOptions& options, const Error& error, Micros now) {
  SyncReport report;
  report.name = sync.name;
  report.run = options.run;
  report.failure = error.message();
  report.failure_code = to_string(error.kind());
  report.failure_hint = error.hint();
  report.started_at = now;
  return report;
}

/// A rollback asks the remote only where the run wrote there; a missing key is told of then.
void make_ready(Context& context, Sync& sync, const RunOptions& options) {
  const Credentials credentials = sync.provider->credentials();
  if (!credentials.present && options.undoes.empty()) {
    throw Error(ErrorKind::Credentials, sync.nouns.provider + " API key not configured",
                credentials.missing.empty() ? "" : "set " + credentials.missing);
  }
  context.workspace->open(sync);
}

/// Passes events on and keeps a progress line up to date.
class ProgressObserver : public Observer {
 public:
  /// `expected`: how many records there probably are, where the engine does not know.
  ProgressObserver(Observer& next, ProgressLine& line, std::optional<std::uint64_t> expected)
      : next_(next), line_(line), expected_(expected) {}
  void started(const Sync& sync, const RunOptions& options) override {
    many_ = sync.nouns.many;
    next_.started(sync, options);
  }
  void found_remote(std::uint64_t count, bool complete) override { next_.found_remote(count, complete); }
  void found_local(std::uint64_t count) override { next_.found_local(count); }
  void changed(const RecordChange& change) override { next_.changed(change); }
  void unchanged(std::string_view remote_id, std::string_view label) override { next_.unchanged(remote_id, label); }
  void problem(const Problem& problem) override { next_.problem(problem); }
  void progress(std::uint64_t done, std::optional<std::uint64_t> total) override { line_.update(done, total ? total : expected_); }
  void writing(std::uint64_t done, std::uint64_t total) override {
    if (!writing_) line_.begin("Writing " + many_);
    writing_ = true;
    line_.update(done, total);
  }

 private:
  Observer& next_;
  ProgressLine& line_;
  std::optional<std::uint64_t> expected_;
  std::string many_;
  bool writing_ = false;
};

/// What the last complete list held, or what was asked for; nullopt where that says nothing of this run.
std::optional<std::uint64_t> expected_records(Sync& sync, const RunOptions& options) {
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
  if (!context.progress || context.quiet || context.json) return nullptr;
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

SyncReport run_observed(Context& context, Sync& sync, const RunOptions& options, Observer& observer) {
  std::shared_ptr<ProgressLine> line = progress_line(context, sync);
  if (!line) return Engine(context.clock, context.stop).run(sync, options, observer);
  ProgressObserver progress(observer, *line, expected_records(sync, options));
  SyncReport report = Engine(context.clock, context.stop).run(sync, options, progress);
  line.reset();
  log::before_line({});
  return report;
}

SyncReport run_one(Context& context, Sync& sync, const RunOptions& options, bool print) {
  ItemsReporter reporter(
      context.out,
      {.quiet = context.quiet, .silent = !print || silent(context, options), .verbosity = context.verbosity, .color = context.color});
  LogObserver log(reporter, {.problems = context.problems_logged});
  SyncReport report = run_observed(context, sync, options, log);
  reporter.finished(report);
  log.finished(report);
  return report;
}

/// A rollback has an order of its own.
std::vector<std::size_t> order_of(const Context& context, const RunOptions& options, const std::vector<Sync*>& syncs) {
  std::vector<std::size_t> given;
  std::vector<OrderedSync> ordered;
  for (const Sync* sync : syncs) {
    given.push_back(given.size());
    ordered.push_back({context.workspace->configuration().sync(sync->name)->store, sync->mapping.get()});
  }
  return options.undoes.empty() ? run_order(ordered) : given;
}

SyncReport try_one(Context& context, Sync& sync, const RunOptions& options, Voice voice) {
  const bool print = voice == Voice::Lines;
  try {
    make_ready(context, sync, options);
  } catch (const Error& failure) {
    SyncReport report = failed_report(sync, options, failure, context.clock.now());
    if (print && !silent(context, options)) context.diagnostics.line("Error: " + printable(failure_text(report)));
    return report;
  }
  if (voice != Voice::Silent) return run_one(context, sync, options, print);
  Observer nobody;
  return run_observed(context, sync, options, nobody);
}

}  // namespace

RunOptions run_options_from(const Arguments& arguments) {
  RunOptions options;
  options.command = typed_command(arguments);
  options.dry_run = arguments.has("dry-run");
  options.force = arguments.has("force");
  options.existing_only = arguments.has("existing-only");
  options.allow_mass_change = arguments.has("allow-mass-change");
  options.allow_account_change = arguments.has("allow-account-change");
  options.ids = arguments.list("id");
  if (arguments.has("owner")) options.owner = arguments.text("owner");
  if (arguments.has("on-conflict")) options.on_conflict = meaning(on_conflict_words(), arguments.text("on-conflict"));
  if (arguments.has("local-edits")) options.local_edits = meaning(local_edits_words(), arguments.text("local-edits"));
  return options;
}

std::string typed_command(const Arguments& arguments) {
  std::string typed = arguments.command;
  for (const std::string& word : arguments.positionals) typed += " " + word;
  for (const char* flag : {"dry-run", "force", "existing-only", "allow-mass-change", "allow-account-change"}) {
    if (arguments.has(flag)) typed += std::string(" --") + flag;
  }
  for (const char* name : {"provider", "id", "owner", "on-conflict", "local-edits", "mode", "take"}) {
    for (const std::string& value : arguments.list(name)) typed += std::string(" --") + name + "=" + value;
  }
  return redact(typed);
}

std::vector<SyncReport> run_syncs(Context& context, const RunOptions& options, const std::vector<RunTask>& tasks, Voice voice) {
  std::vector<std::string> names;
  for (const RunTask& task : tasks) names.push_back(task.sync);
  const std::vector<Sync*> syncs = context.workspace->load_to_run(names);
  for (const Sync* sync : syncs) check_options(*sync, options);
  std::vector<SyncReport> reports;
  for (const std::size_t i : order_of(context, options, syncs)) {
    if (context.stop.stop_requested()) break;
    RunOptions own = options;
    own.ids.insert(own.ids.end(), tasks[i].ids.begin(), tasks[i].ids.end());
    own.rows = tasks[i].rows;
    if (tasks[i].adjust) tasks[i].adjust(own);
    if (!reports.empty() && voice == Voice::Lines && !context.quiet) context.out.line("");
    reports.push_back(try_one(context, *syncs[i], own, voice));
  }
  return reports;
}

Millis duration_of(const std::vector<SyncReport>& reports) {
  Millis total{0};
  for (const SyncReport& report : reports) total += report.duration;
  return total;
}

bool anything_pending(const std::vector<SyncReport>& reports, bool dry_run) {
  return std::any_of(reports.begin(), reports.end(), [&](const SyncReport& report) {
    const std::uint64_t planned = report.created_local + report.updated_local + report.linked + report.created_remote +
                                  report.updated_remote + report.recreated_remote;
    const std::uint64_t left = report.only_local + report.only_remote + report.pending_export + report.pending_import;
    return (dry_run ? planned : left) > 0;
  });
}

int conclude(Context& context, const RunOptions& options, const std::vector<SyncReport>& reports, Micros started_at) {
  int code = exit_code(reports);
  if (context.stop.stop_requested()) code = 130;
  const bool check = context.arguments.has("check") || health_check(context, options);
  if (code == 0 && check && anything_pending(reports, options.dry_run)) code = 3;
  if (!context.json) return code;
  const RunSummary summary{options.run, context.arguments.command, options.dry_run, code, started_at, duration_of(reports)};
  context.print(run_json(summary, reports, options.want_fields));
  return code;
}

}  // namespace lockstep
