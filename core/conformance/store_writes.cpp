// Writes: guarded updates, savepoints, rollback, upserts only of Lockstep's own tables.
#include <new>

#include "common/text.h"
#include "conformance/store_groups.h"

namespace lockstep::conformance {
namespace {

Guarded change_of(const Value& key, const Value& expected, const Value& value) { return {{key}, {0}, {expected}, {value}}; }

void a_guarded_update_writes_only_over_the_expected_value(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"note", "amount"});
  const std::vector<RowKey> keys = t.insert(table, shape, {{Value::text("a"), Value::null()}, {Value::text("b"), Value::integer(1)}});
  {
    const auto transaction = t.store().begin(t.lease());
    const std::vector<Guarded> changes = {
        change_of(keys[0][0], Value::text("a"), Value::text("A")),
        change_of(keys[1][0], Value::text("B"), Value::text("lost")),
        change_of(Value::integer(999), Value::text("a"), Value::text("lost")),
        {{keys[0][0]}, {1}, {Value::null()}, {Value::integer(5)}},
        {{keys[1][0]}, {1}, {Value::null()}, {Value::integer(5)}},
    };
    t.that(transaction->update(table, shape, changes) ==
               std::vector<Outcome>{Outcome::Written, Outcome::Moved, Outcome::Gone, Outcome::Written, Outcome::Moved},
           "the outcomes are not written, moved, gone, written, moved");
    transaction->commit();
  }
  const Rows rows = t.read(table, shape, {{}, {"id"}, 0});
  t.require(rows.size() == 2, "an update made or lost rows");
  t.cell(rows[0][0], "text:A", "over the expected value");
  t.cell(rows[0][1], "int:5", "over the expected null");
  t.cell(rows[1][0], "text:b", "over another value than expected");
  t.cell(rows[1][1], "int:1", "over a value where null was expected");
}

void what_read_answered_is_accepted_as_the_expected_value(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"name", "amount", "ratio", "active", "data", "note", "at", "bytes"});
  const std::vector<Value> row = {
      Value::text("n"),         Value::integer(5),  Value::real(0.30000000000000004),        Value::boolean(true),
      Value::json("{\"a\":1}"), Value::text("1.0"), Value::text("2026-11-21T02:24:23.000Z"), Value::text("\x01\xff")};
  const std::vector<RowKey> keys = t.insert(table, shape, {row});
  for (std::size_t ordinal = 0; ordinal < shape.size(); ++ordinal) {
    const Rows before = t.read(table, shape);
    const auto transaction = t.store().begin(t.lease());
    const Guarded change{{keys[0][0]}, {ordinal}, {before[0][ordinal]}, {Value::null()}};
    t.that(transaction->update(table, shape, std::span(&change, 1)).at(0) == Outcome::Written,
           shape[ordinal] + ": what was just read is said to have moved");
    transaction->commit();
  }
}

void what_is_not_committed_leaves_nothing(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"name"});
  {
    const auto transaction = t.store().begin(t.lease());
    transaction->insert(table, shape, rows_of(1, {{Value::text("ghost")}}));
    t.equal(t.store().count(table, {}), 1U, "rows that a transaction sees of its own");
  }
  t.equal(t.store().count(table, {}), 0U, "rows after a transaction that was not committed");
  t.insert(table, shape, {{Value::text("real")}});
  t.equal(t.database().open()->count(table, {}), 1U, "rows that another connection sees after a commit");
}

void a_rolled_back_update_leaves_the_old_value(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"note"});
  const std::vector<RowKey> keys = t.insert(table, shape, {{Value::text("old")}});
  {
    const auto transaction = t.store().begin(t.lease());
    const Guarded change = change_of(keys[0][0], Value::text("old"), Value::text("new"));
    t.that(transaction->update(table, shape, std::span(&change, 1)).at(0) == Outcome::Written, "not written");
  }
  t.cell(t.read(table, shape)[0][0], "text:old", "after a rollback");
}

