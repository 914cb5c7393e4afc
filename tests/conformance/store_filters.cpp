// What a filter finds.
#include "conformance/store_suite.h"

namespace lockstep::conformance {
namespace {

class Filtered {
 public:
  Filtered(Store& store, const Table& table) : store_(store), table_(table) {}

  /// The ids found, as "1 2 3".
  std::string operator()(std::vector<Filter::Condition> where, std::vector<std::string> order_by = {"id"}, std::size_t limit = 0) const {
    const Filter filter{std::move(where), std::move(order_by), limit};
    const Rows rows = store_.read(table_, Shape({"id"}), filter);
    std::string out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i > 0) out += ' ';
      out += to_display(rows[i][0]);
    }
    if (limit == 0) {
      EXPECT_EQ(store_.count(table_, filter), rows.size());
    }
    return out;
  }

 private:
  Store& store_;
  const Table& table_;
};

using Op = Filter::Op;

TEST_P(StoreSuite, FiltersFindWhatTheySay) {
  const Table table = items_table();
  store_->prepare(table);
  insert(table, Shape({"name", "amount", "active"}),
         {{Value::text("Ann"), Value::integer(10), Value::boolean(true)},
          {Value::text("bob"), Value::integer(20), Value::boolean(false)},
          {Value::text("É"), Value::null(), Value::null()},
          {Value::text("ann b"), Value::integer(20), Value::boolean(true)}});
  const Filtered find(*store_, table);
  EXPECT_EQ(find({}), "1 2 3 4");
  EXPECT_EQ(find({{"name", Op::Equal, {Value::text("Ann")}}}), "1");
  EXPECT_EQ(find({{"name", Op::Equal, {Value::text("ann")}}}), "");
  EXPECT_EQ(find({{"name", Op::EqualIgnoreCase, {Value::text("ANN")}}}), "1");
  EXPECT_EQ(find({{"name", Op::EqualIgnoreCase, {Value::text("é")}}}), "");
  EXPECT_EQ(find({{"amount", Op::IsNull, {}}}), "3");
  EXPECT_EQ(find({{"amount", Op::Equal, {Value::null()}}}), "3");
  EXPECT_EQ(find({{"amount", Op::In, {Value::integer(20), Value::integer(99), Value::null()}}}), "2 4");
  EXPECT_EQ(find({{"amount", Op::In, {}}}), "");
  EXPECT_EQ(find({{"id", Op::Greater, {Value::integer(2)}}}), "3 4");
  EXPECT_EQ(find({{"active", Op::Equal, {Value::boolean(true)}}}), "1 4");
  EXPECT_EQ(find({{"amount", Op::Equal, {Value::integer(20)}}, {"active", Op::Equal, {Value::boolean(true)}}}), "4");
  EXPECT_EQ(find({{"amount", Op::Greater, {Value::integer(0)}}}, {"amount", "name"}), "1 4 2");
  EXPECT_EQ(find({}, {"id"}, 2), "1 2");
}

TEST_P(StoreSuite, AListLongerThanAStatementFindsEachRowOnce) {
  const Table table = items_table();
  store_->prepare(table);
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 5000; ++i) rows.push_back({Value::integer(i)});
  insert(table, Shape({"amount"}), rows);
  Filter filter;
  filter.where.push_back({"amount", Filter::Op::In, {}});
  for (int i = 0; i < 5000; ++i) {
    for (int copy = 0; copy < 3; ++copy) filter.where[0].values.push_back(Value::integer((i * 7919) % 5000));
  }
  EXPECT_EQ(read(table, Shape({"id"}), filter).size(), 5000U);
}

TEST_P(StoreSuite, AWalkByKeySeesEveryRowThoughItWritesBetween) {
  const Table table = items_table();
  store_->prepare(table);
  std::vector<std::vector<Value>> rows(1000, {Value::integer(0)});
  insert(table, Shape({"amount"}), rows);
  Filter filter;
  filter.where.push_back({"id", Filter::Op::Greater, {Value::integer(0)}});
  filter.order_by = {"id"};
  filter.limit = 64;
  std::size_t seen = 0;
  for (;;) {
    const Rows part = read(table, Shape({"id", "amount"}), filter);
    if (part.empty()) break;
    seen += part.size();
    filter.where[0].values = {part[part.size() - 1][0]};
    const auto transaction = store_->begin(*lease_);
    Guarded change{{part[0][0]}, {0}, {Value::integer(0)}, {Value::integer(1)}};
    ASSERT_EQ(transaction->update(table, Shape({"amount"}), std::span(&change, 1)).at(0), Outcome::Written);
    transaction->commit();
  }
  EXPECT_EQ(seen, 1000U);
}

TEST_P(StoreSuite, AConditionWithTooFewValuesIsRefused) {
  store_->prepare(items_table());
  EXPECT_EQ(error_kind([&] { read(items_table(), Shape({"id"}), {{{"id", Op::Equal, {}}}, {}, 0}); }), "invalid");
}

}  // namespace
}  // namespace lockstep::conformance
