// Lost columns: those that the application dropped and added again. What their cells hold, nobody has written there. And those that it gave
// another name, whose cells are what they were.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "data/json.h"
#include "mapping/mapping.h"

namespace lockstep {

/// `before`, `now`: Target::definition; `uniform`: LocalRows::uniform(). A column that was added again stands behind all that stayed,
/// whatever the database. So lost are mapped columns at the end that stood before others that stayed; where all stand as they did and the
/// definition is another one all the same, those at the end that hold the same in every row.
/// `varies`: LocalRows::varies(). Where it says so, somebody has moved what the cells held: it is agreed on as before.
std::vector<std::string> lost_columns(const Json& before, const Json& now, const std::vector<std::size_t>& uniform,
                                      const std::function<bool(std::size_t)>& varies, const Mapping& mapping);

/// What was agreed on about a column under its former name, by that name: the mapped columns that stand where one stood that is gone, while
/// no other has moved. A column with the same in every row may as well be new, and is none, unless its former name is in `contested` (in
/// lower case): there rows hold what nobody agreed on.
std::map<std::string, std::string> renamed_columns(const Json& before, const Json& now, const std::vector<std::size_t>& uniform,
                                                   const std::set<std::string>& contested, const Mapping& mapping);

}  // namespace lockstep
