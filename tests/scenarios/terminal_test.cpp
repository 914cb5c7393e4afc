// What a person at a terminal sees, where results and log come to the same place: each thing once.

#include <gtest/gtest.h>

#include "scenarios/trial.h"

namespace lockstep::test {
namespace {

constexpr const char* kWarning = "no user has nobody@example.com";

/// The program at a terminal; what it shows is standard output.
std::vector<std::string> at_a_terminal() { return {"/bin/sh", "-c", "exec script -qefc \"$*\" /dev/null", "sh"}; }

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

class Terminal : public ::testing::Test {
 protected:
  void SetUp() override {
    trial_.restore(first_import());
    Json document;
    document["name"] = Json("Front Desk");
    document["metadata"]["user_email"] = Json("nobody@example.com");
    trial_.sandbox().put(document);
  }
  Outcome run(const std::vector<std::string>& arguments, const std::vector<std::string>& wrapper = {}) {
    return trial_.bench().run(arguments, wrapper);
  }

  Trial trial_;
};

TEST_F(Terminal, APlanShowsAProblemOnce) {
  const Outcome outcome = run({"plan"}, at_a_terminal());
  EXPECT_EQ(outcome.exit, 0) << said(outcome);
  EXPECT_EQ(times(outcome.out, kWarning), 1U) << said(outcome);
}

TEST_F(Terminal, APlanInAPipeLogsItToo) {
  const Outcome outcome = run({"plan"});
  EXPECT_EQ(times(outcome.out, kWarning), 1U) << said(outcome);
  EXPECT_EQ(times(outcome.err, kWarning), 1U) << said(outcome);
  const Outcome as_json = run({"plan", "--output", "json"}, at_a_terminal());
  EXPECT_EQ(times(as_json.out, "WARNING"), 1U) << said(as_json);
}

TEST_F(Terminal, AStatusDoesNotTellWhatItsComparisonMet) {
  for (const auto& wrapper : {std::vector<std::string>{}, at_a_terminal()}) {
    const Outcome outcome = run({"status"}, wrapper);
    EXPECT_TRUE(contains(outcome, "Out of Sync")) << said(outcome);
    EXPECT_EQ(outcome.err, "") << said(outcome);
    EXPECT_EQ(times(outcome.out, kWarning), 0U) << said(outcome);
    EXPECT_EQ(times(outcome.out, "run="), 0U) << said(outcome);
  }
}

TEST_F(Terminal, AnImportShowsAProblemOnce) {
  const Outcome outcome = run(kImport, at_a_terminal());
  EXPECT_EQ(times(outcome.out, kWarning), 1U) << said(outcome);
}

}  // namespace
}  // namespace lockstep::test
