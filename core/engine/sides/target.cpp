#include "engine/sides/target.h"

#include <algorithm>

#include "common/text.h"
#include "format/number.h"

namespace lockstep {
namespace {

void require_columns(const TableInfo& info, const Table& table) {
  std::vector<std::string> lacking;
  for (const Column& column : table.columns) {
    if (!table.generates(column.name) && info.find(column.name) == nullptr) lacking.push_back(column.name);
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
    if (target.table.generates(name)) {
      // The mapping has no opinion on it: a text key that bears the name "id" is a text.
      std::erase_if(target.table.columns, [&](const Column& column) { return equal_ignore_case(column.name, name); });
    }
    if (target.table.find(name) == nullptr) target.table.columns.push_back(*info.find(name));
  }
  target.table.primary_key = info.primary_key;
  target.given_keys = info.given_keys;
}

/// What `where` alone names is the application's: it is read as the database has it.
void take_condition_columns(Target& target, const TableInfo& info, const Mapping& mapping) {
  for (const RowCondition& condition : mapping.conditions()) {
    const auto named = [&](const std::string& column) { return equal_ignore_case(column, condition.column); };
    const bool mapped =
        std::any_of(mapping.shape()->columns().begin(), mapping.shape()->columns().end(), named) ||
        std::any_of(mapping.owned().begin(), mapping.owned().end(), [&](const auto& each) { return named(each.column.name); });
    for (Column& column : target.table.columns) {
      if (!mapped && named(column.name)) column.type = info.find(column.name)->type;
    }
  }
}

void take_constants(Target& target, const TableInfo* info, const Mapping& mapping) {
  for (const Constant& constant : mapping.constants()) {
    for (Column& column : target.table.columns) {
      if (info != nullptr && equal_ignore_case(column.name, constant.column)) column.type = info->find(column.name)->type;
    }
    target.constants.push_back(
        {constant.column, Filter::Op::Equal, {cell_of_constant(constant.value, target.table.find(constant.column)->type)}});
  }
}

/// Where `name` stands among `columns`, added when it is not there.
std::size_t place_of(const std::string& name, std::vector<std::string>& columns) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const std::string& each) { return equal_ignore_case(each, name); });
  const auto at = static_cast<std::size_t>(found - columns.begin());
  if (found == columns.end()) columns.push_back(name);
  return at;
}

void lay_out(Target& target, const TableInfo* info, const Mapping& mapping, bool whole_rows) {
  std::vector<std::string> columns = target.key_columns;
  target.fields_at = columns.size();
  std::vector<std::string> written = mapping.shape()->columns();
  columns.insert(columns.end(), written.begin(), written.end());
  target.owned_at = columns.size();
  for (const OwnedColumn& owned : mapping.owned()) {
    columns.push_back(owned.column.name);
    written.push_back(owned.column.name);
  }
  for (const Constant& constant : mapping.constants()) written.push_back(constant.column);
  target.modified_at = columns.size();
  target.has_modified = mapping.modified() && target.table.find(mapping.modified()->column) != nullptr;
  if (target.has_modified) columns.push_back(mapping.modified()->column);
  for (const Constant& constant : mapping.constants()) target.constant_at.push_back(place_of(constant.column, columns));
  for (const RowCondition& condition : mapping.conditions()) target.condition_at.push_back(place_of(condition.column, columns));
  if (whole_rows && info != nullptr) {
    for (const Column& column : info->columns) {
      if (target.table.find(column.name) == nullptr) target.table.columns.push_back(column);
      place_of(column.name, columns);
    }
  }
  target.shape = Shape(std::move(columns));
  target.insert_shape = Shape(std::move(written));
}

Json definition_of(const TableInfo& info) {
  Json::Array columns;
  for (const Column& column : info.columns) columns.emplace_back(column.name);
  return Json::Object{{"columns", std::move(columns)}, {"version", info.version}};
}

}  // namespace

std::string borne_id(const Target& target, Row row) {
  const Value& id = target.fields(row)[0];
  return id.tag() == Value::Tag::Text && !trim(id.as_view()).empty() ? std::string(id.as_view()) : std::string();
}

bool has_usable_key(const Target& target, Row row) {
  const Row key = target.key(row);
  return std::none_of(key.begin(), key.end(), [](const Value& part) { return part.is_nothing() || part.is_unreadable(); });
}

std::string keyless_name(const Target& target, const Mapping& mapping, Row row) {
  const Row fields = target.fields(row);
  const Value& label = fields[mapping.label()];
  if (!label.is_nothing() && !trim(to_display(label)).empty()) return in_quotes(to_display(label));
  return fields[0].is_nothing() ? "that has no name either" : "that bears the ID " + in_quotes(to_display(fields[0]));
}

