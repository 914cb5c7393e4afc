#include "engine/sides/lost_columns.h"

#include <algorithm>

#include "common/text.h"

namespace lockstep {
namespace {

using ColumnNames = std::vector<std::string>;

ColumnNames columns_of(const Json& definition) {
  ColumnNames names;
  const Json* columns = definition.find("columns");
  if (columns == nullptr || columns->array() == nullptr) return names;
  for (const Json& column : *columns->array()) names.push_back(column.text() == nullptr ? std::string() : to_lower(*column.text()));
  return names;
}

bool contains(const ColumnNames& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

/// Columns of `names` that are in `others`, too.
ColumnNames common(ColumnNames names, const ColumnNames& others) {
  std::erase_if(names, [&](const std::string& name) { return !contains(others, name); });
  return names;
}

/// One of those that stand before `name` now stood behind it.
bool has_moved(const ColumnNames& before, const ColumnNames& now, const std::string& name) {
  const auto ahead = std::find(now.begin(), now.end(), name);
  return std::any_of(std::find(before.begin(), before.end(), name), before.end(),
                     [&](const std::string& other) { return std::find(now.begin(), ahead, other) != ahead; });
}

}  // namespace

ColumnNames lost_columns(const Json& before, const Json& now, const std::vector<std::size_t>& uniform,
                         const std::function<bool(std::size_t)>& varies, const Mapping& mapping) {
  const ColumnNames known = columns_of(before), present = columns_of(now);
  const ColumnNames stayed = common(known, present), order = common(present, known);
  const bool altered = known == present && before.text_at("version") != now.text_at("version");
  ColumnNames lost;
  for (auto name = order.rbegin(); name != order.rend(); ++name) {
    const auto field = std::find_if(mapping.fields().begin(), mapping.fields().end(),
                                    [&](const Field& each) { return equal_ignore_case(each.column, *name); });
    const bool mapped = field != mapping.fields().end();
    const auto ordinal = static_cast<std::size_t>(field - mapping.fields().begin());
    const bool same_in_all = mapped && std::find(uniform.begin(), uniform.end(), ordinal) != uniform.end();
    if (!has_moved(stayed, order, *name) && !(altered && same_in_all)) break;
    if (mapped && !varies(ordinal)) lost.push_back(field->column);
  }
  return lost;
}

bool may_be_made_anew(const Json& before, const Json& now, const std::string& column) {
  const ColumnNames known = columns_of(before), present = columns_of(now);
  const std::string name = to_lower(column);
  if (!contains(present, name)) return true;
  const ColumnNames stayed = common(known, present);
  if (!contains(stayed, name)) return false;
  return has_moved(stayed, common(present, known), name) || (stayed.back() == name && before.text_at("version") != now.text_at("version"));
}

std::vector<ColumnInPlace> columns_in_place(const Json& before, const Json& now, const Mapping& mapping) {
  const ColumnNames known = columns_of(before), present = columns_of(now);
  std::vector<ColumnInPlace> found;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i >= present.size()) return {};
    if (known[i] == present[i]) {
      for (ColumnInPlace& each : found) each.amid = true;
      continue;
    }
    if (contains(present, known[i]) || contains(known, present[i])) return {};
    const auto field = std::find_if(mapping.fields().begin(), mapping.fields().end(),
                                    [&](const Field& each) { return equal_ignore_case(each.column, present[i]); });
    if (field == mapping.fields().end()) continue;
    found.push_back({known[i], static_cast<std::size_t>(field - mapping.fields().begin()), false});
  }
  return found;
}

}  // namespace lockstep
