// DatabaseKind: what the tests do with a kind of database from outside, as an application and its operators would. Another kind is one more
// class, and one more entry of database_kinds().
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/table.h"
#include "scenarios/database.h"

namespace lockstep::test {

class DatabaseKind {
 public:
  virtual ~DatabaseKind() = default;
  /// The plugin's.
  virtual std::string_view name() const = 0;
  /// How the program begins to speak of such a database.
  virtual std::string_view shown() const = 0;
  /// Why no such database can be made here; empty where one can.
  virtual std::string missing() const = 0;
  virtual bool owns(std::string_view place) const = 0;

  /// The place of a new database without tables; one that is a file lies in `folder`.
  virtual std::string make(const std::filesystem::path& folder) const = 0;
  virtual void remove(const std::string& place) const = 0;
  /// Rows of a query. `names`: gets those of the columns, unless it is null. Booleans are the integers 1 and 0, and instants texts as the
  /// program writes them: "2026-11-21T02:24:23.000Z".
  virtual std::vector<std::vector<Stored>> rows(const std::string& place, const std::string& sql, Cells* names) const = 0;
  /// Any number of statements. A key that is "INTEGER PRIMARY KEY" is given by the database where an insert does not name it.
  virtual void execute(const std::string& place, const std::string& sql) const = 0;
  virtual Cells tables(const std::string& place) const = 0;
  /// In their order.
  virtual Cells columns(const std::string& place, const std::string& table) const = 0;
  /// Those that are no part of a constraint, by name.
  virtual std::vector<Index> indexes(const std::string& place, const std::string& table) const = 0;
  virtual void drop_index(const std::string& place, const std::string& table, const std::string& index) const;

  /// Literals that a column of the type takes though they are not what it says; each holds the text, as far as it has any.
  virtual Cells spoilt(ColumnType type, const std::string& text) const = 0;

  /// Keeps the whole database under a name, and makes it again what it was then.
  virtual void back_up(const std::string& place, const std::string& name) const = 0;
  virtual void restore(const std::string& place, const std::string& name) const = 0;
  /// The rows of one table as they were then, in the columns that it has now.
  virtual void restore_table(const std::string& place, const std::string& name, const std::string& table) const = 0;
};

const DatabaseKind& sqlite_kind();
const DatabaseKind& postgres_kind();
const DatabaseKind& mysql_kind();
/// Of another server than the tests' common one: by the folder in which its socket is.
std::unique_ptr<const DatabaseKind> postgres_kind_at(const std::string& folder);
std::unique_ptr<const DatabaseKind> mysql_kind_at(const std::string& folder);

/// SQLite first.
std::span<const DatabaseKind* const> database_kinds();
const DatabaseKind& kind_of(std::string_view place);

std::string hexadecimal(const std::string& bytes);
/// `"a", "b"`: for statements.
std::string quoted_list(const Cells& names);

}  // namespace lockstep::test
