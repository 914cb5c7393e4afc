#include "cli/texts/manual.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "cli/commands/table.h"
#include "cli/support.h"
#include "common/text.h"

namespace lockstep {
namespace {

/// What a command of the system prints, errors too.
std::string output_of(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string text;
  char buffer[4096];
  while (const std::size_t got = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
  pclose(pipe);
  return text;
}

bool installed(const std::string& tool) { return output_of("command -v " + tool) != ""; }

TEST(ManualTest, HoldsEveryCommandAndOption) {
  const std::string page = manual(builtin_commands());
  for (const Command& command : builtin_commands()) {
    EXPECT_NE(page.find(".SS " + command.name + "\n"), std::string::npos) << command.name;
    for (const CliOption& option : command.options) {
      EXPECT_NE(page.find("\\-\\-" + replace_all(option.option.name, "-", "\\-")), std::string::npos) << option.option.name;
    }
  }
  for (const CliOption& option : global_options())
    EXPECT_NE(page.find("\\-\\-" + replace_all(option.option.name, "-", "\\-")), std::string::npos) << option.option.name;
  for (const char* section : {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "\"EXIT STATUS\"", "ENVIRONMENT", "FILES"})
    EXPECT_NE(page.find(std::string(".SH ") + section + "\n"), std::string::npos) << section;
}

TEST(ManualTest, TextThatRoffWouldObeyIsShown) {
  const Command command{"odd", ".TH a\\b", "", 0, 0, "", {{{"x", OptionType::Boolean, nullptr, false, false, nullptr, "'so\\x"}}}};
  const std::string page = manual({command});
  EXPECT_NE(page.find("\n\\&.TH a\\eb.\n"), std::string::npos) << page;
  EXPECT_NE(page.find("\n\\&'so\\ex\n"), std::string::npos) << page;
}

TEST(ManualTest, IsWhatTheCommandPrints) {
  test::WorkingDirectory directory;
  const test::Outcome outcome = test::run({"man"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, manual(builtin_commands()));
}

TEST(ManualTest, FindsNoFaultWithTheFormatters) {
  if (!installed("mandoc")) GTEST_SKIP() << "mandoc is not installed";
  test::WorkingDirectory directory;
  directory.write("lockstep.1", manual(builtin_commands()));
  // The page has no date of its own: it is as old as the program.
  EXPECT_EQ(output_of("mandoc -T lint -W warning lockstep.1 | grep -v 'missing date'"), "");
  const std::string shown = output_of("mandoc -T utf8 lockstep.1 | col -b");
  EXPECT_NE(shown.find("lockstep import [OPTION...] [SYNC...]"), std::string::npos) << shown;
}

}  // namespace
}  // namespace lockstep