std::string keyless_problem(const Target& target, const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 5;
  const std::size_t count = names.size();
  std::vector<std::string> some(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(count, kNamed)));
  if (count > kNamed) some.push_back("…");
  const bool one = count == 1;
  return "table " + target.table.name + ": " + std::to_string(count) + (one ? " row has" : " rows have") +
         " no value in the primary key (" + join(target.key_columns, ", ") + ") and cannot be told apart: the row" + (one ? " " : "s ") +
         join(some, ", ") + "; nothing is written to " + (one ? "it" : "them") + ", give each a key";
}

Value cell_of_constant(const std::string& text, ColumnType type) {
  if (type == ColumnType::Boolean && (text == "true" || text == "false")) return Value::boolean(text == "true");
  const auto number = type == ColumnType::Integer ? json::plain_integer(text) : std::nullopt;
  return number ? Value::integer(*number) : Value::text(text);
}

Target inspect_target(Store& store, const Mapping& mapping, bool whole_rows) {
  Target target;
  target.table = mapping.table();
  const std::optional<TableInfo> info = store.inspect(target.table.name);
  if (info) {
    target.exists = true;
    target.definition = definition_of(*info);
    target.rewrites = info->rewrites;
    require_columns(*info, target.table);
    take_key(target, *info);
    take_condition_columns(target, *info, mapping);
    const Column* modified = mapping.modified() ? info->find(mapping.modified()->column) : nullptr;
    target.modified_on_wall_clock = modified != nullptr && modified->wall_clock;
    if (modified != nullptr && target.table.find(modified->name) == nullptr) target.table.columns.push_back(*modified);
  }
  target.key_columns = target.table.primary_key;
  for (const std::string& name : target.key_columns) target.key_types.push_back(target.table.find(name)->type);
  take_constants(target, info ? &*info : nullptr, mapping);
  lay_out(target, info ? &*info : nullptr, mapping, whole_rows);
  return target;
}

Rows read_by_key(Store& store, const Target& target, std::span<const OwnedRow> keys, bool anybodys) {
  const std::vector<Filter::Condition> constants = anybodys ? std::vector<Filter::Condition>() : target.constants;
  if (target.key_columns.size() == 1) {
    Filter filter{{{target.key_columns[0], Filter::Op::In, {}}}, {}, 0};
    for (const OwnedRow& key : keys) filter.where[0].values.push_back(key[0]);
    filter.where.insert(filter.where.end(), constants.begin(), constants.end());
    return store.read(target.table, target.shape, filter);
  }
  Rows rows(target.shape.size());
  for (const OwnedRow& key : keys) {
    Filter filter{constants, {}, 0};
    for (std::size_t i = 0; i < key.size(); ++i) filter.where.push_back({target.key_columns[i], Filter::Op::Equal, {key[i]}});
    const Rows one = store.read(target.table, target.shape, filter);
    for (std::size_t i = 0; i < one.size(); ++i) rows.add_copied(one[i]);
  }
  return rows;
}

void require_modified(const Target& target, const Mapping& mapping) {
  if (!target.exists || !mapping.modified() || target.has_modified) return;
  throw Error(ErrorKind::Invalid,
              "modified: table " + target.table.name + " has no column " + in_quotes(mapping.modified()->column) +
                  ", so `newest` cannot tell which side is newer",
              "name the column in which the application keeps when a row was changed");
}

void require_fillable_key(const Target& target, const Mapping& mapping, bool hook_assigns) {
  for (const std::string& name : target.given_keys) {
    const auto named = [&](const auto& each) { return equal_ignore_case(each.column.name, name); };
    const auto owned = std::find_if(mapping.owned().begin(), mapping.owned().end(), named);
    const bool number = target.table.find(name)->type == ColumnType::Integer;
    const bool made = owned != mapping.owned().end() && (hook_assigns || (owned->uuid && !number));
    if (made || (owned == mapping.owned().end() && target.insert_shape.find(name))) continue;
    throw Error(ErrorKind::Invalid,
                "table " + target.table.name + ": nothing fills the primary key " + in_quotes(name) + ", so new rows would have none",
                (number ? "declare it INTEGER PRIMARY KEY, or let " : "add to the mapping owned: {" + name + ": uuid}, or let ") +
                    std::string("the hook's assign_owner fill it (owned: {") + name + ": " + (number ? "integer" : "text") + "})");
  }
}

}  // namespace lockstep
