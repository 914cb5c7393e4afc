// Instants, durations, deadlines and ULIDs.
#include "common/time.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <set>
#include <thread>

namespace lockstep {
namespace {

constexpr Micros kSecond = 1'000'000;
constexpr Micros kDay = 86'400 * kSecond;

class FakeClock final : public Clock {
 public:
  Micros now() const override { return 0; }
  SteadyTime steady() const override { return at; }
  bool sleep(Millis, std::stop_token) const override { return true; }
  SteadyTime at{std::chrono::hours(1)};
};

TEST(FormatTime, WritesMillisecondsAndMicrosecondsOnlyWhenThereAreSome) {
  EXPECT_EQ(format_time(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_time(1'795'227'863'123'000), "2026-11-21T02:24:23.123Z");
  EXPECT_EQ(format_time(1'795'227'863'123'045), "2026-11-21T02:24:23.123045Z");
  EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(ParseTime, ReadsTheUsualRelativesOfRfc3339) {
  const Micros expected = 1'795'227'863 * kSecond;
  for (const char* text :
       {"2026-11-21T02:24:23Z", "2026-11-21 02:24:23", "2026-11-21t02:24:23z", "2026-11-21T04:24:23+02:00", "2026-11-21 04:24:23.000+02",
        "2026-11-20T21:54:23-0430", " 2026-11-21T02:24:23,000 UTC ", "2026-11-21T02:24:23GMT"}) {
    EXPECT_EQ(parse_time(text), expected) << text;
  }
  EXPECT_EQ(parse_time("2026-11-21T02:24:23.1234567Z"), expected + 123'456);
  EXPECT_EQ(parse_time("2026-11-21"), expected - expected % kDay);
  EXPECT_EQ(parse_time("2026-11-21T02:24"), expected - 23 * kSecond);
  EXPECT_EQ(parse_time("2016-12-31T23:59:60Z"), parse_time("2017-01-01T00:00:00Z"));
}

TEST(ParseTime, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "now",
                           "2026",
                           "2026-11",
                           "2026-13-01",
                           "2026-02-29",
                           "2026-11-21T",
                           "2026-11-21T24:00:00",
                           "2026-11-21T02:60:00",
                           "2026-11-21T02:24:61",
                           "2026-11-21T02:24:23.",
                           "2026-11-21T02:24:23+",
                           "2026-11-21T02:24:23+2:00",
                           "2026-11-21T02:24:23+24:00",
                           "2026-11-21T02:24:23+02:60",
                           "2026-11-21T02:24:23+02:00x",
                           "2026-11-21T02:24:23 CET",
                           "2026/11/21",
                           "+2026-11-21",
                           "2026-11-21X02:24:23",
                           "2026-11-21T0224"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(ParseTime, KnowsTheYears0To9999InUtcAlone) {
  for (const char* text : {"0000-01-01T00:00:00Z", "0000-01-01", "9999-12-31T23:59:59.999999Z", "1677-01-01", "2263-01-01T00:00:00Z",
                           "1969-12-31T23:59:59.999999Z"}) {
    ASSERT_TRUE(parse_time(text)) << text;
    EXPECT_EQ(parse_time(format_time(*parse_time(text))), parse_time(text)) << text;
  }
  for (const char* text :
       {"9999-12-31T23:59:60Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01", "10000-01-01", "-0001-01-01"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(ParseTime, IsTheInverseOfFormatTime) {
  EXPECT_TRUE(rc::check("every instant of the years 0 to 9999 survives", [] {
    const Micros time = *rc::gen::inRange<Micros>(-62'167'219'200 * kSecond, 253'402'300'800 * kSecond);
    RC_ASSERT(parse_time(format_time(time)) == std::optional<Micros>(time));
  }));
}

TEST(FormatAgo, SpeaksOfTheLargestUnit) {
  const Micros now = 1'000 * kDay;
  const auto ago = [&](Micros span) { return format_ago(now - span, now); };
  EXPECT_EQ(ago(0), "just now");
  EXPECT_EQ(ago(-9 * kSecond), "just now");
  EXPECT_EQ(ago(45 * kSecond), "45 seconds ago");
  EXPECT_EQ(ago(60 * kSecond), "1 minute ago");
  EXPECT_EQ(ago(7'200 * kSecond), "2 hours ago");
  EXPECT_EQ(ago(-3 * kDay), "in 3 days");
  EXPECT_EQ(ago(40 * kDay), "1 month ago");
  EXPECT_EQ(ago(800 * kDay), "2 years ago");
  EXPECT_NE(format_ago(INT64_MIN, INT64_MAX), "just now");
}

TEST(ParseDuration, ReadsNumberAndUnit) {
  EXPECT_EQ(parse_duration("30s"), Millis(30'000));
  EXPECT_EQ(parse_duration("11h"), Millis(39'600'000));
  EXPECT_EQ(parse_duration("250ms"), Millis(250));
  EXPECT_EQ(parse_duration("2m"), Millis(120'000));
  EXPECT_EQ(parse_duration("1d"), Millis(86'400'000));
  EXPECT_EQ(parse_duration(" 5 "), Millis(5'000));
  EXPECT_EQ(parse_duration("1.5 h"), Millis(5'400'000));
  EXPECT_EQ(parse_duration("0"), Millis(0));
}

TEST(ParseDuration, TheLongestCanBeAddedToAnyInstant) {
  const auto longest = parse_duration("36525d");
  ASSERT_TRUE(longest);
  EXPECT_LE(Deadline::after(*longest).left(), *longest);
  EXPECT_GT(Deadline::after(*longest).left(), *longest - std::chrono::hours(1));
  EXPECT_GT(system_clock().now() + longest->count() * 1000, 0);
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const char* text : {"", "s", "-1s", "1x", "1h30m", "1..5s", ".5s", "5.s", "1e3s", "99999999999999999999d", "36526d", "876601h",
                           "9007199254740992ms", "9007199254740993ms x"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Deadline, EndsAtItsInstant) {
  FakeClock clock;
  const Deadline deadline = Deadline::after(Millis(50), clock);
  EXPECT_EQ(deadline.left(clock), Millis(50));
  EXPECT_FALSE(deadline.over(clock));
  clock.at += std::chrono::microseconds(49'500);
  EXPECT_EQ(deadline.left(clock), Millis(1)) << "the last half millisecond is not over yet";
  clock.at += std::chrono::microseconds(500);
  EXPECT_TRUE(deadline.over(clock));
  clock.at += Millis(10);
  EXPECT_EQ(deadline.left(clock), Millis::zero());
}

TEST(Deadline, NeverIsFarButCanBeAddedToAnyInstant) {
  const Deadline never;
  EXPECT_TRUE(never.never());
  EXPECT_FALSE(never.over());
  EXPECT_GT(system_clock().steady() + never.left(), system_clock().steady());
  const Deadline soon = Deadline::after(Millis(1));
  EXPECT_EQ(never.sooner(soon).at(), soon.at());
  EXPECT_EQ(soon.sooner(never).at(), soon.at());
}

TEST(SystemClock, SleepEndsWhenAStopIsRequested) {
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(system_clock().sleep(std::chrono::hours(1), stop.get_token()));
  EXPECT_TRUE(system_clock().sleep(Millis(1), {}));
}

TEST(SystemClock, TellsTheTimeOfTheWorld) { EXPECT_GT(system_clock().now(), *parse_time("2024-01-01")); }

TEST(Ulid, IsSpelledAsItsSpecificationSays) {
  // Time and randomness of the ULID 01ARZ3NDEKTSV4RRFFQ69G5FAV.
  EXPECT_EQ(make_ulid(1'469'922'850'259'000, 0xD676, 0x4C61EFB99302BD5B), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_TRUE(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  for (const char* other : {"", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAVV", "01ARZ3NDEKTSV4RRFFQ69G5FAU"})
    EXPECT_FALSE(is_ulid(other)) << other;
  EXPECT_EQ(make_ulid(-5, 0, 0), "00000000000000000000000000");
  EXPECT_EQ(make_ulid(0, 0xFFFF, ~std::uint64_t{0}), "0000000000ZZZZZZZZZZZZZZZZ");
}

TEST(Ulid, SortsByTimeAndDoesNotRepeat) {
  EXPECT_LT(make_ulid(1'000'000), make_ulid(2'000'000));
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(make_ulid(1));
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace lockstep
