// Pages of the documentation work as they are written, with the real program and the sandbox in Vapi's place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/page.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

using testing::HasSubstr;

std::string leads_to(const sandbox::Sandbox& sandbox) { return std::string("VAPI_API_KEY=") + kKey + " VAPI_BASE_URL=" + sandbox.url(); }

TEST(ConfigReadme, AResourceIsAddedAsItIsWritten) {
  const sandbox::Sandbox sandbox(sandbox_options());
  Walk walk(blocks_of("config/README.md", "Add a resource"));
  const std::string said = walk.run(leads_to(sandbox));
  EXPECT_EQ(walk.exit, 0) << said;
  EXPECT_THAT(said, HasSubstr("No mistakes found."));
  EXPECT_THAT(said, HasSubstr("Created tool: find_table"));
  EXPECT_THAT(said, HasSubstr("Updated tool in Vapi: find_table"));
  const auto tool = sandbox.item("0a9b8c7d-1111-4a2b-8c3d-5e6f70819201");
  EXPECT_EQ(tool->find("function")->text_at("description"), "Looks for a table");
  EXPECT_NE(tool->find("function")->find("parameters"), nullptr) << "the rest of the object stays";
}

TEST(ConfigReadme, RulesAreTestedAsItIsWritten) {
  const std::vector<Block> blocks = blocks_of("config/README.md", "Test your rules");
  Walk walk(blocks);
  const std::string said = walk.run();
  EXPECT_EQ(walk.exit, 0) << said;
  std::size_t outputs = 0;
  for (const Block& block : blocks) {
    if (!block.language.empty()) continue;
    EXPECT_THAT(said, HasSubstr(block.text));
    ++outputs;
  }
  EXPECT_EQ(outputs, 1U);
  EXPECT_THAT(said, HasSubstr("2 passed, 0 failed"));
}

TEST(ScriptsReadme, AHookIsWrittenAsItIsWritten) {
  Walk walk(blocks_of("scripts/README.md", "Write a hook"));
  const std::string said = walk.run();
  EXPECT_EQ(walk.exit, 0) << said;
  EXPECT_THAT(said, HasSubstr("hooks scripts/mine.lua: for assistants"));
  EXPECT_THAT(said, HasSubstr("Desk goes to root@example.com"));
  EXPECT_THAT(said, HasSubstr("2 passed, 0 failed"));
}

TEST(Readme, TheWalkThroughOfBothWaysDoesWhatItSays) {
  std::vector<Block> blocks = blocks_of("README.md", "Both ways");
  ASSERT_FALSE(blocks.empty());
  const sandbox::Sandbox sandbox(sandbox_options(15));
  blocks.insert(blocks.begin(),
                {"sh",
                 "lockstep init . -q\nlockstep migrate -q\n"
                 "sqlite3 lockstep.db \"INSERT INTO users (name, email, role) VALUES ('Ada', 'ada@example.com', 'admin')\"\n"
                 "lockstep assistants:sync -q\n"});
  Walk walk(blocks);
  const std::string said = walk.run(leads_to(sandbox));
  EXPECT_EQ(walk.exit, 0) << said;
  std::size_t from = 0;
  for (const char* line : {"first_message: \"Front desk, good day.\" → \"Good evening!\"", "Updated assistant in Vapi: Front Desk",
                           "voicemail_message: null → \"We call you back.\"", "end_call_message: null → \"Bye!\"",
                           "Would restore assistant: Front Desk", "Restored assistant in Vapi: Front Desk",
                           "2 restored, 0 fields skipped, 0 created and left, 0 errors", "In Vapi                15"}) {
    const std::size_t found = said.find(line, from);
    ASSERT_NE(found, std::string::npos) << "missing (or out of order): " << line << "\n" << said;
    from = found;
  }
}

}  // namespace
}  // namespace lockstep::test
