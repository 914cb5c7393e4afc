#include "sql/cells.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "common/error.h"
#include "common/text.h"
#include "sql/spellings.h"

namespace lockstep::sql {
namespace {

constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;
constexpr std::int64_t kExactInFloat = std::int64_t{1} << 24;

std::string shown(std::string_view value) { return ellipsize(printable(value), 40); }

std::string digits_of(int count) { return counted(static_cast<std::uint64_t>(count), "digit", "digits"); }

}  // namespace

DeclaredColumn declared_column(const Table& table, std::string_view column) {
  DeclaredColumn out{column};
  if (column.empty()) return out;
  const auto declared = std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& each) { return each.name == column; });
  if (declared != table.columns.end()) {
    out.declared = declared->type;
    out.known = true;
  }
  return out;
}

void refuse(const DeclaredColumn& target, std::string_view why, const std::string& remedy) {
  throw Error(ErrorKind::Rejected, "column \"" + std::string(target.column) + "\" " + std::string(why), remedy);
}

void refuse_value(const DeclaredColumn& target, std::string_view value, std::string_view what) {
  refuse(target, "would store the value " + shown(value) + " as another " + std::string(what),
         "declare the column as text, or map the field with the type that the column has");
}

void need_uuid(const DeclaredColumn& target, std::string_view text) {
  if (is_uuid(text)) return;
  refuse(target, "is a uuid, and would not keep the text " + shown(text) + " as it is",
         "declare the column as text, or give it uuids in small letters");
}

void need_date(const DeclaredColumn& target, std::string_view text) {
  if (text.size() != 10 || !parse_time(text)) refuse(target, "is a date, and " + shown(text) + " is none");
}

void need_length(const DeclaredColumn& target, std::string_view text, std::size_t most, bool padded) {
  if (most > 0 && text.size() > most && characters(text) > most) {
    refuse(target, "takes " + std::to_string(most) + " characters, and the text has " + std::to_string(characters(text)),
           "make the column wider");
  }
  if (padded && text.ends_with(' ')) refuse_value(target, text, "text: a char column keeps no blank at the end");
}

void need_scale(const DeclaredColumn& target, std::string_view number, int scale) {
  if (digits_behind_point(number) <= scale) return;
  refuse(target, "keeps " + digits_of(scale) + " behind the point, and would round the value " + shown(number),
         "give the column more digits");
}

Micros need_time(const DeclaredColumn& target, std::string_view text, int digits, std::string_view type) {
  const std::optional<Micros> read = parse_time(text);
  if (!read) refuse(target, "is a time, and " + shown(text) + " is none");
  if (finer_than(*read, digits) || finer_than_microseconds(text)) {
    refuse(target, "keeps " + digits_of(digits) + " of fractions of a second, and would change " + std::string(text),
           "give the column more digits: " + std::string(type) + " keeps milliseconds");
  }
  return *read;
}

double need_real(const DeclaredColumn& target, std::string_view number, bool narrow) {
  const auto value = whole_number<double>(number);
  if (!value || !std::isfinite(*value) || !keeps_number(number, *value, narrow)) refuse_value(target, number, "number");
  return *value;
}

double need_real_text(const DeclaredColumn& target, std::string_view text, bool narrow) {
  const auto value = canonical_real(text);
  if (!value || (narrow && shortest(static_cast<float>(*value)) != text)) refuse_value(target, text, "text");
  return *value;
}

void need_exact(const DeclaredColumn& target, std::int64_t value, bool narrow) {
  const std::int64_t most = narrow ? kExactInFloat : kExactInDouble;
  if (value > most || value < -most) refuse_value(target, std::to_string(value), "number");
}

bool is_whole(double value) { return std::trunc(value) == value && std::abs(value) < 9223372036854775808.0; }

Value integer_value(std::int64_t value, const DeclaredColumn& target, Arena& arena) {
  if (target.declared_text()) return Value::text(arena.copy(std::to_string(value)));
  if (!target.known) return Value::integer(value);
  if (target.declared == ColumnType::Json) return Value::json(arena.copy(std::to_string(value)));
  if (target.declared == ColumnType::Boolean && (value == 0 || value == 1)) return Value::boolean(value == 1);
  const bool exact = value <= kExactInDouble && value >= -kExactInDouble;
  if (target.declared == ColumnType::Real && exact) return Value::real(static_cast<double>(value));
  return Value::integer(value);
}

Value number_value(std::string_view text, bool binary, const DeclaredColumn& target, Arena& arena) {
  const auto value = whole_number<double>(text);
  if (!value || !std::isfinite(*value)) return Value::unreadable(Value::Storage::Real, arena.copy(text));
  if (target.declared_text()) return Value::text(arena.copy(text));
  if (target.known && target.declared == ColumnType::Json) return Value::json(arena.copy(text));
  if (target.known && (target.declared == ColumnType::Integer || target.declared == ColumnType::Boolean)) {
    const bool whole = std::trunc(*value) == *value && std::abs(*value) < static_cast<double>(kExactInDouble);
    if (whole && target.declared == ColumnType::Integer) return Value::integer(static_cast<std::int64_t>(*value));
    if (const auto integer = canonical_integer(text)) return Value::integer(*integer);
  }
  const auto digits = std::count_if(text.begin(), text.end(), is_digit);
  return binary || digits <= 15 || shortest(*value) == text ? Value::real(*value) : Value::number(arena.copy(text));
}

Value text_value(std::string_view text, const DeclaredColumn& target) {
  if (target.known) {
    switch (target.declared) {
      case ColumnType::Integer:
        if (const auto value = canonical_integer(text)) return Value::integer(*value);
        break;
      case ColumnType::Real:
        if (const auto value = canonical_real(text)) return Value::real(*value);
        break;
      case ColumnType::Boolean:
        if (text == "0" || text == "1") return Value::boolean(text == "1");
        break;
      case ColumnType::Json: return Value::json(text);
      default: break;
    }
  }
  return Value::text(text);
}

Value bytes_value(std::string_view bytes, const DeclaredColumn& target) {
  const bool expected = !target.known || target.declared == ColumnType::Blob;
  return expected ? Value::text(bytes) : Value::unreadable(Value::Storage::Blob, bytes);
}

Value boolean_value(bool value, const DeclaredColumn& target, std::string_view text) {
  if (target.known) {
    switch (target.declared) {
      case ColumnType::Integer: return Value::integer(value ? 1 : 0);
      case ColumnType::Real: return Value::real(value ? 1 : 0);
      case ColumnType::Key:
      case ColumnType::Text: return Value::text(text);
      case ColumnType::Json: return Value::json(text);
      default: break;
    }
  }
  return Value::boolean(value);
}

}  // namespace lockstep::sql
