#include "sql/sql_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sql/commit_mark.h"
#include "sql/fencing.h"
#include "sql/schema.h"
#include "sql/sql_transaction.h"
#include "sql/statements.h"
#include "sql/watching.h"

namespace lockstep::sql {
namespace {

/// The first condition whose list is longer than one statement should carry, or npos.
std::size_t long_list(const Filter& filter, std::size_t limit) {
  for (std::size_t i = 0; i < filter.where.size(); ++i) {
    if (filter.where[i].op == Filter::Op::In && filter.where[i].values.size() > limit) return i;
  }
  return std::string::npos;
}

}  // namespace

SqlStore::SqlStore(std::unique_ptr<Connection> connection, const Clock& clock) : connection_(std::move(connection)), clock_(clock) {}
SqlStore::~SqlStore() = default;

std::optional<TableInfo> SqlStore::inspect(std::string_view table) {
  std::optional<TableFacts> found = connection_->inspect(table);
  if (!found) {
    if (const auto known = facts_.find(table); known != facts_.end()) facts_.erase(known);
    return std::nullopt;
  }
  TableInfo info = found->info;
  facts_.insert_or_assign(std::string(table), std::move(*found));
  return info;
}

const TableFacts& SqlStore::facts(const Table& table) {
  if (const auto known = facts_.find(table.name); known != facts_.end()) return known->second;
  std::optional<TableFacts> found = connection_->inspect(table.name);
  if (!found) {
    throw Error(ErrorKind::Invalid, "there is no table \"" + table.name + "\" in " + describe(), "run `lockstep migrate`");
  }
  return facts_.emplace(table.name, std::move(*found)).first->second;
}

std::vector<std::string> SqlStore::prepare(const Table& table, bool dry_run) {
  if (in_transaction_) throw Error(ErrorKind::Invalid, "table \"" + table.name + "\" cannot be prepared inside a transaction");
  facts_.clear();
  if (!dry_run) return add_missing(*connection_, table);
  check_rows_for_indexes(*connection_, table);
  std::vector<std::string> statements = missing_statements(*connection_, table, planned_);
  planned_.push_back(table);
  return statements;
}

Rows SqlStore::read(const Table& table, const Shape& columns, const Filter& filter) {
  const std::size_t parts = std::min<std::size_t>(connection_->dialect().max_parameters() / 2, 1024);
  const std::size_t condition = long_list(filter, parts);
  if (condition != std::string::npos && filter.order_by.empty() && filter.limit == 0) {
    return read_in_parts(table, columns, filter, condition);
  }
  Rows out(columns.size());
  const TableFacts& known = facts(table);
  Query query = select(connection_->dialect(), table, columns, filter);
  query.patience = filter.patience;
  connection_->read(query, table, known, columns, out);
  return out;
}

// Values of the list are asked for once each, or a row would be answered by two parts.
Rows SqlStore::read_in_parts(const Table& table, const Shape& columns, const Filter& filter, std::size_t condition) {
  std::vector<Value> values = filter.where[condition].values;
  const auto before = [](const Value& a, const Value& b) {
    if (a.tag() != b.tag()) return a.tag() < b.tag();
    return a.is_view() ? a.as_view() < b.as_view() : a.as_integer() < b.as_integer();
  };
  std::sort(values.begin(), values.end(), before);
  values.erase(std::unique(values.begin(), values.end(), [](const Value& a, const Value& b) { return identical(a, b); }), values.end());

  Rows out(columns.size());
  Filter part = filter;
  const TableFacts& known = facts(table);
  constexpr std::size_t kPart = 1024;
  for (std::size_t first = 0; first < values.size(); first += kPart) {
    const std::size_t last = std::min(values.size(), first + kPart);
    part.where[condition].values.assign(values.begin() + static_cast<std::ptrdiff_t>(first),
                                        values.begin() + static_cast<std::ptrdiff_t>(last));
    connection_->read(select(connection_->dialect(), table, columns, part), table, known, columns, out);
  }
  return out;
}

std::uint64_t SqlStore::count(const Table& table, const Filter& filter) {
  return connection_->count(sql::count(connection_->dialect(), table, filter), table, facts(table));
}

std::vector<std::string> SqlStore::watch(const Table& table, bool dry_run) {
  std::vector<std::string> triggers = connection_->watching(table);
  if (triggers.empty()) return {};
  std::vector<std::string> statements = prepare(dirty_table(), dry_run);
  if (!dry_run) {
    connection_->change_schema([&] {
      // Looked at again now that nobody else can make them.
      triggers = connection_->watching(table);
      for (const std::string& statement : triggers) connection_->execute(statement, "watching table \"" + table.name + "\"");
    });
  }
  statements.insert(statements.end(), std::make_move_iterator(triggers.begin()), std::make_move_iterator(triggers.end()));
  return statements;
}

std::vector<std::string> SqlStore::prepare_leases(bool dry_run) {
  std::vector<std::string> statements = prepare(lease_table(), dry_run);
  if (connection_->loses_answers()) std::ranges::move(prepare(commit_table(), dry_run), std::back_inserter(statements));
  return statements;
}

std::unique_ptr<Lease> SqlStore::lease(std::string_view name) {
  if (in_transaction_) throw Error(ErrorKind::Invalid, "a lease cannot be taken inside a transaction");
  std::unique_ptr<NamedLock> lock = connection_->lock(name);
  prepare_leases(false);
  LeaseFacts known{facts(lease_table()), std::nullopt};
  if (connection_->loses_answers()) known.commits = facts(commit_table());
  const std::uint64_t token = next_token(*connection_, known, name, clock_);
  return std::make_unique<SqlLease>(std::move(lock), std::string(name), token, std::move(known));
}

std::unique_ptr<Transaction> SqlStore::begin(const Lease& lease) {
  const auto* held = dynamic_cast<const SqlLease*>(&lease);
  if (held == nullptr) throw Error(ErrorKind::Invalid, "the lease belongs to another store");
  if (in_transaction_) throw Error(ErrorKind::Invalid, "a transaction is already open in " + describe());
  if (held->lost()) throw lease_lost(held->name(), describe());
  facts_.clear();
  return std::make_unique<SqlTransaction>(*this, *held);
}

}  // namespace lockstep::sql
