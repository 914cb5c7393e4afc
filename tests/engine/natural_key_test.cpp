// Rows and records that find each other by a value of their own: who is a pair, and where nothing is concluded.
#include "engine/sides/natural_key.h"

#include <gtest/gtest.h>

#include "format/yaml.h"

namespace lockstep {
namespace {

Mapping numbers() {
  Resource resource;
  resource.name = "phone_number";
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(
      "table: t\nkey: {column: remote_id, from: id}\nmatch: {column: number, as: e164}\nfields:\n  number: {type: text}\n  name: text\n",
      "m.yaml", {}, problems);
  Mapping mapping = Mapping::load(root, resource, {}, problems);
  problems.raise();
  return mapping;
}

class NaturalKeysTest : public ::testing::Test {
 protected:
  void add_row(std::size_t local, const char* number) {
    const Value row[] = {Value::null(), number == nullptr ? Value::null() : Value::text(number), Value::null()};
    keys_.add_row(local, row);
  }
  /// False when no row waits for the record.
  bool add_record(const char* id, const char* number) {
    Value row[] = {Value::text(id), Value::text(number), Value::null()};
    if (!keys_.is_wanted(row)) return false;
    Item item;
    item.id = id;
    item.label = number;
    item.raw = "{}";
    item.there = row;
    keys_.hold(item);
    return true;
  }

  Mapping mapping_ = numbers();
  NaturalKeys keys_{mapping_};
};

TEST_F(NaturalKeysTest, OneRowAndOneRecordAreAPair) {
  add_row(4, "+1 (555) 010-0102");
  add_row(5, "+15550100103");
  ASSERT_TRUE(add_record("p1", "+15550100102"));
  const auto& held = keys_.conclude();
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].id, "p1");
  EXPECT_EQ(held[0].raw, "{}");
  EXPECT_EQ(held[0].local, 4U);
  EXPECT_EQ(keys_.matches(4), 1U);
  EXPECT_EQ(keys_.matches(5), 0U) << "no record bears its number";
}

TEST_F(NaturalKeysTest, ARecordThatNoRowWaitsForIsNotHeldBack) {
  add_row(0, "+15550100102");
  EXPECT_FALSE(add_record("p1", "+15550100103"));
  EXPECT_TRUE(keys_.conclude().empty());
}

TEST_F(NaturalKeysTest, SeveralRecordsAreNoPair) {
  add_row(0, "+15550100102");
  add_record("p1", "+15550100102");
  add_record("p2", "001 555 010 0102");
  for (const auto& held : keys_.conclude()) EXPECT_EQ(held.local, kNoIndex) << held.id;
  EXPECT_EQ(keys_.matches(0), 2U);
}

TEST_F(NaturalKeysTest, SeveralRowsAreNoPair) {
  add_row(0, "+15550100102");
  add_row(1, "+1-555-010-0102");
  add_record("p1", "+15550100102");
  ASSERT_EQ(keys_.conclude().size(), 1U);
  EXPECT_EQ(keys_.conclude()[0].local, kNoIndex);
  EXPECT_EQ(keys_.conclude()[0].rows, 2U);
  EXPECT_EQ(keys_.matches(0), 2U);
  EXPECT_EQ(keys_.matches(1), 2U);
}

TEST_F(NaturalKeysTest, WhatHasNoKeyMatchesNothing) {
  add_row(0, nullptr);
  add_row(1, "");
  Value row[] = {Value::text("p1"), Value::null(), Value::null()};
  EXPECT_FALSE(keys_.is_wanted(row));
  EXPECT_EQ(keys_.matches(0), 0U);
  EXPECT_EQ(keys_.matches(1), 0U);
  EXPECT_EQ(keys_.not_comparable(), 0U);
}

TEST_F(NaturalKeysTest, ANumberWithoutItsCountryIsCounted) {
  add_row(0, "5550100102");
  EXPECT_FALSE(add_record("p1", "+15550100102"));
  EXPECT_TRUE(add_record("p2", "5550100102")) << "as it is written it matches its like";
  EXPECT_EQ(keys_.not_comparable(), 1U);
}

}  // namespace
}  // namespace lockstep
