// Kinds: what the types of MariaDB and MySQL do to a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/table.h"

namespace lockstep::mysql {

/// What a column's type does to a value.
enum class Kind : std::uint8_t {
  Text,     ///< varchar with `detail` characters at most (0: as many as there is room for)
  Padded,   ///< char(detail): no blanks at the end
  Limited,  ///< tinytext, text and mediumtext, with `detail` bytes at most (0: as many as there is room for)
  Enum,     ///< `detail`: number of the type's text, which lists the members
  Set,
  Integer,  ///< of `detail` bytes
  Boolean,  ///< tinyint(1): an integer of one byte
  Bit,      ///< of `detail` bits
  Year,
  Real,        ///< of `detail` bytes; with `scale` digits behind the point, where that is told
  Decimal,     ///< with `scale` digits behind the point
  Json,        ///< kept as it was written, and looked at by json_valid()
  JsonBinary,  ///< MySQL's own: the same document in its own spelling
  Instant,     ///< timestamp, with `detail` digits of fractions of a second
  Clock,       ///< datetime without a zone, which is taken for UTC
  Date,
  Time,
  Uuid,
  Bytes,       ///< with `detail` bytes at most (0: as many as there is room for)
  FixedBytes,  ///< binary(detail): filled up with NULs
  Named,       ///< everything else by its text: inet6, points …
};

/// A kind and its details, as ColumnFacts::storage keeps them.
struct Stored {
  static constexpr int kNoScale = 63;

  Kind kind = Kind::Named;
  bool is_unsigned = false;
  bool exact = false;  ///< a text that equals only the same bytes
  int scale = kNoScale;
  int detail = 0;

  int pack() const;
  static Stored unpack(int storage);
};

/// A row of information_schema.COLUMNS.
struct ColumnRow {
  std::string data_type = {};    ///< "varchar"
  std::string column_type = {};  ///< "varchar(255)", "int(10) unsigned"
  std::optional<int> characters = {}, scale = {}, digits = {};
  std::string collation = {};
  bool json = false;    ///< looked at by json_valid()
  int type_number = 0;  ///< of `column_type` among those that have been seen
};

Stored stored_as(const ColumnRow& row);
/// What the type means to people.
ColumnType nearest_type(const Stored& stored, std::string_view data_type);

}  // namespace lockstep::mysql
