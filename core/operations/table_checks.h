// Table checks: what a run will meet in the table of a sync, said before it meets it. Nothing is written.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "operations/check_result.h"

namespace lockstep {

/// The sync's own table: missing columns, rights that the store's user lacks, no key, columns that a new row needs and nothing fills, a `modified.column` that is not there,
/// and ids that are empty, padded, or shared, exactly or but for letter case and blanks. Each names table, row and column. The sync has its
/// store. `missing` columns and keys come as one Bad result; a good table as one Good result with its number of rows.
std::vector<CheckResult> check_table(const Sync& sync, const Clock& clock, std::stop_token stop);

/// Tables that the mapping or the hooks name and that are not there. `made`: tables that `lockstep migrate` makes.
std::vector<CheckResult> check_named_tables(const Sync& sync, const std::string& hook_text, const std::set<std::string>& made);

/// Tables that a script asks for: `ctx.db:find("users", …)`.
std::set<std::string> tables_of_hook(const std::string& text);

}  // namespace lockstep
