// Lost columns: those that the application dropped and added again. What their cells hold, nobody has written there.
#pragma once

#include <string>
#include <vector>

#include "data/json.h"
#include "mapping/mapping.h"

namespace lockstep {

/// `before`, `now`: Target::definition; `uniform`: LocalRows::uniform(). A column that was added again stands behind all that stayed,
/// whatever the database. So lost are mapped columns at the end that stood before others that stayed; where all stand as they did and the
/// definition is another one all the same, those at the end that hold the same in every row.
std::vector<std::string> lost_columns(const Json& before, const Json& now, const std::vector<std::size_t>& uniform, const Mapping& mapping);

}  // namespace lockstep
