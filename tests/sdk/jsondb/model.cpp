#include "model.h"

#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace jsondb {
namespace {

constexpr ColumnType kTypes[] = {ColumnType::Key,     ColumnType::Text, ColumnType::Integer,   ColumnType::Real,
                                 ColumnType::Boolean, ColumnType::Json, ColumnType::Timestamp, ColumnType::Blob};

ColumnType type_of(std::string_view name) {
  const auto found = std::find_if(std::begin(kTypes), std::end(kTypes), [&](ColumnType type) { return to_string(type) == name; });
  if (found == std::end(kTypes)) throw Error(ErrorKind::Corrupt, "no type of a column: " + std::string(name));
  return *found;
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string from_hex(std::string_view digits) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) out += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
  return out;
}

Json to_cell(const Value& value) {
  switch (value.tag()) {
    case Value::Tag::Absent:
    case Value::Tag::Null: return {};
    case Value::Tag::Bool: return value.as_bool();
    case Value::Tag::Int: return value.as_integer();
    case Value::Tag::Real: return value.as_real();
    case Value::Tag::Number: return Json::Object{{"number", value.as_view()}};
    case Value::Tag::Json: return Json::Object{{"json", value.as_view()}};
    case Value::Tag::Unreadable: return json::from_value(value);
    case Value::Tag::Text: break;
  }
  return is_utf8(value.as_view()) ? Json(value.as_view()) : Json(Json::Object{{"hex", to_hex(value.as_view())}});
}

Value from_cell(const Json& cell, Arena& arena) {
  if (const bool* value = cell.boolean()) return Value::boolean(*value);
  if (const std::int64_t* value = cell.integer()) return Value::integer(*value);
  if (const double* value = cell.real()) return Value::real(*value);
  if (const std::string* value = cell.text()) return Value::text(arena.copy(*value));
  if (cell.find("json") != nullptr) return Value::json(arena.copy(cell.text_at("json")));
  if (cell.find("number") != nullptr) return Value::number(arena.copy(cell.text_at("number")));
  if (cell.find("hex") != nullptr) return Value::text(arena.copy(from_hex(cell.text_at("hex"))));
  return Value::null();
}

const Json::Array& array_at(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  if (found == nullptr || found->array() == nullptr) throw Error(ErrorKind::Corrupt, "no list \"" + std::string(name) + "\"");
  return *found->array();
}

std::vector<std::string> texts_of(const Json::Array& array, std::size_t from = 0) {
  std::vector<std::string> out;
  for (std::size_t i = from; i < array.size(); ++i) out.push_back(array[i].text() != nullptr ? *array[i].text() : std::string());
  return out;
}

TableData read_table(const std::string& name, const Json& json) {
  TableData table;
  table.definition.name = name;
  for (const Json& column : array_at(json, "columns")) {
    const Json::Array& parts = *column.array();
    table.definition.columns.push_back({*parts.at(0).text(), type_of(*parts.at(1).text()), *parts.at(2).boolean(), {}});
  }
  table.definition.primary_key = texts_of(array_at(json, "primary_key"));
  for (const Json& index : array_at(json, "indexes")) {
    const Json::Array& parts = *index.array();
    table.definition.indexes.push_back({*parts.at(0).text(), texts_of(parts, 2), *parts.at(1).boolean()});
  }
  table.next = *json.find("next")->integer();
  Arena arena;
  for (const Json& row : array_at(json, "rows")) {
    std::vector<Value> cells;
    for (const Json& cell : *row.array()) cells.push_back(from_cell(cell, arena));
    cells.resize(table.definition.columns.size(), Value::null());
    table.rows.emplace_back(cells);
    arena.clear();
  }
  return table;
}

Json write_table(const TableData& table) {
  Json::Array columns, key, indexes, rows;
  for (const Column& column : table.definition.columns)
    columns.push_back(Json::Array{column.name, to_string(column.type), column.nullable});
  for (const std::string& column : table.definition.primary_key) key.emplace_back(column);
  for (const Index& index : table.definition.indexes) {
    Json::Array parts{index.name, index.unique};
    for (const std::string& column : index.columns) parts.emplace_back(column);
    indexes.emplace_back(std::move(parts));
  }
  for (const OwnedRow& row : table.rows) {
    Json::Array cells;
    for (const Value& value : row.row()) cells.push_back(to_cell(value));
    rows.emplace_back(std::move(cells));
  }
  return Json::Object{{"columns", std::move(columns)},
                      {"primary_key", std::move(key)},
                      {"indexes", std::move(indexes)},
                      {"next", table.next},
                      {"rows", std::move(rows)}};
}

}  // namespace

std::size_t TableData::ordinal(std::string_view column) const {
  for (std::size_t i = 0; i < definition.columns.size(); ++i) {
    if (definition.columns[i].name == column) return i;
  }
  throw Error(ErrorKind::Invalid, "table \"" + definition.name + "\" has no column \"" + std::string(column) + "\"",
              "run `lockstep migrate`");
}

std::size_t TableData::generated() const {
  if (definition.primary_key.size() != 1) return std::string::npos;
  const std::size_t key = ordinal(definition.primary_key[0]);
  return definition.columns[key].type == ColumnType::Integer ? key : std::string::npos;
}

Model parse_model(std::string_view text) {
  Model model;
  const Json json = json::parse(text);
  const Json *tables = json.find("tables"), *tokens = json.find("tokens");
  if (tables == nullptr || tables->object() == nullptr || tokens == nullptr || tokens->object() == nullptr) {
    throw Error(ErrorKind::Corrupt, "is no jsondb file");
  }
  for (const auto& [name, table] : *tables->object()) model.tables.emplace(name, read_table(name, table));
  for (const auto& [name, token] : *tokens->object()) model.tokens.emplace(name, static_cast<std::uint64_t>(*token.integer()));
  return model;
}

std::string to_text(const Model& model) {
  Json::Object tables, tokens;
  for (const auto& [name, table] : model.tables) tables.emplace_back(name, write_table(table));
  for (const auto& [name, token] : model.tokens) tokens.emplace_back(name, static_cast<std::int64_t>(token));
  return json::to_text(Json::Object{{"tables", std::move(tables)}, {"tokens", std::move(tokens)}});
}

}  // namespace jsondb
