// Tables are created and widened, never narrowed; names are only names.
#include <algorithm>

#include "conformance/store_suite.h"

namespace lockstep::conformance {
namespace {

TEST_P(StoreSuite, PreparingTwiceDoesNothingTheSecondTime) {
  EXPECT_FALSE(store_->prepare(items_table()).empty());
  EXPECT_TRUE(store_->prepare(items_table()).empty());
}

TEST_P(StoreSuite, ADryPreparationOnlySaysWhatItWouldDo) {
  const std::vector<std::string> said = store_->prepare(items_table(), true);
  EXPECT_FALSE(store_->inspect("items"));
  EXPECT_EQ(store_->prepare(items_table()), said);
}

TEST_P(StoreSuite, WideningKeepsRowsAndForeignColumns) {
  database_->execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name VARCHAR(20), own_column VARCHAR(20) NOT NULL)");
  database_->execute("INSERT INTO items (id, name, own_column) VALUES (1, 'old', 'kept')");
  Table table = items_table();
  table.columns.push_back({"needed", ColumnType::Text, false, {}});
  store_->prepare(table);
  EXPECT_TRUE(store_->prepare(table).empty());
  const auto info = store_->inspect("items");
  ASSERT_TRUE(info);
  EXPECT_NE(info->find("own_column"), nullptr);
  ASSERT_NE(info->find("needed"), nullptr);
  EXPECT_TRUE(info->find("needed")->nullable);
  const Rows rows = read(table, Shape({"name", "own_column", "needed"}));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(spell(rows[0][0]), "text:old");
  EXPECT_EQ(spell(rows[0][1]), "text:kept");
  EXPECT_EQ(spell(rows[0][2]), "null:null");
}

TEST_P(StoreSuite, InspectTellsColumnsKeyAndIndexes) {
  const Table table = items_table();
  EXPECT_FALSE(store_->inspect(table.name));
  store_->prepare(table);
  const auto info = store_->inspect(table.name);
  ASSERT_TRUE(info);
  ASSERT_EQ(info->columns.size(), table.columns.size());
  EXPECT_EQ(info->columns[0].name, "id");
  EXPECT_EQ(info->columns[2].type, ColumnType::Integer);
  EXPECT_EQ(info->columns[3].type, ColumnType::Real);
  EXPECT_EQ(info->columns[4].type, ColumnType::Boolean);
  EXPECT_EQ(info->primary_key, std::vector<std::string>{"id"});
  EXPECT_NE(std::find(info->indexes.begin(), info->indexes.end(), "items_name"), info->indexes.end());
  EXPECT_FALSE(info->rewrites);
}

TEST_P(StoreSuite, ReservedAndOddNamesAreOnlyNames) {
  for (const std::string name :
       {"select", "with space", "it's", "say \"hi\"", "semi;colon", "naïve 🙂", "back`tick", "[bracket]", "100%"}) {
    Table table;
    table.name = "t " + name;
    table.columns = {{"id", ColumnType::Integer, false, {}}, {name, ColumnType::Text, true, {}}};
    table.primary_key = {"id"};
    table.indexes = {{"i " + name, {name}, false}};
    store_->prepare(table);
    EXPECT_TRUE(store_->prepare(table).empty()) << name;
    const Shape shape({name});
    const std::vector<RowKey> keys = insert(table, shape, {{Value::text("v")}});
    {
      const auto transaction = store_->begin(*lease_);
      Guarded change{{keys[0][0]}, {0}, {Value::text("v")}, {Value::text("w")}};
      EXPECT_EQ(transaction->update(table, shape, std::span(&change, 1)).at(0), Outcome::Written) << name;
      transaction->commit();
    }
    const Rows rows = read(table, shape, {{{name, Filter::Op::Equal, {Value::text("w")}}}, {name}, 5});
    ASSERT_EQ(rows.size(), 1U) << name;
    EXPECT_EQ(store_->count(table, {}), 1U);
  }
}

TEST_P(StoreSuite, NamesThatCannotBeAreRefused) {
  Table table = items_table();
  table.name = "";
  EXPECT_EQ(error_kind([&] { store_->prepare(table); }), "invalid");
  table.name = std::string("a\0b", 3);
  EXPECT_EQ(error_kind([&] { store_->prepare(table); }), "invalid");
}

TEST_P(StoreSuite, AMisspeltColumnIsAnErrorAndNoText) {
  store_->prepare(items_table());
  EXPECT_EQ(error_kind([&] { read(items_table(), Shape({"nmae"})); }), "invalid");
  EXPECT_EQ(error_kind([&] { read(items_table(), Shape({"name"}), {{}, {"nmae"}, 0}); }), "invalid");
}

TEST_P(StoreSuite, AMissingTableIsAnErrorThatNamesTheRemedy) {
  try {
    read(items_table("nowhere"), Shape({"name"}));
    FAIL() << "a table that is not there was read";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("\"nowhere\""), std::string::npos);
    EXPECT_NE(error.hint().find("lockstep migrate"), std::string::npos);
  }
}

}  // namespace
}  // namespace lockstep::conformance
