// config/REFERENCE.md is what the program prints, and leaves nothing out.
#include "cli/texts/reference.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/commands/table.h"
#include "hook/stages.h"
#include "mapping/transform.h"
#include "support/files.h"

namespace lockstep {
namespace {

std::string printed() {
  Registry registry({std::filesystem::path(LOCKSTEP_BINARY_DIR) / "lib/lockstep/plugins"});
  return reference(builtin_commands(), registry);
}

TEST(ReferenceTest, TheShippedPageIsWhatTheProgramPrints) {
  const std::string file = std::string(LOCKSTEP_SOURCE_DIR) + "/config/REFERENCE.md";
  if (std::getenv("LOCKSTEP_REWRITE") != nullptr) std::ofstream(file) << printed();
  EXPECT_EQ(test::file_text(file), printed()) << "make it anew: lockstep reference > config/REFERENCE.md";
}

TEST(ReferenceTest, NamesEveryCommandOptionConverterAndStage) {
  const std::string page = printed();
  const auto names = [&](const std::string& text) { return page.find(text) != std::string::npos; };
  for (const Command& command : builtin_commands()) {
    EXPECT_TRUE(names("### `lockstep " + command.name)) << command.name;
    for (const CliOption& option : command.options) EXPECT_TRUE(names("--" + std::string(option.option.name))) << option.option.name;
  }
  for (const CliOption& option : global_options()) EXPECT_TRUE(names("--" + std::string(option.option.name))) << option.option.name;
  for (const std::string& name : transform::names()) EXPECT_TRUE(names("| `" + name + "` | ")) << name;
  for (const HookStage& stage : hook_stages()) EXPECT_TRUE(names("| `" + std::string(stage.form) + "` | ")) << stage.form;
  for (const char* key :
       {"stores.NAME(sqlite).path", "providers.NAME(vapi).rate", "fields.NAME.transform", "on_missing", "cases[].expect.row"})
    EXPECT_TRUE(names("| `" + std::string(key))) << key;
}

}  // namespace
}  // namespace lockstep
