#include "cli/texts/completion.h"

#include <gmock/gmock.h>

#include "cli/commands/table.h"
#include "cli/support.h"
#include "config/config.h"

namespace lockstep {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using Texts = std::vector<std::string>;

/// The program's commands and `books:sync` with an alias.
std::vector<Command> commands() {
  Configuration configuration;
  CommandEntry& entry = configuration.commands.emplace_back();
  entry.name = "books:sync";
  entry.run = "import";
  entry.syncs = {"books"};
  entry.aliases = {{"book-id", "id"}};
  return all_commands(configuration);
}

Completions completions(const Texts& words) {
  static const std::vector<Command> all = commands();
  return complete(words, all, {"assistants", "books", "boxes"});
}

Texts candidates(const Texts& words) {
  Texts out;
  for (const Completion& each : completions(words).words) out.push_back(each.word);
  return out;
}

TEST(CompletionTest, CommandsWithTheirSummaries) {
  Texts all;
  for (const Command& command : builtin_commands()) all.push_back(command.name);
  EXPECT_THAT(candidates({""}), IsSupersetOf(all));
  EXPECT_THAT(candidates({"im"}), ElementsAre("import"));
  EXPECT_THAT(candidates({"books:s"}), ElementsAre("books:sync"));
  EXPECT_THAT(candidates({"--config", "x.yaml", "-v", "stat"}), ElementsAre("status"));
  EXPECT_EQ(completions({"import"}).words.front().help, builtin_commands().front().summary);
}

TEST(CompletionTest, EveryOptionOfEveryCommand) {
  for (const Command& command : commands()) {
    Texts all{"--help"};
    for (const CliOption& option : command.options) {
      for (const std::string& name : long_names(option, &command)) all.push_back(name);
    }
    for (const CliOption& option : global_options()) all.push_back("--" + std::string(option.option.name));
    EXPECT_THAT(candidates({command.name, "-"}), IsSupersetOf(all)) << command.name;
  }
  EXPECT_THAT(candidates({"books:sync", "--book"}), ElementsAre("--book-id"));
  EXPECT_THAT(candidates({"import", "--book"}), IsEmpty());
}

TEST(CompletionTest, AnOptionIsOfferedOnceUnlessItRepeats) {
  EXPECT_THAT(candidates({"import", "--dry-run", "--d"}), IsEmpty());
  EXPECT_THAT(candidates({"import", "--id", "7", "--i"}), ElementsAre("--id"));
  EXPECT_THAT(candidates({"books:sync", "--owner=3", "--ow"}), IsEmpty());
}

TEST(CompletionTest, ValuesOfAnOption) {
  EXPECT_THAT(candidates({"import", "--on-conflict", ""}), ElementsAre("remote", "local", "newest", "manual", "hook"));
  EXPECT_THAT(candidates({"import", "--on-conflict=ne"}), ElementsAre("--on-conflict=newest"));
  EXPECT_THAT(candidates({"--output", "j"}), ElementsAre("json"));
  EXPECT_THAT(candidates({"check", "--schema", "m"}), ElementsAre("mapping"));
  EXPECT_THAT(candidates({"check", "--schema", "--off"}), ElementsAre("--offline"));
  EXPECT_THAT(candidates({"import", "--id", "bo"}), IsEmpty()) << "an id and no sync";
}

TEST(CompletionTest, SyncsOfTheConfigurationEachOnce) {
  EXPECT_THAT(candidates({"import", ""}), ElementsAre("assistants", "books", "boxes"));
  EXPECT_THAT(candidates({"import", "books", "bo"}), ElementsAre("boxes"));
  EXPECT_THAT(candidates({"import", "--id", "7", "bo"}), ElementsAre("books", "boxes"));
  EXPECT_THAT(candidates({"books:sync", "bo"}), IsEmpty());
  EXPECT_THAT(candidates({"history", ""}), IsEmpty());
  EXPECT_THAT(candidates({"import", "--", "--b"}), IsEmpty());
  EXPECT_THAT(candidates({"completion", ""}), ElementsAre("bash", "zsh", "fish"));
}

TEST(CompletionTest, PathsAreLeftToTheShell) {
  EXPECT_EQ(completions({"--config", ""}).paths, Completions::Paths::Files);
  EXPECT_EQ(completions({"--config=conf"}).paths, Completions::Paths::Files);
  EXPECT_EQ(completions({"--plugins", ""}).paths, Completions::Paths::Directories);
  EXPECT_EQ(completions({"init", ""}).paths, Completions::Paths::Directories);
  EXPECT_EQ(completions({"import", ""}).paths, Completions::Paths::None);
}

TEST(CompletionTest, LinesAreAWordAndItsHelp) {
  const Completions some{{{"import", "remote → database"}, {"bad\nname", ""}, {"books", ""}}, Completions::Paths::Files};
  EXPECT_EQ(some.lines(), "import\tremote → database\nbooks\n:files\n");
}

using CompletionCommandTest = test::ProgramTest;

/// The program asked as the shells' scripts ask.
std::string asked(Texts words) {
  words.insert(words.begin(), "__complete");
  Environment environment([](std::string_view) { return std::nullopt; });
  test::ShelfPlugins plugins;
  ProgramInput input;
  input.words = std::move(words);
  input.plugins = &plugins;
  std::string text, diagnostics;
  {
    Output out(text), err(diagnostics);
    EXPECT_EQ(run_program(input, environment, system_clock(), out, err), 0);
  }
  EXPECT_EQ(diagnostics, "");
  return text;
}

TEST_F(CompletionCommandTest, TheConfigurationAtHandIsRead) {
  EXPECT_EQ(asked({"import", "b"}), "books\n");
  EXPECT_TRUE(asked({"books:"}).starts_with("books:sync\timport books")) << asked({"books:"});
  EXPECT_EQ(asked({"books:sync", "--book"}), "--book-id\tonly the record with this remote id; repeatable\n");
  directory_.write("other.yaml", "syncs: {barrels: {}}\n");
  EXPECT_EQ(asked({"--config", "other.yaml", "import", "b"}), "barrels\n") << "mistakes of the file are no matter here";
  EXPECT_EQ(test::shelf()->created, 0U) << "nothing is loaded for it";
}

TEST_F(CompletionCommandTest, WithoutAConfigurationTheProgramsOwnAreCompleted) {
  std::filesystem::remove_all("config");
  EXPECT_TRUE(asked({"im"}).starts_with("import\t"));
  EXPECT_EQ(asked({"import", ""}), "");
  directory_.write("config/lockstep.yaml", "{{{");
  EXPECT_TRUE(asked({"im"}).starts_with("import\t"));
  EXPECT_FALSE(asked({}).empty());
}

TEST_F(CompletionCommandTest, EachShellHasItsScript) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const test::Outcome outcome = test::run({"completion", shell});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, completion_script(shell));
    EXPECT_NE(outcome.out.find("__complete"), std::string::npos) << shell;
    EXPECT_NE(outcome.out.find(std::string("completion ") + shell), std::string::npos) << "says how to load it";
  }
}

}  // namespace
}  // namespace lockstep
