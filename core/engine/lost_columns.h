// Lost columns: those that the application dropped and added again. Their cells are empty, and nobody has emptied them.
#pragma once

#include <string>
#include <vector>

#include "data/json.h"
#include "mapping/mapping.h"

namespace lockstep {

/// `before`, `now`: Target::definition; `blank`: LocalRows::blank(). A column that was added again stands behind all that stayed, whatever
/// the database: so one that is blank counts where the definition has changed and only new columns and other such ones stand behind it.
std::vector<std::string> lost_columns(const Json& before, const Json& now, const std::vector<std::size_t>& blank, const Mapping& mapping);

}  // namespace lockstep
