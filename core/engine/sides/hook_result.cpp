#include "engine/sides/hook_result.h"

#include <algorithm>
#include <vector>

#include "common/text.h"
#include "common/time.h"
#include "mapping/convert.h"

namespace lockstep {
namespace {

bool fits(const Json& value, ColumnType type) {
  if (value.is_null()) return true;
  switch (type) {
    case ColumnType::Integer: return value.integer() != nullptr;
    case ColumnType::Real: return value.integer() != nullptr || value.real() != nullptr;
    case ColumnType::Boolean: return value.boolean() != nullptr || (value.integer() != nullptr && (*value.integer() | 1) == 1);
    case ColumnType::Timestamp: return value.text() != nullptr && parse_time(*value.text()).has_value();
    case ColumnType::Key:
    case ColumnType::Text: return value.text() != nullptr || value.integer() != nullptr || value.real() != nullptr;
    case ColumnType::Json:
    case ColumnType::Blob: break;
  }
  return true;
}

}  // namespace

Value take_cell(const Field& field, const Value& value, Arena& arena, std::string& problem) {
  if (value.is_nothing()) {
    if (field.required) problem = field.column + ": is required";
    return Value::null();
  }
  if (field.lookup) return value;
  std::string wrong;
  std::optional<Value> cell = convert(field, value, arena, wrong);
  // A table is never what was meant by a text; its spelling is only for what comes out of a database.
  if (!cell && value.tag() != Value::Tag::Json) {
    std::string still;
    cell = convert(field, normalise(field, value, arena), arena, still);
  }
  if (!cell) problem = field.column + ": " + wrong;
  return cell.value_or(Value::null());
}

std::string refuse_owned(const Mapping& mapping, const Json::Object& columns) {
  std::vector<std::string> known;
  for (const OwnedColumn& owned : mapping.owned()) known.push_back(owned.column.name);
  for (const auto& [name, value] : columns) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&given = name](const auto& each) { return equal_ignore_case(each, given); });
    if (found == known.end())
      return "assign_owner gives \"" + printable(ellipsize(name, 60)) + "\", which is no column under `owned:`" + did_you_mean(name, known);
    const Column& column = mapping.owned()[static_cast<std::size_t>(found - known.begin())].column;
    if (!fits(value, column.type)) return "assign_owner." + name + " is not of the column's type, " + std::string(to_string(column.type));
  }
  return {};
}

}  // namespace lockstep
