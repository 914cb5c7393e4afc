// Tables are created and widened, never narrowed; names are only names.
#include <algorithm>

#include "conformance/store_groups.h"

namespace lockstep::conformance {
namespace {

void preparing_twice_does_nothing_the_second_time(StoreTrial& t) {
  t.that(!t.store().prepare(t.table()).empty(), "the first preparation said that it did nothing");
  t.that(t.store().prepare(t.table()).empty(), "the second preparation did something");
}

void a_dry_preparation_only_says_what_it_would_do(StoreTrial& t) {
  const std::vector<std::string> said = t.store().prepare(t.table(), true);
  t.that(!t.store().inspect(t.table().name), "a dry preparation made the table");
  t.that(t.store().prepare(t.table()) == said, "the preparation did something else than the dry one had said");
}

void widening_adds_columns_and_keeps_rows(StoreTrial& t) {
  Table narrow = t.table();
  narrow.columns.resize(3);
  t.store().prepare(narrow);
  t.insert(narrow, Shape({"name", "amount"}), {{Value::text("old"), Value::integer(5)}});
  Table wide = t.table();
  wide.columns.push_back({"needed", ColumnType::Text, false, {}});
  t.that(!t.store().prepare(wide).empty(), "columns that are missing were not added");
  t.that(t.store().prepare(wide).empty(), "widening twice does something twice");
  const auto info = t.store().inspect(wide.name);
  t.require(info && info->find("needed") != nullptr, "the new column is not there");
  t.that(info->find("needed")->nullable, "rows that are there cannot fill a new column, so it must take nulls");
  const Rows rows = t.read(wide, Shape({"name", "amount", "needed", "note"}));
  t.require(rows.size() == 1, "widening lost or made rows");
  t.cell(rows[0][0], "text:old", "a cell of before");
  t.cell(rows[0][1], "int:5", "a cell of before");
  t.cell(rows[0][2], "null:null", "a new cell");
  t.store().prepare(narrow);
  t.that(t.store().inspect(wide.name)->find("note") != nullptr, "preparing the narrow table dropped a column");
}

void widening_keeps_foreign_columns(StoreTrial& t) {
  const std::string name = t.name("items");
  t.execute("CREATE TABLE " + name + " (id INTEGER PRIMARY KEY, name VARCHAR(20), own_column VARCHAR(20) NOT NULL)");
  t.execute("INSERT INTO " + name + " (id, name, own_column) VALUES (1, 'old', 'kept')");
  const Table table = t.table();
  t.store().prepare(table);
  t.that(t.store().prepare(table).empty(), "preparing twice does something twice");
  const Rows rows = t.read(table, Shape({"name", "own_column"}));
  t.require(rows.size() == 1, "widening lost or made rows");
  t.cell(rows[0][0], "text:old", "a cell of before");
  t.cell(rows[0][1], "text:kept", "a cell of the application's own column");
}

void inspect_tells_columns_key_and_indexes(StoreTrial& t) {
  const Table table = t.table();
  t.that(!t.store().inspect(table.name), "a table that is not there was described");
  t.store().prepare(table);
  const auto info = t.store().inspect(table.name);
  t.require(info && info->columns.size() == table.columns.size(), "inspect tells another number of columns");
  for (std::size_t i = 0; i < 5; ++i) {
    t.equal(info->columns[i].name, table.columns[i].name, "name of a column");
    if (i != 1) t.equal(to_string(info->columns[i].type), to_string(table.columns[i].type), "type of " + table.columns[i].name);
  }
  t.that(info->primary_key == table.primary_key, "the primary key is another one");
  const auto& indexes = info->indexes;
  t.that(std::find(indexes.begin(), indexes.end(), table.indexes[0].name) != indexes.end(), "the index is not told");
  t.that(!info->rewrites, "a plain table is said to rewrite values");
}

void reserved_and_odd_names_are_only_names(StoreTrial& t) {
  for (const std::string name :
       {"select", "with space", "it's", "say \"hi\"", "semi;colon", "naïve 🙂", "back`tick", "[bracket]", "100%"}) {
    Table table;
    table.name = t.name("t " + name);
    table.columns = {{"id", ColumnType::Integer, false, {}}, {name, ColumnType::Text, true, {}}};
    table.primary_key = {"id"};
    table.indexes = {{t.name("i " + name), {name}, false}};
    try {
      t.store().prepare(table);
    } catch (const Error& error) {
      // Some databases take no character beyond U+FFFF in a name: then it is refused, and never another one.
      if (name.find("🙂") == std::string::npos) throw;
      t.equal(to_string(error.kind()), to_string(ErrorKind::Invalid), "the kind of error");
      t.contains(error.message(), name, "the message");
      continue;
    }
    t.that(t.store().prepare(table).empty(), name + ": preparing twice does something twice");
    const Shape shape({name});
    const std::vector<RowKey> keys = t.insert(table, shape, {{Value::text("v")}});
    {
      const auto transaction = t.store().begin(t.lease());
      const Guarded change{{keys[0][0]}, {0}, {Value::text("v")}, {Value::text("w")}};
      t.that(transaction->update(table, shape, std::span(&change, 1)).at(0) == Outcome::Written, name + ": not updated");
      transaction->commit();
    }
    const Rows rows = t.read(table, shape, {{{name, Filter::Op::Equal, {Value::text("w")}}}, {name}, 5});
    t.equal(rows.size(), 1U, name + ": rows found");
    t.equal(t.store().count(table, {}), 1U, name + ": rows counted");
  }
}

void names_that_cannot_be_are_refused(StoreTrial& t) {
  Table table = t.table();
  table.name = "";
  t.throws(ErrorKind::Invalid, "a table without a name", [&] { t.store().prepare(table); });
  table.name = std::string("a\0b", 3);
  t.throws(ErrorKind::Invalid, "a name with a NUL", [&] { t.store().prepare(table); });
}

void a_misspelt_column_is_an_error_and_no_text(StoreTrial& t) {
  t.store().prepare(t.table());
  t.throws(ErrorKind::Invalid, "reading a column that is not there", [&] { t.read(t.table(), Shape({"nmae"})); });
  t.throws(ErrorKind::Invalid, "ordering by a column that is not there", [&] { t.read(t.table(), Shape({"name"}), {{}, {"nmae"}, 0}); });
}

void a_missing_table_is_an_error_that_names_the_remedy(StoreTrial& t) {
  const Table table = t.table("nowhere");
  const Error error = t.throws_any("reading a table that is not there", [&] { t.read(table, Shape({"name"})); });
  t.contains(error.message(), "\"" + table.name + "\"", "the message");
  t.contains(error.hint(), "lockstep migrate", "the hint");
}

}  // namespace

std::vector<StoreCheck> schema_checks() {
  return {{"PreparingTwiceDoesNothingTheSecondTime", preparing_twice_does_nothing_the_second_time},
          {"ADryPreparationOnlySaysWhatItWouldDo", a_dry_preparation_only_says_what_it_would_do},
          {"WideningAddsColumnsAndKeepsRows", widening_adds_columns_and_keeps_rows},
          {"WideningKeepsForeignColumns", widening_keeps_foreign_columns},
          {"InspectTellsColumnsKeyAndIndexes", inspect_tells_columns_key_and_indexes},
          {"ReservedAndOddNamesAreOnlyNames", reserved_and_odd_names_are_only_names},
          {"NamesThatCannotBeAreRefused", names_that_cannot_be_are_refused},
          {"AMisspeltColumnIsAnErrorAndNoText", a_misspelt_column_is_an_error_and_no_text},
          {"AMissingTableIsAnErrorThatNamesTheRemedy", a_missing_table_is_an_error_that_names_the_remedy}};
}

}  // namespace lockstep::conformance
