// What is wrong with a script is told when it is loaded, with file and line.
#include <gmock/gmock.h>

#include "hook/support.h"

namespace lockstep::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(HookLoading, SaysWhichStagesAndTransformsThereAre) {
  Script script("return { record = function(r) return r end, transform = { upper = string.upper, lower = string.lower } }");
  EXPECT_TRUE(script.hook().has(Hook::Stage::Record));
  EXPECT_TRUE(script.hook().has(Hook::Stage::Transform));
  EXPECT_FALSE(script.hook().has(Hook::Stage::Payload));
  EXPECT_THAT(script.hook().transforms(), ElementsAre("lower", "upper"));
}

TEST(HookLoading, UnknownStageIsAMistakeWithASuggestion) {
  Script script("local function f() end\nreturn {\n asign_owner = function(record, ctx)\n end }");
  EXPECT_FALSE(script.loaded());
  EXPECT_THAT(script.errors(), ElementsAre("scripts/x.lua:3:1: unknown stage \"asign_owner\"; did you mean \"assign_owner\"?"));
}

TEST(HookLoading, AllMistakesOfTheTableAreToldAtOnce) {
  Script script("return { record = 5, row = function() end, transform = { a = 1 }, match = 'x' }");
  EXPECT_THAT(script.errors(), testing::UnorderedElementsAre(HasSubstr("the stage \"record\" must be a function, not an integer"),
                                                             HasSubstr("transform \"a\" must be a function with a name, not an integer"),
                                                             HasSubstr("the stage \"match\" must be a function, not text")));
}

TEST(HookLoading, TransformMustBeATable) {
  EXPECT_THAT(Script("return { transform = function() end }").first_error(), HasSubstr("must be a table of functions by name"));
}

TEST(HookLoading, ScriptMustReturnATable) {
  EXPECT_THAT(Script("local x = 1\n").first_error(), HasSubstr("the script must return a table of functions, not nil"));
  EXPECT_THAT(Script("return 7").first_error(), HasSubstr("not an integer"));
}

TEST(HookLoading, SyntaxErrorHasItsLine) {
  EXPECT_THAT(Script("local a = 1\nlocal b = = 2\n").first_error(), testing::StartsWith("scripts/x.lua:2:1: unexpected symbol"));
}

TEST(HookLoading, ErrorInTheBodyHasItsLine) { EXPECT_EQ(Script("\n\nerror('no luck')").first_error(), "scripts/x.lua:3:1: no luck"); }

TEST(HookLoading, BodyHasABudgetToo) {
  LuaLimits limits;
  limits.instructions = 100'000;
  EXPECT_EQ(Script("\nwhile true do end", limits).first_error(), "scripts/x.lua:2:1: ran over its budget of 100000 instructions");
}

TEST(HookLoading, MissingFileAndDirectoryAreNamed) {
  yaml::Problems problems;
  EXPECT_EQ(load_lua("/nonexistent/hooks.lua", "hooks.lua", {}, problems), nullptr);
  EXPECT_EQ(load_lua(std::filesystem::temp_directory_path().string(), "folder", {}, problems), nullptr);
  EXPECT_THAT(problems.errors(), ElementsAre(testing::StartsWith("hooks.lua: cannot read the hooks file: No such file"),
                                             "folder: the hooks file is a directory"));
}

TEST(HookLoading, BinaryChunksAreRefused) {
  EXPECT_THAT(Script(std::string("\x1bLua\x54\0\x19\x93", 8)).first_error(), HasSubstr("attempt to load a binary chunk"));
}

TEST(HookLoading, ByteOrderMarkAndInterpreterLineAreNoMistakes) {
  EXPECT_TRUE(Script("\xEF\xBB\xBFreturn {}").loaded());
  EXPECT_EQ(Script("#!/usr/bin/lua\nerror('x')").first_error(), "scripts/x.lua:2:1: x");
}

TEST(HookLoading, GlobalFunctionsOfTheBodyWork) {
  Script script("function helper(x) return x .. '!' end\nreturn { record = function(r) r.name = helper(r.name) return r end }");
  EXPECT_EQ(script.record(R"({"name":"a"})"), R"({"name":"a!"})");
}

TEST(HookLoading, FingerprintFollowsTheText) {
  Script a("return {}");
  Script b("return {}");
  Script c("return { }");
  EXPECT_EQ(a.hook().fingerprint(), b.hook().fingerprint());
  EXPECT_NE(a.hook().fingerprint(), c.hook().fingerprint());
}

TEST(HookLoading, LongFileNameIsShownWhole) {
  const std::string shown = "configuration/of/a/rather/deeply/nested/project/folder/with/scripts/assistants.lua";
  const std::string path = (std::filesystem::temp_directory_path() / ("long-" + std::to_string(::getpid()) + ".lua")).string();
  std::ofstream(path) << "return { record = function() error('x') end }";
  yaml::Problems problems;
  const auto hook = load_lua(path, shown, {}, problems);
  std::filesystem::remove(path);
  ASSERT_NE(hook, nullptr);
  std::optional<std::string> changed;
  EXPECT_EQ(hook->record({}, "{}", changed), shown + ":1: x");
}

}  // namespace
}  // namespace lockstep::test
