#include "connection.h"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/Utility.h>
#include <fcntl.h>
#include <unistd.h>

#include <mutex>
#include <system_error>

#include "common/trust.h"
#include "errors.h"
#include "lock.h"

namespace lockstep::sqlite {
namespace {

namespace fs = std::filesystem;

/// Once for the process. A store is used by one thread at a time, so SQLite need not lock for each cell.
void start_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Both are refused, harmlessly, when something has opened a database before.
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    Poco::Data::SQLite::Connector::registerConnector();
  });
}

/// The file that `path` stands for, also through a link to a file that is not there yet.
fs::path resolve(const std::string& path) {
  fs::path out = fs::absolute(path);
  std::error_code ignored;
  for (int hops = 0; hops < 40 && fs::is_symlink(fs::symlink_status(out, ignored)); ++hops) {
    const fs::path target = fs::read_symlink(out, ignored);
    if (ignored) break;
    out = target.is_absolute() ? target : out.parent_path() / target;
  }
  const fs::path resolved = fs::weakly_canonical(out, ignored);
  return ignored ? out : resolved;
}

/// A file that is not there yet is made here, readable by its owner alone; its -wal and -journal get the same mode from SQLite.
void make_private(const fs::path& path) {
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (made >= 0) ::close(made);
}

}  // namespace

SqliteConnection::SqliteConnection(const std::string& path, Millis busy_timeout, const Clock& clock)
    : clock_(clock), site_{path, {busy_timeout, clock}}, path_(resolve(path)) {}

SqliteConnection::~SqliteConnection() { statements_.clear(); }

bool SqliteConnection::exists() const {
  std::error_code ignored;
  return session_.has_value() || fs::exists(path_, ignored);
}

// SQLite says "unable to open database file" for all of these.
void SqliteConnection::check_place() const {
  std::error_code code;
  for (const fs::path& place : {fs::path(site_.shown), path_}) {
    if (const auto foreign = planted(place))
      throw Error(ErrorKind::Storage, place.string() + " " + *foreign, "keep the database in a folder of your own");
  }
  if (fs::is_directory(path_, code))
    throw Error(ErrorKind::Invalid, site_.shown + " is a directory, not an SQLite file", "check the store's `path`");
  const fs::path directory = path_.parent_path();
  if (!fs::is_directory(directory, code)) {
    throw Error(ErrorKind::Storage, "there is no directory " + directory.string() + " for " + site_.shown,
                "create it, or check the store's `path`");
  }
  if (fs::exists(path_, code)) {
    if (access(path_.c_str(), R_OK) != 0) {
      throw Error(ErrorKind::Storage, site_.shown + " cannot be read: " + std::generic_category().message(errno),
                  "make it readable for this user");
    }
  } else if (access(directory.c_str(), W_OK | X_OK) != 0) {
    throw Error(ErrorKind::Storage, site_.shown + " cannot be created: " + std::generic_category().message(errno),
                "make its directory writable for this user");
  }
}

// A transaction writes the file and, beside it, a journal.
std::string SqliteConnection::check() {
  check_place();
  std::error_code ignored;
  const bool there = fs::exists(path_, ignored);
  if (there && access(path_.c_str(), W_OK) != 0) {
    throw Error(ErrorKind::Storage, path_.string() + " cannot be written: " + std::generic_category().message(errno),
                "make the file and its directory writable for this user");
  }
  if (access(path_.parent_path().c_str(), W_OK | X_OK) != 0) {
    throw Error(ErrorKind::Storage, "the directory of " + path_.string() + " cannot be written: " + std::generic_category().message(errno),
                "make the directory writable for this user: a journal lies beside the file");
  }
  return "SQLite file " + path_.string() + (there ? "" : ", not there yet");
}

void SqliteConnection::open() {
  if (session_) return;
  start_library();
  check_place();
  make_private(path_);
  try {
    session_.emplace(Poco::Data::SQLite::Connector::KEY, path_.string());
  } catch (const Poco::Exception& failure) {
    throw Error(ErrorKind::Storage, site_.shown + " cannot be opened: " + failure.displayText(), "check the store's `path`");
  }
  try {
    handle_ = Poco::Data::SQLite::Utility::dbHandle(*session_);
    sqlite3_extended_result_codes(handle_, 1);
    site_.wait.install(handle_);
    // The page size counts for a file that is still empty only: rows of several KB lie side by side in large pages, without chains of
    // overflow pages, so a file is a fifth smaller and reading 1.7 times as fast. The statement after it is the first to read the file,
    // and finds out whether it is a database at all.
    for (const char* pragma : {"PRAGMA page_size = 65536", "PRAGMA schema_version", "PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL",
                               "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -8192"}) {
      sqlite::check(handle_, sqlite3_exec(handle_, pragma, nullptr, nullptr, nullptr), site_, "opening");
    }
  } catch (...) {
    handle_ = nullptr;
    session_.reset();
    throw;
  }
}

sqlite3* SqliteConnection::handle() {
  open();
  return handle_;
}

void SqliteConnection::rethrow(std::string_view doing) {
  try {
    throw;
  } catch (const Error&) {
    throw;
  } catch (const Poco::Exception& failure) {
    const int code = handle_ != nullptr ? sqlite3_extended_errcode(handle_) : SQLITE_CANTOPEN;
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE) throw error_for(handle_, code, site_, doing);
    throw Error(ErrorKind::Storage, site_.shown + ": " + std::string(doing) + ": " + failure.displayText());
  }
}

void SqliteConnection::control(std::string_view statement) {
  Statement& prepared_statement = prepared(std::string(statement));
  prepared_statement.step(statement);
  prepared_statement.reset();
}

void SqliteConnection::execute(const std::string& statement, std::string_view doing) {
  open();
  sqlite::check(handle_, sqlite3_exec(handle_, statement.c_str(), nullptr, nullptr, nullptr), site_, doing);
}

bool SqliteConnection::in_transaction() { return handle_ != nullptr && sqlite3_get_autocommit(handle_) == 0; }

std::unique_ptr<sql::NamedLock> SqliteConnection::lock(std::string_view name) {
  check_place();
  return std::make_unique<FileLock>(path_, site_.shown, name, clock_);
}

}  // namespace lockstep::sqlite
