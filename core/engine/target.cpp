#include "engine/target.h"

#include "common/text.h"

namespace lockstep {
namespace {

void require_columns(const TableInfo& info, const Table& table) {
  std::vector<std::string> lacking;
  for (const Column& column : table.columns) {
    const bool generated_key = table.primary_key.size() == 1 && column.name == table.primary_key[0];
    if (!generated_key && info.find(column.name) == nullptr) lacking.push_back(column.name);
  }
  if (lacking.empty()) return;
  const std::size_t count = lacking.size();
  if (count > 5) lacking.resize(5);
  throw Error(ErrorKind::Invalid,
              "table " + table.name + " lacks " + std::to_string(count) + (count == 1 ? " column: " : " columns: ") + join(lacking, ", ") +
                  (count > 5 ? ", …" : ""),
              "run: lockstep migrate");
}

/// An existing table keeps its own key; Lockstep's generated "id" is only for tables that it makes.
void take_key(Target& target, const TableInfo& info) {
  if (info.primary_key.empty()) {
    throw Error(ErrorKind::Invalid, "table " + target.table.name + " has no primary key",
                "give it one, so that its rows can be told apart");
  }
  std::erase_if(target.table.columns, [&](const Column& column) { return info.find(column.name) == nullptr; });
  for (const std::string& name : info.primary_key) {
    if (target.table.find(name) == nullptr) target.table.columns.push_back(*info.find(name));
  }
  target.table.primary_key = info.primary_key;
}

}  // namespace

Target inspect_target(Store& store, const Mapping& mapping) {
  Target target;
  target.table = mapping.table();
  if (const auto info = store.inspect(target.table.name)) {
    target.exists = true;
    target.rewrites = info->rewrites;
    require_columns(*info, target.table);
    take_key(target, *info);
    if (mapping.modified() && target.table.find(mapping.modified()->column) == nullptr) {
      if (const Column* column = info->find(mapping.modified()->column)) target.table.columns.push_back(*column);
    }
  }
  target.key_columns = target.table.primary_key;
  for (const std::string& name : target.key_columns) target.key_types.push_back(target.table.find(name)->type);
  std::vector<std::string> columns = target.key_columns;
  target.fields_at = columns.size();
  std::vector<std::string> written = mapping.shape()->columns();
  columns.insert(columns.end(), written.begin(), written.end());
  target.owned_at = columns.size();
  for (const OwnedColumn& owned : mapping.owned()) {
    columns.push_back(owned.column.name);
    written.push_back(owned.column.name);
  }
  for (const Constant& constant : mapping.constants()) {
    written.push_back(constant.column);
    target.constants.push_back({constant.column, Filter::Op::Equal, {Value::text(constant.value)}});
  }
  target.modified_at = columns.size();
  if (mapping.modified() && target.table.find(mapping.modified()->column) != nullptr) columns.push_back(mapping.modified()->column);
  target.shape = Shape(std::move(columns));
  target.insert_shape = Shape(std::move(written));
  return target;
}

}  // namespace lockstep
