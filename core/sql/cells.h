// Cells: what every server makes of a value by the column that it goes to or comes from, whatever travels on the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/time.h"
#include "data/arena.h"
#include "data/table.h"
#include "data/value.h"

namespace lockstep::sql {

/// A column as its table declares it.
struct DeclaredColumn {
  std::string_view column = {};  ///< empty: no column, as in LIMIT
  ColumnType declared = ColumnType::Text;
  bool known = false;  ///< `declared` is known

  bool declared_text() const { return known && (declared == ColumnType::Text || declared == ColumnType::Key); }
};

DeclaredColumn declared_column(const Table& table, std::string_view column);

/// Values in: each throws Error{Rejected} for what the column would not take, or would keep as another value.
[[noreturn]] void refuse(const DeclaredColumn& target, std::string_view why, const std::string& remedy = {});
/// `what` would be another one: "number", "text".
[[noreturn]] void refuse_value(const DeclaredColumn& target, std::string_view value, std::string_view what);
/// Servers answer a uuid in small letters.
void need_uuid(const DeclaredColumn& target, std::string_view text);
void need_date(const DeclaredColumn& target, std::string_view text);
/// `most`: in characters; 0: as many as there is room for. `padded`: the column fills up with blanks, and keeps none at the end.
void need_length(const DeclaredColumn& target, std::string_view text, std::size_t most, bool padded);
/// `scale`: digits that the column keeps behind the point.
void need_scale(const DeclaredColumn& target, std::string_view number, int scale);
/// `digits`: of fractions of a second that the column keeps; `type`: one that keeps milliseconds.
Micros need_time(const DeclaredColumn& target, std::string_view text, int digits, std::string_view type);
/// The number that a binary one of 8 bytes, or of 4 where it is `narrow`, keeps as it is spelled.
double need_real(const DeclaredColumn& target, std::string_view number, bool narrow);
/// The same of a text, which must be as the server would spell the number.
double need_real_text(const DeclaredColumn& target, std::string_view text, bool narrow);
/// Up to 2^53, or 2^24 where it is `narrow`, a binary number keeps every integer.
void need_exact(const DeclaredColumn& target, std::int64_t value, bool narrow);
/// True for a number without a fraction that fits into 64 bits.
bool is_whole(double value);

/// Values out: by the declared type, where that can hold what the cell does.
Value integer_value(std::int64_t value, const DeclaredColumn& target, Arena& arena);
/// A double where that is the same number, else the number as it is spelled. `binary`: the cell is of 4 or 8 bytes, and no decimal number.
Value number_value(std::string_view text, bool binary, const DeclaredColumn& target, Arena& arena);
/// `text` is borrowed.
Value text_value(std::string_view text, const DeclaredColumn& target);
/// `bytes` are borrowed.
Value bytes_value(std::string_view bytes, const DeclaredColumn& target);
/// `text`: how a text and a JSON document say it; it outlives the value.
Value boolean_value(bool value, const DeclaredColumn& target, std::string_view text);

}  // namespace lockstep::sql
