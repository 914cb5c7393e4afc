// `lockstep plugins test NAME`: what it says, what it asks, what it leaves behind, and its exit codes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "common/scratch_folder.h"
#include "format/json.h"
#include "run.h"
#include "sandbox/sandbox.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using test::run_lockstep;
using test::Said;

class PluginsTestCommand : public ::testing::Test {
 protected:
  /// Without a configuration, `.env` or variable of the machine; temporary files go into a folder of the test.
  Said run(const std::string& words, const std::string& variables = "") {
    return run_lockstep("plugins test " + words + " --config " + (directory_ / "none.yaml").string(),
                        "-u VAPI_API_KEY -u LOCKSTEP_CONFIG -u LOCKSTEP_PLUGINS -C " + directory_.string() +
                            " TMPDIR=" + directory_.string() + " " + variables);
  }

  ScratchFolder folder_{"command"};
  const fs::path& directory_ = folder_.path();
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(PluginsTestCommand, AProviderIsOnlyReadAndItsKeyIsNeverShown) {
  sandbox::Sandbox sandbox;
  const Said said = run("vapi --output json --option base_url=" + sandbox.url() + " --option rate=0", "VAPI_API_KEY=" + sandbox.key());
  EXPECT_EQ(said.exit, 0) << said.out;
  const Json report = json::parse(said.out);
  EXPECT_EQ(*report.find("failed")->integer(), 0) << said.out;
  EXPECT_EQ(*report.find("skipped")->integer(), 0) << said.out;
  EXPECT_GT(*report.find("passed")->integer(), 25) << said.out;
  EXPECT_EQ(report.text_at("plugin"), "vapi");
  EXPECT_EQ(report.text_at("kind"), "provider");
  EXPECT_GT(sandbox.count("GET"), 50U);
  EXPECT_EQ(sandbox.count("POST") + sandbox.count("PATCH") + sandbox.count("DELETE"), 0U);
  EXPECT_FALSE(has(said.out, sandbox.key()));
}

TEST_F(PluginsTestCommand, AProviderHasTheOptionsOfTheConfiguration) {
  sandbox::Sandbox sandbox;
  std::ofstream(directory_ / "lockstep.yaml") << "providers:\n  mine: {plugin: vapi, api_key: \"${MY_KEY}\", rate: 0, base_url: \""
                                              << sandbox.url() << "\"}\n";
  const Said said = run_lockstep("plugins test vapi --resource phone_number --quiet --config " + (directory_ / "lockstep.yaml").string(),
                                 "-C " + directory_.string() + " MY_KEY=" + sandbox.key());
  EXPECT_EQ(said.exit, 0) << said.out;
  EXPECT_EQ(said.out, "");
  for (const sandbox::LoggedRequest& request : sandbox.requests())
    EXPECT_FALSE(request.request.path.starts_with("/assistant/")) << request.request.path;
}

TEST_F(PluginsTestCommand, WithoutAKeyNothingCanBeAsked) {
  const Said said = run("vapi");
  EXPECT_EQ(said.exit, 1) << said.out;
  EXPECT_TRUE(has(said.out, "✓ a missing credential names its variable")) << said.out;
  EXPECT_TRUE(has(said.out, "a bad key is refused: skipped, no credential is given; set VAPI_API_KEY")) << said.out;
  EXPECT_TRUE(has(said.out, "Nothing could be asked of the service: set VAPI_API_KEY")) << said.out;
}

TEST_F(PluginsTestCommand, AStoreGetsNewFilesAndLeavesNone) {
  const Said said = run("sqlite --output json", "LOCKSTEP_DB=" + (directory_ / "mine.db").string());
  EXPECT_EQ(said.exit, 0) << said.out;
  const Json report = json::parse(said.out);
  EXPECT_EQ(*report.find("failed")->integer(), 0) << said.out;
  EXPECT_GT(*report.find("passed")->integer(), 40) << said.out;
  for (const Json& check : *report.find("checks")->array()) {
    EXPECT_EQ(check.find("reasons")->array()->empty(), check.text_at("outcome") == "passed") << check.text_at("name");
  }
  EXPECT_TRUE(fs::is_empty(directory_)) << "the checks left files, or used the database of the environment";
}

TEST_F(PluginsTestCommand, AStoreMayBeNamedAndIsSharedByAllChecks) {
  const fs::path file = directory_ / "scratch.db";
  const Said said = run("sqlite --option path=" + file.string());
  EXPECT_EQ(said.exit, 0) << said.out;
  EXPECT_TRUE(fs::exists(file));
  EXPECT_TRUE(has(said.out, "✓ a killed holder frees its lease")) << said.out;
  EXPECT_EQ(run("sqlite --quiet --option path=" + file.string()).exit, 0) << "the same place serves twice";
}

TEST_F(PluginsTestCommand, AFailureIsExitTwoWithItsReason) {
  const Said said = run(std::string("failing --plugins ") + TEST_PLUGINS);
  EXPECT_EQ(said.exit, 2) << said.out;
  EXPECT_TRUE(has(said.out, "✗ resources are described\n  the plugin's factory makes no provider: conformance cannot be made today"))
      << said.out;
  const Said quiet = run(std::string("failing --quiet --plugins ") + TEST_PLUGINS);
  EXPECT_EQ(quiet.exit, 2);
  EXPECT_TRUE(quiet.out.starts_with("✗ ")) << quiet.out;
  EXPECT_FALSE(has(quiet.out, "skipped")) << quiet.out;
}

TEST_F(PluginsTestCommand, APluginThatCrashesFailsItsChecksAndNoMore) {
  const Said crashed = run(std::string("crashing --plugins ") + TEST_PLUGINS);
  EXPECT_EQ(crashed.exit, 2) << crashed.out;
  EXPECT_TRUE(has(crashed.out, "✗ resources are described\n  the plugin crashed: Killed\n")) << crashed.out;
  EXPECT_TRUE(has(crashed.out, "\n0 passed, ")) << "the others are run and counted\n" << crashed.out;
  const Said ended = run(std::string("ending --output json --plugins ") + TEST_PLUGINS);
  EXPECT_EQ(ended.exit, 2) << ended.out;
  const Json report = json::parse(ended.out);
  EXPECT_EQ(*report.find("passed")->integer(), 0) << ended.out;
  EXPECT_TRUE(has(ended.out, "the plugin ended the program with exit code 7")) << ended.out;
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(PluginsTestCommand, WhatCannotBeTestedIsExitOneWithTheRemedy) {
  const std::string broken = std::string(" --plugins ") + TEST_PLUGINS;
  const std::pair<std::string, const char*> cases[] = {
      {"sqlit", "did you mean \"sqlite\"?"},
      {"newer" + broken, "was built for interface version 2"},
      {"sqlite --option pth=x", "the options are path, busy_timeout"},
      {"sqlite --option busy_timeout=soon", "expected a duration"},
      {"mute" + broken, "nothing says where plugin mute may"},
      {"", "lockstep plugins test NAME"},
      {"sqlite vapi", "unexpected argument"},
  };
  for (const auto& [words, part] : cases) {
    const Said said = run(words);
    EXPECT_EQ(said.exit, 1) << words << "\n" << said.out;
    EXPECT_TRUE(has(said.out, part)) << words << "\n" << said.out;
  }
}

}  // namespace
}  // namespace lockstep
