#include "cli/arguments.h"

#include <gtest/gtest.h>

#include <set>

#include "cli/commands/table.h"
#include "common/error.h"

namespace lockstep {
namespace {

Arguments parsed(std::vector<std::string> words) { return parse_arguments(words, builtin_commands()).arguments; }

std::string refusal(std::vector<std::string> words) {
  try {
    parsed(std::move(words));
  } catch (const Error& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::Invalid);
    return failure.what();
  }
  return "accepted";
}

TEST(ArgumentsTest, OptionsStandBeforeAndBehindTheCommand) {
  const Arguments given = parsed({"--config", "a.yaml", "-v", "import", "one", "--id", "7", "two", "-vv", "--id=8", "--dry-run"});
  EXPECT_EQ(given.command, "import");
  EXPECT_EQ(given.positionals, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(given.text("config"), "a.yaml");
  EXPECT_EQ(given.count("verbose"), 3U);
  EXPECT_EQ(given.list("id"), (std::vector<std::string>{"7", "8"}));
  EXPECT_TRUE(given.has("dry-run"));
  EXPECT_FALSE(given.has("force"));
}

TEST(ArgumentsTest, UnknownCommandsAndOptionsAreNamedWithASuggestion) {
  EXPECT_EQ(refusal({"improt"}), "unknown command \"improt\"; did you mean \"import\"?; run: lockstep --help");
  EXPECT_EQ(refusal({"import", "--dryrun"}), "unknown option --dryrun for import; did you mean --dry-run?; run: lockstep import --help");
  EXPECT_EQ(refusal({"status", "--force"}), "unknown option --force for status; run: lockstep status --help");
  EXPECT_EQ(refusal({"import", "--owners=3"}), "unknown option --owners for import; did you mean --owner?; run: lockstep import --help");
  EXPECT_EQ(refusal({"rejected", "extra"}), "unexpected argument \"extra\" for rejected");
}

TEST(ArgumentsTest, TheOtherDirectionIsNeverTakenForATypingMistake) {
  EXPECT_EQ(refusal({"exprot"}), "unknown command \"exprot\"; did you mean \"export\"?; run: lockstep --help");
  EXPECT_EQ(refusal({"full", "--force"}), "unknown option --force for full; run: lockstep full --help");
}

TEST(ArgumentsTest, ValuesAreCheckedAgainstTheTable) {
  EXPECT_EQ(refusal({"import", "--on-conflict", "newset"}),
            "--on-conflict: \"newset\" is none of remote, local, newest, manual, hook; did you mean \"newest\"?");
  EXPECT_EQ(refusal({"import", "--timeout", "soon"}), "--timeout: expected a duration such as 30s, 250ms, 2m or 11h, not \"soon\"");
  EXPECT_EQ(refusal({"status", "--output", "xml"}), "--output: \"xml\" is none of text, json");
  EXPECT_EQ(refusal({"history", "--limit", "many"}), "--limit: expected an integer, not \"many\"");
  EXPECT_TRUE(refusal({"import", "--id="}).starts_with("--id: 1 required"));
  EXPECT_EQ(parsed({"import", "--timeout", "45"}).text("timeout"), "45");
}

TEST(ArgumentsTest, InitNeedsItsDirectory) {
  EXPECT_EQ(refusal({"init"}), "init needs DIR: the directory to write it into");
  EXPECT_EQ(refusal({"init", "a", "b"}), "unexpected argument \"b\" for init");
}

TEST(ArgumentsTest, HelpListsWhatTheTablesHold) {
  const std::string program = parse_arguments({"--help"}, builtin_commands()).help;
  for (const Command& command : builtin_commands()) EXPECT_NE(program.find("  " + command.name), std::string::npos) << command.name;
  for (const Command& command : builtin_commands()) {
    const std::string help = parse_arguments({command.name, "--help"}, builtin_commands()).help;
    EXPECT_NE(help.find(command.summary), std::string::npos) << command.name;
    for (const CliOption& option : command.options)
      EXPECT_NE(help.find("--" + std::string(option.option.name)), std::string::npos) << option.option.name;
    for (const CliOption& option : global_options())
      EXPECT_NE(help.find("--" + std::string(option.option.name)), std::string::npos) << option.option.name;
  }
}

TEST(ArgumentsTest, NoOptionHasTwoMeaningsInACommand) {
  for (const Command& command : builtin_commands()) {
    std::set<std::string> names{"help", "version", "h"};
    const auto add = [&](const std::vector<CliOption>& options) {
      for (const CliOption& option : options) {
        EXPECT_TRUE(names.insert(option.option.name).second) << command.name << " " << option.option.name;
        EXPECT_NE(std::string(option.option.help), "");
      }
    };
    add(global_options());
    add(command.options);
  }
}

TEST(ArgumentsTest, AnAliasIsAnotherNameOfItsOption) {
  Command command{"x:sync", "a test", "", 0, 0, "", run_options("import"), {{"user-id", "owner"}, {"item-id", "id"}}};
  const Arguments given = parse_arguments({"x:sync", "--user-id=3", "--item-id", "a", "--id", "b"}, {command}).arguments;
  EXPECT_EQ(given.text("owner"), "3");
  EXPECT_EQ(given.list("id"), (std::vector<std::string>{"a", "b"}));
}

TEST(ArgumentsTest, AGlanceFindsCommandAndConfigurationInAnyOrder) {
  const Arguments seen = glance({"--output=json", "--unknown", "-vq", "--config", "x.yaml", "books:sync", "--plugins", "p"});
  EXPECT_EQ(seen.command, "books:sync");
  EXPECT_EQ(seen.text("config"), "x.yaml");
  EXPECT_EQ(seen.text("output"), "json");
  EXPECT_EQ(seen.list("plugins"), std::vector<std::string>{"p"});
  EXPECT_EQ(glance({"--config"}).command, "");
}

}  // namespace
}  // namespace lockstep
