#include <algorithm>

#include "cli/print/lines.h"
#include "common/text.h"
#include "operations/status.h"

namespace lockstep {
namespace {

using operations::SyncStatus;

constexpr std::size_t kErrorsShown = 5;

std::string shown(const std::optional<std::uint64_t>& count) { return count ? std::to_string(*count) : "unknown"; }

std::string ago(Micros time, Micros now) { return time == 0 ? "never" : shown_time(time) + " (" + format_ago(time, now) + ")"; }

void print_status(Context& context, const SyncStatus& status) {
  const Palette palette = Palette::of(context.color);
  std::string verdict = std::string(palette.dim) + "Unknown" + std::string(palette.reset);
  if (status.known) {
    verdict = status.in_sync() ? std::string(palette.good) + "In Sync ✓" : std::string(palette.warn) + "Out of Sync ⚠";
    verdict += palette.reset;
  }
  context.out.line(printable(status.name) + ": " + verdict);
  std::vector<std::vector<std::string>> rows{{"  In " + status.nouns.provider, shown(status.remote)},
                                             {"  In local database", shown(status.local)}};
  const auto differs = [&](std::string what, const std::optional<std::uint64_t>& count) {
    if (!count || *count > 0) rows.push_back({"  " + std::move(what), shown(count)});
  };
  differs("Only in " + status.nouns.provider, status.only_remote);
  differs("Only in local database", status.only_local);
  differs("An import would write", status.pending_import);
  differs("An export would write", status.pending_export);
  differs("Conflicts", status.conflicts);
  differs("Rejected", status.rejected);
  differs("Not taken by " + status.nouns.provider, status.not_taken);
  differs("Not held by the database", status.unread);
  rows.push_back({"  Last run", ago(status.last_run, context.clock.now())});
  rows.push_back({"  Last checked", ago(status.checked_at, context.clock.now())});
  if (context.verbosity > 0 && !status.unmapped_keys.empty())
    rows.push_back({"  Remote keys without a column", printable(join(status.unmapped_keys, ", "))});
  if (!status.failure.empty()) rows.push_back({"  Problem", printable(status.failure)});
  for (std::size_t i = 0; i < std::min(status.errors.size(), kErrorsShown); ++i) rows.push_back({"  Problem", printable(status.errors[i])});
  if (status.errors.size() > kErrorsShown)
    rows.push_back({"", std::to_string(status.errors.size() - kErrorsShown) + " more, see: lockstep plan " + status.name + " --mode full"});
  context.out.lines(align(rows));
}

}  // namespace

void print_lines(Context& context, const operations::StatusOutcome& outcome) {
  for (const SyncStatus& status : outcome.syncs) print_status(context, status);
}

}  // namespace lockstep
