// Kinds: what PostgreSQL's types do to a value.
#pragma once

#include <cstdint>
#include <string_view>

#include "data/table.h"

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

}  // namespace lockstep::postgresql