void a_broken_constraint_costs_only_its_call(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"name"});
  const auto transaction = t.store().begin(t.lease());
  const std::vector<Value> first = {Value::text("first")}, second = {Value::text("second")}, third = {Value::text("third")};
  transaction->insert(table, shape, rows_of(1, {first}));
  const Error error = t.throws(ErrorKind::Rejected, "a name that is unique, inserted twice", [&] {
    transaction->insert(table, shape, rows_of(1, {second, first, third}));
  });
  t.contains(error.message(), table.name, "the message");
  t.contains(error.message(), "name", "the message");
  t.equal(t.store().count(table, {}), 1U, "rows after a call that failed");
  transaction->insert(table, shape, rows_of(1, {third}));
  transaction->commit();
  t.equal(t.store().count(table, {}), 2U, "rows after the commit");
}

void a_group_is_written_whole_or_not_at_all(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"name"});
  const auto insert = [&](Transaction& transaction, std::string_view name) {
    transaction.insert(table, shape, rows_of(1, {{Value::text(name)}}));
  };
  const auto transaction = t.store().begin(t.lease());
  insert(*transaction, "before");
  t.throws(ErrorKind::Corrupt, "a group whose work throws", [&] {
    transaction->group([&] {
      insert(*transaction, "lost");
      throw Error(ErrorKind::Corrupt, "in the middle");
    });
  });
  bool other = false;
  try {
    transaction->group([&] {
      insert(*transaction, "lost too");
      throw std::bad_alloc();
    });
  } catch (const std::bad_alloc&) {
    other = true;
  }
  t.that(other, "what is no Error does not come through");
  t.equal(t.store().count(table, {}), 1U, "rows after two groups that threw");
  transaction->group([&] {
    insert(*transaction, "one");
    t.throws(ErrorKind::Rejected, "a call of a group that breaks a constraint", [&] { insert(*transaction, "before"); });
    insert(*transaction, "two");
  });
  transaction->commit();
  t.equal(t.store().count(table, {}), 3U, "rows after the commit");
}

void a_missing_parent_names_column_and_value(StoreTrial& t) {
  const Table users = t.table("users");
  t.store().prepare(users);
  Table table;
  table.name = t.name("owned");
  table.columns = {{"id", ColumnType::Integer, false, {}}, {"user_id", ColumnType::Integer, true, users.name + ".id"}};
  table.primary_key = {"id"};
  t.store().prepare(table);
  const auto transaction = t.store().begin(t.lease());
  std::vector<RowKey> keys;
  try {
    keys = transaction->insert(table, Shape({"user_id"}), rows_of(1, {{Value::integer(4711)}}));
  } catch (const Error& error) {
    t.equal(to_string(error.kind()), to_string(ErrorKind::Rejected), "the kind of error");
    t.contains(error.message(), "user_id", "the message");
    t.contains(error.message(), "4711", "the message");
  }
  if (!keys.empty()) t.skip("the store declares no foreign keys");
}

void upsert_overwrites_by_key(StoreTrial& t) {
  Table table = t.table("lockstep_items");
  table.indexes.clear();
  t.store().prepare(table);
  const auto upsert = [&](const Shape& columns, const std::vector<Value>& row) {
    const auto transaction = t.store().begin(t.lease());
    transaction->upsert(table, columns, rows_of(columns.size(), {row}));
    transaction->commit();
  };
  upsert(Shape({"id", "note"}), {Value::integer(7), Value::text("one")});
  upsert(Shape({"id", "amount"}), {Value::integer(7), Value::integer(1)});
  upsert(Shape({"id", "note"}), {Value::integer(7), Value::text("two")});
  const Rows rows = t.read(table, Shape({"id", "note", "amount"}));
  t.require(rows.size() == 1, "three upserts of one key are one row");
  t.cell(rows[0][1], "text:two", "the last value");
  t.cell(rows[0][2], "int:1", "a column that was not named");
}

void upsert_is_for_own_tables_only(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const auto transaction = t.store().begin(t.lease());
  t.throws(ErrorKind::Invalid, "an upsert into a user's table", [&] {
    transaction->upsert(table, Shape({"id", "note"}), rows_of(2, {{Value::integer(1), Value::text("x")}}));
  });
}

