#include "conformance/store_groups.h"

namespace lockstep::conformance {

StoreTrial::StoreTrial(Database& database) : database_(database), store_(database.open()), lease_(store_->lease(lease_name())) {}

StoreTrial::~StoreTrial() = default;

Table StoreTrial::table(std::string_view base) const { return items_table(name(base)); }

void StoreTrial::execute(const std::string& sql) {
  if (!database_.execute(sql)) skip("the database can be reached through the plugin only, and this needs an application beside it");
}

std::vector<RowKey> StoreTrial::insert(const Table& table, const Shape& shape, const std::vector<std::vector<Value>>& rows) {
  const auto transaction = store_->begin(*lease_);
  std::vector<RowKey> keys = transaction->insert(table, shape, rows_of(shape.size(), rows));
  transaction->commit();
  require(keys.size() == rows.size(), "insert answered another number of keys than of rows");
  return keys;
}

void StoreTrial::cell(const Value& found, std::string_view wanted, std::string_view what) { equal(spell(found), wanted, what); }

std::span<const StoreCheck> store_checks() {
  static const std::vector<StoreCheck> checks = [] {
    std::vector<StoreCheck> all;
    for (const auto& group : {schema_checks(), value_checks(), write_checks(), filter_checks(), lease_checks(), trouble_checks()}) {
      all.insert(all.end(), group.begin(), group.end());
    }
    return all;
  }();
  return checks;
}

Finding run_store_check(const StoreCheck& check, Database& database) {
  Check opening;
  std::unique_ptr<StoreTrial> trial;
  Finding opened = run_check(opening, [&] { trial = std::make_unique<StoreTrial>(database); });
  if (!trial) return opened;
  return run_check(*trial, [&] { check.run(*trial); });
}

Table items_table(const std::string& name) {
  Table table;
  table.name = name;
  table.columns = {
      {"id", ColumnType::Integer, false, {}}, {"name", ColumnType::Key, true, {}},       {"amount", ColumnType::Integer, true, {}},
      {"ratio", ColumnType::Real, true, {}},  {"active", ColumnType::Boolean, true, {}}, {"data", ColumnType::Json, true, {}},
      {"note", ColumnType::Text, true, {}},   {"at", ColumnType::Timestamp, true, {}},   {"bytes", ColumnType::Blob, true, {}}};
  table.primary_key = {"id"};
  table.indexes = {{name + "_name", {"name"}, true}};
  return table;
}

Rows rows_of(std::size_t width, const std::vector<std::vector<Value>>& rows) {
  Rows out(width);
  for (const std::vector<Value>& row : rows) out.add_borrowed(row);
  return out;
}

std::string error_kind(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return std::string(to_string(error.kind()));
  }
  return "nothing";
}

std::string spell(const Value& value) {
  static constexpr const char* kTags[] = {"absent", "null", "bool", "int", "real", "number", "text", "json"};
  return std::string(kTags[static_cast<int>(value.tag())]) + ":" + to_display(value);
}

}  // namespace lockstep::conformance
