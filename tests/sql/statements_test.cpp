// The statements as text, in a dialect unlike SQLite's, so that nothing shared leans on one database.
#include "sql/statements.h"

#include <gtest/gtest.h>

#include "common/error.h"
#include "sql/sql_transaction.h"

namespace lockstep::sql {
namespace {

class NumberedDialect : public Dialect {
 public:
  std::string quote(std::string_view name) const override { return std::string("<").append(name).append(">"); }
  std::string placeholder(std::size_t position) const override { return std::string("$").append(std::to_string(position)); }
  std::string_view column_type(ColumnType type) const override { return type == ColumnType::Json ? "jsonb" : "text"; }
  std::string generated_key(const Table&) const override { return "bigint generated"; }
  bool same_name(std::string_view a, std::string_view b) const override { return a == b; }
  std::string_view insert_into() const override { return "INSERT INTO"; }
  std::string_view update() const override { return "UPDATE"; }
  std::string identical(std::string_view column, std::string_view placeholder, const ColumnFacts* stored) const override {
    return (stored != nullptr && stored->type == ColumnType::Key ? "bytes " : "") + std::string(column) + " IS NOT DISTINCT FROM " +
           std::string(placeholder);
  }
  std::string equal_ignore_case(std::string_view column, std::string_view placeholder) const override {
    return "lower(" + std::string(column) + ") = lower(" + std::string(placeholder) + ")";
  }
  std::string on_conflict_update(std::string_view key, std::string_view assignments) const override {
    return "ON CONFLICT (" + std::string(key) + ") DO UPDATE SET " + std::string(assignments);
  }
  std::string proposed(std::string_view column) const override { return "new." + std::string(column); }
  std::string_view begin() const override { return "BEGIN"; }
  std::size_t max_parameters() const override { return 100; }
};

/// One that folds case unless it is told not to, and keeps foreign keys only at the end of a table.
class FoldingDialect final : public NumberedDialect {
 public:
  std::string exact(std::string_view column) const override { return "binary " + std::string(column); }
  std::string quote_table(std::string_view name) const override { return "the " + quote(name); }
  std::string_view null_order(bool descending) const override { return descending ? " NULLS LAST" : " NULLS FIRST"; }
  std::string_view all_defaults() const override { return "() VALUES ()"; }
  bool references_in_columns() const override { return false; }
};

const NumberedDialect dialect;
const FoldingDialect folding;
const Table people{"people",
                   {{"id", ColumnType::Integer, false, {}},
                    {"name", ColumnType::Key, false, {}},
                    {"boss", ColumnType::Integer, true, "people.id"},
                    {"data", ColumnType::Json, true, {}}},
                   {"id"},
                   {}};
using Op = Filter::Op;

TEST(Statements, ADialectSaysHowTextIsComparedAndWhereForeignKeysStand) {
  const std::vector<std::string> boss = {"boss"};
  EXPECT_EQ(
      create_table(folding, people, boss),
      "CREATE TABLE the <people> (<id> bigint generated, <name> text NOT NULL, <boss> text, <data> jsonb, FOREIGN KEY (<boss>) REFERENCES "
      "the <people>(<id>))");
  Filter filter;
  filter.where = {{"name", Op::Less, {Value::text("b")}}, {"name", Op::In, {Value::text("a")}}};
  filter.order_by = {"name", "id"};
  filter.descending = true;
  EXPECT_EQ(
      select(folding, people, Shape({"id"}), filter).text,
      "SELECT the <people>.<id> FROM the <people> WHERE binary the <people>.<name> < $1 AND binary the <people>.<name> IN ($2) ORDER BY "
      "binary the <people>.<name> DESC NULLS LAST, binary the <people>.<id> DESC")
      << "a key has no nulls, and its index serves the plain order";
  const TableFacts facts;
  const Shape shape({"name"});
  Rows rows(1);
  rows.add();
  EXPECT_EQ(insert(folding, {people, facts, shape, {}, rows, 0, 1}), "INSERT INTO the <people> () VALUES ()");
}

TEST(Statements, ATableIsCreatedWithItsKeyAndOnlyTheReferencesThatHold) {
  const std::vector<std::string> boss = {"boss"};
  EXPECT_EQ(create_table(dialect, people, boss),
            "CREATE TABLE <people> (<id> bigint generated, <name> text NOT NULL, <boss> text REFERENCES <people>(<id>), <data> jsonb)");
  EXPECT_EQ(create_table(dialect, people, {}).find("REFERENCES"), std::string::npos);
  const Table pairs{"pairs", {{"a", ColumnType::Key, true, {}}, {"b", ColumnType::Key, true, {}}}, {"a", "b"}, {}};
  EXPECT_EQ(create_table(dialect, pairs, {}), "CREATE TABLE <pairs> (<a> text NOT NULL, <b> text NOT NULL, PRIMARY KEY (<a>, <b>))");
}

TEST(Statements, AnAddedColumnIsNullable) {
  EXPECT_EQ(add_column(dialect, people, people.columns[1]), "ALTER TABLE <people> ADD COLUMN <name> text");
}

TEST(Statements, AnIndexNamesItsColumns) {
  EXPECT_EQ(create_index(dialect, people, {"i", {"name", "boss"}, true}), "CREATE UNIQUE INDEX <i> ON <people> (<name>, <boss>)");
}

TEST(Statements, ASelectQualifiesNamesAndBindsEveryValue) {
  const Filter filter{{{"name", Op::EqualIgnoreCase, {Value::text("A")}},
                       {"boss", Op::In, {Value::integer(1), Value::integer(2), Value::integer(3)}},
                       {"data", Op::IsNull, {}},
                       {"id", Op::Greater, {Value::integer(9)}}},
                      {"id"},
                      10};
  const Query query = select(dialect, people, Shape({"id", "name"}), filter);
  EXPECT_EQ(query.text,
            "SELECT <people>.<id>, <people>.<name> FROM <people> WHERE lower(<people>.<name>) = lower($1) AND <people>.<boss> IN ($2, $3, "
            "$4, $5) AND <people>.<data> IS NULL AND <people>.<id> > $6 ORDER BY <people>.<id> LIMIT $7");
  ASSERT_EQ(query.parameters.size(), 7U);
  EXPECT_EQ(query.parameters[4].value.as_integer(), 3) << "a list is padded with its last value";
  EXPECT_EQ(query.parameters[5].column, "id");
  EXPECT_EQ(count(dialect, people, {}).text, "SELECT count(*) FROM <people>");
}

TEST(Statements, AGuardedUpdateHoldsKeyAndOldValues) {
  const Shape shape({"name", "boss"});
  const Guarded change{{Value::integer(5)}, {1, 0}, {Value::null(), Value::text("old")}, {Value::integer(2), Value::text("new")}};
  TableFacts facts;
  facts.columns = {{"name", ColumnType::Key, 0, false, false}};
  const Query query = guarded_update(dialect, people, facts, shape, change);
  EXPECT_EQ(query.text,
            "UPDATE <people> SET <boss> = $1, <name> = $2 WHERE <people>.<id> = $3 AND <people>.<boss> IS NOT DISTINCT FROM $4 AND "
            "bytes <people>.<name> IS NOT DISTINCT FROM $5")
      << "how a column stores its values is known to the comparison";
  ASSERT_EQ(query.parameters.size(), 5U);
  EXPECT_EQ(query.parameters[4].value.as_view(), "old");
  EXPECT_THROW(guarded_update(dialect, people, facts, shape, {{}, {0}, {Value()}, {Value()}}), Error);
}

class Batches : public testing::Test {
 protected:
  Batches() {
    facts_.columns = {{"id", ColumnType::Integer, 0, false, false},
                      {"name", ColumnType::Key, 0, true, false},
                      {"data", ColumnType::Json, 0, false, false}};
  }
  /// "insert text @ rows" of each batch.
  std::vector<std::string> batches(const Shape& shape, const std::vector<std::vector<Value>>& cells) {
    Rows rows(shape.size());
    for (const auto& row : cells) rows.add_borrowed(row);
    std::vector<std::string> out;
    for_each_batch(dialect, people, facts_, shape, rows, [&](const Batch& batch) {
      out.push_back(insert(dialect, batch) + " @ " + std::to_string(batch.first) + "-" + std::to_string(batch.last));
      upsert_ = upsert(dialect, batch);
    });
    return out;
  }

