// A directory of its own, and a provider that serves what a test puts on its shelf, with a configuration that syncs it into a database.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/scratch_folder.h"
#include "config/workspace.h"

namespace lockstep::test {

/// A new directory that is the working directory while it lives.
class WorkingDirectory {
 public:
  WorkingDirectory();
  ~WorkingDirectory();
  void write(const std::string& path, const std::string& text) const;
  std::string read(const std::string& path) const;
  bool has(const std::string& path) const { return std::filesystem::exists(folder_.path() / path); }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  ScratchFolder folder_{"app"};
  std::filesystem::path before_;
};

/// What the provider of the plugin "shelf" serves.
struct Shelf {
  std::map<std::string, std::string> items;  ///< id → JSON text
  std::string broken;                        ///< why the list cannot be read; empty: it can
  bool unreachable = false;
  bool takes_writes = false;                     ///< creates and updates take place
  std::function<void(std::string_view)> before;  ///< called with "list" or "get" before the answer is made
  std::int64_t most_pages = 0;                   ///< an update with more of them stores this many; 0: any number
  std::string refuses;                           ///< the item of which no update takes place
  bool loses_answers = false;                    ///< creates take place, and nobody learns of it
  std::string account;                           ///< the member that names the account of an item; empty: none does
  std::size_t created = 0;                       ///< providers made so far
  std::string timeout;                           ///< that the last one was made with
};
/// The shelf for the length of an expression, or as long as the result is kept: what the test changes, the threads of a run read.
class HeldShelf {
 public:
  HeldShelf(Shelf& shelf, std::recursive_mutex& mutex) : shelf_(shelf), lock_(mutex) {}
  Shelf* operator->() const { return &shelf_; }
  Shelf& operator*() const { return shelf_; }

 private:
  Shelf& shelf_;
  std::unique_lock<std::recursive_mutex> lock_;
};
HeldShelf shelf();

/// The plugin "shelf" from this process, stores from the build's plugin directory.
class ShelfPlugins : public PluginSource {
 public:
  ShelfPlugins();
  const ProviderPlugin& provider(std::string_view name) override;
  const StorePlugin& store(std::string_view name) override;
  std::vector<std::string> asked;  ///< names, in order

 private:
  std::mutex mutex_;
  Registry registry_;
};

/// A configuration with one sync `books` from `shelf` into the SQLite file books.db, and its mapping.
void write_books(const WorkingDirectory& directory);

/// SQL on books.db.
void execute(const std::string& sql);

}  // namespace lockstep::test
