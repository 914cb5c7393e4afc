#include "search.h"

#include <algorithm>
#include <numeric>

#include "common/error.h"
#include "common/text.h"

namespace jsondb {
namespace {

using Op = Filter::Op;

struct Test {
  std::size_t ordinal;
  Op op;
  std::vector<Value> values;  ///< sorted

  bool holds(const Value& cell) const {
    switch (op) {
      case Op::Equal: return compare(cell, values[0]) == 0;
      case Op::EqualIgnoreCase: return cell.is_view() && values[0].is_view() && equal_ignore_case(cell.as_view(), values[0].as_view());
      case Op::In:
        return !cell.is_nothing() &&
               std::binary_search(values.begin(), values.end(), cell, [](const Value& a, const Value& b) { return compare(a, b) < 0; });
      case Op::IsNull: return cell.is_nothing();
      case Op::Greater: return !cell.is_nothing() && compare(cell, values[0]) > 0;
      case Op::Less: return !cell.is_nothing() && compare(cell, values[0]) < 0;
    }
    return false;
  }
};

Test test_of(const TableData& table, const Filter::Condition& condition) {
  const bool needs_one =
      condition.op == Op::Equal || condition.op == Op::EqualIgnoreCase || condition.op == Op::Greater || condition.op == Op::Less;
  if (needs_one && condition.values.size() != 1) {
    throw Error(ErrorKind::Invalid, "the condition on \"" + condition.column + "\" needs one value");
  }
  Test test{table.ordinal(condition.column), condition.op, condition.values};
  std::sort(test.values.begin(), test.values.end(), [](const Value& a, const Value& b) { return compare(a, b) < 0; });
  return test;
}

int group_of(const Value& value) {
  if (value.is_nothing()) return 0;
  return value.is_view() ? 2 : 1;
}

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

int compare(const Value& a, const Value& b) {
  if (const int groups = order(group_of(a), group_of(b)); groups != 0 || a.is_nothing()) return groups;
  if (a.is_view()) return order(a.as_view(), b.as_view());
  const bool real = a.tag() == Value::Tag::Real || b.tag() == Value::Tag::Real;
  if (!real) return order(a.as_integer(), b.as_integer());
  const auto number = [](const Value& value) {
    return value.tag() == Value::Tag::Real ? value.as_real() : static_cast<double>(value.as_integer());
  };
  return order(number(a), number(b));
}

std::vector<std::size_t> search(const TableData& table, const Filter& filter) {
  std::vector<Test> tests;
  for (const Filter::Condition& condition : filter.where) tests.push_back(test_of(table, condition));
  std::vector<std::size_t> order_by;
  for (const std::string& column : filter.order_by) order_by.push_back(table.ordinal(column));
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const Row row = table.rows[i].row();
    if (std::all_of(tests.begin(), tests.end(), [&](const Test& test) { return test.holds(row[test.ordinal]); })) found.push_back(i);
  }
  std::stable_sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
    for (const std::size_t ordinal : order_by) {
      const int which = compare(table.rows[a][ordinal], table.rows[b][ordinal]);
      if (which != 0) return filter.descending ? which > 0 : which < 0;
    }
    return false;
  });
  if (filter.limit != 0 && found.size() > filter.limit) found.resize(filter.limit);
  return found;
}

std::size_t find_key(const TableData& table, std::span<const Value> key) {
  Filter filter;
  const auto& columns = table.definition.primary_key;
  if (columns.size() != key.size())
    throw Error(ErrorKind::Invalid, "the key of table \"" + table.definition.name + "\" has another length");
  for (std::size_t i = 0; i < key.size(); ++i) filter.where.push_back({columns[i], Op::Equal, {key[i]}});
  const auto found = search(table, filter);
  return found.empty() ? std::string::npos : found[0];
}

}  // namespace jsondb
