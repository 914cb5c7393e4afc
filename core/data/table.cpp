#include "data/table.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep {
namespace {

const Column* find_column(const std::vector<Column>& columns, std::string_view name, bool exact) {
  const auto named = [&](const auto& matches) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return matches(column.name, name); });
    return found == columns.end() ? nullptr : &*found;
  };
  const Column* same = named([](std::string_view a, std::string_view b) { return a == b; });
  return same != nullptr || exact ? same : named([](std::string_view a, std::string_view b) { return equal_ignore_case(a, b); });
}

}  // namespace

const Column* Table::find(std::string_view column) const { return find_column(columns, column, false); }

bool Table::generates(std::string_view column) const {
  if (primary_key.size() != 1 || !equal_ignore_case(primary_key.front(), column)) return false;
  const Column* key = find(column);
  return key != nullptr && key->type == ColumnType::Integer;
}

const Column* TableInfo::find(std::string_view column) const { return find_column(columns, column, exact_names); }

std::string_view to_string(ColumnType type) {
  switch (type) {
    case ColumnType::Key: return "key";
    case ColumnType::Text: return "text";
    case ColumnType::Integer: return "integer";
    case ColumnType::Real: return "real";
    case ColumnType::Boolean: return "boolean";
    case ColumnType::Json: return "json";
    case ColumnType::Timestamp: return "timestamp";
    case ColumnType::Blob: return "blob";
  }
  return "text";
}

bool UniqueKey::folds(const std::string& column) const { return std::find(folded.begin(), folded.end(), column) != folded.end(); }

}  // namespace lockstep
