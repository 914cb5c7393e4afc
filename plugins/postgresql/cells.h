// Cells: a value as the text that PostgreSQL reads, and the text that PostgreSQL writes as a value.
//
// PostgreSQL takes many spellings for one value ('on' for true, ' 007' for 7, '{A0EE…}' for a uuid) and answers its own. What would come
// back as another value than it was is refused before it is sent, so that a cell that is read equals the cell that was written.
#pragma once

#include <cstdint>
#include <string_view>

#include "data/arena.h"
#include "data/table.h"
#include "data/value.h"
#include "kinds.h"
#include "sql/cells.h"

namespace lockstep::postgresql {

/// Where a value goes to or comes from.
struct Target : sql::DeclaredColumn {
  Stored stored = {};
};

/// A parameter of a statement. Text ends with a NUL that `size` does not count; no data is null.
struct Spelled {
  const char* data = nullptr;
  int size = 0;
  bool binary = false;
};

/// Throws Error{Rejected} for a value that the column would not take, or would keep as another. The bytes are copied into `arena`.
Spelled spell(const Value& value, const Target& target, Arena& arena);

/// What a cell holds, by its declared type; copied into `arena`. `text`: PostgreSQL's own spelling.
Value cell(std::string_view text, const Target& target, Arena& arena);

}  // namespace lockstep::postgresql
