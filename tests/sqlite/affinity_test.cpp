// An application's own tables: SQLite's affinities neither bend a value unseen nor make a row look edited.
#include "sqlite_database.h"

namespace lockstep::conformance {
namespace {

class SqliteAffinity : public testing::Test {
 protected:
  /// Writes into a column declared `declared` that the mapping takes for `type`; what is read back, or the kind of error.
  std::string through(const std::string& declared, ColumnType type, const Value& value) {
    std::string name = "t";
    name += std::to_string(++tables_);
    database_.execute("CREATE TABLE " + name + " (id INTEGER PRIMARY KEY, v " + declared + ")");
    const Table table{name, {{"id", ColumnType::Integer, false, {}}, {"v", type, true, {}}}, {"id"}, {}};
    const Shape shape({"v"});
    try {
      const auto transaction = store_->begin(*lease_);
      transaction->insert(table, shape, rows_of(1, {{value}}));
      transaction->commit();
    } catch (const Error& error) {
      return std::string(to_string(error.kind()));
    }
    const Rows rows = store_->read(table, shape, {});
    std::string out = spell(rows[0][0]);
    EXPECT_TRUE(update_holds(table, shape, rows)) << declared << " " << out;
    return out;
  }

  /// The value read is accepted as the one expected.
  bool update_holds(const Table& table, const Shape& shape, const Rows& rows) {
    const auto transaction = store_->begin(*lease_);
    const Guarded change{{Value::integer(1)}, {0}, {rows[0][0]}, {Value::null()}};
    return transaction->update(table, shape, std::span(&change, 1)).at(0) == Outcome::Written;
  }

