#include "engine/passes/run.h"

#include "engine/sides/fault.h"

namespace lockstep {

SyncReport Run::execute() {
  const SteadyTime begun = context_.clock.steady();
  SyncReport& report = context_.report;
  try {
    context_.observer.started(context_.sync, context_.options);
    if (context_.undoing()) {
      roll_back();
    } else {
      bring_together();
    }
    closing_.close();
  } catch (const std::exception&) {
    closing_.fail(current_fault());
  }
  report.get = context_.meter.get;
  report.post = context_.meter.post;
  report.patch = context_.meter.patch;
  report.duration = std::chrono::duration_cast<Millis>(context_.clock.steady() - begun);
  return std::move(report);
}

void Run::bring_together() {
  context_.observer.pass(RunPass::Ask);
  // What another run wrote while a list is awaited would be news to it. A first run that cannot reach the API makes no tables.
  if (!context_.options.dry_run && context_.state.ready()) opening_.take_lease();
  listing_.start_reading();
  context_.observer.pass(RunPass::Open);
  opening_.take_lease();
  opening_.know_state();
  context_.observer.pass(RunPass::Scan);
  scanning_.scan_local_rows();
  listing_.know_rows();
  context_.observer.pass(RunPass::Read);
  listing_.read_remote();
  context_.observer.pass(RunPass::Missing);
  absence_.conclude_missing();
  change_guards_.check_guards();
  context_.observer.pass(RunPass::Apply);
  applying_.apply_waiting();
  context_.observer.pass(RunPass::Close);
  open_work_.close_left_intents();
  absence_.remember_scope();
  account_check_.remember_accounts();
  conflicts_.close_conflicts_of_the_gone();
  conflicts_.count_awaiting();
  closing_.close_rejections_of_the_gone();
}

void Run::roll_back() {
  context_.observer.pass(RunPass::RollBack);
  opening_.take_lease();
  opening_.know_state();
  columns_.compare_columns_of_rows();
  undoing_.read_journal();
  undoing_.look_at_all();
  change_guards_.check_guards();
  applying_.apply_waiting();
  context_.observer.pass(RunPass::Close);
  undoing_.report_left();
}

}  // namespace lockstep
