#include "cli/print/progress_line.h"

#include <gtest/gtest.h>

#include <atomic>

namespace lockstep {
namespace {

using std::chrono::milliseconds;

/// Every look at it is half a second later than the one before.
class SteppingClock : public Clock {
 public:
  Micros now() const override { return 0; }
  SteadyTime steady() const override { return SteadyTime() + milliseconds(500) * looks_++; }
  bool sleep(Millis, std::stop_token) const override { return true; }

 private:
  mutable std::atomic<int> looks_ = 0;
};

/// Stands still until a test moves it on.
class StandingClock : public Clock {
 public:
  Micros now() const override { return 0; }
  SteadyTime steady() const override {
    ++looks;
    return SteadyTime() + milliseconds(at_ms);
  }
  bool sleep(Millis, std::stop_token) const override { return true; }
  std::atomic<int> at_ms = 0;
  mutable std::atomic<int> looks = 0;
};

/// A terminal that tests wait on.
class Screen {
 public:
  ProgressLine::Draw draw() {
    return [this](std::string_view bytes) {
      const std::lock_guard lock(mutex_);
      text_ += bytes;
      ++drawings_;
      changed_.notify_all();
    };
  }
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return condition(text_); });
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  int drawings() {
    const std::lock_guard lock(mutex_);
    return drawings_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  int drawings_ = 0;
};

const ProgressLine::Settings kAtOnce{.patience = Millis(0), .pace = Millis(1)};

TEST(ProgressTextTest, GrowsWithWhatIsKnown) {
  EXPECT_EQ(progress_text("Syncing books", 0, 50, 0), "Syncing books ...");
  EXPECT_EQ(progress_text("Syncing books", 20, std::nullopt, 0), "Syncing books: 20");
  EXPECT_EQ(progress_text("Syncing books", 20, std::nullopt, 8), "Syncing books: 20, 8.0 a second");
  EXPECT_EQ(progress_text("Syncing books", 20, 50, 8), "Syncing books: 20 of 50, 8.0 a second, 4 s left");
  EXPECT_EQ(progress_text("Syncing books", 1200, 5000, 812.4), "Syncing books: 1200 of 5000, 812 a second, 5 s left");
  EXPECT_EQ(progress_text("Syncing books", 100, 1350, 10), "Syncing books: 100 of 1350, 10 a second, 2 min 5 s left");
  EXPECT_EQ(progress_text("Syncing books", 100, 4300, 1), "Syncing books: 100 of 4300, 1.0 a second, 1 h 10 min left");
}

TEST(ProgressTextTest, ATotalThatIsPassedIsNone) {
  EXPECT_EQ(progress_text("Syncing books", 51, 50, 8), "Syncing books: 51, 8.0 a second");
  EXPECT_EQ(progress_text("Syncing books", 50, 50, 8), "Syncing books: 50 of 50, 8.0 a second");
}

TEST(RateTest, IsThatOfTheLastSeconds) {
  Rate rate;
  EXPECT_EQ(rate.per_second(), 0);
  rate.add(SteadyTime(), 0);
  EXPECT_EQ(rate.per_second(), 0);
  rate.add(SteadyTime() + milliseconds(2000), 100);
  EXPECT_DOUBLE_EQ(rate.per_second(), 50);
  for (int second = 3; second <= 20; ++second) rate.add(SteadyTime() + milliseconds(1000 * second), 100);
  EXPECT_EQ(rate.per_second(), 0) << "a remote that stands still";
  rate.add(SteadyTime() + milliseconds(21000), 300);
  EXPECT_NEAR(rate.per_second(), 20, 0.001);
}

TEST(ProgressLineTest, SaysNothingBeforeItsPatienceEnds) {
  Screen screen;
  {
    const SteppingClock clock;
    ProgressLine line(screen.draw(), "Syncing assistants", clock, {.patience = Millis(3600 * 1000)});
  }
  EXPECT_EQ(screen.drawings(), 0);
}

TEST(ProgressLineTest, DrawsNumbersRateAndRemainingTimeAndIsWipedAtTheEnd) {
  Screen screen;
  {
    const SteppingClock clock;
    ProgressLine line(screen.draw(), "Syncing assistants", clock, kAtOnce);
    line.update(40, 100);
    screen.wait([](const std::string& text) { return text.find("\r\x1b[KSyncing assistants: 40 of 100, ") != std::string::npos; });
    screen.wait([](const std::string& text) { return text.find(" left") != std::string::npos; });
  }
  EXPECT_TRUE(screen.text().ends_with("\r\x1b[K"));
}

TEST(ProgressLineTest, MakesWayAndComesBackWhenTheOtherIsWritten) {
  Screen screen;
  StandingClock clock;
  ProgressLine line(screen.draw(), "Syncing assistants", clock, kAtOnce);
  screen.wait([](const std::string& text) { return text.ends_with("..."); });
  line.wipe();
  EXPECT_TRUE(screen.text().ends_with("\r\x1b[K"));
  const int looks = clock.looks;
  while (clock.looks < looks + 5) std::this_thread::yield();
  EXPECT_TRUE(screen.text().ends_with("\r\x1b[K")) << "no time has passed";
  clock.at_ms = 60;
  screen.wait([](const std::string& text) { return text.ends_with("..."); });
}

TEST(ProgressLineTest, IsNeverWiderThanTheTerminal) {
  Screen screen;
  {
    const SteppingClock clock;
    ProgressLine line(screen.draw(), "Syncing assistants", clock, {.patience = Millis(0), .pace = Millis(1), .columns = 20});
    line.update(40, 100);
    screen.wait([](const std::string& text) { return text.find("…") != std::string::npos; });
  }
  EXPECT_NE(screen.text().find("\r\x1b[KSyncing assistants…"), std::string::npos) << screen.text();
}

}  // namespace
}  // namespace lockstep
