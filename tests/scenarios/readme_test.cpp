// The README's walk-through of both directions, run by a shell as it is written, against the sandbox.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "scenarios/program.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

/// The first block of shell commands under a heading.
std::string commands_under(const std::string& heading) {
  std::ifstream file(std::string(LOCKSTEP_SOURCE_DIR) + "/README.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string open = "```sh\n";
  const std::size_t section = text.find("\n## " + heading + "\n");
  const std::size_t begin = section == std::string::npos ? section : text.find(open, section);
  if (begin == std::string::npos) return {};
  return text.substr(begin + open.size(), text.find("```", begin + open.size()) - begin - open.size());
}

TEST(Readme, TheWalkThroughOfBothWaysDoesWhatItSays) {
  const std::string commands = commands_under("Both ways");
  ASSERT_NE(commands.find("lockstep rollback"), std::string::npos);
  sandbox::Sandbox sandbox(sandbox_options(15));
  Workbench bench(sandbox);
  const std::string file = (bench.directory() / "lockstep.db").string();
  std::filesystem::create_symlink(file, bench.database());
  bench.environment()["LOCKSTEP_DB"] = file;
  ASSERT_EQ(bench.run({"migrate"}).exit, 0);
  bench.add_users();
  ASSERT_EQ(bench.run({"assistants:sync"}).exit, 0);
  const std::string directory = bench.directory().string();
  const std::string programs = std::filesystem::path(LOCKSTEP_PROGRAM).parent_path().string();
  const Outcome outcome =
      run_program({"/bin/bash", "-euc", "PATH=\"" + programs + ":$PATH\"\n" + commands}, bench.environment(), directory);
  const std::string said = outcome.out + outcome.err;
  EXPECT_EQ(outcome.exit, 0) << said;
  std::size_t from = 0;
  for (const char* line : {"first_message: \"Front desk, good day.\" → \"Good evening!\"", "Updated assistant in Vapi: Front Desk",
                           "voicemail_message: null → \"We call you back.\"", "end_call_message: null → \"Bye!\"",
                           "Would restore assistant: Front Desk", "Restored assistant in Vapi: Front Desk",
                           "2 restored, 0 fields skipped, 0 created and left, 0 errors", "In Vapi                15"}) {
    const std::size_t found = outcome.out.find(line, from);
    ASSERT_NE(found, std::string::npos) << "missing (or out of order): " << line << "\n" << said;
    from = found;
  }
}

}  // namespace
}  // namespace lockstep::test
