// A fresh SQLite file for a test, reached through the plugin as the program reaches it, and through SQLite itself as an application would.
#pragma once

#include <dlfcn.h>
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "conformance/store_suite.h"
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

class SqliteDatabase : public Database {
 public:
  SqliteDatabase() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lockstep-store-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
  }
  ~SqliteDatabase() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  const std::filesystem::path& directory() const { return directory_; }
  std::string path() const { return (directory_ / "test.db").string(); }
  std::string address() const override { return path(); }
  std::unique_ptr<Store> open() override { return open_sqlite(path()); }
  void execute(const std::string& sql) override { run(sql, nullptr, nullptr); }
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

  std::filesystem::path directory_;
};

}  // namespace lockstep::conformance
