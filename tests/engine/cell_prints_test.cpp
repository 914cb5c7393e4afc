#include "engine/decide/cell_prints.h"

#include <gtest/gtest.h>

#include "engine/decide_world.h"

namespace lockstep::test {
namespace {

const Field& field(std::string_view column) { return item_mapping().fields()[ordinal(column)]; }

CellPrint text_print(std::string_view column, std::string_view text) { return print_of(field(column), Value::text(text)); }

Json rules(std::initializer_list<const char*> columns) {
  Json set;
  for (const char* column : columns) set[column] = Json("rule");
  return set;
}

TEST(CellPrints, TellCellsApartAndNotTheTypesTheyAreReadAs) {
  EXPECT_EQ(print_of(field("count"), Value::integer(1)), print_of(field("count"), Value::real(1.0)));
  EXPECT_EQ(print_of(field("count"), Value::integer(1)), print_of(field("enabled"), Value::boolean(true)));
  EXPECT_NE(print_of(field("count"), Value::real(1.5)), print_of(field("count"), Value::integer(1)));
  EXPECT_NE(text_print("name", "1"), print_of(field("count"), Value::integer(1)));
  EXPECT_NE(text_print("name", ""), print_of(field("name"), Value::null()));
  EXPECT_NE(text_print("name", "5.0"), text_print("name", "5"));
  EXPECT_EQ(print_of(field("name"), Value()), kEmpty);
  // A text in a column of JSON stands there in quotes: read as a text later, it is the same cell.
  EXPECT_EQ(text_print("model", "it"), text_print("name", "\"it\""));
  EXPECT_EQ(print_of(field("model"), Value::json(R"({"a":1})")), text_print("name", R"({"a":1})"));
}

TEST(CellPrints, ComeBackByColumnUnderTheSetTheyWerePackedWith) {
  const CellOrder order(item_mapping(), rules({"name", "note", "count", "model"}));
  std::vector<CellPrint> prints(item_mapping().fields().size(), kEmpty);
  prints[ordinal("name")] = text_print("name", "a");
  prints[ordinal("model")] = kNotKnown;
  prints[ordinal("count")] = 0xFF00FF7FU;
  EXPECT_EQ(order.pack(prints).size(), 1 + 3 * sizeof(CellPrint));
  const std::vector<CellPrint> back = order.unpack(order.pack(prints));
  for (const char* column : {"name", "note", "count", "model"}) EXPECT_EQ(back[ordinal(column)], prints[ordinal(column)]) << column;
  EXPECT_EQ(back[ordinal("token")], kNotKnown);
}

TEST(CellPrints, OfColumnsThatAreGoneArePassedOver) {
  Json then = rules({"aaa_gone", "name", "zzz_gone"});
  const CellOrder order(item_mapping(), then);
  // Three columns, of which the first and the second hold something.
  const std::string cells = std::string("\x03", 1) + std::string("\x11\x11\x11\x11\x22\x22\x22\x22", 8);
  EXPECT_EQ(order.unpack(cells)[ordinal("name")], 0x22222222U);
  EXPECT_TRUE(order.knew(ordinal("name")));
  EXPECT_FALSE(order.knew(ordinal("note")));
  then["name"] = Json();
  EXPECT_FALSE(CellOrder(item_mapping(), then).knew(ordinal("name")));
}

TEST(CellPrints, TellWhetherTheRuleIsWhatItWas) {
  Json then = rules({"name", "note"});
  then["note"] = Json(field("note").rule.hex());
  then["count"] = Json::Object{{"rule", Json(field("count").rule.hex())}};
  const CellOrder order(item_mapping(), then);
  EXPECT_FALSE(order.has_same_rule(ordinal("name")));
  EXPECT_TRUE(order.has_same_rule(ordinal("note")));
  EXPECT_TRUE(order.has_same_rule(ordinal("count")));
  EXPECT_FALSE(order.has_same_rule(ordinal("model")));
}

TEST(CellPrints, OfColumnsThatAreNotMappedAreKept) {
  Json then = rules({"name"});
  then["remark"] = Json::Object{{"rule", Json("rule")}, {"kept", Json(true)}};
  const CellOrder order(item_mapping(), then);
  std::vector<CellPrint> prints(item_mapping().fields().size(), kEmpty);
  const std::string cells = order.pack(prints, {{"remark", 7}, {"another", 8}});
  EXPECT_EQ(order.unpack_kept(cells), (KeptPrints{{"remark", 7}}));
  EXPECT_EQ(order.unpack_kept(order.pack(prints)), (KeptPrints{{"remark", kNotKnown}}));
  EXPECT_TRUE(order.unpack_kept("").empty());
  EXPECT_FALSE(order.knew_all());
  then["note"] = Json(*then.find("remark"));
  EXPECT_TRUE(CellOrder(item_mapping(), then).kept(ordinal("note")));
}

TEST(CellPrints, ThatAreCutShortSayNothing) {
  const CellOrder order(item_mapping(), rules({"name", "note"}));
  EXPECT_TRUE(order.unpack("").empty());
  EXPECT_TRUE(order.unpack(std::string("\x01\x11\x11", 3)).empty());
}

}  // namespace
}  // namespace lockstep::test
