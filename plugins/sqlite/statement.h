// Statement: one prepared sqlite3 statement, bound by a value's tag, and the cache that keeps the hot ones.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "affinity.h"
#include "data/value.h"
#include "site.h"

namespace lockstep::sqlite {

/// Where a parameter goes: what the caller declared, what the database does to it.
struct Target {
  ColumnType declared = ColumnType::Text;
  bool known = false;  ///< `declared` is known
  Affinity affinity = Affinity::None;
  std::string_view column;
};

class Statement {
 public:
  /// Throws Error.
  Statement(sqlite3* db, const Site& site, const std::string& text);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds parameter `index` (from 1). Views stay borrowed until the next bind or clear(). Throws Error{Rejected} for a value that the
  /// column would store as another one.
  void bind(int index, const Value& value, const Target& target);
  /// True when there is a row. Throws Error; the statement is then reset.
  bool step(std::string_view doing);
  void reset();
  /// Forgets the bound values, so that nothing borrowed outlives its owner.
  void clear();
  sqlite3_stmt* handle() const { return handle_; }

 private:
  void bind_text(int index, std::string_view text, const Target& target);
  void bind_unreadable(int index, const Value& value, const Target& target);
  void bind_owned(int index, const std::string& text);

  sqlite3* db_;
  const Site& site_;
  sqlite3_stmt* handle_ = nullptr;
  std::vector<bool> bound_;  ///< parameters that are not null, so that most nulls cost nothing
};

/// Resets and clears at the end of a scope.
class StatementUse {
 public:
  explicit StatementUse(Statement& statement) : statement_(statement) {}
  ~StatementUse() {
    statement_.reset();
    statement_.clear();
  }
  StatementUse(const StatementUse&) = delete;
  StatementUse& operator=(const StatementUse&) = delete;

 private:
  Statement& statement_;
};

class StatementCache {
 public:
  Statement& get(sqlite3* db, const Site& site, const std::string& text);
  void clear() { statements_.clear(); }

 private:
  std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
};

}  // namespace lockstep::sqlite
