// Every value comes back as it was written.
#include <limits>

#include "conformance/store_groups.h"

namespace lockstep::conformance {
namespace {

using namespace std::string_literals;

/// Writes each value into a row of its own and reads it back: same tag, same bytes.
void come_back(StoreTrial& t, const char* column, const std::vector<Value>& values) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({column});
  for (const Value& value : values) {
    const std::vector<RowKey> keys = t.insert(table, shape, {{value}});
    const Rows rows = t.read(table, shape, {{{"id", Filter::Op::Equal, {keys[0][0]}}}, {}, 0});
    t.require(rows.size() == 1, "the row cannot be found by the key that insert answered");
    t.that(identical(rows[0][0], value), std::string(column) + ": wrote " + spell(value).substr(0, 60) + " (" +
                                             std::to_string(spell(value).size()) + " bytes), read " + spell(rows[0][0]).substr(0, 60));
  }
}

void integers_come_back(StoreTrial& t) {
  come_back(t, "amount",
            {Value::integer(0), Value::integer(-1), Value::integer(std::numeric_limits<std::int64_t>::max()),
             Value::integer(std::numeric_limits<std::int64_t>::min()), Value::integer((std::int64_t{1} << 53) + 1), Value::null()});
}

void reals_come_back_as_reals(StoreTrial& t) {
  come_back(t, "ratio",
            {Value::real(1.0), Value::real(0.1), Value::real(-2.5), Value::real(0.30000000000000004),
             Value::real(std::numeric_limits<double>::max()), Value::real(std::numeric_limits<double>::denorm_min()),
             Value::real(9007199254740993.0), Value::null()});
}

void booleans_come_back(StoreTrial& t) { come_back(t, "active", {Value::boolean(true), Value::boolean(false), Value::null()}); }

void texts_come_back_byte_for_byte(StoreTrial& t) {
  const std::string megabyte(1 << 20, 'm');
  come_back(t, "note",
            {Value::text(""), Value::text({}), Value::text("plain"), Value::text("1"), Value::text("007"), Value::text("1.0"),
             Value::text(" 5 "), Value::text("1e5"), Value::text("12345678901234567890"), Value::text("Zoë 🙂 \u4f60\u597d"),
             Value::text(megabyte), Value::text("it's \"quoted\" \\ %s"), Value::text("null"), Value::text("line\r\n\t"), Value::null()});
}

/// Some databases take no such text: then it is refused, and never cut at the NUL.
void a_text_with_nul_comes_back_or_is_refused(StoreTrial& t) {
  try {
    come_back(t, "note", {Value::text("a\0b\0"s)});
  } catch (const Error& error) {
    t.equal(to_string(error.kind()), to_string(ErrorKind::Rejected), "the kind of error");
    t.contains(error.message(), "\"note\"", "the message");
    t.equal(t.store().count(t.table(), {}), 0U, "rows");
  }
}

void json_comes_back_as_it_was_spelled(StoreTrial& t) {
  const std::string large = "[\"" + std::string(1 << 20, 'j') + "\"]";
  come_back(t, "data",
            {Value::json("{}"), Value::json("[]"), Value::json(R"({"a":[1,1.5,"x\u0000"],"b":null})"), Value::json("5"),
             Value::json("\"5\""), Value::json("true"), Value::json("12345678901234567890"), Value::json(large), Value::null()});
}

void timestamps_come_back(StoreTrial& t) {
  come_back(t, "at", {Value::text("2026-11-21T02:24:23.000Z"), Value::text("0001-01-01T00:00:00.000Z"), Value::null()});
}

void bytes_come_back(StoreTrial& t) {
  std::string every;
  for (int i = 0; i < 256; ++i) every += static_cast<char>(i);
  come_back(t, "bytes", {Value::text(every), Value::text(""), Value::null()});
}

void what_was_written_hashes_as_what_is_read(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"name", "amount", "ratio", "active", "data", "note", "at"});
  const std::vector<Value> row = {Value::text("a"),
                                  Value::integer(7),
                                  Value::real(7.0),
                                  Value::boolean(true),
                                  Value::json("[1]"),
                                  Value::text("7"),
                                  Value::text("2026-11-21T02:24:23.000Z")};
  t.insert(table, shape, {row});
  const Rows rows = t.read(table, shape);
  t.require(rows.size() == 1, "the row is not there");
  t.that(hash_row(rows[0]) == hash_row(row), "a row that was written has another hash than the same row read");
}

