#include "cli/print/lines.h"
#include "common/text.h"
#include "operations/apply.h"

namespace lockstep {
namespace {

constexpr std::size_t kNamedAtMost = 10;

std::string where_moved(const Nouns& nouns, const Moved& moved) {
  if (moved.here && moved.there) return "on both sides";
  if (moved.here) return "in the database";
  if (moved.there) return "in " + nouns.provider;
  return "in what decides about it";
}

std::string line_of(const operations::MovedRecord& record) {
  const Moved& moved = record.moved;
  if (moved.remote_id.empty() && moved.local_key.empty()) return record.nouns.many + " that were up to date have been synced anew";
  const std::string id =
      moved.remote_id.empty() ? " (row " + printable(moved.local_key) + ")" : " (ID: " + printable(moved.remote_id) + ")";
  return record.nouns.one + " " + printable(moved.label) + id + " has changed " + where_moved(record.nouns, moved);
}

}  // namespace

/// Of a stale plan, on standard error, also where people want it quiet; the lines of a run were printed while it went on.
void print_lines(Context& context, const operations::ApplyOutcome& outcome) {
  if (outcome.moved.empty()) return;
  context.out.flush();
  context.diagnostics.line("Error: " + printable(outcome.message));
  for (std::size_t i = 0; i < outcome.moved.size() && i < kNamedAtMost; ++i) context.diagnostics.line("  " + line_of(outcome.moved[i]));
  if (outcome.moved.size() > kNamedAtMost)
    context.diagnostics.line("  and " + std::to_string(outcome.moved.size() - kNamedAtMost) + " more");
  context.diagnostics.line("  " + outcome.hint);
}

}  // namespace lockstep