void one_transaction_at_a_time(StoreTrial& t) {
  const auto transaction = t.store().begin(t.lease());
  t.throws(ErrorKind::Invalid, "a second transaction", [&] { t.store().begin(t.lease()); });
}

void nothing_is_written_after_commit(StoreTrial& t) {
  t.store().prepare(t.table());
  const auto transaction = t.store().begin(t.lease());
  transaction->commit();
  t.throws(ErrorKind::Invalid, "an insert after the commit",
           [&] { transaction->insert(t.table(), Shape({"name"}), rows_of(1, {{Value::text("late")}})); });
  t.equal(t.store().count(t.table(), {}), 0U, "rows");
}

void keys_that_nobody_wants_are_not_answered(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const auto transaction = t.store().begin(t.lease());
  const Rows rows = rows_of(1, {{Value::text("a")}, {Value::text("b")}});
  t.equal(transaction->insert(table, Shape({"name"}), rows, Keys::Unwanted).size(), 0U, "keys");
  t.throws(ErrorKind::Rejected, "the same rows once more", [&] { transaction->insert(table, Shape({"name"}), rows, Keys::Unwanted); });
  transaction->commit();
  t.equal(t.store().count(table, {}), 2U, "rows");
}

/// Each outcome belongs to its own change, also where changes of one call differ in their columns and some are of no effect.
void many_updates_are_answered_one_by_one(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"name", "amount"});
  std::vector<std::vector<Value>> rows;
  for (int i = 0; i < 300; ++i) rows.push_back({Value::null(), Value::integer(i)});
  const std::vector<RowKey> keys = t.insert(table, shape, rows);
  std::vector<Guarded> changes;
  for (int i = 0; i < 300; ++i) {
    const Value key = i % 5 == 4 ? Value::integer(1'000'000 + i) : keys[static_cast<std::size_t>(i)][0];
    const Value expected = Value::integer(i % 5 == 3 ? i + 1 : i);
    const Value wanted = i % 5 == 2 ? expected : Value::integer(-i - 1);
    changes.push_back({{key}, {1}, {expected}, {wanted}});
    if (i % 5 == 1) changes.push_back({{key}, {0, 1}, {Value::null(), wanted}, {Value::null(), Value::integer(i)}});
  }
  const auto transaction = t.store().begin(t.lease());
  std::string found, expected;
  for (const Outcome outcome : transaction->update(table, shape, changes)) found += "WMG"[static_cast<int>(outcome)];
  transaction->commit();
  for (int i = 0; i < 60; ++i) expected += "WWWWMG";
  t.equal(found, expected, "outcomes");
  const Rows after = t.read(table, Shape({"amount"}), {{}, {"id"}, 5});
  const char* const cells[] = {"int:-1", "int:1", "int:2", "int:3", "int:4"};
  for (std::size_t i = 0; i < 5; ++i) t.cell(after[i][0], cells[i], "row " + std::to_string(i + 1));
}

/// What nobody touched need not be read again.
void a_mark_moves_when_another_writes(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  t.store().watch(table);
  t.insert(table, Shape({"name"}), {{Value::text("a")}});
  const std::optional<std::uint64_t> mark = t.store().mark(table);
  if (!mark) Check::skip("the store cannot tell cheaply whether anybody has written");
  t.read(table, Shape({"name"}));
  t.that(t.store().mark(table) == mark, "the mark moved though nobody has written");
  const auto other = t.database().open();
  const auto lease = other->lease(t.name("other"));
  const auto transaction = other->begin(*lease);
  transaction->insert(table, Shape({"name"}), rows_of(1, {{Value::text("b")}}));
  transaction->commit();
  t.that(t.store().mark(table) != mark, "the mark stayed though another connection has written");
}

