// Lost columns: those that the application dropped and added again. What their cells hold, nobody has written there. And those that it gave
// another name, whose cells are what they were.
#pragma once

#include <functional>
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

/// Since `before`, this column may have been dropped and made anew: it is not there, it stands behind others that it stood before, or the
/// definition is another one and nothing that stayed stands behind it.
bool may_be_made_anew(const Json& before, const Json& now, const std::string& column);

/// A mapped column that stands where one stood that is gone, while no other has moved.
struct ColumnInPlace {
  std::string former;  ///< in lower case
  std::size_t ordinal;
  bool amid;  ///< one that stayed stands behind it: it is no other that was added there

  friend bool operator==(const ColumnInPlace&, const ColumnInPlace&) = default;
};
std::vector<ColumnInPlace> columns_in_place(const Json& before, const Json& now, const Mapping& mapping);

}  // namespace lockstep
