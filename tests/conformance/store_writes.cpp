// Writes: guarded updates, savepoints, rollback, upserts only of Lockstep's own tables.
#include "conformance/store_suite.h"

namespace lockstep::conformance {
namespace {

Guarded change_of(const Value& key, const Value& expected, const Value& value) { return {{key}, {0}, {expected}, {value}}; }

TEST_P(StoreSuite, AGuardedUpdateWritesOnlyOverTheExpectedValue) {
  const Table table = items_table();
  store_->prepare(table);
  const Shape shape({"note", "amount"});
  const std::vector<RowKey> keys = insert(table, shape, {{Value::text("a"), Value::null()}, {Value::text("b"), Value::integer(1)}});
  {
    const auto transaction = store_->begin(*lease_);
    const std::vector<Guarded> changes = {
        change_of(keys[0][0], Value::text("a"), Value::text("A")),
        change_of(keys[1][0], Value::text("B"), Value::text("lost")),
        change_of(Value::integer(999), Value::text("a"), Value::text("lost")),
        {{keys[0][0]}, {1}, {Value::null()}, {Value::integer(5)}},
        {{keys[1][0]}, {1}, {Value::null()}, {Value::integer(5)}},
    };
    EXPECT_EQ(transaction->update(table, shape, changes),
              (std::vector<Outcome>{Outcome::Written, Outcome::Moved, Outcome::Gone, Outcome::Written, Outcome::Moved}));
    transaction->commit();
  }
  const Rows rows = read(table, shape, {{}, {"id"}, 0});
  EXPECT_EQ(spell(rows[0][0]), "text:A");
  EXPECT_EQ(spell(rows[0][1]), "int:5");
  EXPECT_EQ(spell(rows[1][0]), "text:b");
  EXPECT_EQ(spell(rows[1][1]), "int:1");
}

TEST_P(StoreSuite, WhatReadAnsweredIsAcceptedAsTheExpectedValue) {
  const Table table = items_table();
  store_->prepare(table);
  const Shape shape({"name", "amount", "ratio", "active", "data", "note", "at", "bytes"});
  const std::vector<Value> row = {
      Value::text("n"),         Value::integer(5),  Value::real(0.30000000000000004),        Value::boolean(true),
      Value::json("{\"a\":1}"), Value::text("1.0"), Value::text("2026-11-21T02:24:23.000Z"), Value::text("\x01\xff")};
  const std::vector<RowKey> keys = insert(table, shape, {row});
  for (std::size_t ordinal = 0; ordinal < shape.size(); ++ordinal) {
    const Rows before = read(table, shape);
    const auto transaction = store_->begin(*lease_);
    const Guarded change{{keys[0][0]}, {ordinal}, {before[0][ordinal]}, {Value::null()}};
    EXPECT_EQ(transaction->update(table, shape, std::span(&change, 1)).at(0), Outcome::Written) << shape[ordinal];
    transaction->commit();
  }
}

TEST_P(StoreSuite, WhatIsNotCommittedLeavesNothing) {
  const Table table = items_table();
  store_->prepare(table);
  const Shape shape({"name"});
  {
    const auto transaction = store_->begin(*lease_);
    const Rows rows = rows_of(1, {{Value::text("ghost")}});
    transaction->insert(table, shape, rows);
    EXPECT_EQ(store_->count(table, {}), 1U) << "a transaction sees its own writes";
  }
  EXPECT_EQ(store_->count(table, {}), 0U);
  insert(table, shape, {{Value::text("real")}});
  EXPECT_EQ(store_->count(table, {}), 1U);
}

TEST_P(StoreSuite, ABrokenConstraintCostsOnlyItsCall) {
  const Table table = items_table();
  store_->prepare(table);
  const Shape shape({"name"});
  const auto transaction = store_->begin(*lease_);
  const std::vector<Value> first = {Value::text("first")}, second = {Value::text("second")}, third = {Value::text("third")};
  transaction->insert(table, shape, rows_of(1, {first}));
  try {
    transaction->insert(table, shape, rows_of(1, {second, first, third}));
    FAIL() << "a name was inserted twice";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Rejected);
    EXPECT_NE(error.message().find("items"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("name"), std::string::npos) << error.message();
  }
  EXPECT_EQ(store_->count(table, {}), 1U) << "the call left part of itself";
  transaction->insert(table, shape, rows_of(1, {third}));
  transaction->commit();
  EXPECT_EQ(store_->count(table, {}), 2U);
}

TEST_P(StoreSuite, AMissingParentNamesColumnAndValue) {
  Table users = items_table("users");
  store_->prepare(users);
  Table table;
  table.name = "owned";
  table.columns = {{"id", ColumnType::Integer, false, {}}, {"user_id", ColumnType::Integer, true, "users.id"}};
  table.primary_key = {"id"};
  store_->prepare(table);
  const auto transaction = store_->begin(*lease_);
  try {
    const std::vector<Value> row = {Value::integer(4711)};
    transaction->insert(table, Shape({"user_id"}), rows_of(1, {row}));
    FAIL() << "a parent that is not there was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Rejected);
    EXPECT_NE(error.message().find("user_id"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("4711"), std::string::npos) << error.message();
  }
}

TEST_P(StoreSuite, UpsertOverwritesByKeyAndOnlyOwnTables) {
  Table table = items_table("lockstep_items");
  table.indexes.clear();
  store_->prepare(table);
  const Shape shape({"id", "note"});
  const auto upsert = [&](const Table& into, const Shape& columns, const std::vector<Value>& row) {
    const auto transaction = store_->begin(*lease_);
    transaction->upsert(into, columns, rows_of(columns.size(), {row}));
    transaction->commit();
  };
  upsert(table, shape, {Value::integer(7), Value::text("one")});
  upsert(table, Shape({"id", "amount"}), {Value::integer(7), Value::integer(1)});
  upsert(table, shape, {Value::integer(7), Value::text("two")});
  const Rows rows = read(table, Shape({"id", "note", "amount"}));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(spell(rows[0][1]), "text:two");
  EXPECT_EQ(spell(rows[0][2]), "int:1") << "a column that was not named was overwritten";

  store_->prepare(items_table());
  EXPECT_EQ(error_kind([&] { upsert(items_table(), shape, {Value::integer(1), Value::text("x")}); }), "invalid");
}

TEST_P(StoreSuite, OneTransactionAtATime) {
  const auto transaction = store_->begin(*lease_);
  EXPECT_EQ(error_kind([&] { store_->begin(*lease_); }), "invalid");
}

TEST_P(StoreSuite, NothingIsWrittenAfterCommit) {
  store_->prepare(items_table());
  const auto transaction = store_->begin(*lease_);
  transaction->commit();
  const std::vector<Value> row = {Value::text("late")};
  EXPECT_EQ(error_kind([&] { transaction->insert(items_table(), Shape({"name"}), rows_of(1, {row})); }), "invalid");
}

TEST_P(StoreSuite, TriggersAreTold) {
  store_->prepare(items_table());
  EXPECT_FALSE(store_->inspect("items")->rewrites);
  database_->execute("CREATE TRIGGER shout AFTER INSERT ON items BEGIN UPDATE items SET note = 'rewritten' WHERE id = new.id; END");
  EXPECT_TRUE(store_->inspect("items")->rewrites);
  const std::vector<RowKey> keys = insert(items_table(), Shape({"note"}), {{Value::text("given")}});
  EXPECT_EQ(spell(read(items_table(), Shape({"note"}))[0][0]), "text:rewritten");
  EXPECT_EQ(spell(keys.at(0)[0]), "int:1");
}

}  // namespace
}  // namespace lockstep::conformance
