#include <unistd.h>

#include <algorithm>

#include "common/error.h"
#include "common/hash.h"
#include "common/time.h"
#include "jsondb.h"
#include "sdk/plugin.h"
#include "search.h"

namespace jsondb {
namespace {

/// What `table` lacks in the model, as sentences for people; done as well.
std::vector<std::string> widen(Model& model, const Table& table) {
  std::vector<std::string> done;
  auto found = model.tables.find(table.name);
  if (found == model.tables.end()) {
    TableData fresh;
    fresh.definition = table;
    model.tables.emplace(table.name, std::move(fresh));
    return {"create table \"" + table.name + "\" with " + std::to_string(table.columns.size()) + " columns"};
  }
  TableData& data = found->second;
  for (Column column : table.columns) {
    if (data.definition.find(column.name) != nullptr) continue;
    column.nullable = true;  // rows that are there have nothing to put into it
    data.definition.columns.push_back(column);
    done.push_back("add column \"" + column.name + "\" to table \"" + table.name + "\"");
  }
  for (OwnedRow& row : data.rows) {
    std::vector<Value> cells(row.row().begin(), row.row().end());
    cells.resize(data.definition.columns.size(), Value::null());
    row = OwnedRow(cells);
  }
  for (const Index& index : table.indexes) {
    const auto& indexes = data.definition.indexes;
    if (std::any_of(indexes.begin(), indexes.end(), [&](const Index& known) { return known.name == index.name; })) continue;
    data.definition.indexes.push_back(index);
    done.push_back("create index \"" + index.name + "\"");
  }
  return done;
}

}  // namespace

Error no_table(const Table& table, const std::string& path) {
  return Error(ErrorKind::Invalid, "there is no table \"" + table.name + "\" in " + path, "run `lockstep migrate`");
}

const Model& JsonStore::model() { return open_ != nullptr ? open_->model() : database_.current(); }

const TableData& JsonStore::table_of(const Table& table) {
  const auto found = model().tables.find(table.name);
  if (found == model().tables.end()) throw no_table(table, database_.path());
  return found->second;
}

std::unique_ptr<FileLock> JsonStore::writer() {
  auto lock = std::make_unique<FileLock>(database_.path() + ".lock");
  if (!lock->take()) throw Error(ErrorKind::Busy, database_.path() + " is locked by another program", "wait for it to finish");
  return lock;
}

std::optional<TableInfo> JsonStore::inspect(std::string_view table) {
  const auto found = model().tables.find(table);
  if (found == model().tables.end()) return std::nullopt;
  TableInfo info;
  info.columns = found->second.definition.columns;
  info.primary_key = found->second.definition.primary_key;
  for (const Index& index : found->second.definition.indexes) {
    info.indexes.push_back(index.name);
    if (index.unique) info.unique.push_back({index.columns, {}});
  }
  return info;
}

std::vector<std::string> JsonStore::prepare(const Table& table, bool dry_run) {
  if (open_ != nullptr) throw Error(ErrorKind::Invalid, "table \"" + table.name + "\" cannot be prepared inside a transaction");
  if (table.name.empty() || table.name.find('\0') != std::string::npos) throw Error(ErrorKind::Invalid, "a table needs a name without NUL");
  const auto lock = dry_run ? nullptr : writer();
  Model model = database_.current();
  std::vector<std::string> done = widen(model, table);
  if (!dry_run && !done.empty()) database_.save(std::move(model));
  return done;
}

Rows JsonStore::read(const Table& table, const Shape& columns, const Filter& filter) {
  const TableData& data = table_of(table);
  std::vector<std::size_t> ordinals;
  for (const std::string& column : columns.columns()) ordinals.push_back(data.ordinal(column));
  Rows out(columns.size());
  std::vector<Value> cells(columns.size());
  for (const std::size_t at : search(data, filter)) {
    for (std::size_t i = 0; i < ordinals.size(); ++i) cells[i] = data.rows[at][ordinals[i]];
    out.add_copied(cells);
  }
  return out;
}

std::uint64_t JsonStore::count(const Table& table, const Filter& filter) { return search(table_of(table), filter).size(); }

std::unique_ptr<Lease> JsonStore::lease(std::string_view name) {
  if (open_ != nullptr) throw Error(ErrorKind::Invalid, "a lease cannot be taken inside a transaction");
  auto held = std::make_unique<FileLock>(database_.path() + ".lease-" + hash128(name).hex());
  if (!held->take())
    throw Error(ErrorKind::Busy, "sync \"" + std::string(name) + "\" is running " + held->note(), "wait for it or stop it");
  held->write_note("since " + format_time(system_clock().now()) + " (pid " + std::to_string(getpid()) + ")");
  const auto lock = writer();
  Model model = database_.current();
  const std::uint64_t token = ++model.tokens[std::string(name)];
  database_.save(std::move(model));
  return std::make_unique<JsonLease>(std::move(held), std::string(name), token);
}

std::unique_ptr<Transaction> JsonStore::begin(const Lease& lease) {
  const auto* held = dynamic_cast<const JsonLease*>(&lease);
  if (held == nullptr) throw Error(ErrorKind::Invalid, "the lease belongs to another store");
  if (open_ != nullptr) throw Error(ErrorKind::Invalid, "a transaction is already open in " + describe());
  auto lock = writer();
  const Model& model = database_.current();
  const auto token = model.tokens.find(held->name());
  if (token == model.tokens.end() || token->second != held->token()) {
    throw Error(ErrorKind::Conflict, "another run has taken over \"" + held->name() + "\"; nothing more was written");
  }
  return std::make_unique<JsonTransaction>(*this, std::move(lock), model);
}

namespace {

constexpr Option kOptions[] = {{"path", OptionType::Path, nullptr, true, false, nullptr, "the file; it is made when it is missing"}};

Store* create(const std::string&, const OptionValues& options, std::string& error) noexcept {
  return guarded_create<Store>(error, [&] {
    if (!options.has("path")) throw Error(ErrorKind::Invalid, "the store has no `path`", "name the file");
    return std::make_unique<JsonStore>(options.text("path"));
  });
}

}  // namespace
}  // namespace jsondb

LOCKSTEP_EXPORT_STORE("jsondb", "1.0.0", "tables in a JSON file", jsondb::kOptions, jsondb::create)
