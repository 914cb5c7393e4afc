#include "engine/passes/closing.h"

#include <utility>

#include "common/log.h"
#include "engine/passes/member_names.h"
#include "engine/write/dry_writer.h"
#include "sdk/repeating.h"

namespace lockstep {

Closing::Closing(RunContext& run, MemberNames& member_names) : Pass(run), member_names_(member_names) {}

void Closing::close_rejections_of_the_gone() {
  if (!whole()) return;
  for (const LocalRow& row : locals_.rows()) rejections_.met({}, row.key);
  for (const RejectedEntry& entry : rejections_.unmet()) writer_->close_rejection(entry);
}

void Closing::close() {
  if (options_.dry_run) return;
  RunEntry outcome = run_;
  outcome.finished_at = clock_.now();
  outcome.exit = report_.exit_code();
  const auto count = [&](std::string_view name, std::uint64_t value) { outcome.report[name] = Json(static_cast<std::int64_t>(value)); };
  for (const Counter& each : kCounters) {
    if (each.kept) count(each.name, report_.*each.member);
  }
  if (options_.undone()) {
    count("skipped", report_.skipped.size());
    count("created_left", report_.created_left.size());
  }
  if (options_.summarise && report_.remote && !report_.failure) outcome.report["statistics"] = options_.summarise(*sync_.store);
  if (report_.failure) outcome.report["failure"] = Json(redact(*report_.failure));
  SyncEntry entry = entry_;
  member_names_.remember_names(entry);
  entry.address = sync_.resource->address;
  if (whole() && report_.remote && !report_.failure) {
    entry.checked_at = clock_.now();
    entry.remote_count = static_cast<std::int64_t>(*report_.remote);
    entry.local_count = static_cast<std::int64_t>(locals_.count() + report_.created_local);
  }
  writer_->finish(std::move(outcome), entry);
}

void Closing::fail(const Error& failure) {
  report_.interrupted = failure.kind() == ErrorKind::Interrupted;
  report_.failure = failure.message();
  report_.failure_hint = failure.hint();
  report_.failure_code = to_string(failure.kind());
  writer_->fall_back(failure.kind() == ErrorKind::Storage || may_be_repeated(failure));
  // Another holds the lease: not even the end of the run is ours to write.
  if (failure.kind() == ErrorKind::Conflict) writer_ = std::make_unique<DryWriter>();
  keep_what_is_done();
}

/// What was complete before the failure stays, and the run's entry says how it ended.
void Closing::keep_what_is_done() {
  try {
    close();
  } catch (const std::exception& failure) {
    log::warning("the end of the run could not be recorded", {{"reason", std::string(failure.what())}});
  }
}

}  // namespace lockstep
