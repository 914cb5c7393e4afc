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

namespace lockstep::postgresql {

/// What a column's type does to a value.
enum class Kind : std::uint8_t {
  Text,     ///< text, and varchar with `detail` characters at most (0: any number)
  Padded,   ///< char(detail)
  Integer,  ///< of `detail` bytes
  Real,     ///< of `detail` bytes
  Numeric,  ///< with `detail` - 1 digits behind the point (0: any number)
  Boolean,
  Json,        ///< json: kept as it was written
  JsonBinary,  ///< jsonb: the same document in its own spelling
  Instant,     ///< timestamptz, with `detail` digits of fractions of a second
  Clock,       ///< timestamp without a zone, which is taken for UTC
  Date,
  Uuid,
  Bytes,
  Array,
  Named,  ///< everything else by its text: enum, citext, inet, ranges …
};

/// A kind and its detail, as ColumnFacts::storage keeps them.
struct Stored {
  Kind kind = Kind::Named;
  int detail = 0;

  int pack() const { return static_cast<int>(kind) | detail << 4; }
  static Stored unpack(int storage) { return {static_cast<Kind>(storage & 15), storage >> 4}; }
};

/// By pg_type.typname, typtype and typcategory of the base type, and atttypmod.
Stored stored_as(std::string_view name, std::string_view type_kind, std::string_view category, int modifier);
/// What the type means to people.
ColumnType nearest_type(const Stored& stored, std::string_view name);
/// True when `=` compares values and not spellings.
bool compares_by_value(Kind kind);

/// Where a value goes to or comes from.
struct Target {
  std::string_view column;  ///< empty: no column, as in LIMIT
  Stored stored;
  ColumnType declared = ColumnType::Text;
  bool known = false;  ///< `declared` is known
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
