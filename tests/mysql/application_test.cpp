// Tables that an application made: the columns that frameworks make, rules, and what a table has that no store can write to.
#include "conformance/application_tables.h"
#include "mariadb_database.h"

namespace lockstep::conformance {
namespace {

class MysqlApplication : public ApplicationTables<MariadbDatabase> {
 protected:
  void need() override { LOCKSTEP_NEEDS_MARIADB(); }
};

/// Columns of Laravel, Rails, Django, Prisma and Knex, and of older hands.
constexpr const char* kThings =
    "CREATE TABLE things (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, tiny tinyint, small smallint, four int unsigned, "
    "big bigint unsigned, price decimal(8,2), long_price decimal(65,30), f float, d double, old double(8,2), active tinyint(1), flag "
    "bit(1), "
    "bits bit(12), js json, note text COLLATE utf8mb4_unicode_ci, tiny_note tinytext, made timestamp NULL, rails datetime(6), "
    "prisma datetime(3), plain datetime, day date, hour time(3), born year, feeling enum('sad','Glad','it''s') COLLATE utf8mb4_general_ci, "
    "tags set('a','b','c'), code char(4), uuid char(36), django char(32), name varchar(5) COLLATE utf8mb4_general_ci, prefix varchar(191), "
    "latin varchar(20) CHARACTER SET latin1, utf3 varchar(20) CHARACTER SET utf8mb3, bytes varbinary(20), fixed binary(4), large longblob, "
    "real_uuid uuid) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";

Table things() {
  using enum ColumnType;
  Table table;
  table.name = "things";
  const std::pair<const char*, ColumnType> columns[] = {
      {"id", Integer},       {"tiny", Integer},    {"small", Integer}, {"four", Integer},   {"big", Integer},    {"price", Real},
      {"long_price", Real},  {"f", Real},          {"d", Real},        {"old", Real},       {"active", Boolean}, {"flag", Boolean},
      {"bits", Integer},     {"js", Json},         {"note", Text},     {"tiny_note", Text}, {"made", Timestamp}, {"rails", Timestamp},
      {"prisma", Timestamp}, {"plain", Timestamp}, {"day", Timestamp}, {"hour", Text},      {"born", Integer},   {"feeling", Key},
      {"tags", Text},        {"code", Key},        {"uuid", Key},      {"django", Key},     {"name", Key},       {"prefix", Key},
      {"latin", Key},        {"utf3", Key},        {"bytes", Blob},    {"fixed", Blob},     {"large", Blob},     {"real_uuid", Key}};
  for (const auto& [name, type] : columns) table.columns.push_back({name, type, true, {}});
  table.primary_key = {"id"};
  return table;
}

TEST_F(MysqlApplication, ColumnsOfEveryFrameworkComeBackAsTheyWereWritten) {
  run(kThings);
  const KeptCell cells[] = {
      {"tiny", Value::integer(-128), nullptr},
      {"small", Value::integer(-32768), nullptr},
      {"four", Value::integer(4294967295), nullptr},
      {"big", Value::number("18446744073709551615"), nullptr},
      {"big", Value::integer(9007199254740993), nullptr},
      {"price", Value::real(12.25), nullptr},
      {"price", Value::integer(7), "real:7"},
      {"long_price", Value::number("12345678901234567890.123"), "number:12345678901234567890.123000000000000000000000000000"},
      {"f", Value::real(0.1), nullptr},
      {"f", Value::integer(16777216), "real:16777216"},
      {"d", Value::real(0.30000000000000004), nullptr},
      {"old", Value::real(1.25), nullptr},
      {"active", Value::boolean(true), nullptr},
      {"active", Value::integer(0), "bool:false"},
      {"active", Value::integer(2), "int:2"},
      {"flag", Value::boolean(true), nullptr},
      {"bits", Value::integer(4095), nullptr},
      {"js", Value::json(R"({"b":1.0,"a":"\u0000","b":2})"), nullptr},
      {"note", Value::text("Zoë 🙂 "), nullptr},
      {"made", Value::text("2026-11-21T02:24:23.000Z"), nullptr},
      {"made", Value::text("2026-11-21T04:24:23+02:00"), "text:2026-11-21T02:24:23.000Z"},
      {"rails", Value::text("2026-11-21T02:24:23.123456Z"), nullptr},
      {"prisma", Value::text("2026-11-21T04:24:23.120+02:00"), "text:2026-11-21T02:24:23.120Z"},
      {"plain", Value::text("0999-01-01T00:00:00.000Z"), nullptr},
      {"day", Value::text("2026-11-21"), nullptr},
      {"hour", Value::text("-101:02:03.500"), nullptr},
      {"born", Value::integer(1999), nullptr},
      {"feeling", Value::text("Glad"), nullptr},
      {"feeling", Value::text("it's"), nullptr},
      {"tags", Value::text("a,c"), nullptr},
      {"tags", Value::text(""), nullptr},
      {"code", Value::text("ab"), nullptr},
      {"uuid", Value::text("0b6f6ae6-7a3f-4c63-9a3b-0c6f5ad0a3bd"), nullptr},
      {"django", Value::text("0b6f6ae67a3f4c639a3b0c6f5ad0a3bd"), nullptr},
      {"name", Value::text("Zoë🙂x"), nullptr},
      {"latin", Value::text("Zoë €"), nullptr},
      {"utf3", Value::text("你好 "), nullptr},
      {"bytes", Value::text(std::string_view("\0\xff", 2)), nullptr},
      {"fixed", Value::text(std::string_view("\0\xff\1\2", 4)), nullptr},
      {"large", Value::text(std::string_view("\xff\0", 2)), nullptr},
      {"real_uuid", Value::text("0b6f6ae6-7a3f-4c63-9a3b-0c6f5ad0a3bd"), nullptr},
  };
  expect_kept(things(), cells);
}

TEST_F(MysqlApplication, AValueThatTheTypeWouldBendIsRefusedWithItsColumn) {
  run(kThings);
  const std::string long_text(70000, 'x');
  const std::pair<const char*, Value> cells[] = {
      {"tiny", Value::integer(200)},
      {"four", Value::integer(-1)},
      {"four", Value::text("007")},
      {"four", Value::real(1.5)},
      {"big", Value::integer(-1)},
      {"price", Value::real(1.005)},
      {"price", Value::number("1e-3")},
      {"price", Value::real(12345678.5)},
      {"price", Value::text("1e5")},
      {"f", Value::real(0.30000000000000004)},
      {"d", Value::number("12345678901234567890")},
      {"d", Value::integer((std::int64_t{1} << 53) + 1)},
      {"old", Value::real(1.255)},
      {"active", Value::text("yes")},
      {"flag", Value::integer(2)},
      {"bits", Value::integer(4096)},
      {"js", Value::text("no json")},
      {"note", Value::text(long_text)},
      {"tiny_note", Value::text(std::string_view(long_text).substr(0, 256))},
      {"made", Value::text("2026-11-21T02:24:23.500Z")},
      {"made", Value::text("1969-11-21T02:24:23Z")},
      {"rails", Value::text("2026-11-21T02:24:23.1234567Z")},
      {"prisma", Value::text("2026-11-21T02:24:23.123456Z")},
      {"plain", Value::text("yesterday")},
      {"day", Value::text("2026-11-21T02:24:23Z")},
      {"hour", Value::text("noon")},
      {"born", Value::integer(99)},
      {"feeling", Value::text("glad")},
      {"feeling", Value::text("1")},
      {"feeling", Value::text("")},
      {"tags", Value::text("c,a")},
      {"code", Value::text("ab ")},
      {"name", Value::text("abcde ")},
      {"latin", Value::text("你好")},
      {"utf3", Value::text("🙂")},
      {"note", Value::text("\xff")},
      {"bytes", Value::text(std::string_view(long_text).substr(0, 21))},
      {"fixed", Value::text("ab")},
      {"real_uuid", Value::text("0B6F6AE6-7A3F-4C63-9A3B-0C6F5AD0A3BD")},
  };
  expect_refused(things(), cells);
}

// The column's collation takes the two for one; what the guard compares are bytes.
TEST_F(MysqlApplication, AGuardTellsApartWhatTheTypeTakesForTheSame) {
  run(kThings);
  const Table table = things();
  const RowKey name = insert(table, "name", Value::text("ann"));
  EXPECT_EQ(update(table, "name", name, Value::text("ANN"), Value::text("lost")), Outcome::Moved);
  EXPECT_EQ(update(table, "name", name, Value::text("ann "), Value::text("lost")), Outcome::Moved);
  EXPECT_EQ(update(table, "name", name, Value::text("ann"), Value::text("ANN")), Outcome::Written);
  EXPECT_EQ(database_->ask("SELECT name FROM things"), "ANN");
  const RowKey json = insert(table, "js", Value::json("[1]"));
  EXPECT_EQ(update(table, "js", json, Value::json("[1.0]"), Value::json("[]")), Outcome::Moved);
  EXPECT_EQ(update(table, "js", json, Value::json("[1]"), Value::json("[2]")), Outcome::Written);
}

// Old applications left them there.
TEST_F(MysqlApplication, ADateThatIsNoneIsReadAsItIsAndCanBeReplaced) {
  run("CREATE TABLE old (id int AUTO_INCREMENT PRIMARY KEY, at datetime(3)) ENGINE=InnoDB; INSERT INTO old (at) VALUES ('0000-00-00')");
  const Table table{"old", {{"id", ColumnType::Integer, false, {}}, {"at", ColumnType::Timestamp, true, {}}}, {"id"}, {}};
  Rows rows = trial_->read(table, Shape({"id", "at"}));
  ASSERT_EQ(rows.size(), 1U);
  ASSERT_TRUE(rows[0][1].is_unreadable());
  EXPECT_EQ(rows[0][1].as_view(), "0000-00-00 00:00:00.000");
  const Value key = rows[0][0];
  const RowKey row(std::span(&key, 1));
  EXPECT_EQ(update(table, "at", row, rows[0][1], Value::text("2026-11-21T02:24:23.000Z")), Outcome::Written);
}

TEST_F(MysqlApplication, AValueThatNoCellCanHoldIsFoundNowhere) {
  run("CREATE TABLE numbers (id int AUTO_INCREMENT PRIMARY KEY, amount int, large bigint) ENGINE=InnoDB");
  const Table table{
      "numbers",
      {{"id", ColumnType::Integer, false, {}}, {"amount", ColumnType::Integer, true, {}}, {"large", ColumnType::Integer, true, {}}},
      {"id"},
      {}};
  insert(table, "amount", Value::integer(0));
  insert(table, "large", Value::integer(9007199254740993));
  const auto found = [&](const char* column, Filter::Op op, const Value& value) {
    return store().count(table, {{{column, op, {value}}}, {}, 0});
  };
  EXPECT_EQ(found("amount", Filter::Op::Equal, Value::text("asst_1")), 0U) << "the server would take it for 0";
  EXPECT_EQ(found("amount", Filter::Op::In, Value::text("asst_1")), 0U);
  EXPECT_EQ(found("large", Filter::Op::Equal, Value::integer(9007199254740992)), 0U) << "compared as doubles they would be equal";
  const auto transaction = store().begin(trial_->lease());
  EXPECT_EQ(kind_and_text([&] { trial_->read(table, Shape({"nowhere"})); }).substr(0, 8), "invalid:");
  EXPECT_EQ(store().count(table, {}), 2U) << "a read that fails costs a transaction nothing";
  transaction->commit();
}

TEST_F(MysqlApplication, ATableIsToldWithItsRules) {
  run("CREATE TABLE people (id int AUTO_INCREMENT PRIMARY KEY, email varchar(60) COLLATE utf8mb4_general_ci UNIQUE, nick varchar(40) "
      "COLLATE "
      "utf8mb4_bin, born date NOT NULL, made timestamp NOT NULL DEFAULT current_timestamp(), data json, shout varchar(40) GENERATED ALWAYS "
      "AS (upper(nick)) STORED, CHECK (nick <> '')) ENGINE=InnoDB;"
      "CREATE UNIQUE INDEX by_nick ON people (nick(3));"
      "CREATE INDEX by_birth ON people (born);"
      "CREATE TRIGGER guard BEFORE UPDATE ON people FOR EACH ROW BEGIN IF OLD.born <> NEW.born THEN SIGNAL SQLSTATE '45000' SET "
      "MESSAGE_TEXT "
      "= 'no'; END IF; END");
  const auto info = store().inspect("people");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->primary_key, std::vector<std::string>{"id"});
  EXPECT_EQ(info->needed, std::vector<std::string>{"born"});
  EXPECT_TRUE(info->given_keys.empty());
  EXPECT_TRUE(info->rewrites);
  EXPECT_FALSE(info->exact_names);
  EXPECT_TRUE(info->find("SHOUT")->filled);
  EXPECT_EQ(to_string(info->find("data")->type), "json");
  std::string unique, rules;
  for (const UniqueKey& key : info->unique) {
    unique += (key.plain ? "plain" : "partial");
    for (const std::string& column : key.columns) unique += " " + column + (key.folds(column) ? "*" : "");
    unique += "; ";
  }
  EXPECT_EQ(unique, "plain id; partial nick; plain email*; ");
  for (const TableRule& rule : info->rules) {
    rules += rule.name + ":";
    for (const std::string& column : rule.columns) rules += " " + column;
    rules += "; ";
  }
  EXPECT_EQ(rules, "the unique index by_nick: nick; CHECK (`nick` <> ''): nick; the trigger guard: id email nick born made data shout; ");
  const std::string version = info->version;
  EXPECT_EQ(store().inspect("people")->version, version);
  run("ALTER TABLE people MODIFY born date NULL");
  EXPECT_NE(store().inspect("people")->version, version);
}

TEST_F(MysqlApplication, AChangeOfATableThatIsKnownIsSeen) {
  run("CREATE TABLE known (id int AUTO_INCREMENT PRIMARY KEY, note varchar(20)) ENGINE=InnoDB");
  const auto before = store().inspect("known");
  EXPECT_FALSE(before->rewrites);
  run("CREATE INDEX by_note ON known (note)");
  EXPECT_EQ(store().inspect("known")->indexes.size(), before->indexes.size() + 1);
  run("ALTER TABLE known ADD CHECK (note <> 'AUTO_INCREMENT=7')");
  EXPECT_EQ(store().inspect("known")->rules.size(), 1U);
  run("CREATE TRIGGER tidy BEFORE INSERT ON known FOR EACH ROW SET NEW.note = trim(NEW.note)");
  EXPECT_TRUE(store().inspect("known")->rewrites);
  run("DROP TRIGGER tidy; INSERT INTO known (note) VALUES ('one'), ('two')");
  EXPECT_FALSE(store().inspect("known")->rewrites);
  run("DROP TABLE known; CREATE TABLE known (id char(4) PRIMARY KEY) ENGINE=InnoDB");
  EXPECT_EQ(store().inspect("known")->given_keys, std::vector<std::string>{"id"});
  run("DROP TABLE known");
  EXPECT_FALSE(store().inspect("known"));
}

TEST_F(MysqlApplication, AColumnThatTheServerFillsByItselfIsSaidToRewrite) {
  run("CREATE TABLE touched (id int AUTO_INCREMENT PRIMARY KEY, note text, updated_at timestamp NOT NULL DEFAULT current_timestamp() ON "
      "UPDATE current_timestamp()) ENGINE=InnoDB");
  EXPECT_TRUE(store().inspect("touched")->rewrites);
  const Table table{"touched", {{"id", ColumnType::Integer, false, {}}, {"updated_at", ColumnType::Timestamp, true, {}}}, {"id"}, {}};
  EXPECT_NE(refusal(table, "updated_at", Value::null()).find("updated_at"), std::string::npos);
}

TEST_F(MysqlApplication, WhatCannotBeWrittenSafelyIsRefusedWithTheReason) {
  run("CREATE TABLE plain (id int AUTO_INCREMENT PRIMARY KEY, note text) ENGINE=InnoDB; CREATE VIEW seen AS SELECT * FROM plain;"
      "CREATE TABLE heap_table (id int AUTO_INCREMENT PRIMARY KEY, note text) ENGINE=MyISAM");
  EXPECT_NE(kind_and_text([&] { store().inspect("seen"); }).find("is a view"), std::string::npos);
  const std::string engine = kind_and_text([&] { store().inspect("heap_table"); });
  EXPECT_NE(engine.find("invalid: \"heap_table\" in MySQL database"), std::string::npos) << engine;
  EXPECT_NE(engine.find("MyISAM, which has no transactions"), std::string::npos) << engine;
  EXPECT_NE(engine.find("ALTER TABLE `heap_table` ENGINE=InnoDB"), std::string::npos) << engine;
}

TEST_F(MysqlApplication, AMissingRightIsToldWithItsRemedy) {
  const std::string clerk = database_->name() + "_c", grant = " ON " + database_->name() + ".* TO " + clerk + "@localhost";
  Application server;
  server.run("CREATE USER " + clerk + "@localhost; GRANT SELECT" + grant);
  run("CREATE TABLE plain (id int AUTO_INCREMENT PRIMARY KEY, note text) ENGINE=InnoDB");
  auto options = database_->options();
  options["user"] = clerk;
  const std::string check = kind_and_text([&] { open_mysql(options)->check(); });
  EXPECT_NE(check.find("storage: "), std::string::npos) << check;
  EXPECT_NE(check.find("GRANT SELECT, INSERT, UPDATE, CREATE, ALTER, INDEX, REFERENCES"), std::string::npos) << check;
  EXPECT_TRUE(open_mysql(options)->inspect("plain")->rewrites) << "who may not see triggers must take them to be there";
  // What the README grants is enough for a whole run.
  server.run("GRANT SELECT, INSERT, UPDATE, CREATE, ALTER, INDEX, REFERENCES, TRIGGER" + grant);
  const auto store = open_mysql(options);
  EXPECT_FALSE(store->inspect("plain")->rewrites);
  EXPECT_NE(store->check().find(clerk), std::string::npos);
  const Table table = items_table();
  store->prepare(table);
  const auto lease = store->lease("clerk");
  const auto transaction = store->begin(*lease);
  transaction->insert(table, Shape({"note"}), rows_of(1, {{Value::text("x")}}));
  transaction->commit();
}

TEST_F(MysqlApplication, WhoMayMakeNoTableWritesWhereMigrateHasMadeThem) {
  const std::string clerk = database_->name() + "_w";
  store().prepare(items_table());
  EXPECT_EQ(store().prepare_leases(true), store().prepare_leases());
  Application().run("CREATE USER " + clerk + "@localhost; GRANT SELECT, INSERT, UPDATE ON " + database_->name() + ".* TO " + clerk +
                    "@localhost");
  auto options = database_->options();
  options["user"] = clerk;
  const auto store = open_mysql(options);
  EXPECT_NE(store->check().find(clerk), std::string::npos);
  EXPECT_TRUE(store->prepare_leases().empty());
  const auto lease = store->lease("clerk");
  const auto transaction = store->begin(*lease);
  transaction->insert(items_table(), Shape({"note"}), rows_of(1, {{Value::text("x")}}));
  transaction->commit();
}

// A fault of one row of a page costs its call, with an answer that is that row's own.
TEST_F(MysqlApplication, ABadRowInAPageIsToldByItself) {
  const Table table = items_table();
  store().prepare(table);
  const Shape shape({"name", "amount"});
  std::vector<std::string> names;
  for (int i = 0; i < 150; ++i) names.push_back("n" + std::to_string(i == 140 ? 139 : i));
  std::vector<std::vector<Value>> rows;
  for (const std::string& name : names) rows.push_back({Value::text(name), Value::integer(0)});
  const auto transaction = store().begin(trial_->lease());
  const std::string failure = kind_and_text([&] { transaction->insert(table, shape, rows_of(2, rows)); });
  EXPECT_NE(failure.find("rejected: "), std::string::npos) << failure;
  EXPECT_NE(failure.find("columns name"), std::string::npos) << failure;
  EXPECT_EQ(failure.find("n139"), std::string::npos) << "a value that is there already may be anybody's";
  EXPECT_EQ(store().count(table, {}), 0U);
  rows[140][0] = Value::text("n140");
  EXPECT_EQ(transaction->insert(table, shape, rows_of(2, rows)).size(), 150U);
  transaction->commit();
  EXPECT_EQ(store().count(table, {}), 150U);
}

// Changes of one call depend on each other: what one frees, the next takes.
TEST_F(MysqlApplication, ChangesOfOneCallAreMadeInTheirOrder) {
  const Table table = items_table();
  store().prepare(table);
  const Shape shape({"name", "amount"});
  const auto text = [](const char* value) { return Value::text(value); };
  const std::vector<RowKey> keys =
      trial_->insert(table, shape, {{text("a"), Value::integer(0)}, {text("b"), Value::integer(0)}, {text("c"), Value::integer(0)}});
  const std::vector<Guarded> changes = {{{keys[0][0]}, {1}, {Value::integer(0)}, {Value::integer(1)}},
                                        {{keys[2][0]}, {0}, {text("c")}, {text("d")}},
                                        {{keys[1][0]}, {0, 1}, {text("b"), Value::integer(0)}, {text("c"), Value::integer(1)}},
                                        {{keys[0][0]}, {0}, {text("a")}, {text("b")}}};
  const auto transaction = store().begin(trial_->lease());
  EXPECT_EQ(transaction->update(table, shape, changes), std::vector<Outcome>(4, Outcome::Written));
  transaction->commit();
  EXPECT_EQ(database_->ask("SELECT GROUP_CONCAT(name ORDER BY id) FROM items"), "b,c,d");
}

TEST_F(MysqlApplication, AnUpsertNeverWritesOverARowOfAnotherKey) {
  Table table = items_table("lockstep_items");
  store().prepare(table);
  const Shape shape({"id", "name"});
  const auto transaction = store().begin(trial_->lease());
  transaction->upsert(table, shape, rows_of(2, {{Value::integer(1), Value::text("one")}}));
  const std::string failure = kind_and_text([&] {
    transaction->upsert(table, shape, rows_of(2, {{Value::integer(2), Value::text("one")}}));
  });
  EXPECT_NE(failure.find("rejected: "), std::string::npos) << failure;
  transaction->commit();
  EXPECT_EQ(database_->ask("SELECT GROUP_CONCAT(id) FROM lockstep_items"), "1");
}

TEST_F(MysqlApplication, ATableOfAnotherDatabaseIsNamedWithIt) {
  const std::string other = database_->name() + "_crm";
  run("CREATE DATABASE " + other + "; CREATE TABLE " + other + ".people (id int AUTO_INCREMENT PRIMARY KEY, name text) ENGINE=InnoDB");
  const Table table{other + ".people", {{"id", ColumnType::Integer, false, {}}, {"name", ColumnType::Text, true, {}}}, {"id"}, {}};
  const RowKey key = insert(table, "name", Value::text("Ann"));
  EXPECT_EQ(update(table, "name", key, Value::text("Ann"), Value::text("Bob")), Outcome::Written);
  EXPECT_EQ(database_->ask("SELECT name FROM " + other + ".people"), "Bob");
}

TEST_F(MysqlApplication, ANameThatTheServerDoesNotTakeIsRefused) {
  for (const std::string& name : {std::string(65, 'n'), std::string("blank "), std::string("🙂")}) {
    const Table table{name, {{"id", ColumnType::Integer, false, {}}}, {"id"}, {}};
    EXPECT_NE(kind_and_text([&] { store().prepare(table); }).find("invalid: the name"), std::string::npos) << name;
  }
}

// A foreign key to a column of another type is refused by the server; the reference stands without one.
TEST_F(MysqlApplication, AReferenceIsDeclaredOnlyWhereTheServerTakesIt) {
  run("CREATE TABLE laravel (id bigint unsigned AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB; CREATE TABLE rails (id bigint AUTO_INCREMENT "
      "PRIMARY KEY) ENGINE=InnoDB");
  const Table table{"owned",
                    {{"id", ColumnType::Integer, false, {}},
                     {"laravel_id", ColumnType::Integer, true, "laravel.id"},
                     {"rails_id", ColumnType::Integer, true, "rails.id"}},
                    {"id"},
                    {}};
  const std::vector<std::string> made = store().prepare(table);
  ASSERT_EQ(made.size(), 1U);
  EXPECT_NE(made[0].find("FOREIGN KEY (`rails_id`)"), std::string::npos) << made[0];
  EXPECT_EQ(made[0].find("FOREIGN KEY (`laravel_id`)"), std::string::npos) << made[0];
}

}  // namespace
}  // namespace lockstep::conformance
