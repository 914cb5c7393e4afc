// The rules of repeating a request, without a network.
#include "http/retry.h"

#include <gtest/gtest.h>

#include "http/client_fixture.h"
#include "http/fake_clock.h"
#include "http/limiter.h"

namespace lockstep::http {
namespace {

using Cause = Failure::Cause;

struct RetryCase {
  int status;
  std::optional<Cause> cause;
  bool begun;
  bool retry_after;
  bool get_repeats;
  bool post_repeats;
  Effect post_effect;
};

TEST(Retry, TableOfOutcomes) {
  const RetryCase cases[] = {
      {200, {}, true, false, false, false, Effect::Done},
      {201, Cause::Cut, true, false, true, false, Effect::Done},
      {400, {}, true, false, false, false, Effect::None},
      {401, {}, true, false, false, false, Effect::None},
      {404, {}, true, false, false, false, Effect::None},
      {408, {}, true, false, true, false, Effect::Maybe},
      {429, {}, true, false, true, true, Effect::None},
      {500, {}, true, false, true, false, Effect::Maybe},
      {502, {}, true, true, true, false, Effect::Maybe},
      {503, {}, true, false, true, false, Effect::Maybe},
      {503, {}, true, true, true, true, Effect::None},
      {0, Cause::Unreachable, false, false, true, true, Effect::None},
      {0, Cause::ConnectTimeout, false, false, true, true, Effect::None},
      {0, Cause::Broken, false, false, true, true, Effect::None},
      {0, Cause::Broken, true, false, true, false, Effect::Maybe},
      {0, Cause::Untrusted, false, false, false, false, Effect::None},
      {0, Cause::Malformed, true, false, false, false, Effect::Maybe},
      {0, Cause::TimeOver, true, false, false, false, Effect::Maybe},
      {0, Cause::Stopped, false, false, false, false, Effect::None},
  };
  for (const RetryCase& one : cases) {
    Outcome outcome{one.status, one.cause, one.begun, std::nullopt};
    if (one.retry_after) outcome.retry_after = Millis(1000);
    const std::string name = std::to_string(one.status) + " cause " + (one.cause ? std::to_string(static_cast<int>(*one.cause)) : "none");
    EXPECT_EQ(may_repeat(Method::Get, false, outcome), one.get_repeats) << name;
    EXPECT_EQ(may_repeat(Method::Patch, false, outcome), one.get_repeats) << name << ": a PATCH carries whole values";
    EXPECT_EQ(may_repeat(Method::Post, false, outcome), one.post_repeats) << name;
    EXPECT_EQ(may_repeat(Method::Post, true, outcome), one.get_repeats) << name << ": a POST that updates";
    EXPECT_EQ(effect_of(Method::Post, outcome), one.post_effect) << name;
    EXPECT_EQ(effect_of(Method::Get, outcome), Effect::None) << name;
  }
}

TEST(Retry, BackoffDoublesUpToItsLimitWithFullJitter) {
  const RetryPolicy policy{9, Millis(500), Millis(3000)};
  EXPECT_EQ(backoff(policy, 1, 0.999).count(), 499);
  EXPECT_EQ(backoff(policy, 2, 0.5).count(), 500);
  EXPECT_EQ(backoff(policy, 3, 0.5).count(), 1000);
  EXPECT_EQ(backoff(policy, 8, 0.5).count(), 1500);
  EXPECT_EQ(backoff(policy, 8, 0.0).count(), 0);
}

TEST(Retry, RetryAfterIsSecondsOrADate) {
  const Micros now = test::FakeClock::kStart;
  EXPECT_EQ(parse_retry_after("60", now), Millis(60'000));
  EXPECT_EQ(parse_retry_after(" 1.5 ", now), Millis(1500));
  EXPECT_EQ(parse_retry_after("Sat, 21 Nov 2026 00:01:30 GMT", now), Millis(90'000));
  EXPECT_EQ(parse_retry_after("Fri, 20 Nov 2026 00:00:00 GMT", now), Millis(0));
  for (const char* bad : {"", "soon", "-1", "1e99", "nan"}) EXPECT_EQ(parse_retry_after(bad, now), std::nullopt) << bad;
  // Farther than a clock of nanoseconds counts.
  EXPECT_EQ(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now), kLongestDuration);
}

TEST(Retry, DurationsAreDescribed) {
  EXPECT_EQ(describe(Millis(30'000)), "30 seconds");
  EXPECT_EQ(describe(Millis(1000)), "1 second");
  EXPECT_EQ(describe(Millis(250)), "250 milliseconds");
  EXPECT_EQ(describe(Millis(59'001)), "60 seconds");
  EXPECT_EQ(rate_limited(Millis(60'000)).message(), "Rate limit exceeded, retry after 60 seconds");
}

TEST(RateLimiter, SpacesRequestsAfterTheBurst) {
  test::FakeClock clock;
  RateLimiter limiter(2.0, 3, clock);
  const Patience patience(Deadline(), {}, clock);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.acquire(patience), std::nullopt);
  EXPECT_EQ(clock.slept(), (std::vector<Millis>{Millis(500), Millis(500)}));
}

TEST(RateLimiter, ARateThatAllowsNextToNothingHoldsForALifetime) {
  test::FakeClock clock;
  RateLimiter limiter(1e-300, 1, clock);
  const Patience patience(Deadline::after(Millis(1000), clock), {}, clock);
  EXPECT_EQ(limiter.acquire(patience), std::nullopt);
  EXPECT_GT(limiter.acquire(patience).value_or(Millis(0)), Millis(1'000'000));
}

TEST(RateLimiter, ARestRestoresTheBurstAndNoMore) {
  test::FakeClock clock;
  RateLimiter limiter(1.0, 2, clock);
  const Patience patience(Deadline(), {}, clock);
  clock.advance(Millis(3'600'000));
  for (int i = 0; i < 3; ++i) limiter.acquire(patience);
  EXPECT_EQ(clock.slept(), std::vector<Millis>{Millis(1000)});
}

TEST(RateLimiter, APauseHoldsEveryThreadBack) {
  test::FakeClock clock;
  RateLimiter limiter(0, 1, clock);
  limiter.pause_until(clock.steady() + Millis(7000));
  limiter.pause_until(clock.steady() + Millis(1000));
  const Patience patience(Deadline(), {}, clock);
  EXPECT_EQ(limiter.acquire(patience), std::nullopt);
  EXPECT_EQ(limiter.acquire(patience), std::nullopt);
  EXPECT_EQ(clock.slept(), std::vector<Millis>{Millis(7000)});
}

TEST(RateLimiter, APauseEndsTheBurstsAndForgetsTheOneThatWas) {
  test::FakeClock clock;
  RateLimiter limiter(10.0, 30, clock);
  const Patience patience(Deadline(), {}, clock);
  for (int i = 0; i < 30; ++i) limiter.acquire(patience);
  EXPECT_TRUE(clock.slept().empty());
  limiter.pause_until(clock.steady() + Millis(1000));
  for (int i = 0; i < 3; ++i) limiter.acquire(patience);
  clock.advance(Millis(3'600'000));
  for (int i = 0; i < 2; ++i) limiter.acquire(patience);
  EXPECT_EQ(clock.slept(), (std::vector<Millis>{Millis(1000), Millis(100), Millis(100), Millis(100)}));
}

TEST(RateLimiter, AWaitBeyondTheDeadlineIsNotBegun) {
  test::FakeClock clock;
  RateLimiter limiter(0, 1, clock);
  limiter.pause_until(clock.steady() + Millis(60'000));
  const Patience patience(Deadline::after(Millis(30'000), clock), {}, clock);
  EXPECT_EQ(limiter.acquire(patience), Millis(60'000));
  EXPECT_TRUE(clock.slept().empty());
}

TEST(Turns, ClientsOfOneAccountShareItsRateAndItsPauses) {
  test::FakeClock clock;
  const auto turns = std::make_shared<Turns>();
  RateLimiter one(1.0, 1, clock, turns), other(1.0, 1, clock, turns);
  const Patience patience(Deadline(), {}, clock);
  one.acquire(patience);
  other.acquire(patience);
  EXPECT_EQ(clock.slept(), std::vector<Millis>{Millis(1000)});
  one.pause_until(clock.steady() + Millis(7000));
  other.acquire(patience);
  EXPECT_EQ(clock.slept(), (std::vector<Millis>{Millis(1000), Millis(7000)}));
}

TEST(Turns, OutliveTheClientsOfTheirAccount) {
  const std::weak_ptr<Turns> mine = turns_of(hash128("Turns.one account"));
  EXPECT_FALSE(mine.expired());
  EXPECT_EQ(turns_of(hash128("Turns.one account")), mine.lock());
  EXPECT_NE(turns_of(hash128("Turns.another")), mine.lock());
}

TEST(Gate, LetsSoManyInAndNoMore) {
  Gate gate(2);
  const Patience patience(Deadline(), {}, system_clock());
  const auto first = gate.enter(patience);
  {
    const auto second = gate.enter(patience);
    const Patience none(Deadline::after(Millis(0)), {}, system_clock());
    EXPECT_THROW(gate.enter(none), Failure);
  }
  const auto third = gate.enter(patience);
}

TEST(Gate, AStopEndsTheWait) {
  Gate gate(1);
  std::stop_source stop;
  const Patience patience(Deadline(), stop.get_token(), system_clock());
  const auto first = gate.enter(patience);
  std::thread stopper([&] { stop.request_stop(); });
  try {
    gate.enter(patience);
    ADD_FAILURE() << "entered a full gate";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.cause, Cause::Stopped);
  }
  stopper.join();
}

}  // namespace
}  // namespace lockstep::http
