// Store: the door to a database. It has no delete, drop or truncate. Calls are coarse; rows are spans of values.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "common/error.h"
#include "common/time.h"
#include "data/row.h"
#include "data/table.h"

namespace lockstep {

/// Conditions joined by "and", rows in the order of `order_by`, at most `limit`. Texts are ordered by their bytes, and nulls come first.
struct Filter {
  /// A null in a row meets IsNull alone; but Equal to null (or to an absent value) asks for the rows whose cell is null.
  enum class Op {
    Equal,
    EqualIgnoreCase,  ///< text, ASCII case folded on both sides
    In,               ///< nulls among the values find nothing
    IsNull,
    Greater,
    Less,
  };
  struct Condition {
    std::string column;
    Op op = Op::Equal;
    std::vector<Value>
        values;  ///< one for Equal, EqualIgnoreCase, Greater and Less, any number for In, none for IsNull; views borrowed for the call
  };
  std::vector<Condition> where = {};
  std::vector<std::string> order_by = {};
  std::size_t limit = 0;    ///< 0: no limit
  Millis patience{0};       ///< a read that takes longer throws Error{Busy}, where the database can be interrupted; 0: it takes its time
  bool descending = false;  ///< the order the other way round, nulls last
};

/// What to set in one row, only where `expected` still holds.
struct Guarded {
  std::vector<Value> key;            ///< values of the primary key, in its order
  std::vector<std::size_t> columns;  ///< ordinals into the shape given with the call
  std::vector<Value> expected;       ///< old values of those columns, as read() answered them
  std::vector<Value> values;
};

enum class Outcome {
  Written,
  Moved,  ///< the row is there with other values than expected; nothing written
  Gone,
};

/// Values of a primary key, owned.
using RowKey = OwnedRow;

/// Held until destroyed or until the process dies, however it dies.
class Lease {
 public:
  virtual ~Lease() = default;
  virtual std::uint64_t token() const = 0;  ///< grows with each holder: a transaction of an older one is refused
  /// True when somebody else may hold it by now, as far as that can be told without a transaction: a connection that is gone, a lock file
  /// that was removed. begin() refuses it with Error{Conflict}.
  virtual bool lost() const { return false; }
};

/// Whether an insert has to answer the keys of its rows.
enum class Keys {
  Wanted,
  Unwanted,  ///< it answers none, and may take a faster path
};

/// What an engine should know of a store before it asks anything of it. Plain data, the same for the life of the store.
struct StoreTraits {
  std::size_t rows_a_read = 256;  ///< rows that one read() of many should ask for: more where a call travels
  /// The column that the database itself keeps in every row, and changes with it, as read() may be asked for it (an Integer); empty: none.
  std::string row_version = {};
  /// The database may end a transaction because of somebody else's, as Transaction says. Then a transaction should hold no more than what
  /// can be done again as a whole.
  bool ends_transactions = false;
};

/// Not committed = rolled back. One at a time per store, used by one thread.
/// A row that breaks a constraint throws Error{Rejected} and leaves the transaction as it was before that call (savepoint).
/// A full disk, a read-only file or a lost connection throws Error{Storage}; a lock held by another program Error{Busy}.
/// Where the database ended the whole transaction because of somebody else's (a deadlock, a failure to serialize), any call, begin() and
/// commit() among them, throws Error{Busy} with a retry_after(): nothing of the transaction took place, the object is of no use any more, and
/// doing all of it again after that time may succeed. No other Error{Busy} of a store has one. Only where StoreTraits::ends_transactions.
class Transaction {
 public:
  virtual ~Transaction() = default;
  /// Primary keys in input order; none when they are unwanted. An Absent cell is left out, so that the database's default applies.
  virtual std::vector<RowKey> insert(const Table& table, const Shape& shape, const Rows& rows, Keys keys = Keys::Wanted) = 0;
  virtual std::vector<Outcome> update(const Table& table, const Shape& shape, std::span<const Guarded> changes) = 0;
  /// Insert or replace by primary key. For tables whose name starts with "lockstep_" only; Error{Invalid} else.
  virtual void upsert(const Table& table, const Shape& shape, const Rows& rows) = 0;
  /// Runs `work`, whose calls count as one: when it throws, whatever it throws, the transaction is as it was before, and the exception goes
  /// on (Error{Storage} instead where the database has ended the transaction itself). Not within another group.
  virtual void group(const std::function<void()>& work) = 0;
  virtual void commit() = 0;
};

/// Used by one thread at a time.
class Store {
 public:
  virtual ~Store() = default;
  /// nullopt when there is no such table.
  virtual std::optional<TableInfo> inspect(std::string_view table) = 0;
  /// Creates what is missing of the table (itself, columns, indexes); never drops or narrows. `dry_run`: only says what it would do,
  /// and throws what it would throw; tables of earlier dry runs count as made, for foreign keys.
  /// The statements, for people; empty when all is there. Throws Error{Rejected} when rows share what a unique index would forbid.
  virtual std::vector<std::string> prepare(const Table& table, bool dry_run = false) = 0;
  /// The same of what leases are kept in, so that who takes one later needs no right to create it. Nothing where a store needs nothing.
  virtual std::vector<std::string> prepare_leases(bool /*dry_run*/ = false) { return {}; }
  /// Cells by the declared ColumnType of `table`; inside an open transaction it sees that transaction's writes.
  virtual Rows read(const Table& table, const Shape& columns, const Filter& filter) = 0;
  /// Number of rows.
  virtual std::uint64_t count(const Table& table, const Filter& filter) = 0;
  virtual StoreTraits traits() const { return {}; }
  /// A number that stays the same while no other connection commits to the table, and that this store's own commits need not change.
  /// nullopt where that cannot be told for next to nothing. Marks of two stores, or of two processes, cannot be compared.
  virtual std::optional<std::uint64_t> mark(const Table& /*table*/) { return std::nullopt; }
  /// Makes what mark() needs to tell of this table, where it needs anything: triggers of the application's own writes. Only a person asks for
  /// it. `dry_run`: only says what it would do. The statements, for people; empty when all is there. Throws Error{Storage} naming a right that
  /// lacks.
  virtual std::vector<std::string> watch(const Table& /*table*/, bool /*dry_run*/ = false) { return {}; }
  /// Throws Error{Busy} when another has it; its text names the holder and since when, as far as that is known.
  virtual std::unique_ptr<Lease> lease(std::string_view name) = 0;
  virtual std::unique_ptr<Transaction> begin(const Lease& lease) = 0;
  /// Where the data is, for people, without credentials: "SQLite file demo.db".
  virtual std::string describe() const = 0;
  /// describe() in words that mean the same from everywhere: a path in full. Throws what a run would meet when it opened the place or wrote
  /// to it; creates and writes nothing.
  virtual std::string check() { return describe(); }
  /// From now on a wait for somebody else's lock ends soon after `stop` is requested, with Error{Interrupted}. Nothing else does, so that
  /// what is whole can still be committed. Nothing to do for a store that never waits.
  virtual void stop_on(std::stop_token /*stop*/) {}
};

}  // namespace lockstep
