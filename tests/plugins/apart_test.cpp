// A check in a process of its own: what it finds, and what is said of one that crashes, ends the program or never comes back.
#include "conformance/apart.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace lockstep::conformance {
namespace {

using State = Finding::State;
using Reasons = std::vector<std::string>;

TEST(RunApart, TellsWhatTheCheckFound) {
  const Finding found = run_apart([] { return Finding{State::Skipped, {"no credential"}}; });
  EXPECT_EQ(found.state, State::Skipped);
  EXPECT_EQ(found.reasons, Reasons{"no credential"});
}

TEST(RunApart, ACheckThatEndsTheProcessFailed) {
  const Finding found = run_apart([]() -> Finding { _exit(3); });
  EXPECT_EQ(found.state, State::Failed);
  EXPECT_EQ(found.reasons, Reasons{"the plugin ended the program with exit code 3"});
}

TEST(RunApart, ACheckThatCrashesFailed) {
  const Finding found = run_apart([]() -> Finding {
    raise(SIGKILL);
    return {};
  });
  EXPECT_EQ(found.state, State::Failed);
  EXPECT_EQ(found.reasons, Reasons{"the plugin crashed: Killed"});
}

TEST(RunApart, ACheckThatNeverComesBackIsEndedAndFailed) {
  const auto hang = []() -> Finding {
    for (;;) pause();
  };
  const Finding found = run_apart(hang, Millis(50));
  EXPECT_EQ(found.state, State::Failed);
  EXPECT_EQ(found.reasons, Reasons{"no answer after 50 ms"});
}

}  // namespace
}  // namespace lockstep::conformance
