// Plan view: a plan as it reads on a terminal.
#pragma once

#include <string>
#include <vector>

#include "cli/print/output.h"
#include "operations/plan_file.h"

namespace lockstep {

/// Everything that a run would do, field by field, with what awaits a decision and what is not known; the last line counts both sides.
std::vector<std::string> show_plan(const PlanSubject& sync, Mode mode, const SyncReport& report, const Palette& palette);
/// "Plan: 2 to create, 1 to update, 0 to recreate in Vapi; 5 unchanged, 0 errors; nothing was written".
std::string plan_totals(const PlanSubject& sync, Mode mode, const SyncReport& report);

}  // namespace lockstep
