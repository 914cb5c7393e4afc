// Files: how a jsondb file is read and replaced, and the locks that keep two writers and two holders of a lease apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model.h"

namespace jsondb {

/// A lock on a file beside the database. Freed when the object or the process ends.
class FileLock {
 public:
  /// Throws Error{Storage} when the file cannot be made. Holds nothing yet.
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// False when another connection or process holds it.
  bool take();
  /// What its holder wrote, and writing it.
  std::string note() const;
  void write_note(std::string_view text);

 private:
  std::string path_;
  int file_ = -1;
};

class Database {
 public:
  explicit Database(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  /// What the file holds now; empty when there is none. Read again only when it was replaced.
  const Model& current();
  /// Replaces the file as a whole: readers see the old or the new one. Throws Error{Storage}.
  void save(Model model);

 private:
  std::string path_;
  std::optional<std::string> version_;
  Model model_;
};

}  // namespace jsondb
