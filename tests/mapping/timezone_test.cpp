// Times of a column that names no zone: what the wall clock of the mapping's zone means.
#include "mapping/timezone.h"

#include <gtest/gtest.h>

#include "support.h"

namespace lockstep {
namespace {

std::string in(std::string_view text, const std::string& zone) {
  const auto time = parse_time_in(text, zone);
  return time ? format_time(*time) : "none";
}

TEST(Timezone, SummerAndWinterDiffer) {
  EXPECT_EQ(in("2026-07-01 12:00:00", "Europe/Berlin"), "2026-07-01T10:00:00.000Z");
  EXPECT_EQ(in("2026-12-01 12:00:00", "Europe/Berlin"), "2026-12-01T11:00:00.000Z");
  EXPECT_EQ(in("2026-07-01 12:00:00.5", "America/St_Johns"), "2026-07-01T14:30:00.500Z");
  EXPECT_EQ(in("2026-07-01", "Asia/Tokyo"), "2026-06-30T15:00:00.000Z");
}

TEST(Timezone, ATimeThatNamesItsZoneKeepsIt) {
  EXPECT_EQ(in("2026-07-01T12:00:00Z", "Europe/Berlin"), "2026-07-01T12:00:00.000Z");
  EXPECT_EQ(in("2026-07-01T12:00:00-05:00", "Europe/Berlin"), "2026-07-01T17:00:00.000Z");
  EXPECT_EQ(in("2026-07-01 12:00:00 UTC", "Europe/Berlin"), "2026-07-01T12:00:00.000Z");
}

TEST(Timezone, TheHourThatComesTwiceIsItsFirstAndTheOneThatIsLeftOutIsTheJump) {
  EXPECT_EQ(in("2026-10-25 02:30:00", "Europe/Berlin"), "2026-10-25T00:30:00.000Z");
  EXPECT_EQ(in("2026-03-29 02:30:00", "Europe/Berlin"), "2026-03-29T01:00:00.000Z");
}

TEST(Timezone, WithoutZoneTimesAreUtc) {
  EXPECT_EQ(in("2026-07-01 12:00:00", ""), "2026-07-01T12:00:00.000Z");
  EXPECT_EQ(in("2026-07-01 12:00:00", "UTC"), "2026-07-01T12:00:00.000Z");
  EXPECT_EQ(in("noon", "Europe/Berlin"), "none");
}

TEST(Timezone, TheCalendarEndsInUtc) {
  EXPECT_EQ(in("9999-12-31 23:59:59", "America/New_York"), "none");
  EXPECT_EQ(in("0000-01-01 00:00:00", "Asia/Tokyo"), "none");
  EXPECT_EQ(in("9999-12-31 23:59:59", "Asia/Tokyo"), "9999-12-31T14:59:59.000Z");
  EXPECT_EQ(in("1883-01-01 12:00:00", "UTC"), "1883-01-01T12:00:00.000Z");
}

TEST(Timezone, AnUnknownZoneIsAMistakeOfTheMapping) {
  const auto loaded = test::load(
      "table: t\nkey: {column: remote_id, from: id}\nmodified: {column: updated_at, timezone: Europe/Berlinn}\nfields:\n  name: text\n");
  ASSERT_EQ(loaded.problems.errors().size(), 1U);
  EXPECT_EQ(loaded.problems.errors()[0], "m.yaml:3:42: unknown time zone \"Europe/Berlinn\"; write one such as Europe/Berlin or UTC");
  EXPECT_FALSE(is_timezone("Europe/Berlinn"));
  EXPECT_THROW(from_wall_clock(0, "Nowhere/At all"), Error);
}

TEST(Timezone, TheMappingRemembersIt) {
  const auto loaded = test::load(
      "table: t\nkey: {column: remote_id, from: id}\nmodified: {column: updated_at, timezone: Europe/Berlin}\nfields:\n  name: text\n");
  ASSERT_TRUE(loaded.mapping.modified().has_value());
  EXPECT_EQ(loaded.mapping.modified()->timezone, "Europe/Berlin");
}

}  // namespace
}  // namespace lockstep
