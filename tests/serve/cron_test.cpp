// When a schedule is due: what cron's fields mean, and what happens when clocks are put forward and back.
#include "config/cron.h"

#include <gtest/gtest.h>

#include "common/error.h"
#include "config/schedule.h"

namespace lockstep {
namespace {

Micros at(const char* text) { return parse_time(text).value(); }

std::vector<std::string> times(const char* cron, const char* after, std::size_t count, const char* zone = "UTC") {
  const Cron parsed = Cron::parse(cron);
  std::vector<std::string> out;
  Micros time = at(after);
  while (out.size() < count) out.push_back(shown_time(time = parsed.next(time, zone)).substr(0, 16));
  return out;
}

using Times = std::vector<std::string>;

TEST(Cron, ItsFieldsMeanWhatTheyMeanInACrontab) {
  EXPECT_EQ(times("*/15 * * * *", "2026-11-30T10:07:00Z", 3), (Times{"2026-11-30 10:15", "2026-11-30 10:30", "2026-11-30 10:45"}));
  EXPECT_EQ(times("30 6 * * 1-5", "2026-11-27T07:00:00Z", 2), (Times{"2026-11-30 06:30", "2026-12-01 06:30"}));
  EXPECT_EQ(times("0 0 1,15 * *", "2026-11-30T00:00:00Z", 2), (Times{"2026-12-01 00:00", "2026-12-15 00:00"}));
  EXPECT_EQ(times("5-7 12 * jan sun", "2026-11-30T00:00:00Z", 4),
            (Times{"2027-01-03 12:05", "2027-01-03 12:06", "2027-01-03 12:07", "2027-01-10 12:05"}));
  EXPECT_EQ(times("0 12 * * 7", "2026-11-30T00:00:00Z", 1), (Times{"2026-12-06 12:00"}));
  EXPECT_EQ(times("0 12 * * fri-7", "2026-11-30T00:00:00Z", 3), (Times{"2026-12-04 12:00", "2026-12-05 12:00", "2026-12-06 12:00"}));
  EXPECT_EQ(times("10/20 3 * * *", "2026-11-30T00:00:00Z", 3), (Times{"2026-11-30 03:10", "2026-11-30 03:30", "2026-11-30 03:50"}));
  EXPECT_EQ(times("@weekly", "2026-11-30T00:00:00Z", 1), (Times{"2026-12-06 00:00"}));
  EXPECT_EQ(times("0 0 29 2 *", "2026-11-30T00:00:00Z", 1), (Times{"2028-02-29 00:00"}));
}

TEST(Cron, OfTwoDaysEitherIsEnough) {
  EXPECT_EQ(times("0 0 13 * 5", "2026-11-30T00:00:00Z", 3), (Times{"2026-12-04 00:00", "2026-12-11 00:00", "2026-12-13 00:00"}));
  EXPECT_TRUE(Cron::parse("0 0 13 * 5").either_day());
  EXPECT_FALSE(Cron::parse("0 0 */2 * 5").either_day());
}

TEST(Cron, AfterATimeIsNeverAtIt) {
  EXPECT_EQ(times("0 6 * * *", "2026-11-30T06:00:00Z", 1), (Times{"2026-12-01 06:00"}));
  EXPECT_EQ(times("0 6 * * *", "2026-11-30T05:59:59Z", 1), (Times{"2026-11-30 06:00"}));
  EXPECT_EQ(times("* * * * *", "2026-11-30T05:59:59Z", 2), (Times{"2026-11-30 06:00", "2026-11-30 06:01"}));
}

TEST(Cron, AZoneHasItsOwnMornings) {
  EXPECT_EQ(times("30 6 * * *", "2026-07-01T00:00:00Z", 1, "Europe/Berlin"), (Times{"2026-07-01 04:30"}));
  EXPECT_EQ(times("30 6 * * *", "2026-12-01T00:00:00Z", 1, "Europe/Berlin"), (Times{"2026-12-01 05:30"}));
  EXPECT_EQ(times("0 0 * * mon", "2026-11-29T11:30:00Z", 1, "Pacific/Kiritimati"), (Times{"2026-12-06 10:00"}));
}

// In Berlin 2026-03-29 02:00 becomes 03:00 (01:00 UTC), and 2026-10-25 03:00 becomes 02:00 (01:00 UTC).
TEST(Cron, AFixedTimeThatIsLeftOutRunsRightAfter) {
  EXPECT_EQ(times("30 2 * * *", "2026-03-28T02:00:00Z", 3, "Europe/Berlin"),
            (Times{"2026-03-29 01:00", "2026-03-30 00:30", "2026-03-31 00:30"}));
  EXPECT_EQ(times("0,30 2 * * *", "2026-03-28T02:00:00Z", 2, "Europe/Berlin"), (Times{"2026-03-29 01:00", "2026-03-30 00:00"}));
}

TEST(Cron, AFixedTimeThatComesTwiceRunsOnce) {
  EXPECT_EQ(times("30 2 * * *", "2026-10-24T12:00:00Z", 2, "Europe/Berlin"), (Times{"2026-10-25 00:30", "2026-10-26 01:30"}));
}

TEST(Cron, WhatFollowsTheClockLeavesTimesOutAndRepeatsThem) {
  EXPECT_EQ(times("30 * * * *", "2026-03-29T00:00:00Z", 3, "Europe/Berlin"),
            (Times{"2026-03-29 00:30", "2026-03-29 01:30", "2026-03-29 02:30"}));
  EXPECT_EQ(times("*/30 2 * * *", "2026-10-24T12:00:00Z", 5, "Europe/Berlin"),
            (Times{"2026-10-25 00:00", "2026-10-25 00:30", "2026-10-25 01:00", "2026-10-25 01:30", "2026-10-26 01:00"}));
  EXPECT_EQ(times("*/30 2 * * *", "2026-03-28T12:00:00Z", 1, "Europe/Berlin"), (Times{"2026-03-30 00:00"}));
}

TEST(Cron, WhatItDoesNotHaveIsRefusedWithWhatToWrite) {
  for (const char* wrong :
       {"",          "* * * *",     "* * * * * *", "60 * * * *", "* 24 * * *",        "* * 0 * *",    "* * 32 * *",  "* * * 13 *",
        "* * * * 8", "*/0 * * * *", "5-1 * * * *", "a * * * *",  "? * * * *",         "0 0 L * *",    "0 0 * * 5#2", "0 0 15W * *",
        "@reboot",   "1, * * * *",  "-1 * * * *",  "0 0 30 2 *", "0 0 31 4,6,9,11 *", "1--2 * * * *", "*/x * * * *"}) {
    try {
      Cron::parse(wrong);
      ADD_FAILURE() << wrong;
    } catch (const Error& error) {
      EXPECT_FALSE(error.hint().empty()) << wrong;
    }
  }
}

TEST(Cron, AYearIsWalkedThroughMinuteByMinute) {
  // Against the plain reading of the fields, in UTC.
  const Cron cron = Cron::parse("7,37 3-5 */3 2-11 *");
  Micros time = at("2026-01-01T00:00:00Z");
  constexpr Micros kMinute = 60'000'000;
  Micros next = cron.next(time, "UTC");
  for (const Micros end = at("2027-01-01T00:00:00Z"); time < end; time += kMinute) {
    const std::string text = shown_time(time);
    const int month = std::stoi(text.substr(5, 2)), day = std::stoi(text.substr(8, 2)), hour = std::stoi(text.substr(11, 2)),
              minute = std::stoi(text.substr(14, 2));
    const bool fits = month >= 2 && month <= 11 && (day - 1) % 3 == 0 && hour >= 3 && hour <= 5 && (minute == 7 || minute == 37);
    ASSERT_EQ(fits, time == next) << text;
    if (fits) next = cron.next(time, "UTC");
  }
}

TEST(Intervals, AnIntervalIsTheSameAfterARestart) {
  Schedule every;
  every.every = std::chrono::minutes(15);
  every.jitter = Millis(0);
  EXPECT_EQ(shown_time(every.next(at("2026-11-30T10:07:00Z"), "x")), "2026-11-30 10:15:00Z");
  EXPECT_EQ(shown_time(every.next(at("2026-11-30T10:15:00Z"), "x")), "2026-11-30 10:30:00Z");
}

TEST(Intervals, JitterIsSmallAndAlwaysTheSame) {
  Schedule every;
  every.every = std::chrono::minutes(5);
  const Micros plain = at("2026-11-30T10:05:00Z");
  const Micros one = every.next(at("2026-11-30T10:02:00Z"), "one");
  EXPECT_GE(one, plain);
  EXPECT_LE(one, plain + Micros{30'000'000});
  EXPECT_EQ(every.next(at("2026-11-30T10:03:00Z"), "one"), one);
  EXPECT_EQ(every.next(one, "one"), one + Micros{300'000'000});
  EXPECT_NE(every.next(at("2026-11-30T10:02:00Z"), "two"), one);
}

}  // namespace
}  // namespace lockstep