/// What is made for the mark is made on a word, once, and is no rule of the table.
void watching_is_made_once(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const std::vector<std::string> told = t.store().watch(table, true);
  if (told.empty()) Check::skip("nothing has to be made for the mark");
  t.that(!t.store().mark(table), "a dry run has made what the mark needs");
  t.that(t.store().watch(table) == told, "what was made is not what the dry run said");
  t.equal(t.store().watch(table).size(), 0U, "statements where all is there");
  t.that(t.store().mark(table).has_value(), "there is no mark though all is there");
  const auto info = t.store().inspect(table.name);
  t.that(!info->rewrites && info->rules.empty(), "what was made counts as a trigger of the application");
  const std::optional<std::uint64_t> mark = t.store().mark(table);
  {
    const auto other = t.database().open();
    const auto lease = other->lease(t.name("other"));
    const auto undone = other->begin(*lease);
    undone->insert(table, Shape({"name"}), rows_of(1, {{Value::text("b")}}));
    t.that(t.store().mark(table) == mark, "the mark moved before the commit");
  }
  t.that(t.store().mark(table) == mark, "the mark moved though nothing was committed");
}

/// The column that the traits name changes with its row, and with no other.
void a_rows_version_moves_with_the_row(StoreTrial& t) {
  const std::string column = t.store().traits().row_version;
  if (column.empty()) Check::skip("the database keeps no version of a row");
  const Table table = t.table();
  t.store().prepare(table);
  const std::vector<RowKey> keys = t.insert(table, Shape({"amount"}), {{Value::integer(1)}, {Value::integer(2)}});
  const auto versions = [&] {
    const Rows rows = t.read(table, Shape({column}), {{}, {"id"}, 0});
    return spell(rows[0][0]) + " " + spell(rows[1][0]);
  };
  const std::string before = versions();
  t.equal(versions(), before, "versions of rows that nobody touched");
  const auto transaction = t.store().begin(t.lease());
  const Guarded change{{keys[0][0]}, {0}, {Value::integer(1)}, {Value::integer(3)}};
  transaction->update(table, Shape({"amount"}), std::span(&change, 1));
  transaction->commit();
  const std::string after = versions();
  t.that(split(after, ' ')[0] != split(before, ' ')[0], "the version stayed though its row was written");
  t.equal(split(after, ' ')[1], split(before, ' ')[1], "the version of the other row");
}

void triggers_are_told(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  t.execute(t.database().trigger(t.name("shout"), table.name));
  t.that(t.store().inspect(table.name)->rewrites, "a trigger is not told");
  const std::vector<RowKey> keys = t.insert(table, Shape({"note"}), {{Value::text("given")}});
  t.cell(t.read(table, Shape({"note"}))[0][0], "text:rewritten", "what the trigger wrote");
  t.cell(keys[0][0], "int:1", "the key");
}

}  // namespace

std::vector<StoreCheck> write_checks() {
  return {{"AGuardedUpdateWritesOnlyOverTheExpectedValue", a_guarded_update_writes_only_over_the_expected_value},
          {"WhatReadAnsweredIsAcceptedAsTheExpectedValue", what_read_answered_is_accepted_as_the_expected_value},
          {"WhatIsNotCommittedLeavesNothing", what_is_not_committed_leaves_nothing},
          {"ARolledBackUpdateLeavesTheOldValue", a_rolled_back_update_leaves_the_old_value},
          {"KeysThatNobodyWantsAreNotAnswered", keys_that_nobody_wants_are_not_answered},
          {"ManyUpdatesAreAnsweredOneByOne", many_updates_are_answered_one_by_one},
          {"AMarkMovesWhenAnotherWrites", a_mark_moves_when_another_writes},
          {"WatchingIsMadeOnce", watching_is_made_once},
          {"ARowsVersionMovesWithTheRow", a_rows_version_moves_with_the_row},
          {"ABrokenConstraintCostsOnlyItsCall", a_broken_constraint_costs_only_its_call},
          {"AGroupIsWrittenWholeOrNotAtAll", a_group_is_written_whole_or_not_at_all},
          {"AMissingParentNamesColumnAndValue", a_missing_parent_names_column_and_value},
          {"UpsertOverwritesByKey", upsert_overwrites_by_key},
          {"UpsertIsForOwnTablesOnly", upsert_is_for_own_tables_only},
          {"OneTransactionAtATime", one_transaction_at_a_time},
          {"NothingIsWrittenAfterCommit", nothing_is_written_after_commit},
          {"TriggersAreTold", triggers_are_told}};
}

}  // namespace lockstep::conformance