void absent_cells_take_the_default_and_nulls_do_not(StoreTrial& t) {
  const Table table = t.table("defaulted");
  t.execute("CREATE TABLE " + table.name + " (id " + t.database().generated_key() +
            ", name VARCHAR(20) DEFAULT 'fallback', amount INTEGER)");
  const Shape shape({"name", "amount"});
  t.insert(table, shape, {{Value(), Value::integer(1)}, {Value::null(), Value()}, {Value::text("given"), Value::integer(3)}});
  const Rows rows = t.read(table, shape, {{}, {"id"}, 0});
  t.require(rows.size() == 3, "not all rows are there");
  t.cell(rows[0][0], "text:fallback", "an absent cell with a default");
  t.cell(rows[1][0], "null:null", "a null in a column with a default");
  t.cell(rows[1][1], "null:null", "an absent cell without a default");
  t.cell(rows[2][0], "text:given", "a given cell");
}

void absent_cells_are_null_without_a_default(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  t.insert(table, Shape({"name", "note"}), {{Value::text("a"), Value()}, {Value(), Value::text("b")}});
  const Rows rows = t.read(table, Shape({"name", "note"}), {{}, {"id"}, 0});
  t.require(rows.size() == 2, "not all rows are there");
  t.cell(rows[0][1], "null:null", "an absent cell");
  t.cell(rows[1][0], "null:null", "an absent cell");
}

void keys_come_back_in_the_order_of_the_rows(StoreTrial& t) {
  const Table table = t.table();
  t.store().prepare(table);
  const Shape shape({"name"});
  const std::vector<RowKey> keys = t.insert(table, shape, {{Value::text("c")}, {Value::text("a")}, {Value::text("b")}});
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Rows rows = t.read(table, shape, {{{"id", Filter::Op::Equal, {keys[i][0]}}}, {}, 0});
    t.require(rows.size() == 1, "a key finds no row");
    t.cell(rows[0][0], std::string("text:") + "cab"[i], "the row of key number " + std::to_string(i));
  }
}

void composite_and_text_keys_come_back(StoreTrial& t) {
  Table table;
  table.name = t.name("pairs");
  table.columns = {{"left", ColumnType::Key, false, {}}, {"right", ColumnType::Integer, false, {}}, {"value", ColumnType::Text, true, {}}};
  table.primary_key = {"left", "right"};
  t.store().prepare(table);
  const std::vector<RowKey> keys =
      t.insert(table, Shape({"value", "right", "left"}), {{Value::text("v"), Value::integer(5), Value::text("l")}});
  t.require(keys[0].size() == 2, "a key of two columns has two values");
  t.cell(keys[0][0], "text:l", "first value of the key");
  t.cell(keys[0][1], "int:5", "second value of the key");
  t.that(t.store().inspect(table.name)->primary_key == table.primary_key, "inspect tells another primary key");
}

}  // namespace

std::vector<StoreCheck> value_checks() {
  return {{"IntegersOf64BitsComeBack", integers_come_back},
          {"RealsComeBackAsReals", reals_come_back_as_reals},
          {"BooleansComeBack", booleans_come_back},
          {"TextsComeBackByteForByte", texts_come_back_byte_for_byte},
          {"ATextWithNulComesBackOrIsRefused", a_text_with_nul_comes_back_or_is_refused},
          {"JsonComesBackAsItWasSpelled", json_comes_back_as_it_was_spelled},
          {"TimestampsComeBack", timestamps_come_back},
          {"BytesComeBack", bytes_come_back},
          {"WhatWasWrittenHashesAsWhatIsRead", what_was_written_hashes_as_what_is_read},
          {"AbsentCellsTakeTheDefaultAndNullsDoNot", absent_cells_take_the_default_and_nulls_do_not},
          {"AbsentCellsAreNullWithoutADefault", absent_cells_are_null_without_a_default},
          {"KeysComeBackInTheOrderOfTheRows", keys_come_back_in_the_order_of_the_rows},
          {"CompositeAndTextKeysComeBack", composite_and_text_keys_come_back}};
}

}  // namespace lockstep::conformance
