#include "mapping/mapping.h"

#include <algorithm>

#include "common/text.h"
#include "mapping/convert.h"
#include "mapping/e164.h"
#include "mapping/field_reader.h"

namespace lockstep {
namespace {

bool is_indexed(const std::vector<Index>& indexes, std::string_view column) {
  return std::any_of(indexes.begin(), indexes.end(), [&](const Index& index) {
    return std::find(index.columns.begin(), index.columns.end(), column) != index.columns.end();
  });
}

ColumnType column_type(const Field& field, bool indexed) {
  if (field.lookup && (field.lookup->take.empty() || field.lookup->take == "id")) return ColumnType::Integer;
  switch (field.type) {
    case FieldType::Text: return indexed || field.lookup ? ColumnType::Key : ColumnType::Text;
    case FieldType::Enum: return ColumnType::Key;
    case FieldType::Integer: return ColumnType::Integer;
    case FieldType::Real: return ColumnType::Real;
    case FieldType::Boolean: return ColumnType::Boolean;
    case FieldType::Json: return ColumnType::Json;
    case FieldType::Timestamp: return ColumnType::Timestamp;
  }
  return ColumnType::Text;
}

/// A primary key is indexed.
Column key_column(Column column) {
  if (column.type == ColumnType::Text) column.type = ColumnType::Key;
  column.nullable = false;
  return column;
}

/// Of a column that only `where` names, should Lockstep have to make it.
ColumnType condition_type(const RowCondition& condition) {
  for (const auto* list : {&condition.among, &condition.not_among}) {
    for (const Json& value : *list) {
      if (value.boolean() != nullptr) return ColumnType::Boolean;
      if (value.integer() != nullptr) return ColumnType::Integer;
    }
  }
  return ColumnType::Text;
}

/// A lookup is no foreign key: rows of the other table may go and come back, and a key of the database would forbid the application that.
Column column_of(const Field& field, bool indexed) {
  Column column;
  column.name = field.column;
  column.type = column_type(field, indexed);
  column.nullable = !field.required;
  return column;
}

}  // namespace

bool Mapping::sends() const {
  return std::any_of(fields_.begin() + 1, fields_.end(), [](const Field& field) { return !field.remote_owned(); });
}

std::string MatchRule::key_of(const Value& value) const {
  if (value.is_nothing() || value.is_unreadable()) return {};
  std::string text(trim(to_display(value)));
  if (as == As::Lower) return to_lower(text);
  if (as == As::Exact || text.empty()) return text;
  const std::optional<std::string> number = to_e164(text, country_code);
  return number ? *number : "as written: " + text;
}

bool MatchRule::is_comparable(const Value& value) const {
  return as != As::E164 || value.is_nothing() || to_e164(to_display(value), country_code).has_value();
}

Path Mapping::place_in(std::size_t ordinal, const Json& document) const {
  const Field& field = fields_[ordinal];
  if (field.other.empty() || document.find(field.from.top()) != nullptr) return field.from;
  const bool other = names_->are_two(ordinal) ? false : document.find(field.other) != nullptr || names_->prefers_other(ordinal);
  return other ? Path::of_key(field.other) : field.from;
}

Table Mapping::table() const {
  Table out;
  out.name = table_name_;
  const auto own = std::find_if(owned_.begin(), owned_.end(), [](const auto& each) { return equal_ignore_case(each.column.name, "id"); });
  out.primary_key = {own == owned_.end() ? "id" : own->column.name};
  out.columns.push_back(own == owned_.end() ? Column{"id", ColumnType::Integer, false, ""} : key_column(own->column));
  // The key may be null: a row that the application made has no remote item yet.
  out.columns.push_back({key().column, ColumnType::Key, true, ""});
  for (std::size_t i = 1; i < fields_.size(); ++i) out.columns.push_back(column_of(fields_[i], is_indexed(indexes_, fields_[i].column)));
  for (const OwnedColumn& owned : owned_) {
    if (own != owned_.end() && &owned == &*own) continue;
    Column column = owned.column;
    if (column.type == ColumnType::Text && is_indexed(indexes_, column.name)) column.type = ColumnType::Key;
    out.columns.push_back(std::move(column));
  }
  // An id is unique among the rows of its sync.
  std::vector<std::string> identity;
  for (const Constant& constant : constants_) {
    out.columns.push_back({constant.column, ColumnType::Key, false, ""});
    identity.push_back(constant.column);
  }
  for (const RowCondition& condition : conditions_) {
    if (out.find(condition.column) == nullptr) out.columns.push_back({condition.column, condition_type(condition), true, ""});
  }
  identity.push_back(key().column);
  out.indexes = indexes_;
  // A mapping that declares the key's index itself chooses its name.
  const bool declared =
      std::any_of(indexes_.begin(), indexes_.end(), [&](const Index& index) { return index.unique && index.columns == identity; });
  if (!declared) out.indexes.insert(out.indexes.begin(), {index_name(table_name_, identity, true), identity, true});
  return out;
}

}  // namespace lockstep
