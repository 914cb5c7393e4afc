// Lines: outcomes as people read them on a terminal. One function for each kind of outcome, found by its type (answer.h).
#pragma once

#include "cli/context.h"

namespace lockstep {

namespace operations {
struct AdoptOutcome;
struct ApplyOutcome;
struct CheckOutcome;
struct ConflictsOutcome;
struct ForgetOutcome;
struct HistoryOutcome;
struct MigratedStore;
struct ModelsDueOutcome;
struct ModelsExplainOutcome;
struct ModelsHistoryOutcome;
struct ModelsOutcome;
struct ModelsStatisticsOutcome;
struct PlanOutcome;
struct PluginsOutcome;
struct RejectedOutcome;
struct ResolveOutcome;
struct RollbackOutcome;
struct StatusOutcome;
struct Undone;
}  // namespace operations

void print_lines(Context& context, const operations::AdoptOutcome& outcome);
void print_lines(Context& context, const operations::ApplyOutcome& outcome);
void print_lines(Context& context, const operations::CheckOutcome& outcome);
void print_lines(Context& context, const operations::ConflictsOutcome& outcome);
void print_lines(Context& context, const operations::ForgetOutcome& outcome);
void print_lines(Context& context, const operations::HistoryOutcome& outcome);
void print_lines(Context& context, const operations::MigratedStore& migrated);
void print_lines(Context& context, const operations::ModelsDueOutcome& outcome);
void print_lines(Context& context, const operations::ModelsExplainOutcome& outcome);
void print_lines(Context& context, const operations::ModelsHistoryOutcome& outcome);
void print_lines(Context& context, const operations::ModelsOutcome& outcome);
void print_lines(Context& context, const operations::ModelsStatisticsOutcome& outcome);
void print_lines(Context& context, const operations::PlanOutcome& outcome);
void print_lines(Context& context, const operations::PluginsOutcome& outcome);
void print_lines(Context& context, const operations::RejectedOutcome& outcome);
void print_lines(Context& context, const operations::ResolveOutcome& outcome);
void print_lines(Context& context, const operations::RollbackOutcome& outcome);
void print_lines(Context& context, const operations::Undone& undone);
void print_lines(Context& context, const operations::StatusOutcome& outcome);

}  // namespace lockstep
