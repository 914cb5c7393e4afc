// The progress line of a real run on a real terminal.
#include <gtest/gtest.h>

#include <memory>

#include "scenarios/workbench.h"
#include "terminal/terminal.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kItems = 60;

/// A remote that serves 12 pages of 5 and thinks before each: a run takes longer than the second in which nothing is shown.
class ProgressTest : public ::testing::Test {
 protected:
  ProgressTest() : sandbox_(sandbox_options(kItems)), bench_(sandbox_) { prepare(bench_); }

  static void prepare(Workbench& bench) {
    EXPECT_EQ(bench.run({"migrate"}).exit, 0);
    bench.add_users();
    bench.set_option("plugin: vapi", "page_size: 5");
  }

  void slow_down() {
    sandbox::Settings settings = sandbox_.settings();
    settings.latency = Millis(200);
    sandbox_.set(settings);
  }

  static std::unique_ptr<Terminal> start(Workbench& bench, std::vector<std::string> words, const std::string& term = "xterm") {
    words.insert(words.begin(), LOCKSTEP_PROGRAM);
    std::map<std::string, std::string> environment = bench.environment();
    environment["TERM"] = term;
    return std::make_unique<Terminal>(words, environment, bench.directory().string());
  }

  /// The bytes that a terminal gets.
  static std::string bytes_of(Terminal& terminal) {
    EXPECT_EQ(terminal.finish(), 0) << terminal.bytes();
    return terminal.bytes();
  }

  sandbox::Sandbox sandbox_;
  Workbench bench_;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(ProgressTest, ShowsRateAndRemainingTimeAndLeavesNothingBehind) {
  ASSERT_EQ(bench_.run({"assistants:sync"}).exit, 0);
  const std::string expected = bench_.run({"assistants:sync"}).out;
  slow_down();
  const std::string bytes = bytes_of(*start(bench_, {"assistants:sync", "--no-color"}));
  EXPECT_TRUE(has(bytes, "Syncing assistants: ")) << bytes;
  EXPECT_TRUE(has(bytes, " of 60, ")) << "as many as the last run met: " << bytes;
  EXPECT_TRUE(has(bytes, " a second")) << bytes;
  EXPECT_TRUE(has(bytes, " s left")) << bytes;
  std::string screen;
  for (const std::string& line : screen_of(bytes)) screen += line + "\n";
  while (screen.ends_with("\n\n")) screen.pop_back();
  EXPECT_EQ(screen, expected) << "what stays on the terminal is what a pipe gets";
}

TEST_F(ProgressTest, ALogLineOnTheSameTerminalHasALineOfItsOwn) {
  slow_down();
  const std::string bytes = bytes_of(*start(bench_, {"assistants:sync", "--no-color", "-vv"}));
  ASSERT_TRUE(has(bytes, "Syncing assistants: ")) << bytes;
  ASSERT_TRUE(has(bytes, " DEBUG ")) << bytes;
  for (const std::string& line : screen_of(bytes)) {
    const std::size_t drawn = line.find("Syncing assistants");
    EXPECT_TRUE(drawn == std::string::npos || !has(line, " DEBUG ")) << line;
  }
}

TEST_F(ProgressTest, IsNotForQuietOrJsonOrDumbTerminals) {
  Workbench quiet(sandbox_), json(sandbox_), dumb(sandbox_);
  for (Workbench* bench : {&quiet, &json, &dumb}) prepare(*bench);
  slow_down();
  const auto without = {start(quiet, {"assistants:sync", "--quiet"}).release(),
                        start(json, {"assistants:sync", "--output", "json"}).release(), start(dumb, {"assistants:sync"}, "dumb").release()};
  const auto with = start(bench_, {"assistants:sync"});
  for (Terminal* each : without) {
    const std::unique_ptr<Terminal> terminal(each);
    EXPECT_FALSE(has(bytes_of(*terminal), "\x1b[K"));
  }
  EXPECT_TRUE(has(bytes_of(*with), "\x1b[K")) << "as long as the others, so that they had the time";
}

}  // namespace
}  // namespace lockstep::test
