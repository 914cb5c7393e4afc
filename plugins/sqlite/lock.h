// FileLock: one holder per name, across processes and within one, freed by the kernel however the holder dies.
//
// The lock file lies beside the database ("app.db.lock"). A name's lock is an open-file-description lock (fcntl F_OFD_SETLK) on one byte
// far behind the file's end, chosen by the name's hash. The file's text only tells people who holds what, a line for each name:
//
//   name <tab> pid <tab> user@host <tab> since
//
// and is rewritten under a lock on byte 0 of the same region. A line may be stale; the lock never is. The file is never removed, for a file
// that comes back under the same name would be another lock.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "common/time.h"
#include "sql/connection.h"

namespace lockstep::sqlite {

class FileLock final : public sql::NamedLock {
 public:
  /// Throws Error{Busy} naming the holder, Error{Storage} when the lock file cannot be used. `shown`: the database as users call it.
  FileLock(const std::filesystem::path& database, const std::string& shown, std::string_view name, const Clock& clock);
  ~FileLock() override;
  /// Somebody removed or replaced the lock file: another process may have locked the new one.
  bool lost() const override;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  void open(const std::filesystem::path& database);
  [[noreturn]] void fail(std::string_view what) const;
  [[noreturn]] void busy(std::string_view name) const;
  void tell(std::string_view name, const Clock& clock) const;

  std::filesystem::path path_;
  std::string shown_;
  int file_ = -1;
};

}  // namespace lockstep::sqlite
