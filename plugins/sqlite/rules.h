// Rules of a table that only SQLite itself can judge a row by, read off the statements that made them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/table.h"

namespace lockstep::sqlite {

/// "CHECK (…)" of each one in a CREATE TABLE statement, as it stands there.
std::vector<std::string> checks_in(std::string_view statement);

/// The trigger may raise at an insert or an update.
bool may_raise(std::string_view trigger);

/// Those of `columns` that the text of an expression names.
std::vector<std::string> named_in(std::string_view text, const std::vector<Column>& columns);

}  // namespace lockstep::sqlite
