// ReadLimit: how long one read may take. SQLite asks now and then while it works whether to go on.
#pragma once

#include <sqlite3.h>

#include <string>

#include "common/error.h"
#include "common/time.h"

namespace lockstep::sqlite {

/// Stays where it is while its handle works.
class ReadLimit {
 public:
  /// `patience` 0: no limit.
  ReadLimit(sqlite3* db, Millis patience) : db_(db), patience_(patience) {
    if (patience_ == Millis::zero()) return;
    deadline_ = Deadline::after(patience_);
    constexpr int kOperationsBetweenLooks = 1000;
    sqlite3_progress_handler(db_, kOperationsBetweenLooks, &is_over, &deadline_);
  }
  ~ReadLimit() {
    if (patience_ != Millis::zero()) sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  }
  ReadLimit(const ReadLimit&) = delete;
  ReadLimit& operator=(const ReadLimit&) = delete;

  /// What `step` answers. Throws Error{Busy} where it was interrupted for its time.
  template <class Step>
  bool heed(const std::string& table, Step step) const {
    try {
      return step();
    } catch (const Error& error) {
      if (patience_ == Millis::zero() || error.kind() != ErrorKind::Interrupted || !deadline_.over()) throw;
    }
    throw Error(ErrorKind::Busy, "reading table \"" + table + "\" takes longer than " + std::to_string(patience_.count()) + " ms",
                "ask for fewer rows, by columns that have an index");
  }

 private:
  static int is_over(void* deadline) { return static_cast<const Deadline*>(deadline)->over() ? 1 : 0; }

  sqlite3* db_;
  Millis patience_;
  Deadline deadline_;
};

}  // namespace lockstep::sqlite
