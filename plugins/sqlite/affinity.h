// Affinity: SQLite's habit of storing a value in another form than it was given, per column (https://www.sqlite.org/datatype3.html).
// Here stands what survives it, so that a cell read back equals the cell that was written, or is refused before it is bent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/table.h"

namespace lockstep::sqlite {

enum class Affinity : std::uint8_t { None, Text, Numeric, Integer, Real };

/// SQLite's own rules on the declared type.
Affinity affinity_of(std::string_view declared_type);
/// The type that a declared type means to people: "tinyint(1)" is boolean, "VARCHAR(36)" a key, "datetime" a timestamp.
ColumnType nearest_type(std::string_view declared_type);

/// True when a text, put into a column of this affinity and read as text, is the same text again.
bool text_survives(Affinity affinity, std::string_view text);
/// The integer that `text` is the canonical spelling of ("5", not "05").
std::optional<std::int64_t> canonical_integer(std::string_view text);
/// The double that `text` is the shortest spelling of.
std::optional<double> canonical_real(std::string_view text);
/// The double that shortest() spelled, infinite ones too.
double spelled_real(std::string_view text);
std::string shortest(double value);

}  // namespace lockstep::sqlite
