#include "errors.h"

#include <cstring>

namespace lockstep::sqlite {
namespace {

std::string system_reason(sqlite3* db) {
  const int number = db != nullptr ? sqlite3_system_errno(db) : 0;
  return number != 0 ? std::string(" (") + std::strerror(number) + ")" : std::string();
}

/// "UNIQUE constraint failed: users.email" names what it is about; "FOREIGN KEY constraint failed" does not, so the deed is told as well.
Error constraint_error(const std::string& text, std::string_view doing) {
  return Error(ErrorKind::Rejected, std::string(doing) + ": " + text);
}

Error statement_error(const std::string& text, const std::string& file, std::string_view doing) {
  const bool missing = text.find("no such table") != std::string::npos || text.find("no such column") != std::string::npos ||
                       text.find("has no column named") != std::string::npos;
  Error error(ErrorKind::Invalid, file + ": " + std::string(doing) + ": " + text);
  if (missing) error.with_hint("run `lockstep migrate`");
  return error;
}

}  // namespace

Error error_for(sqlite3* db, int code, const Site& site, std::string_view doing) {
  const std::string& file = site.shown;
  const std::string text = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  const std::string where = file + ": " + std::string(doing) + ": ";
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return constraint_error(text, doing);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      if (site.wait.stopped()) return Error(ErrorKind::Interrupted, "interrupted while waiting for another program that locks " + file);
      return Error(ErrorKind::Busy, file + " is locked by another program", "wait for it to finish, or raise the store's busy_timeout");
    case SQLITE_FULL: return Error(ErrorKind::Storage, where + "the disk is full" + system_reason(db), "free some space and run again");
    case SQLITE_READONLY:
      return Error(ErrorKind::Storage, file + " cannot be written: " + text, "make the file and its directory writable for this user");
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return Error(ErrorKind::Storage, file + " cannot be opened: " + text + system_reason(db),
                   "see that its directory exists and is writable");
    case SQLITE_NOTADB: return Error(ErrorKind::Corrupt, file + " is not an SQLite database", "check the store's `path`");
    case SQLITE_CORRUPT:
      return Error(ErrorKind::Corrupt, file + " is damaged: " + text, "copy it and see `sqlite3 FILE .recover`, or restore a backup");
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL: return Error(ErrorKind::Storage, where + text + system_reason(db), "check the disk and run again");
    case SQLITE_INTERRUPT: return Error(ErrorKind::Interrupted, where + text);
    default: return statement_error(text, file, doing);
  }
}

void check(sqlite3* db, int code, const Site& site, std::string_view doing) {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
  throw error_for(db, code, site, doing);
}

}  // namespace lockstep::sqlite
