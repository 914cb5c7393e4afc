// Cells: a value as a parameter that the server takes, and a cell of an answer as a value.
//
// The servers take many spellings for one value ('007' for 7, 'GLAD' and '2' for a member of an enum) and bend what does not fit (a third
// digit of a second, a blank at the end). What would come back as another value than it was is refused before it is sent, so that a cell that
// is read equals the cell that was written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/arena.h"
#include "data/table.h"
#include "data/value.h"
#include "kinds.h"
#include "sql/cells.h"

namespace lockstep::mysql {

/// Where a value goes to or comes from.
struct Target : sql::DeclaredColumn {
  Stored stored = {};
  bool nullable = true;
  bool there = false;                                 ///< `stored` is known
  const std::vector<std::string>* members = nullptr;  ///< of an enum or a set
};

/// A parameter of a statement, in the form in which it travels.
struct Spelled {
  enum class As : std::uint8_t { Null, Integer, Unsigned, Real, Decimal, Text, Bytes };
  As as = As::Null;
  std::int64_t integer = 0;  ///< the bits of an Unsigned one
  double real = 0;
  std::string_view bytes = {};
};

/// A cell as the client library gives it.
struct Cell {
  enum class Is : std::uint8_t { Null, Integer, Unsigned, Real, Bytes };
  Is is = Is::Null;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view bytes = {};  ///< times as "2026-11-21 02:24:23.000000"
};

/// Throws Error{Rejected} for a value that the column would not take, or would keep as another. Bytes are borrowed from the value or copied
/// into `arena`.
Spelled spell(const Value& value, const Target& target, Arena& arena);

/// What a cell holds, by its declared type; views are of `cell` or in `arena`.
Value value_of(const Cell& cell, const Target& target, Arena& arena);

}  // namespace lockstep::mysql
