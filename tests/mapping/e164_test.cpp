// Phone numbers in E.164: what people write, what is left alone, and the laws of the one spelling.
#include "mapping/e164.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support.h"

namespace lockstep {
namespace {

std::string e164(std::string_view text, std::string_view country_code = "") { return to_e164(text, country_code).value_or("none"); }

TEST(E164, TakesEveryUsualPunctuation) {
  for (const char* text : {"+15550100102", "+1 (555) 010-0102", "+1.555.010.0102", "tel:+1-555-010-0102", " 001 555 010 0102 ",
                           "+1\u00a0555\u202f010\u20110102", "+1/555/0100102"}) {
    EXPECT_EQ(e164(text), "+15550100102") << text;
  }
  EXPECT_EQ(e164("+44 (0)20 7946 0018"), "+442079460018");
  EXPECT_EQ(e164("0044 (0)20 7946 0018"), "+442079460018");
}

TEST(E164, ANationalNumberNeedsItsCountry) {
  EXPECT_EQ(e164("5550100102"), "none");
  EXPECT_EQ(e164("15550100102"), "none");
  EXPECT_EQ(e164("(555) 010-0102", "1"), "+15550100102");
  EXPECT_EQ(e164("15550100102", "1"), "+15550100102");
  EXPECT_EQ(e164("011 44 20 7946 0018", "1"), "+442079460018");
  EXPECT_EQ(e164("020 7946 0018", "44"), "+442079460018");
  EXPECT_EQ(e164("442079460018", "44"), "+442079460018");
  EXPECT_EQ(e164("06 1234 5678", "39"), "+390612345678");
  EXPECT_EQ(e164("+15550100102", "44"), "+15550100102");
}

TEST(E164, WhatIsNoWholeNumberIsNone) {
  for (const char* text : {"", "+", "00", "+1555", "+1234567890123456", "+0555010010", "+1 555 010 0102 ext. 5", "sip:desk@example.com",
                           "+1 555 CALL", "010-0102 x5", "555+0100102"}) {
    EXPECT_EQ(e164(text, "1"), "none") << text;
  }
  EXPECT_EQ(e164("5550102", "1"), "none") << "seven digits lack their area code";
}

TEST(E164, TheSpellingIsFixed) {
  EXPECT_TRUE(rc::check([] {
    std::string text;
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i) text += *rc::gen::elementOf(std::string("0123456789 -()+./x"));
    const std::string country = *rc::gen::elementOf(std::vector<std::string>{"", "1", "39", "44", "7"});
    const auto number = to_e164(text, country);
    if (!number) return;
    RC_ASSERT(number->front() == '+' && number->size() >= 8 && number->size() <= 16);
    RC_ASSERT(to_e164(*number, "") == number);
    RC_ASSERT(to_e164(*number, "44") == number);
  }));
}

TEST(E164, ACountryCodeIsOneToThreeDigits) {
  EXPECT_EQ(read_country_code("+1"), "1");
  EXPECT_EQ(read_country_code("353"), "353");
  for (const char* text : {"", "+", "0", "01", "1234", "US", "1 "}) EXPECT_EQ(read_country_code(text), std::nullopt) << text;
}

Mapping phones(std::string_view country) {
  const auto loaded = test::load(std::string("table: t\nkey: {column: remote_id, from: id}\nmatch: {column: number, as: e164}\n")
                                     .append(country)
                                     .append("fields:\n  number: {type: text, transform: e164}\n"));
  EXPECT_EQ(loaded.problems.errors(), std::vector<std::string>{});
  return loaded.mapping;
}

TEST(E164, AColumnHoldsTheOneSpellingAndComparesThemAll) {
  const Mapping mapping = phones("country_code: 1\n");
  const auto mapped = test::map(mapping, R"({"id":"a","number":"(555) 010-0102"})");
  EXPECT_EQ(mapped.cell(mapping, "number"), "text +15550100102");
  EXPECT_TRUE(same(mapping.fields()[1], Value::text("555.010.0102"), Value::text("+1 555 010 0102")));
  EXPECT_FALSE(same(mapping.fields()[1], Value::text("555.010.0103"), Value::text("+1 555 010 0102")));
  EXPECT_EQ(test::map(mapping, R"({"id":"a","number":"desk 5"})").cell(mapping, "number"), "text desk 5");
}

TEST(E164, TheWayOutKeepsTheSpellingThatStands) {
  const Mapping mapping = phones("country_code: \"+1\"\n");
  Json document = json::parse(R"({"number":"(555) 010-0102"})");
  lay(mapping, 1, Value::text("+15550100102"), document);
  EXPECT_EQ(document.text_at("number"), "(555) 010-0102");
  lay(mapping, 1, Value::text("+15550100103"), document);
  EXPECT_EQ(document.text_at("number"), "+15550100103");
}

TEST(E164, TheNaturalKeyIsTheNumber) {
  const Mapping mapping = phones("country_code: 1\n");
  const MatchRule& rule = *mapping.match();
  EXPECT_EQ(rule.key_of(Value::text("555-010-0102")), rule.key_of(Value::text("+1 555 010 0102")));
  EXPECT_EQ(rule.key_of(Value::null()), "");
  EXPECT_EQ(rule.key_of(Value::text("  ")), "");
  EXPECT_TRUE(rule.is_comparable(Value::text("555-010-0102")));
}

TEST(E164, WithoutACountryAShortNumberMatchesItsLikeAlone) {
  const Mapping mapping = phones("");
  const MatchRule& rule = *mapping.match();
  EXPECT_FALSE(rule.is_comparable(Value::text("5550100102")));
  EXPECT_NE(rule.key_of(Value::text("5550100102")), rule.key_of(Value::text("+15550100102")));
  EXPECT_EQ(rule.key_of(Value::text("5550100102")), rule.key_of(Value::text(" 5550100102")));
}

TEST(E164, MistakesAreToldWithTheirPlace) {
  const auto loaded = test::load(R"(table: t
key: {column: remote_id, from: id}
match: {column: numbr, as: e146}
country_code: US
fields:
  number: {type: integer, transform: e164}
)");
  EXPECT_EQ(loaded.problems.errors(),
            (std::vector<std::string>{"m.yaml:3:17: unknown column \"numbr\"; did you mean \"number\"?",
                                      "m.yaml:3:28: \"e146\" is none of exact, lower, e164; did you mean \"e164\"?",
                                      "m.yaml:4:15: \"US\" is no country code; write one such as 1 or 44",
                                      "m.yaml:6:38: e164 belongs to the type text"}));
}

}  // namespace
}  // namespace lockstep
