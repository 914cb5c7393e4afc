#include "common/error.h"
#include "jsondb.h"
#include "search.h"

namespace jsondb {
namespace {

std::string writing(const TableData& table) { return "writing table \"" + table.definition.name + "\": "; }

/// Throws Error{Rejected} when a column that must be filled is not, or a unique index has the row's values already. `but`: the row's own
/// place; npos for a new row.
void check_row(const TableData& table, Row row, std::size_t but) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Column& column = table.definition.columns[i];
    if (row[i].is_nothing() && !column.nullable) throw Error(ErrorKind::Rejected, writing(table) + column.name + " must not be null");
  }
  std::vector<Index> unique{{"the primary key", table.definition.primary_key, true}};
  for (const Index& index : table.definition.indexes) {
    if (index.unique) unique.push_back(index);
  }
  for (const Index& index : unique) {
    Filter filter;
    bool whole = true;  // a null equals nothing
    for (const std::string& column : index.columns) {
      const Value& value = row[table.ordinal(column)];
      whole = whole && !value.is_nothing();
      filter.where.push_back({column, Filter::Op::Equal, {value}});
    }
    if (!whole) continue;
    for (const std::size_t at : search(table, filter)) {
      if (at == but) continue;
      throw Error(ErrorKind::Rejected, writing(table) + index.columns[0] + " " + to_display(filter.where[0].values[0]) +
                                           " is there already (" + index.name + ")");
    }
  }
}

std::vector<Value> cells_of(const OwnedRow& row) { return {row.row().begin(), row.row().end()}; }

RowKey add_row(TableData& table, const Shape& shape, Row given) {
  std::vector<Value> cells(table.definition.columns.size(), Value::null());
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (!given[i].is_absent()) cells[table.ordinal(shape[i])] = given[i];
  }
  const std::size_t generated = table.generated();
  if (generated != std::string::npos) {
    if (cells[generated].is_nothing()) cells[generated] = Value::integer(table.next);
    table.next = std::max(table.next, cells[generated].as_integer() + 1);
  }
  check_row(table, cells, std::string::npos);
  table.rows.emplace_back(cells);
  std::vector<Value> key;
  for (const std::string& column : table.definition.primary_key) key.push_back(cells[table.ordinal(column)]);
  return RowKey(key);
}

Outcome update_row(TableData& table, const Shape& shape, const Guarded& change) {
  const std::size_t at = find_key(table, change.key);
  if (at == std::string::npos) return Outcome::Gone;
  std::vector<Value> cells = cells_of(table.rows[at]);
  for (std::size_t i = 0; i < change.columns.size(); ++i) {
    Value& cell = cells[table.ordinal(shape[change.columns[i]])];
    if (compare(cell, change.expected[i]) != 0) return Outcome::Moved;
    cell = change.values[i];
  }
  check_row(table, cells, at);
  table.rows[at] = OwnedRow(cells);
  return Outcome::Written;
}

}  // namespace

JsonTransaction::JsonTransaction(JsonStore& store, std::unique_ptr<FileLock> lock, Model model)
    : store_(store), lock_(std::move(lock)), model_(std::move(model)) {
  store_.open_ = this;
}

JsonTransaction::~JsonTransaction() {
  if (store_.open_ == this) store_.open_ = nullptr;
}

TableData& JsonTransaction::table_of(const Table& table) {
  if (over_) throw Error(ErrorKind::Invalid, "the transaction is over");
  const auto found = model_.tables.find(table.name);
  if (found == model_.tables.end()) throw no_table(table, store_.database_.path());
  return found->second;
}

template <class Work>
auto JsonTransaction::guarded(const Table& table, Work work) {
  TableData& data = table_of(table);
  const TableData before = data;
  try {
    return work(data);
  } catch (...) {
    data = before;
    throw;
  }
}

std::vector<RowKey> JsonTransaction::insert(const Table& table, const Shape& shape, const Rows& rows, Keys keys) {
  return guarded(table, [&](TableData& data) {
    std::vector<RowKey> out;
    for (std::size_t i = 0; i < rows.size(); ++i) out.push_back(add_row(data, shape, rows[i]));
    if (keys == Keys::Unwanted) out.clear();
    return out;
  });
}

std::vector<Outcome> JsonTransaction::update(const Table& table, const Shape& shape, std::span<const Guarded> changes) {
  return guarded(table, [&](TableData& data) {
    std::vector<Outcome> outcomes;
    for (const Guarded& change : changes) outcomes.push_back(update_row(data, shape, change));
    return outcomes;
  });
}

void JsonTransaction::upsert(const Table& table, const Shape& shape, const Rows& rows) {
  if (!table.name.starts_with("lockstep_")) throw Error(ErrorKind::Invalid, "table \"" + table.name + "\" is not Lockstep's own");
  guarded(table, [&](TableData& data) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<Value> key;
      for (const std::string& column : data.definition.primary_key) key.push_back(rows[i][shape.find(column).value()]);
      const std::size_t at = find_key(data, key);
      if (at == std::string::npos) {
        add_row(data, shape, rows[i]);
        continue;
      }
      std::vector<Value> cells = cells_of(data.rows[at]);
      for (std::size_t column = 0; column < shape.size(); ++column) cells[data.ordinal(shape[column])] = rows[i][column];
      data.rows[at] = OwnedRow(cells);
    }
    return true;
  });
}

void JsonTransaction::group(const std::function<void()>& work) {
  const Model before = model_;
  try {
    work();
  } catch (...) {
    model_ = before;
    throw;
  }
}

void JsonTransaction::commit() {
  if (over_) throw Error(ErrorKind::Invalid, "the transaction is over");
  store_.database_.save(model_);
  over_ = true;
  store_.open_ = nullptr;
  lock_.reset();
}

}  // namespace jsondb
