// Every value comes back as it was written.
#include <cmath>
#include <limits>

#include "conformance/store_suite.h"

namespace lockstep::conformance {
namespace {

using namespace std::string_literals;

const std::string kMegabyte(1 << 20, 'm');
const std::string kWithNul = "a\0b\0"s;
const std::string kEveryByte = [] {
  std::string out;
  for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
  return out;
}();

struct Case {
  const char* column;
  std::vector<Value> values;
};

std::vector<Case> cases() {
  return {
      {"amount",
       {Value::integer(0), Value::integer(-1), Value::integer(std::numeric_limits<std::int64_t>::max()),
        Value::integer(std::numeric_limits<std::int64_t>::min()), Value::integer((std::int64_t{1} << 53) + 1), Value::null()}},
      {"ratio",
       {Value::real(1.0), Value::real(0.1), Value::real(-2.5), Value::real(0.30000000000000004),
        Value::real(std::numeric_limits<double>::max()), Value::real(std::numeric_limits<double>::denorm_min()),
        Value::real(9007199254740993.0), Value::null()}},
      {"active", {Value::boolean(true), Value::boolean(false), Value::null()}},
      {"note",
       {Value::text(""), Value::text({}), Value::text("plain"), Value::text("1"), Value::text("007"), Value::text("1.0"),
        Value::text(" 5 "), Value::text("1e5"), Value::text("12345678901234567890"), Value::text("Zoë 🙂 \u4f60\u597d"),
        Value::text(kWithNul), Value::text(kMegabyte), Value::text("it's \"quoted\""), Value::text("null"), Value::null()}},
      {"data",
       {Value::json("{}"), Value::json("[]"), Value::json(R"({"a":[1,1.5,"x\u0000"],"b":null})"), Value::json("5"), Value::json("\"5\""),
        Value::json("true"), Value::json("12345678901234567890"), Value::null()}},
      {"at", {Value::text("2026-11-21T02:24:23.000Z"), Value::text("0001-01-01T00:00:00.000Z"), Value::null()}},
      {"bytes", {Value::text(kEveryByte), Value::text(""), Value::null()}},
  };
}

TEST_P(StoreSuite, EveryValueComesBackAsItWasWritten) {
  const Table table = items_table();
  store_->prepare(table);
  for (const Case& one : cases()) {
    const Shape shape({one.column});
    for (const Value& value : one.values) {
      const std::vector<RowKey> keys = insert(table, shape, {{value}});
      ASSERT_EQ(keys.size(), 1U);
      const Rows rows = read(table, shape, {{{"id", Filter::Op::Equal, {keys[0][0]}}}, {}, 0});
      ASSERT_EQ(rows.size(), 1U) << one.column;
      EXPECT_TRUE(identical(rows[0][0], value))
          << one.column << ": wrote " << spell(value).substr(0, 60) << ", read " << spell(rows[0][0]).substr(0, 60);
    }
  }
}

TEST_P(StoreSuite, WhatWasWrittenHashesAsWhatIsRead) {
  const Table table = items_table();
  store_->prepare(table);
  const Shape shape({"name", "amount", "ratio", "active", "data", "note", "at"});
  const std::vector<Value> row = {Value::text("a"),
                                  Value::integer(7),
                                  Value::real(7.0),
                                  Value::boolean(true),
                                  Value::json("[1]"),
                                  Value::text("7"),
                                  Value::text("2026-11-21T02:24:23.000Z")};
  insert(table, shape, {row});
  EXPECT_EQ(hash_row(read(table, shape)[0]), hash_row(row));
}

TEST_P(StoreSuite, AbsentCellsTakeTheDefaultAndNullsDoNot) {
  const Table table = items_table("defaulted");
  database_->execute("CREATE TABLE defaulted (id INTEGER PRIMARY KEY, name VARCHAR(20) DEFAULT 'fallback', amount INTEGER)");
  const Shape shape({"name", "amount"});
  insert(table, shape, {{Value(), Value::integer(1)}, {Value::null(), Value()}, {Value::text("given"), Value::integer(3)}});
  Filter in_order;
  in_order.order_by = {"id"};
  const Rows rows = read(table, shape, in_order);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(spell(rows[0][0]), "text:fallback");
  EXPECT_EQ(spell(rows[1][0]), "null:null");
  EXPECT_EQ(spell(rows[1][1]), "null:null");
  EXPECT_EQ(spell(rows[2][0]), "text:given");
}

TEST_P(StoreSuite, KeysComeBackInTheOrderOfTheRows) {
  const Table table = items_table();
  store_->prepare(table);
  const Shape shape({"name"});
  const std::vector<RowKey> keys = insert(table, shape, {{Value::text("c")}, {Value::text("a")}, {Value::text("b")}});
  ASSERT_EQ(keys.size(), 3U);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Rows rows = read(table, shape, {{{"id", Filter::Op::Equal, {keys[i][0]}}}, {}, 0});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0][0].as_view(), std::string_view(&"cab"[i], 1));
  }
}

TEST_P(StoreSuite, CompositeAndTextKeysComeBack) {
  Table table;
  table.name = "pairs";
  table.columns = {{"left", ColumnType::Key, false, {}}, {"right", ColumnType::Integer, false, {}}, {"value", ColumnType::Text, true, {}}};
  table.primary_key = {"left", "right"};
  store_->prepare(table);
  const Shape shape({"value", "right", "left"});
  const std::vector<RowKey> keys = insert(table, shape, {{Value::text("v"), Value::integer(5), Value::text("l")}});
  ASSERT_EQ(keys.at(0).size(), 2U);
  EXPECT_EQ(spell(keys[0][0]), "text:l");
  EXPECT_EQ(spell(keys[0][1]), "int:5");
  EXPECT_EQ(store_->inspect("pairs")->primary_key, (std::vector<std::string>{"left", "right"}));
}

}  // namespace
}  // namespace lockstep::conformance