  TableFacts facts_;
  std::string upsert_;
};

TEST_F(Batches, AnAbsentCellIsLeftOutOnlyWhereThereIsADefault) {
  const Value text = Value::text("x");
  EXPECT_EQ(batches(Shape({"name", "data"}), {{text, text}, {text, Value()}, {Value::null(), text}, {Value(), text}, {Value(), text}}),
            (std::vector<std::string>{"INSERT INTO <people> (<name>, <data>) VALUES ($1, $2) @ 0-3",
                                      "INSERT INTO <people> (<data>) VALUES ($1) @ 3-5"}));
  EXPECT_EQ(batches(Shape({"name"}), {{Value()}}), (std::vector<std::string>{"INSERT INTO <people> DEFAULT VALUES @ 0-1"}));
}

TEST_F(Batches, AnUpsertSetsEveryColumnButTheKey) {
  batches(Shape({"id", "name", "data"}), {{Value::integer(1), Value::text("n"), Value::null()}});
  EXPECT_EQ(
      upsert_,
      "INSERT INTO <people> (<id>, <name>, <data>) VALUES ($1, $2, $3) ON CONFLICT (<id>) DO UPDATE SET <name> = new.<name>, <data> = "
      "new.<data>");
}

}  // namespace
}  // namespace lockstep::sql
