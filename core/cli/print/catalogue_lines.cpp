#include "cli/print/catalogue_lines.h"

#include <algorithm>

#include "cli/print/items_reporter.h"
#include "common/text.h"
#include "common/time.h"

namespace lockstep {
namespace {

using operations::CatalogueTurn;

constexpr std::size_t kShownModels = 3;

std::string last_time(Micros time, Micros now) { return time == 0 ? "Never" : format_ago(time, now); }

std::string shown_id(const std::string& id) {
  const std::size_t slash = id.rfind('/');
  return printable(id.starts_with("models/") && slash != std::string::npos ? id.substr(slash + 1) : id);
}

bool went_wrong(const CatalogueTurn& turn) {
  return turn.state == CatalogueTurn::State::Failed || turn.report.rejected + turn.report.failed > 0;
}

}  // namespace

std::string reason_of(const SyncReport& report) {
  if (report.failure) return report.failure_hint.empty() ? *report.failure : *report.failure + "; " + report.failure_hint;
  const std::uint64_t count = report.rejected + report.failed;
  return std::to_string(count) + (count == 1 ? " record" : " records") + " failed; see: lockstep rejected";
}

CatalogueLines::CatalogueLines(Context& context, std::string noun, bool dry_run)
    : context_(context), noun_(std::move(noun)), dry_run_(dry_run), palette_(Palette::of(context.color)) {}

void CatalogueLines::header() {
  if (silent()) return;
  if (dry_run_) {
    context_.out.line("DRY RUN - No changes will be made");
    context_.out.line("");
  }
  context_.out.line("Syncing " + noun_ + " from AI providers...");
  context_.out.line("");
  context_.out.flush();
}

void CatalogueLines::begun(const std::vector<operations::LeftOut>& left_out) {
  if (context_.for_programs()) return;
  header();
  if (silent() || context_.verbosity == 0 || left_out.empty()) return;
  for (const operations::LeftOut& each : left_out) context_.out.line("Skipping " + printable(each.provider) + ": " + printable(each.why));
  context_.out.line("");
}

void CatalogueLines::finished(const CatalogueTurn& turn) {
  if (context_.for_programs()) return;
  if (!silent()) part(turn);
  // The exit code is all that a quiet dry run says.
  if (silent() && dry_run_) return;
  if (went_wrong(turn)) context_.diagnostics.line("Failed to sync " + printable(turn.provider) + ": " + printable(reason_of(turn.report)));
}

void CatalogueLines::part(const CatalogueTurn& turn) {
  context_.out.line(printable(turn.provider) + ":");
  switch (turn.state) {
    case CatalogueTurn::State::Synced: dry_run_ ? would_sync(turn) : synced(turn); break;
    case CatalogueTurn::State::Fresh:
      context_.out.line("  ⏭ Skipped (cache_valid)");
      context_.out.line("    Last sync: " + last_time(turn.last_sync, context_.clock.now()));
      break;
    case CatalogueTurn::State::Failed:
      context_.out.line("  ❌ " + std::string(palette_.bad) + "Synchronization failed" + std::string(palette_.reset) + ": " +
                        printable(turn.report.failure.value_or(reason_of(turn.report))));
      if (turn.last_sync != 0 && context_.verbosity > 0)
        context_.out.line("    The catalogue of " + last_time(turn.last_sync, context_.clock.now()) + " stays");
      break;
  }
  context_.out.line("");
  context_.out.flush();
}

void CatalogueLines::synced(const CatalogueTurn& turn) {
  const std::string tick = "  " + std::string(palette_.good) + "✓" + std::string(palette_.reset) + " ";
  context_.out.line(tick + "Found " + std::to_string(turn.found()) + " " + noun_);
  problems(turn);
  context_.out.line(tick + "Statistics updated");
  if (context_.verbosity < 1) return;
  for (const Count& line : turn.statistics) {
    const std::string unknown = line.unknown.value_or(0) == 0 ? "" : " (" + std::to_string(*line.unknown) + " unknown)";
    context_.out.line("    - " + printable(line.label) + ": " + std::to_string(line.count) + unknown);
  }
}

/// What a person must know of single records; with -v also what is merely new.
void CatalogueLines::problems(const CatalogueTurn& turn) {
  for (const Problem& problem : turn.report.problems) {
    const bool error = problem.severity == Problem::Severity::Error;
    if (!error && context_.verbosity < 1) continue;
    const std::string subject = problem.id.empty() ? "" : shown_id(problem.id) + ": ";
    context_.out.line(error ? "  ❌ " + subject + printable(problem.message) : "    Warning: " + printable(problem.message));
  }
}

void CatalogueLines::would_sync(const CatalogueTurn& turn) {
  const std::uint64_t missing = turn.newly_missing();
  const std::uint64_t changed = turn.report.updated_local + turn.report.linked - std::min(turn.report.updated_local, missing);
  std::vector<std::string> parts;
  if (turn.report.created_local > 0) parts.push_back(std::to_string(turn.report.created_local) + " new");
  if (changed > 0) parts.push_back(std::to_string(changed) + " changed");
  if (missing > 0) parts.push_back(std::to_string(missing) + " no longer listed");
  context_.out.line("  Would sync: " + std::to_string(turn.found()) + " " + noun_ + " (" +
                    (parts.empty() ? "nothing new" : join(parts, ", ")) + ")");
  context_.out.line("  Last synced: " + last_time(turn.last_sync, context_.clock.now()));
  problems(turn);
  // Where all is as it was, the names say nothing new.
  if (parts.empty()) return;
  if (!turn.ids.empty()) context_.out.line("  " + capitalised(noun_) + ":");
  const std::size_t shown = context_.verbosity > 0 ? turn.ids.size() : std::min(kShownModels, turn.ids.size());
  for (std::size_t i = 0; i < shown; ++i) context_.out.line("    - " + shown_id(turn.ids[i]));
  if (shown < turn.ids.size()) context_.out.line("    ... and " + std::to_string(turn.ids.size() - shown) + " more");
  if (context_.verbosity < 1 || turn.report.changes.empty()) return;
  context_.out.line("  Changes:");
  for (const RecordChange& change : turn.report.changes) {
    context_.out.line("    - " + verb_of(change, true) + ": " + shown_id(change.remote_id));
    for (const FieldDelta& field : change.fields) context_.out.line(show_field(field, change.action == "create", "        "));
  }
}

void CatalogueLines::end(const operations::CatalogueOutcome& outcome) {
  if (outcome.nobody) return nobody(outcome.left_out);
  if (silent()) return;
  totals(outcome.turns);
  errors(outcome.turns);
}

/// Where the lines of begun() did not say why.
void CatalogueLines::nobody(const std::vector<operations::LeftOut>& left_out) {
  if (!silent()) context_.out.line(operations::kNobodyAvailable);
  if (context_.verbosity > 0 && !silent()) return;
  for (const operations::LeftOut& each : left_out) context_.diagnostics.line(printable(each.provider) + ": " + printable(each.why));
}

void CatalogueLines::totals(const std::vector<CatalogueTurn>& turns) {
  std::uint64_t models = 0, providers = 0, fresh = 0;
  for (const CatalogueTurn& turn : turns) {
    fresh += turn.state == CatalogueTurn::State::Fresh ? 1U : 0U;
    if (turn.state != CatalogueTurn::State::Synced) continue;
    models += turn.found();
    ++providers;
  }
  const bool errors = std::any_of(turns.begin(), turns.end(), went_wrong);
  context_.out.line(dry_run_ ? (errors ? "Dry run completed with errors!" : "Dry run completed!")
                    : errors ? "Sync completed with errors!"
                             : "Sync completed successfully!");
  context_.out.line("Total: " + std::to_string(models) + " " + noun_ + (dry_run_ ? " would be synced" : " synced") + " across " +
                    counted(providers, "provider", "providers"));
  if (fresh > 0) context_.out.line(counted(fresh, "provider", "providers") + " skipped, asked not long ago; --force asks again");
}

void CatalogueLines::errors(const std::vector<CatalogueTurn>& turns) {
  if (std::none_of(turns.begin(), turns.end(), went_wrong)) return;
  context_.out.line("");
  context_.out.line("Errors encountered:");
  for (const CatalogueTurn& turn : turns) {
    if (went_wrong(turn))
      context_.out.line("- " + printable(turn.provider) + ": " + printable(turn.report.failure.value_or(reason_of(turn.report))));
  }
}

}  // namespace lockstep