  SqliteDatabase database_;
  std::unique_ptr<Store> store_ = database_.open();
  std::unique_ptr<Lease> lease_ = store_->lease("affinity");
  int tables_ = 0;
};

TEST_F(SqliteAffinity, NumbersInTextColumnsStayNumbers) {
  EXPECT_EQ(through("VARCHAR(20)", ColumnType::Integer, Value::integer(5)), "int:5");
  EXPECT_EQ(through("TEXT", ColumnType::Real, Value::real(0.30000000000000004)), "real:0.30000000000000004");
  EXPECT_EQ(through("TEXT", ColumnType::Real, Value::real(1.0)), "real:1");
  EXPECT_EQ(through("VARCHAR(5)", ColumnType::Boolean, Value::boolean(true)), "bool:true");
}

TEST_F(SqliteAffinity, AnIntegerColumnThatHoldsAnotherTextKeepsIt) {
  EXPECT_EQ(through("VARCHAR(20)", ColumnType::Integer, Value::text("05")), "text:05");
  EXPECT_EQ(through("INTEGER", ColumnType::Integer, Value::text("many")), "text:many");
}

TEST_F(SqliteAffinity, TextsInNumberColumnsComeBackOrAreRefused) {
  EXPECT_EQ(through("INTEGER", ColumnType::Text, Value::text("5")), "text:5");
  EXPECT_EQ(through("NUMERIC", ColumnType::Text, Value::text("1.5")), "text:1.5");
  EXPECT_EQ(through("INTEGER", ColumnType::Text, Value::text("Room 7")), "text:Room 7");
  for (const char* bent : {"007", "+5", " 5", "5 ", "1.0", "1e3", "0.30000000000000004", "12345678901234567890", ".5", "-0"}) {
    EXPECT_EQ(through("INTEGER", ColumnType::Text, Value::text(bent)), "rejected") << bent;
    EXPECT_EQ(through("DECIMAL(10,2)", ColumnType::Text, Value::text(bent)), "rejected") << bent;
    EXPECT_EQ(through("TEXT", ColumnType::Text, Value::text(bent)), spell(Value::text(bent)));
  }
  EXPECT_EQ(through("REAL", ColumnType::Text, Value::text("5")), "rejected");
}

TEST_F(SqliteAffinity, NumbersOfOneKindInColumnsOfTheOther) {
  EXPECT_EQ(through("REAL", ColumnType::Integer, Value::integer(5)), "int:5");
  EXPECT_EQ(through("REAL", ColumnType::Integer, Value::integer((std::int64_t{1} << 53) + 1)), "rejected");
  EXPECT_EQ(through("INTEGER", ColumnType::Real, Value::real(5.0)), "real:5");
  EXPECT_EQ(through("NUMERIC", ColumnType::Real, Value::real(0.1)), "real:0.1");
  EXPECT_EQ(through("REAL", ColumnType::Boolean, Value::boolean(true)), "bool:true");
}

TEST_F(SqliteAffinity, VerbatimNumbersAreNeverRounded) {
  EXPECT_EQ(through("INTEGER", ColumnType::Integer, Value::number("12345678901234567890")), "rejected");
  EXPECT_EQ(through("REAL", ColumnType::Real, Value::number("1e400")), "rejected");
  EXPECT_EQ(through("TEXT", ColumnType::Text, Value::number("12345678901234567890")), "text:12345678901234567890");
}

TEST_F(SqliteAffinity, JsonColumnsHoldJson) {
  EXPECT_EQ(through("JSON", ColumnType::Json, Value::json("5")), "json:5");
  EXPECT_EQ(through("JSON", ColumnType::Json, Value::json("{\"a\":1}")), "json:{\"a\":1}");
  EXPECT_EQ(through("TEXT", ColumnType::Json, Value::boolean(true)), "json:true");
  EXPECT_EQ(through("TEXT", ColumnType::Json, Value::integer(5)), "json:5");
}

TEST_F(SqliteAffinity, WhatIsUnreadableIsGivenAndTakenAsItIsStored) {
  database_.execute("CREATE TABLE bad (id INTEGER PRIMARY KEY, v TEXT)");
  database_.execute("INSERT INTO bad VALUES (1, x'00ff')");
  const Table table{"bad", {{"id", ColumnType::Integer, false, {}}, {"v", ColumnType::Text, true, {}}}, {"id"}, {}};
  const Value blob = Value::unreadable(Value::Storage::Blob, std::string_view("\0\xff", 2));
  EXPECT_TRUE(identical(store_->read(table, Shape({"v"}), {{}, {"id"}, 0})[0][0], blob));
  // There and back, and the guard knows the cell.
  for (const Value& next : {Value::unreadable(Value::Storage::Text, "\xff{"), Value::text("good"), blob}) {
    const Rows before = store_->read(table, Shape({"v"}), {{}, {"id"}, 0});
    const auto transaction = store_->begin(*lease_);
    const Guarded change{{Value::integer(1)}, {0}, {before[0][0]}, {next}};
    EXPECT_EQ(transaction->update(table, Shape({"v"}), std::span(&change, 1)).at(0), Outcome::Written);
    transaction->commit();
    EXPECT_EQ(store_->read(table, Shape({"v"}), {{}, {"id"}, 0})[0][0].as_view(), next.as_view());
  }
}

TEST_F(SqliteAffinity, AnEndlessNumberIsUnreadable) {
  database_.execute("CREATE TABLE endless (id INTEGER PRIMARY KEY, v REAL)");
  database_.execute("INSERT INTO endless VALUES (1, 9e999), (2, -9e999)");
  const Table table{"endless", {{"id", ColumnType::Integer, false, {}}, {"v", ColumnType::Real, true, {}}}, {"id"}, {}};
  const Rows rows = store_->read(table, Shape({"v"}), {{}, {"id"}, 0});
  EXPECT_TRUE(identical(rows[0][0], Value::unreadable(Value::Storage::Real, "inf")));
  const auto transaction = store_->begin(*lease_);
  const Guarded change{{Value::integer(2)}, {0}, {rows[1][0]}, {rows[0][0]}};
  EXPECT_EQ(transaction->update(table, Shape({"v"}), std::span(&change, 1)).at(0), Outcome::Written);
  transaction->commit();
  EXPECT_TRUE(identical(store_->read(table, Shape({"v"}), {{}, {"id"}, 0})[1][0], rows[0][0]));
}

TEST_F(SqliteAffinity, AColumnWithoutTypeKeepsWhatItIsGiven) {
  EXPECT_EQ(through("", ColumnType::Text, Value::text("007")), "text:007");
  EXPECT_EQ(through("", ColumnType::Text, Value::integer(5)), "int:5");
  EXPECT_EQ(through("", ColumnType::Integer, Value::text("5")), "text:5");
}

TEST_F(SqliteAffinity, NearestTypesAreToldOfDeclaredOnes) {
  database_.execute("CREATE TABLE app (a TINYINT(1), b DATETIME, c JSON, d DOUBLE PRECISION, e BIGINT, f VARCHAR(36), g CLOB, h BLOB, i)");
  const auto info = store_->inspect("app");
  ASSERT_TRUE(info);
  std::string types;
  for (const Column& column : info->columns) types += std::string(to_string(column.type)) + " ";
  EXPECT_EQ(types, "boolean timestamp json real integer key text blob text ");
}

TEST_F(SqliteAffinity, AGuardComparesBytesWhateverTheCollation) {
  database_.execute("CREATE TABLE folded (id INTEGER PRIMARY KEY, v TEXT COLLATE NOCASE)");
  database_.execute("INSERT INTO folded VALUES (1, 'ABC')");
  const Table table{"folded", {{"id", ColumnType::Integer, false, {}}, {"v", ColumnType::Text, true, {}}}, {"id"}, {}};
  const auto transaction = store_->begin(*lease_);
  const Guarded change{{Value::integer(1)}, {0}, {Value::text("abc")}, {Value::text("lost")}};
  EXPECT_EQ(transaction->update(table, Shape({"v"}), std::span(&change, 1)).at(0), Outcome::Moved);
}

}  // namespace
}  // namespace lockstep::conformance
