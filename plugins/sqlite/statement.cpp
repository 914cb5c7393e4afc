#include "statement.h"

#include <cmath>

#include "common/text.h"
#include "errors.h"

namespace lockstep::sqlite {
namespace {

constexpr std::size_t kCachedStatements = 128;
constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;

[[noreturn]] void refuse(const Target& target, std::string_view value, std::string_view stored_as) {
  throw Error(ErrorKind::Rejected,
              "column \"" + std::string(target.column) + "\" would store the value " + ellipsize(printable(value), 40) + " as another " +
                  std::string(stored_as),
              "declare the column as TEXT, or map the field with the type that the column has");
}

bool is_json(const Target& target) { return target.known && target.declared == ColumnType::Json; }

}  // namespace

Statement::Statement(sqlite3* db, const Site& site, const std::string& text) : db_(db), site_(site) {
  const int code = sqlite3_prepare_v3(db, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  check(db, code, site, "preparing a statement");
  bound_.assign(static_cast<std::size_t>(sqlite3_bind_parameter_count(handle_)) + 1, false);
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::bind_owned(int index, const std::string& text) {
  sqlite3_bind_text64(handle_, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Statement::bind_text(int index, std::string_view text, const Target& target) {
  // A null pointer would be bound as NULL.
  const char* bytes = text.data() != nullptr ? text.data() : "";
  if (target.known && target.declared == ColumnType::Blob) {
    sqlite3_bind_blob64(handle_, index, bytes, text.size(), SQLITE_STATIC);
    return;
  }
  if (!text_survives(target.affinity, text)) refuse(target, text, "text");
  sqlite3_bind_text64(handle_, index, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

/// As it was stored: no conversion is looked for, for the cell has come through it before.
void Statement::bind_unreadable(int index, const Value& value, const Target& target) {
  const std::string_view bytes = value.as_view();
  const char* const data = bytes.data() != nullptr ? bytes.data() : "";
  const bool blob = value.storage() == Value::Storage::Blob || (target.known && target.declared == ColumnType::Blob);
  if (value.storage() == Value::Storage::Integer) {
    sqlite3_bind_int64(handle_, index, canonical_integer(bytes).value_or(0));
  } else if (value.storage() == Value::Storage::Real) {
    sqlite3_bind_double(handle_, index, spelled_real(bytes));
  } else if (blob) {
    sqlite3_bind_blob64(handle_, index, data, bytes.size(), SQLITE_STATIC);
  } else {
    sqlite3_bind_text64(handle_, index, data, bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
}

void Statement::bind(int index, const Value& value, const Target& target) {
  const auto slot = static_cast<std::size_t>(index);
  if (value.is_nothing()) {
    if (bound_[slot]) sqlite3_bind_null(handle_, index);
    bound_[slot] = false;
    return;
  }
  bound_[slot] = true;
  switch (value.tag()) {
    case Value::Tag::Absent:
    case Value::Tag::Null: break;
    case Value::Tag::Bool:
      if (is_json(target)) return bind_owned(index, value.as_bool() ? "true" : "false");
      sqlite3_bind_int64(handle_, index, value.as_integer());
      break;
    case Value::Tag::Int: {
      const std::int64_t number = value.as_integer();
      if (is_json(target)) return bind_owned(index, std::to_string(number));
      if (target.affinity == Affinity::Real && (number > kExactInDouble || number < -kExactInDouble)) {
        refuse(target, std::to_string(number), "number");
      }
      sqlite3_bind_int64(handle_, index, number);
      break;
    }
    case Value::Tag::Real:
      if (!std::isfinite(value.as_real())) refuse(target, shortest(value.as_real()), "number");
      // SQLite itself would spell it with 15 digits, which are not always enough.
      if (is_json(target) || target.affinity == Affinity::Text) return bind_owned(index, shortest(value.as_real()));
      sqlite3_bind_double(handle_, index, value.as_real());
      break;
    case Value::Tag::Number:
    case Value::Tag::Text:
    case Value::Tag::Json: bind_text(index, value.as_view(), target); break;
    case Value::Tag::Unreadable: bind_unreadable(index, value, target); break;
  }
}

bool Statement::step(std::string_view doing) {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  // Resetting clears the text of the error, so the error is made first.
  Error error = error_for(db_, sqlite3_extended_errcode(db_), site_, doing);
  sqlite3_reset(handle_);
  throw error;
}

void Statement::reset() { sqlite3_reset(handle_); }

void Statement::clear() {
  sqlite3_clear_bindings(handle_);
  bound_.assign(bound_.size(), false);
}

Statement& StatementCache::get(sqlite3* db, const Site& site, const std::string& text) {
  if (const auto found = statements_.find(text); found != statements_.end()) return *found->second;
  auto made = std::make_unique<Statement>(db, site, text);
  // Ever new texts (updates of ever other columns) must not pile up; what is hot is prepared again at once.
  if (statements_.size() >= kCachedStatements) statements_.clear();
  return *statements_.emplace(text, std::move(made)).first->second;
}

}  // namespace lockstep::sqlite
