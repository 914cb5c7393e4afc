#include "dialect.h"

#include "common/error.h"
#include "common/text.h"
#include "kinds.h"
#include "sql/connection.h"

namespace lockstep::mysql {
namespace {

constexpr std::size_t kMostCharacters = 64;

/// The first name of a list that quote() wrote.
std::string_view first_quoted(std::string_view list) {
  std::size_t end = 1;
  while (end < list.size() && (list[end] != '`' || list.substr(end, 2) == "``")) end += list[end] == '`' ? 2 : 1;
  return list.substr(0, end + 1);
}

/// ASCII letters alone without their case, everything else as its bytes: geostd8 is a character set of single bytes that has no other case.
std::string folded(std::string_view text) {
  return "CAST(LOWER(CONVERT(CAST(CONVERT(" + std::string(text) + " USING utf8mb4) AS BINARY) USING geostd8)) AS BINARY)";
}

bool is_long(Kind kind, int detail) {
  return kind == Kind::Limited || kind == Kind::Json || (kind == Kind::Text && detail == 0) || (kind == Kind::Bytes && detail == 0);
}

}  // namespace

std::string MysqlDialect::quote(std::string_view name) const {
  if (name.empty()) throw Error(ErrorKind::Invalid, "a table or column has an empty name");
  const auto refuse = [&](std::string_view why) {
    throw Error(ErrorKind::Invalid, "the name " + in_quotes(name) + " " + std::string(why), "choose another one");
  };
  if (name.find('\0') != std::string_view::npos) refuse("has a NUL character, which MySQL does not take");
  if (name.ends_with(' ')) refuse("has a blank at its end, which MySQL does not take");
  for (const char byte : name) {
    if (static_cast<unsigned char>(byte) >= 0xf0) refuse("has a character beyond U+FFFF, which MySQL does not take in a name");
  }
  if (is_utf8(name) && utf8_length(name) > kMostCharacters) {
    refuse("has " + std::to_string(utf8_length(name)) + " characters, and MySQL takes 64");
  }
  return "`" + replace_all(std::string(name), "`", "``") + "`";
}

std::string MysqlDialect::quote_table(std::string_view name) const {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return quote(name);
  return quote(name.substr(0, dot)) + "." + quote(name.substr(dot + 1));
}

// Texts equal only the same bytes, and are ordered by them, whatever the database's own collation is. longtext, and not json, for it keeps a
// document as it was written, at any depth; both servers' JSON functions read it.
std::string_view MysqlDialect::column_type(ColumnType type) const {
  switch (type) {
    case ColumnType::Key:
      return maria_ ? "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
                    : "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin";
    case ColumnType::Json:
    case ColumnType::Text: break;
    case ColumnType::Integer: return "bigint";
    case ColumnType::Real: return "double";
    case ColumnType::Boolean: return "tinyint(1)";
    case ColumnType::Timestamp: return "datetime(6)";
    case ColumnType::Blob: return "longblob";
  }
  return maria_ ? "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin" : "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin";
}

// The first characters of a long text are enough to find it by. That it is unique must be looked at in full: MariaDB does, MySQL refuses.
std::string MysqlDialect::indexed(std::string_view column, ColumnType declared, const sql::ColumnFacts* stored, bool unique) const {
  constexpr const char* kPrefix = "(191)";
  const Stored type = stored == nullptr ? Stored() : Stored::unpack(stored->storage);
  const bool will_be_long = declared == ColumnType::Text || declared == ColumnType::Json || declared == ColumnType::Blob;
  return quote(column) + (!unique && (stored == nullptr ? will_be_long : is_long(type.kind, type.detail)) ? kPrefix : "");
}

// A foreign key is taken only between columns of one type.
bool MysqlDialect::can_reference(ColumnType declared, const sql::ColumnFacts& target) const {
  const Stored type = Stored::unpack(target.storage);
  if (declared == ColumnType::Integer) return type.kind == Kind::Integer && type.detail == 8 && !type.is_unsigned;
  return declared == ColumnType::Key && type.kind == Kind::Text && type.exact;
}

bool MysqlDialect::same_name(std::string_view a, std::string_view b) const { return lockstep::equal_ignore_case(a, b); }

// Numbers have one meaning for many spellings, and are compared as what they are; times by the text that the column answers, for a date that
// is none ("0000-00-00") must be found too, and MySQL refuses to compare it; texts by their bytes in one character set, for the column's own collation takes different texts
// for the same.
std::string MysqlDialect::identical(std::string_view column, std::string_view placeholder, const sql::ColumnFacts* stored) const {
  std::string out(column);
  switch (stored == nullptr ? Kind::Named : Stored::unpack(stored->storage).kind) {
    case Kind::Integer:
    case Kind::Boolean:
    case Kind::Bit:
    case Kind::Year:
    case Kind::Real:
    case Kind::Decimal:
    case Kind::Bytes:
    case Kind::FixedBytes: break;
    case Kind::Instant:
    case Kind::Clock:
    case Kind::Date:
    case Kind::Time:
    case Kind::Uuid:
    case Kind::Named: out = "CAST(" + out + " AS CHAR)"; break;
    case Kind::Text:
    case Kind::Padded:
    case Kind::Limited:
    case Kind::Enum:
    case Kind::Set:
    case Kind::Json:
    case Kind::JsonBinary: out = "CAST(CONVERT(" + out + " USING utf8mb4) AS BINARY)"; break;
  }
  return out += " <=> " + std::string(placeholder);
}

std::string MysqlDialect::equal_ignore_case(std::string_view column, std::string_view placeholder) const {
  return folded(column) + " = " + folded(placeholder);
}

// It fires for any unique key. A row that has another primary key must not be written over: then the subquery of two rows is an error.
std::string MysqlDialect::on_conflict_update(std::string_view quoted_key, std::string_view assignments) const {
  const std::string key(first_quoted(quoted_key));
  const std::string same = key + " = IF(" + key + " <=> " + proposed(key) + ", " + key + ", (SELECT 1 UNION ALL SELECT 2))";
  return "ON DUPLICATE KEY UPDATE " + same + (assignments.empty() ? "" : ", " + std::string(assignments));
}

// MariaDB does not know MySQL's newer spelling.
std::string MysqlDialect::proposed(std::string_view quoted_column) const { return "VALUES(" + std::string(quoted_column) + ")"; }

}  // namespace lockstep::mysql
