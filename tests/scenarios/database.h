// Database: a look at a database from outside, by SQL. A place is an SQLite file, or a database of the tests' servers by the address that the
// program takes for it; what kinds there are and what each does in its own way is in database_kind.h.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lockstep::test {

using Cells = std::vector<std::string>;  ///< NULL as "NULL", blobs as hexadecimal

/// A cell as the database stores it.
struct Stored {
  std::string type;  ///< "text", "blob", "real", "integer", "null"
  std::string bytes;
  bool operator==(const Stored&) const = default;
};

/// Rows of a query. Throws std::runtime_error with the database's message.
std::vector<Cells> query(const std::string& place, const std::string& sql);
void execute(const std::string& place, const std::string& sql);
bool has_table(const std::string& place, const std::string& table);

/// Table → (first cell: key) → column → value, of every table whose name does or does not begin with "lockstep_".
using Dump = std::map<std::string, std::map<std::string, std::map<std::string, std::string>>>;
Dump dump(const std::string& place, bool own_tables);

/// Another program that holds an SQLite file.
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
