#include "sql/sql_transaction.h"

#include "common/error.h"
#include "sql/commit_mark.h"
#include "sql/statements.h"

namespace lockstep::sql {

SqlTransaction::SqlTransaction(SqlStore& store, const SqlLease& lease) : store_(store), lease_(lease) {
  Connection& connection = store_.connection();
  connection.control(connection.dialect().begin());
  try {
    verify_token(connection, lease.facts().lease, lease.name(), lease.token());
  } catch (...) {
    if (connection.in_transaction()) connection.control("ROLLBACK");
    throw;
  }
  open_ = true;
  store_.in_transaction_ = true;
}

SqlTransaction::~SqlTransaction() {
  if (!open_) return;
  store_.in_transaction_ = false;
  try {
    if (store_.connection().in_transaction()) store_.connection().control("ROLLBACK");
  } catch (const std::exception&) {
    // The connection is gone, and the transaction with it.
  }
}

void SqlTransaction::need_open() const {
  if (!open_) throw Error(ErrorKind::Invalid, "the transaction is over");
  if (store_.connection().in_transaction()) return;
  throw Error(ErrorKind::Storage, "the database has rolled the whole transaction back in " + store_.describe());
}

void SqlTransaction::undoable(const std::string& name, const std::string& doing, const std::function<void()>& work) {
  need_open();
  Connection& connection = store_.connection();
  try {
    connection.undoable(name, work);
  } catch (const std::exception& failure) {
    const auto* error = dynamic_cast<const Error*>(&failure);
    if (connection.in_transaction() || (error != nullptr && error->kind() != ErrorKind::Rejected)) throw;
    throw Error(ErrorKind::Storage, doing + " rolled the whole transaction back: " + (error != nullptr ? error->message() : failure.what()),
                "see whether a trigger of the table uses RAISE(ROLLBACK)");
  }
}

void SqlTransaction::call(const Table& table, const std::function<void()>& work) {
  wrote_ = true;
  undoable("lockstep_call", "writing table \"" + table.name + "\"", work);
}

void SqlTransaction::group(const std::function<void()>& work) { undoable("lockstep_group", "a group of writes", work); }

std::vector<RowKey> SqlTransaction::insert(const Table& table, const Shape& shape, const Rows& rows, Keys keys) {
  std::vector<RowKey> out;
  if (rows.empty()) return out;
  const bool wanted = keys == Keys::Wanted;
  if (wanted) out.reserve(rows.size());
  call(table, [&] {
    Connection& connection = store_.connection();
    for_each_batch(connection.dialect(), table, store_.facts(table), shape, rows,
                   [&](const Batch& batch) { connection.insert(batch, wanted ? &out : nullptr); });
  });
  return out;
}

void SqlTransaction::upsert(const Table& table, const Shape& shape, const Rows& rows) {
  if (!table.name.starts_with("lockstep_")) {
    throw Error(ErrorKind::Invalid, "table \"" + table.name + "\" is not Lockstep's own: its rows are not overwritten blindly");
  }
  if (rows.empty()) return;
  call(table, [&] {
    Connection& connection = store_.connection();
    for_each_batch(connection.dialect(), table, store_.facts(table), shape, rows, [&](const Batch& batch) { connection.upsert(batch); });
  });
}

std::vector<Outcome> SqlTransaction::update(const Table& table, const Shape& shape, std::span<const Guarded> changes) {
  std::vector<Outcome> outcomes;
  if (changes.empty()) return outcomes;
  for (const Guarded& change : changes) {
    if (change.columns.empty() || change.values.size() != change.columns.size() || change.expected.size() != change.columns.size()) {
      throw Error(ErrorKind::Invalid, "an update of table \"" + table.name + "\" needs an old and a new value for each of its columns");
    }
  }
  call(table, [&] { outcomes = store_.connection().update(table, store_.facts(table), shape, changes); });
  return outcomes;
}

void SqlTransaction::commit() {
  need_open();
  const std::string mark = lease_.facts().commits && wrote_ ? make_ulid(system_clock().now()) : std::string();
  Connection& connection = store_.connection();
  open_ = false;
  store_.in_transaction_ = false;
  try {
    if (!mark.empty()) write_mark(connection, *lease_.facts().commits, lease_.name(), mark);
    connection.control("COMMIT");
  } catch (const Error& failure) {
    if (connection.in_transaction()) connection.control("ROLLBACK");
    find_out(failure, mark);
  } catch (...) {
    if (connection.in_transaction()) connection.control("ROLLBACK");
    throw;
  }
}

void SqlTransaction::find_out(const Error& failure, const std::string& mark) const {
  // What has written nothing cannot be lost.
  const bool lost = failure.effect() == Effect::Maybe;
  if (lost && !wrote_) return;
  if (!lost || mark.empty()) throw Error(failure);
  const std::optional<bool> done = took_place(store_.connection(), *lease_.facts().commits, lease_.name(), mark);
  if (done == true) return;
  throw Error(failure).with_effect(done ? Effect::None : Effect::Maybe);
}

void for_each_batch(const Dialect& dialect, const Table& table, const TableFacts& facts, const Shape& shape, const Rows& rows,
                    const std::function<void(const Batch&)>& write) {
  std::vector<std::size_t> omittable;
  for (std::size_t ordinal = 0; ordinal < shape.size(); ++ordinal) {
    const ColumnFacts* column = facts.find(dialect, shape[ordinal]);
    if (column != nullptr && (column->has_default || column->generated)) omittable.push_back(ordinal);
  }
  const auto absent_in = [&](std::size_t row) {
    std::vector<bool> absent(shape.size(), false);
    for (const std::size_t ordinal : omittable) absent[ordinal] = rows[row][ordinal].is_absent();
    return absent;
  };
  std::vector<std::size_t> ordinals;
  for (std::size_t first = 0; first < rows.size();) {
    const std::vector<bool> absent = absent_in(first);
    std::size_t last = first + 1;
    while (last < rows.size() && (omittable.empty() || absent_in(last) == absent)) ++last;
    ordinals.clear();
    for (std::size_t ordinal = 0; ordinal < shape.size(); ++ordinal) {
      if (!absent[ordinal]) ordinals.push_back(ordinal);
    }
    write({table, facts, shape, ordinals, rows, first, last});
    first = last;
  }
}

}  // namespace lockstep::sql
