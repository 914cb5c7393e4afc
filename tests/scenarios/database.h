// Database: a look at a SQLite file from outside, by SQL.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::test {

using Cells = std::vector<std::string>;  ///< NULL as "NULL", blobs as hexadecimal

/// Rows of a query. Throws std::runtime_error with SQLite's message.
std::vector<Cells> query(const std::string& file, const std::string& sql);
void execute(const std::string& file, const std::string& sql);

/// Table → (first cell: key) → column → value, of every table whose name does or does not begin with "lockstep_".
using Dump = std::map<std::string, std::map<std::string, std::map<std::string, std::string>>>;
Dump dump(const std::string& file, bool own_tables);

/// Another program that holds a file.
class Holder {
 public:
  enum class For { Itself, Reading };
  /// Itself: nobody else reads or writes it. Reading: nobody else commits. Throws std::runtime_error when another program holds it.
  explicit Holder(const std::string& file, For what = For::Itself);
  ~Holder();
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace lockstep::test
