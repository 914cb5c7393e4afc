#include "operations/tables.h"

#include <set>
#include <string>

namespace lockstep {
namespace {

Table users_table() {
  return {"users",
          {{"id", ColumnType::Integer, false, ""},
           {"name", ColumnType::Text, true, ""},
           {"email", ColumnType::Key, true, ""},
           {"role", ColumnType::Key, true, ""}},
          {"id"},
          {}};
}

}  // namespace

std::string table_behind(const std::string& reference) { return reference.substr(0, reference.rfind('.')); }

std::vector<Table> referenced_tables(const Mapping& mapping) {
  std::set<std::string> names;
  for (const OwnedColumn& owned : mapping.owned()) {
    if (!owned.column.references.empty()) names.insert(table_behind(owned.column.references));
  }
  if (mapping.owner()) names.insert(mapping.owner()->table);
  std::vector<Table> tables;
  if (names.contains("users")) tables.push_back(users_table());
  return tables;
}

}  // namespace lockstep
