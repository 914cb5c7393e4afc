// The progress line of a real run on a real terminal.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/workbench.h"
#include "terminal/terminal.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kItems = 60;

/// A remote that serves 12 pages of 5, each after a quarter of a second: a run takes three seconds at least.
class ProgressTest : public ::testing::Test {
 protected:
  ProgressTest() : sandbox_(sandbox_options(kItems)), bench_(sandbox_) {
    EXPECT_EQ(bench_.run({"migrate"}).exit, 0);
    bench_.add_users();
    bench_.set_option("plugin: vapi", "page_size: 5");
  }

  void slow_down() {
    sandbox::Settings settings = sandbox_.settings();
    settings.latency = Millis(250);
    sandbox_.set(settings);
  }

  /// The bytes that a terminal gets.
  std::string on_terminal(std::vector<std::string> words, const std::map<std::string, std::string>& more = {{"TERM", "xterm"}}) {
    words.insert(words.begin(), LOCKSTEP_PROGRAM);
    std::map<std::string, std::string> environment = bench_.environment();
    environment.insert(more.begin(), more.end());
    Terminal terminal(words, environment, bench_.directory().string());
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
  const std::string bytes = on_terminal({"assistants:sync", "--no-color"});
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
  const std::string bytes = on_terminal({"assistants:sync", "--no-color", "-vv"});
  ASSERT_TRUE(has(bytes, "Syncing assistants: ")) << bytes;
  ASSERT_TRUE(has(bytes, " DEBUG ")) << bytes;
  for (const std::string& line : screen_of(bytes)) {
    const std::size_t drawn = line.find("Syncing assistants");
    EXPECT_TRUE(drawn == std::string::npos || !has(line, " DEBUG ")) << line;
  }
}

TEST_F(ProgressTest, IsNotForQuietOrJsonOrDumbTerminalsNorForPipes) {
  slow_down();
  EXPECT_FALSE(has(on_terminal({"assistants:sync", "--quiet"}), "\r\x1b[K"));
  EXPECT_FALSE(has(on_terminal({"assistants:sync", "--output", "json"}), "\r\x1b[K"));
  EXPECT_FALSE(has(on_terminal({"assistants:sync"}, {{"TERM", "dumb"}}), "\r\x1b[K"));
  EXPECT_FALSE(has(bench_.run({"assistants:sync"}).err, "Syncing assistants"));
}

}  // namespace
}  // namespace lockstep::test
