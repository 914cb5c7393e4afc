// How an API spells the members that a mapping names by their columns alone.
#include <gmock/gmock.h>

#include "mapping/support.h"

namespace lockstep::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kFields = "  full_name: text\n  phone_number: text\n  email: text\n";

Resource customer() {
  Resource resource;
  resource.name = "customer";
  return resource;
}

Mapping customers(std::string_view rest = "", const Resource& resource = customer()) {
  const Loaded loaded =
      load(std::string("table: customers\nkey: {column: customer_id, from: id}\nfields:\n").append(kFields).append(rest), {}, resource);
  EXPECT_THAT(loaded.problems.errors(), IsEmpty());
  return loaded.mapping;
}

std::string read(const Mapping& mapping, std::string_view record, std::string_view column) {
  return map(mapping, record).cell(mapping, column);
}

std::string laid(const Mapping& mapping, std::string_view column, std::string_view document = "{}") {
  Json json = json::parse(document);
  lay(mapping, *mapping.find(column), Value::text("X"), json);
  return json::canonical(json);
}

TEST(Names, AMemberIsReadUnderEitherSpelling) {
  const Mapping mapping = customers();
  EXPECT_EQ(read(mapping, R"({"id":"c1","full_name":"Ada"})", "full_name"), "text Ada");
  EXPECT_EQ(read(mapping, R"({"id":"c1","fullName":"Bob"})", "full_name"), "text Bob");
}

TEST(Names, WhereARecordHasBothLowerCamelIsMeantWhateverTheirOrder) {
  EXPECT_EQ(read(customers(), R"({"id":"c1","full_name":"no","fullName":"yes"})", "full_name"), "text yes");
  EXPECT_EQ(read(customers(), R"({"id":"c1","fullName":"yes","full_name":5})", "full_name"), "text yes");
  EXPECT_EQ(read(customers(), R"({"id":"c1","full_name":"no","fullName":null})", "full_name"), "null");
  const Mapping mapping = customers();
  map(mapping, R"({"id":"c1","full_name":"no","fullName":"yes"})");
  EXPECT_EQ(read(mapping, R"({"id":"c2","full_name":"another member"})", "full_name"), "null") << "the two are known to be two";
  EXPECT_EQ(laid(mapping, "full_name", R"({"full_name":"another member"})"), R"({"fullName":"X","full_name":"another member"})");
}

TEST(Names, WhatIsSentBearsTheNameThatTheRecordHas) {
  const Mapping mapping = customers();
  EXPECT_EQ(laid(mapping, "full_name"), R"({"fullName":"X"})") << "nothing was seen yet";
  EXPECT_EQ(laid(mapping, "full_name", R"({"full_name":"Ada"})"), R"({"full_name":"X"})");
  map(mapping, R"({"id":"c1","full_name":"Ada"})");
  EXPECT_EQ(laid(mapping, "full_name"), R"({"full_name":"X"})");
  EXPECT_EQ(laid(mapping, "phone_number"), R"({"phone_number":"X"})") << "no record has shown it, but its like";
  EXPECT_EQ(laid(mapping, "full_name", R"({"fullName":"Bob"})"), R"({"fullName":"X"})");
}

TEST(Names, WhatWasSeenIsKeptBetweenRuns) {
  const Mapping first = customers();
  map(first, R"({"id":"c1","full_name":"Ada"})");
  const Json state = first.names().state(first.shape()->columns());
  const Mapping later = customers();
  later.names().restore(state, later.shape()->columns());
  EXPECT_EQ(laid(later, "full_name"), R"({"full_name":"X"})");
  EXPECT_TRUE(customers().names().state(first.shape()->columns()).is_null());
}

TEST(Names, TheMappingOrTheResourceSettlesThem) {
  EXPECT_EQ(laid(customers("names: snake\n"), "full_name"), R"({"full_name":"X"})");
  EXPECT_EQ(read(customers("names: camel\n"), R"({"id":"c1","full_name":"Ada"})", "full_name"), "null");
  Resource resource = customer();
  resource.names = "snake";
  EXPECT_EQ(laid(customers("", resource), "full_name"), R"({"full_name":"X"})");
  EXPECT_EQ(laid(customers("names: camel\n", resource), "full_name"), R"({"fullName":"X"})");
  EXPECT_THAT(load("table: t\nkey: {column: r, from: id}\nfields: {a: text}\nnames: snak\n", {}, customer()).problems.errors(),
              ElementsAre("m.yaml:4:8: \"snak\" is none of snake, camel; did you mean \"snake\"?"));
}

TEST(Names, NamesThatAreWrittenOutTellTheSpelling) {
  Resource resource = customer();
  resource.read_only = {"phone_number"};
  resource.secret = {"full_name"};
  const Mapping mapping = customers("", resource);
  EXPECT_TRUE(mapping.fields()[*mapping.find("phone_number")].read_only);
  EXPECT_TRUE(mapping.fields()[*mapping.find("full_name")].secret);
  const Mapping leaf = customers("  first: {from: full_name.first, type: text, derived: true}\n");
  EXPECT_EQ(leaf.fields()[*leaf.find("full_name")].from.text(), "full_name");
  const Mapping taken = customers("  other: {from: full_name, type: text}\n");
  EXPECT_EQ(taken.fields()[*taken.find("full_name")].from.text(), "fullName") << "full_name is another column's";
}

TEST(Names, MembersThatNoRuleNamesAreRemembered) {
  const Mapping mapping = customers();
  map(mapping, R"({"id":"c1","nickname":"A","email":null})");
  EXPECT_THAT(mapping.names().unmapped(), ElementsAre("nickname"));
  EXPECT_TRUE(mapping.names().was_met(*mapping.find("email"))) << "null is there";
  EXPECT_FALSE(mapping.names().was_met(*mapping.find("phone_number")));
}

}  // namespace
}  // namespace lockstep::test
