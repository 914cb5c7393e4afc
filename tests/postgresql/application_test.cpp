// Tables that an application made: the columns that frameworks make, schemas, rules, and what a table has that no store can write to.
#include "conformance/application_tables.h"
#include "postgres_database.h"
#include "support/postgres_server.h"

namespace lockstep::conformance {
namespace {

class PostgresApplication : public ApplicationTables<PostgresDatabase> {
 protected:
  void need() override { LOCKSTEP_NEEDS_POSTGRES(); }
};

constexpr const char* kThings =
    "CREATE TYPE mood AS ENUM ('sad', 'Glad');"
    "CREATE DOMAIN handle AS varchar(8) CHECK (VALUE <> 'root');"
    "CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key uuid, small smallint, four integer, price numeric(8,2), "
    "any_number numeric, r real, d double precision, active boolean, js json, jb jsonb, at timestamptz, local timestamp(3), day date, "
    "feeling mood, mail citext, tags text[], bytes bytea, known handle, code char(4), name varchar(5), address inet)";

Table things() {
  using enum ColumnType;
  Table table;
  table.name = "things";
  const std::pair<const char*, ColumnType> columns[] = {
      {"id", Integer},      {"key", Key},       {"small", Integer},  {"four", Integer}, {"price", Real}, {"any_number", Real},
      {"r", Real},          {"d", Real},        {"active", Boolean}, {"js", Json},      {"jb", Json},    {"at", Timestamp},
      {"local", Timestamp}, {"day", Timestamp}, {"feeling", Key},    {"mail", Key},     {"tags", Text},  {"bytes", Blob},
      {"known", Key},       {"code", Key},      {"name", Key},       {"address", Text}};
  for (const auto& [name, type] : columns) table.columns.push_back({name, type, true, {}});
  table.primary_key = {"id"};
  return table;
}

TEST_F(PostgresApplication, ColumnsOfEveryFrameworkComeBackAsTheyWereWritten) {
  run(kThings);
  const KeptCell cells[] = {
      {"key", Value::text("0b6f6ae6-7a3f-4c63-9a3b-0c6f5ad0a3bd"), nullptr},
      {"small", Value::integer(-32768), nullptr},
      {"four", Value::integer(2147483647), nullptr},
      {"price", Value::real(12.25), nullptr},
      {"price", Value::integer(7), "real:7"},
      {"any_number", Value::number("12345678901234567890.123"), nullptr},
      {"r", Value::real(0.1), nullptr},
      {"d", Value::real(0.30000000000000004), nullptr},
      {"active", Value::boolean(true), nullptr},
      {"active", Value::integer(0), "bool:false"},
      {"js", Value::json(R"({"b":1.0,"a":"\u0000"})"), nullptr},
      {"jb", Value::json(R"({"b":1,"a":[true]})"), R"(json:{"a": [true], "b": 1})"},
      {"at", Value::text("2026-11-21T02:24:23.123456Z"), nullptr},
      {"at", Value::text("2026-11-21T04:24:23+02:00"), "text:2026-11-21T02:24:23.000Z"},
      {"local", Value::text("2026-11-21T04:24:23.120+02:00"), "text:2026-11-21T02:24:23.120Z"},
      {"day", Value::text("2026-11-21"), nullptr},
      {"feeling", Value::text("Glad"), nullptr},
      {"mail", Value::text("Ann@Example.org"), nullptr},
      {"tags", Value::text("{a,\"b c\"}"), nullptr},
      {"bytes", Value::text(std::string_view("\0\xff", 2)), nullptr},
      {"known", Value::text("ann"), nullptr},
      {"code", Value::text("ab"), nullptr},
      {"name", Value::text("Zoë🙂x"), nullptr},
      {"address", Value::text("10.0.0.1"), nullptr},
  };
  expect_kept(things(), cells);
}

TEST_F(PostgresApplication, AValueThatTheTypeWouldBendIsRefusedWithItsColumn) {
  run(kThings);
  const std::pair<const char*, Value> cells[] = {
      {"key", Value::text("0B6F6AE6-7A3F-4C63-9A3B-0C6F5AD0A3BD")},
      {"small", Value::integer(40000)},
      {"four", Value::text("007")},
      {"four", Value::real(1.5)},
      {"price", Value::real(1.005)},
      {"price", Value::number("1e-3")},
      {"any_number", Value::text("1e5")},
      {"r", Value::real(0.30000000000000004)},
      {"d", Value::number("12345678901234567890")},
      {"d", Value::integer((std::int64_t{1} << 53) + 1)},
      {"active", Value::text("yes")},
      {"active", Value::integer(2)},
      {"jb", Value::json(R"("\u0000")")},
      {"at", Value::text("2026-11-21T02:24:23.1234567Z")},
      {"local", Value::text("2026-11-21T02:24:23.123456Z")},
      {"at", Value::text("yesterday")},
      {"day", Value::text("2026-11-21T02:24:23Z")},
      {"feeling", Value::text("glad")},
      {"tags", Value::json(R"(["a"])")},
      {"known", Value::text("root")},
      {"code", Value::text("ab ")},
      {"name", Value::text("abcde ")},
      {"mail", Value::text(std::string_view("a\0b", 3))},
      {"address", Value::text("nowhere")},
  };
  expect_refused(things(), cells, {{"known", "handle"}});
}

// citext takes the two for one; what the guard compares are bytes.
TEST_F(PostgresApplication, AGuardTellsApartWhatTheTypeTakesForTheSame) {
  run(kThings);
  const Table table = things();
  const RowKey mail = insert(table, "mail", Value::text("ann"));
  EXPECT_EQ(update(table, "mail", mail, Value::text("ANN"), Value::text("lost")), Outcome::Moved);
  const RowKey json = insert(table, "js", Value::json("[1]"));
  EXPECT_EQ(update(table, "js", json, Value::json("[1.0]"), Value::json("[]")), Outcome::Moved);
  EXPECT_EQ(update(table, "js", json, Value::json("[1]"), Value::json("[2]")), Outcome::Written);
}

TEST_F(PostgresApplication, AValueThatNoCellCanHoldIsFoundNowhere) {
  run("CREATE TABLE numbers (id serial PRIMARY KEY, amount integer, key uuid)");
  const Table table{"numbers",
                    {{"id", ColumnType::Integer, false, {}}, {"amount", ColumnType::Integer, true, {}}, {"key", ColumnType::Key, true, {}}},
                    {"id"},
                    {}};
  insert(table, "amount", Value::integer(1));
  const auto found = [&](const char* column, Filter::Op op, const Value& value) {
    return store().count(table, {{{column, op, {value}}}, {}, 0});
  };
  EXPECT_EQ(found("amount", Filter::Op::Equal, Value::text("asst_1")), 0U);
  EXPECT_EQ(found("key", Filter::Op::In, Value::text("asst_1")), 0U);
  const auto transaction = store().begin(trial_->lease());
  EXPECT_EQ(kind_and_text([&] { trial_->read(table, Shape({"nowhere"})); }).substr(0, 8), "invalid:");
  EXPECT_EQ(store().count(table, {}), 1U) << "a read that fails costs a transaction nothing";
  transaction->commit();
}

TEST_F(PostgresApplication, ATableIsToldWithItsRules) {
  run("CREATE TABLE people (id serial PRIMARY KEY, email citext UNIQUE, nick text, born date NOT NULL, made timestamptz NOT NULL DEFAULT "
      "now(), "
      "active boolean, shout text GENERATED ALWAYS AS (upper(nick)) STORED, CHECK (nick <> ''));"
      "CREATE UNIQUE INDEX one_nick ON people (lower(nick)) WHERE active;"
      "CREATE INDEX by_birth ON people (born);"
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;"
      "CREATE TRIGGER guard BEFORE UPDATE ON people FOR EACH ROW WHEN (OLD.born <> NEW.born) EXECUTE FUNCTION refuse()");
  const auto info = store().inspect("people");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->primary_key, std::vector<std::string>{"id"});
  EXPECT_EQ(info->needed, std::vector<std::string>{"born"});
  EXPECT_TRUE(info->given_keys.empty());
  EXPECT_TRUE(info->rewrites);
  EXPECT_TRUE(info->exact_names);
  EXPECT_TRUE(info->find("shout")->filled);
  std::string unique, rules;
  for (const UniqueKey& key : info->unique) {
    unique += (key.plain ? "plain" : "partial");
    for (const std::string& column : key.columns) unique += " " + column + (key.folds(column) ? "*" : "");
    unique += "; ";
  }
  EXPECT_EQ(unique, "partial nick active; plain email*; plain id; ");
  for (const TableRule& rule : info->rules) {
    rules += rule.name + ":";
    for (const std::string& column : rule.columns) rules += " " + column;
    rules += "; ";
  }
  EXPECT_EQ(rules,
            "the unique index one_nick: nick active; CHECK ((nick <> ''::text)): nick; "
            "the trigger guard: id email nick born made active shout; ");
  const std::string version = info->version;
  run("ALTER TABLE people DROP COLUMN active; ALTER TABLE people ADD COLUMN active boolean");
  EXPECT_NE(store().inspect("people")->version, version) << "a column that was dropped and added again has another place";
}

TEST_F(PostgresApplication, WhatCannotBeWrittenSafelyIsRefusedWithTheReason) {
  run("CREATE TABLE plain (id serial PRIMARY KEY, note text); CREATE VIEW seen AS SELECT * FROM plain;"
      "CREATE TABLE guarded (id serial PRIMARY KEY, owner text); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; ALTER TABLE guarded FORCE "
      "ROW LEVEL SECURITY");
  EXPECT_NE(kind_and_text([&] { store().inspect("seen"); }).find("invalid: \"seen\" in PostgreSQL"), std::string::npos);
  EXPECT_NE(kind_and_text([&] { store().inspect("seen"); }).find("is a view"), std::string::npos);
  // The owner of the server sees every row; another role does not.
  EXPECT_TRUE(store().inspect("guarded"));
  run("DO $$ BEGIN CREATE ROLE lockstep_clerk LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  run("GRANT USAGE ON SCHEMA " + database_->schema() + " TO lockstep_clerk; GRANT SELECT ON ALL TABLES IN SCHEMA " + database_->schema() +
      " TO lockstep_clerk");
  auto options = database_->options();
  options["user"] = "lockstep_clerk";
  const auto clerk = open_postgres(options);
  EXPECT_NE(kind_and_text([&] { clerk->inspect("guarded"); }).find("row security"), std::string::npos);
  const std::string check = kind_and_text([&] { clerk->check(); });
  EXPECT_NE(check.find("storage: "), std::string::npos) << "its own tables are there, and may not be written";
}

TEST_F(PostgresApplication, WhoMayMakeNoTableWritesWhereMigrateHasMadeThem) {
  const std::string clerk = database_->schema() + "_clerk", schema = " IN SCHEMA " + database_->schema() + " TO " + clerk;
  const Table table{"notes", {{"id", ColumnType::Integer, false, {}}, {"note", ColumnType::Text, true, {}}}, {"id"}, {}};
  store().prepare(table);
  EXPECT_EQ(store().prepare_leases(true), store().prepare_leases());
  run("CREATE ROLE " + clerk + " LOGIN; GRANT USAGE ON SCHEMA " + database_->schema() + " TO " + clerk +
      "; GRANT SELECT, INSERT, UPDATE ON ALL TABLES" + schema + "; GRANT USAGE ON ALL SEQUENCES" + schema);
  auto options = database_->options();
  options["user"] = clerk;
  {
    const auto store = open_postgres(options);
    EXPECT_NE(store->check().find(clerk), std::string::npos);
    EXPECT_TRUE(store->prepare_leases().empty());
    const auto lease = store->lease("clerk");
    const auto transaction = store->begin(*lease);
    transaction->insert(table, Shape({"note"}), rows_of(1, {{Value::text("x")}}));
    transaction->commit();
  }
  run("DROP OWNED BY " + clerk + "; DROP ROLE " + clerk);
}

TEST_F(PostgresApplication, AGroupsLostRowIsToldAndNothingOfTheGroupStays) {
  run("CREATE TABLE plain (id serial PRIMARY KEY, note text);"
      "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"
      "CREATE TRIGGER swallow BEFORE INSERT ON plain FOR EACH ROW WHEN (NEW.note = 'lost') EXECUTE FUNCTION swallow()");
  const Table table{"plain", {{"id", ColumnType::Integer, false, {}}, {"note", ColumnType::Text, true, {}}}, {"id"}, {}};
  for (const Keys keys : {Keys::Wanted, Keys::Unwanted}) {
    const auto transaction = store().begin(trial_->lease());
    const Rows rows = rows_of(1, {{Value::text("kept")}, {Value::text("lost")}});
    EXPECT_NE(kind_and_text([&] { transaction->insert(table, Shape({"note"}), rows, keys); }).find("rejected: "), std::string::npos);
    transaction->commit();
    EXPECT_EQ(store().count(table, {}), 0U);
  }
}

TEST_F(PostgresApplication, ATableOfAnotherSchemaIsNamedWithIt) {
  const std::string other = database_->schema() + "_crm";
  run("CREATE SCHEMA " + other + "; CREATE TABLE " + other + ".people (id serial PRIMARY KEY, name text)");
  const Table table{other + ".people", {{"id", ColumnType::Integer, false, {}}, {"name", ColumnType::Text, true, {}}}, {"id"}, {}};
  const RowKey key = insert(table, "name", Value::text("Ann"));
  EXPECT_EQ(update(table, "name", key, Value::text("Ann"), Value::text("Bob")), Outcome::Written);
  EXPECT_EQ(database_->ask("SELECT name FROM " + other + ".people"), "Bob");
}

TEST_F(PostgresApplication, ANameThatThePostgresWouldCutIsRefused) {
  const Table table{std::string(64, 'n'), {{"id", ColumnType::Integer, false, {}}}, {"id"}, {}};
  EXPECT_NE(kind_and_text([&] { store().prepare(table); }).find("64 bytes"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::conformance
