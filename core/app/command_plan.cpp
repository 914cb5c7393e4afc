// plan: a dry run that shows its decisions and can save them.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/items_reporter.h"
#include "app/report_json.h"
#include "app/runs.h"
#include "common/error.h"
#include "common/hash.h"
#include "common/log.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

std::string_view sign_of(const RecordChange& change) {
  if (change.action == "create" || change.action == "recreate") return "+";
  return change.action == "link" ? "=" : "~";
}

void print_change(Context& context, const Sync& sync, const RecordChange& change) {
  const std::string name = change.label.empty() ? "(no name)" : printable(change.label);
  context.out.line(std::string(sign_of(change)) + " " + change.action + " " +
                   (change.side == "remote" ? "in " + sync.nouns.provider + " " : "") + sync.nouns.one + " " + name +
                   " (ID: " + printable(change.remote_id) + ")");
  for (const FieldDelta& field : change.fields) context.out.line(show_field(field, change.action == "create", "    "));
}

void print_problem(Context& context, const Sync& sync, const Problem& problem) {
  const bool error = problem.severity == Problem::Severity::Error;
  const std::string subject =
      error && !problem.label.empty() ? sync.nouns.one + " " + printable(problem.label) + " (ID: " + printable(problem.id) + "): " : "";
  context.out.line(std::string(error ? "! error: " : "! ") + subject + printable(problem.message));
}

void print_plan(Context& context, const Sync& sync, const SyncReport& report) {
  context.out.line(report.name + ": import from " + sync.nouns.provider +
                   (sync.store == nullptr ? "" : " into " + printable(sync.store->describe())));
  if (report.failure) {
    context.out.line("! no plan: " + printable(failure_text(report)));
    return;
  }
  for (const RecordChange& change : report.changes) print_change(context, sync, change);
  for (const Problem& problem : report.problems) print_problem(context, sync, problem);
  context.out.line("Plan: " + std::to_string(report.created_local) + " to create, " + std::to_string(report.updated_local) +
                   " to update, " + std::to_string(report.linked) + " to link, " + std::to_string(report.unchanged) + " unchanged, " +
                   std::to_string(report.failed + report.rejected) + " errors; nothing was written");
}

/// What both sides must still look like when the plan is carried out: the rules that made it, and every decision with the values it met.
Json fingerprints(const Sync& sync, const Json& changes) {
  return Json::Object{{"mapping", sync.mapping->fingerprint().hex()}, {"changes", hash128(json::canonical(changes)).hex()}};
}

Json plan_json(Context& context, const RunSummary& summary, const std::vector<SyncReport>& reports) {
  Json plan = run_json(summary, reports, true);
  plan["mode"] = context.arguments.text("mode", "import");
  Json::Array* syncs = plan["syncs"].array();
  for (Json& entry : *syncs) {
    const Sync* sync = context.workspace->load(entry.text_at("name"));
    entry["fingerprints"] = fingerprints(*sync, entry["changes"]);
  }
  return plan;
}

/// Whole or not at all: a reader never meets half a plan. Nobody else may read it, for it holds the values of both sides.
void save(const std::string& file, const std::string& text) {
  const std::string draft = file + ".part";
  const auto refuse = [&] { throw Error(ErrorKind::Storage, "the plan cannot be written to " + file + ": " + std::strerror(errno)); };
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) refuse();
  for (std::string_view left = text; !left.empty();) {
    const ssize_t written = ::write(descriptor, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      ::close(descriptor);
      ::unlink(draft.c_str());
      errno = error;
      refuse();
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(descriptor) != 0 || ::close(descriptor) != 0 || ::rename(draft.c_str(), file.c_str()) != 0) refuse();
}

}  // namespace

int plan_command(Context& context) {
  RunOptions options = run_options_from(context.arguments);
  options.mode = parse_mode(context.arguments.text("mode", "import")).value_or(Mode::Import);
  options.dry_run = true;
  options.want_fields = true;
  const Micros started_at = context.clock.now();
  options.run = make_ulid(started_at);
  std::vector<RunTask> tasks;
  for (const std::string& name : chosen_syncs(context)) tasks.push_back({name});
  const std::vector<SyncReport> reports = run_syncs(context, options, tasks, Voice::Log);

  int code = exit_code(reports);
  if (context.stop.stop_requested()) code = 130;
  if (code == 0 && context.arguments.has("check") && anything_pending(reports, true)) code = 3;
  const RunSummary summary{options.run, "plan", true, code, started_at, duration_of(reports)};
  const std::string file = context.arguments.text("out");
  const bool whole = code != 1 && code != 130;
  if (!file.empty() && whole) save(file, redact(json::to_text(plan_json(context, summary, reports))) + "\n");
  if (context.json) {
    context.print(plan_json(context, summary, reports));
    return code;
  }
  if (context.quiet) return code;
  for (const SyncReport& report : reports) print_plan(context, *context.workspace->load(report.name), report);
  if (!file.empty() && whole) context.out.line("Saved in " + printable(file));
  return code;
}

}  // namespace lockstep
