// A fresh SQLite file for a test, reached through the plugin as the program reaches it, and through SQLite itself as an application would.
#pragma once

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "common/scratch_folder.h"
#include "conformance/file_limit.h"
#include "conformance/holder.h"
#include "sdk/plugin.h"

namespace lockstep::conformance {

inline const StorePlugin& sqlite_plugin() {
  static const StorePlugin& plugin = [&]() -> const StorePlugin& {
    void* library = dlopen(LOCKSTEP_BINARY_DIR "/lib/lockstep/plugins/sqlite.so", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    return *static_cast<const StorePlugin*>(dlsym(library, kStoreSymbol));
  }();
  return plugin;
}

inline std::unique_ptr<Store> open_sqlite(const std::string& path, const std::string& busy_timeout = "100ms") {
  const StorePlugin& plugin = sqlite_plugin();
  const OptionValues options({plugin.head.options, plugin.head.option_count}, {{"path", path}, {"busy_timeout", busy_timeout}});
  std::string error;
  Store* store = plugin.create("test", options, error);
  if (store == nullptr) throw std::runtime_error(error);
  return std::unique_ptr<Store>(store);
}

/// Another program in the middle of a write.
class ExclusiveLock : public Trouble {
 public:
  explicit ExclusiveLock(const std::string& path) {
    if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK || sqlite3_exec(db_, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error("the file cannot be locked");
    }
  }
  ~ExclusiveLock() override { sqlite3_close(db_); }
  ExclusiveLock(const ExclusiveLock&) = delete;
  ExclusiveLock& operator=(const ExclusiveLock&) = delete;

 private:
  sqlite3* db_ = nullptr;
};

class SqliteDatabase : public Database {
 public:
  const std::filesystem::path& directory() const { return folder_.path(); }
  std::string path() const { return (directory() / "test.db").string(); }
  std::unique_ptr<Store> open() override { return open_sqlite(path()); }
  bool execute(const std::string& sql) override {
    run(sql, nullptr, nullptr);
    return true;
  }
  std::unique_ptr<Trouble> full_disk() override { return std::make_unique<FileLimit>(256 * 1024); }
  std::unique_ptr<Trouble> locked() override { return std::make_unique<ExclusiveLock>(path()); }
  ProgramCall holder(const std::string& lease) const override { return this_program(path(), lease); }
  /// The first cell of the last row.
  std::string ask(const std::string& sql) {
    std::string answer;
    const auto keep = [](void* out, int, char** cells, char**) {
      *static_cast<std::string*>(out) = cells[0] != nullptr ? cells[0] : "NULL";
      return 0;
    };
    run(sql, keep, &answer);
    return answer;
  }

 private:
  void run(const std::string& sql, int (*callback)(void*, int, char**, char**), void* data) {
    sqlite3* db = nullptr;
    sqlite3_open(path().c_str(), &db);
    sqlite3_busy_timeout(db, 5000);
    const int code = sqlite3_exec(db, sql.c_str(), callback, data, nullptr);
    const std::string message = sqlite3_errmsg(db);
    sqlite3_close(db);
    if (code != SQLITE_OK) throw std::runtime_error(sql + ": " + message);
  }

  ScratchFolder folder_{"store"};
};

}  // namespace lockstep::conformance
