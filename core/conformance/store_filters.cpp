// What a filter finds.
#include "conformance/store_groups.h"

namespace lockstep::conformance {
namespace {

using Op = Filter::Op;

struct Search {
  std::vector<Filter::Condition> where;
  const char* ids;  ///< "1 2 3"
  std::vector<std::string> order_by = {"id"};
  std::size_t limit = 0;
  bool descending = false;
};

/// A condition in words: "amount > 20".
std::string words_of(const Filter::Condition& condition) {
  static constexpr const char* kWords[] = {"=", "= ignoring case", "in", "is null", ">", "<"};
  std::string out = condition.column + " " + kWords[static_cast<std::size_t>(condition.op)];
  for (const Value& value : condition.values) out += " " + spell(value);
  return out;
}

std::string words_of(const Search& search) {
  std::string out = search.where.empty() ? "no condition" : "";
  for (const Filter::Condition& condition : search.where) out += (out.empty() ? "" : " and ") + words_of(condition);
  if (search.descending) out += ", descending";
  return out;
}

void find(StoreTrial& t, const Table& table, const Search& search) {
  Filter filter{search.where, search.order_by, search.limit};
  filter.descending = search.descending;
  const Rows rows = t.read(table, Shape({"id"}), filter);
  std::string found;
  for (std::size_t i = 0; i < rows.size(); ++i) found += (i > 0 ? " " : "") + to_display(rows[i][0]);
  const std::string what = words_of(search);
  t.equal(found, search.ids, what);
  if (search.limit == 0) t.equal(t.store().count(table, filter), rows.size(), what + ": rows counted");
}

void filters_find_what_they_say(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  t.insert(table, Shape({"name", "amount", "active"}),
           {{Value::text("Ann"), Value::integer(10), Value::boolean(true)},
            {Value::text("bob"), Value::integer(20), Value::boolean(false)},
            {Value::text("É"), Value::null(), Value::null()},
            {Value::text("ann b"), Value::integer(20), Value::boolean(true)}});
  const std::vector<Search> searches = {
      {{}, "1 2 3 4"},
      {{{"name", Op::Equal, {Value::text("Ann")}}}, "1"},
      {{{"name", Op::Equal, {Value::text("ann")}}}, ""},
      {{{"name", Op::EqualIgnoreCase, {Value::text("ANN")}}}, "1"},
      {{{"name", Op::EqualIgnoreCase, {Value::text("é")}}}, ""},
      {{{"amount", Op::IsNull, {}}}, "3"},
      {{{"amount", Op::Equal, {Value::null()}}}, "3"},
      {{{"amount", Op::In, {Value::integer(20), Value::integer(99), Value::null()}}}, "2 4"},
      {{{"amount", Op::In, {}}}, ""},
      {{{"id", Op::Greater, {Value::integer(2)}}}, "3 4"},
      {{{"id", Op::Less, {Value::integer(3)}}}, "1 2"},
      {{{"amount", Op::Less, {Value::integer(20)}}}, "1"},
      {{{"id", Op::Greater, {Value::integer(1)}}, {"id", Op::Less, {Value::integer(4)}}}, "2 3"},
      {{{"name", Op::Greater, {Value::text("ann")}}, {"name", Op::Less, {Value::text("bob")}}}, "4"},
      {{{"active", Op::Equal, {Value::boolean(true)}}}, "1 4"},
      {{{"amount", Op::Equal, {Value::integer(20)}}, {"active", Op::Equal, {Value::boolean(true)}}}, "4"},
      {{{"amount", Op::Greater, {Value::integer(0)}}}, "1 4 2", {"amount", "name"}},
      {{}, "1 2", {"id"}, 2},
      {{}, "4 3", {"id"}, 2, true},
      {{}, "3 1 2 4", {"amount", "id"}},
      {{}, "4 2 1 3", {"amount", "id"}, 0, true},
      {{}, "1 4 2 3", {"name"}},
  };
  for (const Search& search : searches) find(t, table, search);
}

void a_list_longer_than_a_statement_finds_each_row_once(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 5000; ++i) rows.push_back({Value::integer(i)});
  t.insert(table, Shape({"amount"}), rows);
  Filter filter;
  filter.where.push_back({"amount", Op::In, {}});
  for (int i = 0; i < 5000; ++i) {
    for (int copy = 0; copy < 3; ++copy) filter.where[0].values.push_back(Value::integer((i * 7919) % 5000));
  }
  t.equal(t.read(table, Shape({"id"}), filter).size(), 5000U, "rows found");
}

void a_walk_by_key_sees_every_row_though_it_writes_between(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  t.insert(table, Shape({"amount"}), std::vector<std::vector<Value>>(300, {Value::integer(0)}));
  Filter filter;
  filter.where.push_back({"id", Op::Greater, {Value::integer(0)}});
  filter.order_by = {"id"};
  filter.limit = 32;
  std::size_t seen = 0;
  for (;;) {
    const Rows part = t.read(table, Shape({"id", "amount"}), filter);
    if (part.empty()) break;
    seen += part.size();
    t.require(seen <= 300, "the walk sees rows twice");
    filter.where[0].values = {part[part.size() - 1][0]};
    const auto transaction = t.store().begin(t.lease());
    const Guarded change{{part[0][0]}, {0}, {Value::integer(0)}, {Value::integer(1)}};
    t.that(transaction->update(table, Shape({"amount"}), std::span(&change, 1)).at(0) == Outcome::Written, "not written");
    transaction->commit();
  }
  t.equal(seen, 300U, "rows seen");
}

void a_condition_with_too_few_values_is_refused(StoreTrial& t) {
  t.store().prepare(t.table());
  t.throws(ErrorKind::Invalid, "an equation without a value", [&] { t.read(t.table(), Shape({"id"}), {{{"id", Op::Equal, {}}}, {}, 0}); });
}

}  // namespace

std::vector<StoreCheck> filter_checks() {
  return {{"FiltersFindWhatTheySay", filters_find_what_they_say},
          {"AListLongerThanAStatementFindsEachRowOnce", a_list_longer_than_a_statement_finds_each_row_once},
          {"AWalkByKeySeesEveryRowThoughItWritesBetween", a_walk_by_key_sees_every_row_though_it_writes_between},
          {"AConditionWithTooFewValuesIsRefused", a_condition_with_too_few_values_is_refused}};
}

}  // namespace lockstep::conformance
