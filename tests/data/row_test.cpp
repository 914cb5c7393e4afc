// Values, shapes and rows.
#include "data/row.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "data/table.h"

namespace lockstep {
namespace {

std::vector<Value> one_of_each() {
  return {Value(),
          Value::null(),
          Value::boolean(true),
          Value::integer(-3),
          Value::real(2.5),
          Value::number("1e400"),
          Value::text(std::string_view("a\0b", 3)),
          Value::json("{\"a\":1}"),
          Value::text("")};
}

TEST(Value, KnowsWhatItHolds) {
  const std::vector<Value> values = one_of_each();
  EXPECT_TRUE(values[0].is_absent());
  EXPECT_TRUE(values[0].is_nothing());
  EXPECT_FALSE(values[1].is_absent());
  EXPECT_TRUE(values[1].is_nothing());
  EXPECT_TRUE(values[2].as_bool());
  EXPECT_EQ(values[3].as_integer(), -3);
  EXPECT_EQ(values[4].as_real(), 2.5);
  EXPECT_EQ(values[6].as_view(), std::string_view("a\0b", 3));
  EXPECT_FALSE(values[4].is_view());
  EXPECT_TRUE(values[5].is_view());
}

TEST(Value, IsIdenticalOnlyToItsOwnTagAndBytes) {
  const std::vector<Value> values = one_of_each();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) EXPECT_EQ(identical(values[i], values[j]), i == j) << i << ' ' << j;
  }
  EXPECT_TRUE(identical(Value::text(std::string("x")), Value::text("x")));
  EXPECT_FALSE(identical(Value::integer(1), Value::real(1)));
}

