#include "sql/where.h"

#include <algorithm>
#include <bit>

#include "common/error.h"

namespace lockstep::sql {
namespace {

void need_values(const Filter::Condition& condition, std::size_t count) {
  if (condition.values.size() == count) return;
  throw Error(ErrorKind::Invalid, "condition on column \"" + condition.column + "\" has " + std::to_string(condition.values.size()) +
                                      " values where it needs " + std::to_string(count));
}

std::string in_list(const Dialect& dialect, const std::string& column, const Filter::Condition& condition, Query& query) {
  std::vector<Value> values;
  for (const Value& value : condition.values) {
    if (!value.is_nothing()) values.push_back(value);
  }
  if (values.empty()) return "1 = 0";
  values.resize(std::bit_ceil(values.size()), values.back());
  std::string places;
  for (const Value& value : values) {
    if (!places.empty()) places += ", ";
    places += add_parameter(dialect, query, value, condition.column);
  }
  return column + " IN (" + places + ")";
}

std::string condition_text(const Dialect& dialect, const std::string& prefix, const Filter::Condition& condition, Query& query) {
  const std::string column = dialect.exact(prefix + dialect.quote(condition.column));
  const auto compared = [&](const char* word) {
    need_values(condition, 1);
    return column + word + add_parameter(dialect, query, condition.values.front(), condition.column);
  };
  switch (condition.op) {
    case Filter::Op::Equal:
      need_values(condition, 1);
      // Absent and null are one thing wherever values are compared.
      if (condition.values.front().is_nothing()) return column + " IS NULL";
      return compared(" = ");
    case Filter::Op::EqualIgnoreCase:
      need_values(condition, 1);
      return dialect.equal_ignore_case(prefix + dialect.quote(condition.column),
                                       add_parameter(dialect, query, condition.values.front(), condition.column));
    case Filter::Op::In: return in_list(dialect, column, condition, query);
    case Filter::Op::IsNull: need_values(condition, 0); return column + " IS NULL";
    case Filter::Op::Greater: return compared(" > ");
    case Filter::Op::Less: return compared(" < ");
  }
  return "1 = 0";
}

}  // namespace

std::string add_parameter(const Dialect& dialect, Query& query, const Value& value, std::string_view column) {
  query.parameters.push_back({value, column});
  return dialect.placeholder(query.parameters.size());
}

void append_where(const Dialect& dialect, const Table& table, const Filter& filter, Query& query) {
  const std::string prefix = dialect.quote_table(table.name) + ".";
  const char* joint = " WHERE ";
  for (const Filter::Condition& condition : filter.where) {
    query.text += joint + condition_text(dialect, prefix, condition, query);
    joint = " AND ";
  }
}

void append_order(const Dialect& dialect, const Table& table, const Filter& filter, Query& query) {
  const std::string prefix = dialect.quote_table(table.name) + ".";
  const char* joint = " ORDER BY ";
  for (const std::string& column : filter.order_by) {
    query.text += joint + dialect.exact(prefix + dialect.quote(column));
    if (filter.descending) query.text += " DESC";
    // A key has no nulls, and an index of it serves the plain order only.
    const auto same = [&](const std::string& part) { return dialect.same_name(part, column); };
    if (std::none_of(table.primary_key.begin(), table.primary_key.end(), same)) query.text += dialect.null_order(filter.descending);
    joint = ", ";
  }
  if (filter.limit > 0) {
    query.text += " LIMIT " + add_parameter(dialect, query, Value::integer(static_cast<std::int64_t>(filter.limit)), {});
  }
}

void append_key(const Dialect& dialect, const Table& table, std::span<const Value> key, Query& query) {
  if (key.size() != table.primary_key.size() || key.empty()) {
    throw Error(ErrorKind::Invalid, "table \"" + table.name + "\" has a primary key of " + std::to_string(table.primary_key.size()) +
                                        " columns, but " + std::to_string(key.size()) + " values were given");
  }
  const char* joint = " WHERE ";
  for (std::size_t i = 0; i < key.size(); ++i) {
    const std::string& column = table.primary_key[i];
    query.text +=
        joint + dialect.quote_table(table.name) + "." + dialect.quote(column) + " = " + add_parameter(dialect, query, key[i], column);
    joint = " AND ";
  }
}

}  // namespace lockstep::sql
