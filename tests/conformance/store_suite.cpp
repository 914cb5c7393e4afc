#include "conformance/store_suite.h"

namespace lockstep::conformance {

void StoreSuite::SetUp() {
  database_ = GetParam().make();
  store_ = database_->open();
  lease_ = store_->lease("conformance");
}

void StoreSuite::TearDown() {
  lease_.reset();
  store_.reset();
  database_.reset();
}

std::vector<RowKey> StoreSuite::insert(const Table& table, const Shape& shape, const std::vector<std::vector<Value>>& rows) {
  const auto transaction = store_->begin(*lease_);
  std::vector<RowKey> keys = transaction->insert(table, shape, rows_of(shape.size(), rows));
  transaction->commit();
  return keys;
}

Rows StoreSuite::read(const Table& table, const Shape& shape, const Filter& filter) { return store_->read(table, shape, filter); }

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