TEST(Value, DisplaysAsAPersonReadsIt) {
  EXPECT_EQ(to_display(Value()), "null");
  EXPECT_EQ(to_display(Value::null()), "null");
  EXPECT_EQ(to_display(Value::boolean(false)), "false");
  EXPECT_EQ(to_display(Value::boolean(true)), "true");
  EXPECT_EQ(to_display(Value::integer(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(to_display(Value::real(0.1)), "0.1");
  EXPECT_EQ(to_display(Value::number("1e400")), "1e400");
  EXPECT_EQ(to_display(Value::text("as it is")), "as it is");
  EXPECT_EQ(to_display(Value::json("[1]")), "[1]");
}

TEST(Shape, FindsItsColumns) {
  const Shape shape({"id", "name"});
  EXPECT_EQ(shape.size(), 2U);
  EXPECT_EQ(shape.find("name"), 1U);
  EXPECT_EQ(shape.find("Name"), 1U) << "letter case tells no two columns of a mapping apart";
  EXPECT_EQ(shape.find("nam"), std::nullopt);
  EXPECT_EQ(shape[0], "id");
  EXPECT_EQ(Shape().size(), 0U);
}

TEST(OwnedRow, KeepsItsBytesWhenTheSourceIsGone) {
  OwnedRow row;
  {
    std::string text(100, 'x');
    const std::vector<Value> cells{Value::text(text), Value::integer(5)};
    row = OwnedRow(Row(cells));
    text.assign(100, 'y');
  }
  EXPECT_EQ(row.size(), 2U);
  EXPECT_EQ(row[0].as_view(), std::string(100, 'x'));
  EXPECT_EQ(row[1].as_integer(), 5);
}

TEST(OwnedRow, KeepsEveryKindOfValue) {
  const std::vector<Value> cells = one_of_each();
  const OwnedRow row{Row(cells)};
  for (std::size_t i = 0; i < cells.size(); ++i) EXPECT_TRUE(identical(row[i], cells[i])) << i;
}

TEST(OwnedRow, CopiesAndMoves) {
  const std::vector<Value> cells{Value::text("first")};
  OwnedRow row{Row(cells)};
  const OwnedRow copy = row;
  OwnedRow assigned;
  assigned = copy;
  const OwnedRow moved = std::move(row);
  EXPECT_EQ(moved[0].as_view(), "first");
  EXPECT_EQ(assigned[0].as_view(), "first");
  EXPECT_NE(copy[0].as_view().data(), moved[0].as_view().data());
  EXPECT_EQ(OwnedRow().row().size(), 0U);
  EXPECT_EQ(OwnedRow(Row()).size(), 0U);
}

TEST(Rows, GrowByRowsOfTheirWidth) {
  Rows rows(2);
  EXPECT_TRUE(rows.empty());
  std::span<Value> first = rows.add();
  EXPECT_TRUE(first[0].is_absent());
  first[0] = Value::integer(1);
  first[1] = Value::text(rows.arena().copy("one"));
  const std::vector<Value> cells{Value::integer(2), Value::text("two")};
  rows.add_borrowed(cells);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0][1].as_view(), "one");
  EXPECT_EQ(rows[1][0].as_integer(), 2);
  rows.at(1)[0] = Value::integer(3);
  EXPECT_EQ(rows[1][0].as_integer(), 3);
  EXPECT_EQ(rows.width(), 2U);
}

TEST(Rows, AreEmptyAfterClearAndKeepTheirWidth) {
  Rows rows(3);
  rows.add();
  rows.clear();
  EXPECT_EQ(rows.size(), 0U);
  EXPECT_EQ(rows.width(), 3U);
  EXPECT_EQ(rows.add().size(), 3U);
}

TEST(Rows, WithoutWidthHoldNothing) { EXPECT_EQ(Rows().size(), 0U); }

Hash128 hash_of(std::vector<Value> cells, std::uint64_t seed = 0) { return hash_row(cells, seed); }

TEST(HashRow, IsTheSameForTheSameCells) {
  EXPECT_EQ(hash_of(one_of_each()), hash_of(one_of_each()));
  EXPECT_EQ(hash_of({Value()}), hash_of({Value::null()})) << "absent and null are one thing";
  EXPECT_EQ(hash_of({Value::boolean(true)}), hash_of({Value::integer(1)})) << "a store answers a boolean as 0 or 1";
}

TEST(HashRow, DiffersForWhatDiffers) {
  EXPECT_NE(hash_of({Value::integer(1)}), hash_of({Value::integer(2)}));
  EXPECT_NE(hash_of({Value::integer(1)}), hash_of({Value::text("1")}));
  EXPECT_NE(hash_of({Value::null()}), hash_of({Value::text("")}));
  EXPECT_NE(hash_of({Value::text("ab"), Value::text("c")}), hash_of({Value::text("a"), Value::text("bc")}));
  EXPECT_NE(hash_of({Value::null(), Value::integer(1)}), hash_of({Value::integer(1), Value::null()}));
  EXPECT_NE(hash_of({Value::integer(1)}, 1), hash_of({Value::integer(1)}, 2));
  EXPECT_NE(hash_of({}), hash_of({Value::null()}));
}

TEST(Table, FindsItsColumns) {
  Table table;
  table.columns.resize(2);
  table.columns[0].name = "a";
  table.columns[1].name = "b";
  table.columns[1].type = ColumnType::Json;
  ASSERT_NE(table.find("b"), nullptr);
  EXPECT_EQ(table.find("b")->type, ColumnType::Json);
  EXPECT_EQ(table.find("c"), nullptr);
  TableInfo info;
  info.columns = table.columns;
  EXPECT_NE(info.find("a"), nullptr);
  EXPECT_EQ(info.find("c"), nullptr);
}

TEST(Table, EveryColumnTypeHasItsName) {
  EXPECT_EQ(to_string(ColumnType::Key), "key");
  EXPECT_EQ(to_string(ColumnType::Text), "text");
  EXPECT_EQ(to_string(ColumnType::Integer), "integer");
  EXPECT_EQ(to_string(ColumnType::Real), "real");
  EXPECT_EQ(to_string(ColumnType::Boolean), "boolean");
  EXPECT_EQ(to_string(ColumnType::Json), "json");
  EXPECT_EQ(to_string(ColumnType::Timestamp), "timestamp");
  EXPECT_EQ(to_string(ColumnType::Blob), "blob");
}

}  // namespace
}  // namespace lockstep
