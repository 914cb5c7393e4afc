// Connection: what a store plugin supplies beneath SqlStore: one connection to its database, by whatever client library it likes, and the
// dialect of its statements. Schema, statements, guards and fencing are shared by all databases.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/row.h"
#include "data/table.h"
#include "sdk/store.h"
#include "sql/dialect.h"

namespace lockstep::sql {

/// One column as the database has it, beyond what TableInfo tells.
struct ColumnFacts {
  std::string name;
  ColumnType type = ColumnType::Text;
  int storage = 0;           ///< the plugin's own notion of how the column stores values (SQLite: its affinity)
  bool has_default = false;  ///< a value is filled in when the column is left out of an insert
  bool generated = false;    ///< computed: cannot be written
};

struct TableFacts {
  TableInfo info;
  std::vector<ColumnFacts> columns;  ///< same order as info.columns
  std::vector<Index> indexes;        ///< those without a condition
  bool generated_key = false;        ///< one integer key column that the database fills in

  const ColumnFacts* find(const Dialect& dialect, std::string_view column) const;
  /// True when another table's foreign key may point at the column.
  bool referable(const Dialect& dialect, std::string_view column) const;
};

/// A statement's parameter: a borrowed value and the column that it is compared with or stored in.
struct Parameter {
  Value value;
  std::string_view column;
};

struct Query {
  std::string text;
  std::vector<Parameter> parameters;
  Millis patience{0};  ///< as of Filter; for read()
};

/// Rows of one statement: `ordinals` say which cells of each row are written, in the order of the statement's parameters.
struct Batch {
  const Table& table;
  const TableFacts& facts;
  const Shape& shape;
  std::span<const std::size_t> ordinals;
  const Rows& rows;
  std::size_t first;  ///< rows first … last - 1
  std::size_t last;
};

/// An exclusive lock that the kernel or the database frees when its holder dies. Freed on destruction.
class NamedLock {
 public:
  virtual ~NamedLock() = default;
  /// See Lease::lost.
  virtual bool lost() const { return false; }
};

/// Used by one thread at a time. All members throw Error as store.h says.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual const Dialect& dialect() const = 0;
  virtual std::string describe() const = 0;
  /// See Store::check.
  virtual std::string check() { return describe(); }
  /// False while the database has not been created yet.
  virtual bool exists() const = 0;
  /// Opens the connection, and creates the database, unless that has been done. Every other call that needs it does so itself.
  virtual void open() = 0;

  virtual std::optional<TableFacts> inspect(std::string_view table) = 0;
  /// Runs a transaction statement: BEGIN, SAVEPOINT, COMMIT and their like. A COMMIT whose answer was lost is an Error{Storage} with
  /// Effect::Maybe.
  virtual void control(std::string_view statement) = 0;
  /// True where a COMMIT can take place without an answer that it did: what writes leaves a mark then (sql/commit_mark.h).
  virtual bool loses_answers() const { return false; }
  /// True while a transaction is open; false when the database ended it on its own (a full disk, a trigger's rollback).
  virtual bool in_transaction() = 0;
  /// Runs a statement without parameters that answers no rows, as those that prepare a table. `doing`: "preparing table \"users\"".
  virtual void execute(const std::string& statement, std::string_view doing) = 0;
  /// Runs `work`; what it throws leaves the open transaction as it was before, and goes on. `name`: of the savepoint, where one is needed;
  /// one of another name may be around it, none of the same.
  virtual void undoable(const std::string& name, const std::function<void()>& work);

  /// Runs `work`, which makes what is missing of a table, while no other process does so. What it throws undoes it, where the database can
  /// undo the making of a table; elsewhere what is made stays, and the next one goes on from there.
  virtual void change_schema(const std::function<void()>& work);

  /// Appends the answer to `out`, cells by the declared type of `table`; the statement is finished on return.
  virtual void read(const Query& query, const Table& table, const TableFacts& facts, const Shape& columns, Rows& out) = 0;
  virtual std::uint64_t count(const Query& query, const Table& table, const TableFacts& facts) = 0;
  /// Appends a primary key per row to `keys`, unless it is null. A row that the database drops without a word is Error{Rejected} either
  /// way.
  virtual void insert(const Batch& batch, std::vector<RowKey>* keys) = 0;
  virtual void upsert(const Batch& batch) = 0;
  /// An outcome for each change, in their order. A row that has the new values already and was expected to counts as Written, also where
  /// the database tells changed rows only. This one makes a statement for each change, and asks about each row that it missed.
  virtual std::vector<Outcome> update(const Table& table, const TableFacts& facts, const Shape& shape, std::span<const Guarded> changes);

  virtual std::unique_ptr<NamedLock> lock(std::string_view name) = 0;
  /// See Store::traits and Store::mark.
  virtual StoreTraits traits() const { return {}; }
  virtual std::optional<std::uint64_t> mark(const Table& /*table*/) { return std::nullopt; }
  /// What must be run so that mark() tells of this table, once lockstep_dirty is there; empty: nothing. See Store::watch.
  virtual std::vector<std::string> watching(const Table& /*table*/) { return {}; }
  /// See Store::stop_on.
  virtual void stop_on(std::stop_token /*stop*/) {}

 protected:
  /// Runs one statement that writes at most one row; true when a row met its conditions.
  virtual bool update_one(const Query& query, const Table& table, const TableFacts& facts) = 0;
};

/// Runs `work` in a transaction of its own; what it throws rolls back and goes on.
void in_own_transaction(Connection& connection, const std::function<void()>& work);

}  // namespace lockstep::sql
