// Every place that the API's description names like a secret holds a canary, on both sides; whatever is run, none of them comes to light.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "format/json.h"
#include "scenarios/database.h"
#include "scenarios/invariants.h"
#include "scenarios/secret_schema.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

std::string text_of_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The file of the real API, in a folder above the sources; empty where there is none.
fs::path real_schema() {
  for (fs::path folder = fs::path(LOCKSTEP_SOURCE_DIR).parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    const fs::path file = folder / "shared/specs/vapi-openapi.json";
    if (fs::exists(file)) return file;
  }
  return {};
}

class SecretPlaces : public testing::Test {
 protected:
  SecretPlaces() : sandbox_(sandbox_options()), bench_(sandbox_) {}

  void SetUp() override {
    ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
    bench_.add_users();
  }

  void put(const CanaryDocuments& made) {
    canaries_.insert(canaries_.end(), made.canaries.begin(), made.canaries.end());
    for (std::size_t i = 0; i < made.documents.size(); ++i) {
      Json document = made.documents[i];
      document["id"] = "item-" + std::to_string(i);
      document["name"] = "Item " + std::to_string(i);
      sandbox_.put(document);
    }
  }

  void run(const std::vector<std::string>& arguments) {
    const Outcome outcome = bench_.run(arguments);
    expect_hidden(outcome.out + outcome.err, "output of " + arguments.front());
    expect_hidden(state_text(bench_.database()), "state after " + arguments.front());
  }

  void expect_hidden(const std::string& text, const std::string& where) const {
    std::size_t leaks = 0;
    for (const std::string& canary : canaries_) {
      const std::size_t at = text.find(canary);
      if (at != std::string::npos && ++leaks <= 3) ADD_FAILURE() << where << ": " << text.substr(at < 300 ? 0 : at - 300, 360);
    }
    EXPECT_EQ(leaks, 0U) << where;
  }

  void play(const fs::path& schema);

  sandbox::Sandbox sandbox_;
  Workbench bench_;
  std::vector<std::string> canaries_;
};

void SecretPlaces::play(const fs::path& schema) {
  const std::vector<SecretPlace> places = secret_places(json::parse(text_of_file(schema)), "CreateAssistantDTO");
  ASSERT_GT(places.size(), 20U);
  put(canaries_at(places, "first"));
  run({"import", "assistants", "-vvv"});
  EXPECT_NE(query(bench_.database(), "SELECT count(*) FROM assistants WHERE hooks LIKE '%canary-first%'"), (std::vector<Cells>{{"0"}}))
      << "secrets are imported";
  // Rotated there, and the rows hold edits beside it.
  put(canaries_at(places, "second"));
  execute(bench_.database(),
          "UPDATE assistants SET first_message = 'ours', hooks = replace(hooks, 'canary-first', 'canary-third'), "
          "voice = replace(voice, 'canary-first', 'canary-third'), model = replace(model, 'canary-first', 'canary-third')");
  for (std::size_t i = 0; i < places.size(); ++i) canaries_.push_back("canary-third-" + std::to_string(10000 + i) + ".");
  run({"plan", "assistants", "--mode", "full", "-v"});
  run({"plan", "assistants", "--mode", "full", "-v", "--output", "json", "--out", "plan.json"});
  expect_hidden(text_of_file(bench_.directory() / "plan.json"), "plan file");
  run({"full", "assistants", "-vvv", "--on-conflict", "manual", "--allow-mass-change"});
  run({"conflicts", "--output", "json"});
  run({"conflicts"});
  run({"full", "assistants", "-vvv", "--on-conflict", "local", "--allow-mass-change"});
  run({"status", "assistants", "-v"});
  run({"import", "assistants", "-vvv", "--on-conflict", "remote", "--output", "json", "--allow-mass-change"});
  run({"history", "--output", "json"});
  run({"history", "--record", "item-0"});
  const std::vector<Cells> runs = query(bench_.database(), "SELECT run FROM lockstep_run ORDER BY run DESC LIMIT 1");
  ASSERT_FALSE(runs.empty());
  run({"rollback", runs[0][0], "--dry-run", "-v"});
  run({"rollback", runs[0][0], "-vvv", "--allow-mass-change"});
}

TEST_F(SecretPlaces, NoneOfASmallApiComesToLight) { play(fs::path(LOCKSTEP_SOURCE_DIR) / "tests/scenarios/fixtures/secret_schema.json"); }

TEST_F(SecretPlaces, WhatAMappingNamesIsMaskedInLogsToo) {
  const fs::path mapping = bench_.directory() / "config/mappings/vapi-assistants.yaml";
  bench_.write("config/mappings/vapi-assistants.yaml", text_of_file(mapping) + "\nsecrets: [\"**.favouriteFood\"]\n");
  canaries_ = {"canary-spinach-5c1e", "canary-radish-77aa", "canary-leek-0f3d"};
  const auto put_food = [&](const std::string& food, const std::string& greeting) {
    sandbox_.put(json::parse(R"({"id":"item-0","name":"Item 0","firstMessage":")" + greeting + R"(","metadata":{"favouriteFood":")" + food +
                             R"("}})"));
  };
  put_food(canaries_[0], "hello");
  run({"import", "assistants", "-vvv"});
  execute(bench_.database(), "UPDATE assistants SET first_message = 'ours'");
  put_food(canaries_[1], "hello");
  run({"plan", "assistants", "--mode", "full", "-vvv"});
  const Outcome outcome = bench_.run({"full", "assistants", "-vvv"});
  EXPECT_TRUE(contains(outcome, "request body")) << said(outcome);
  expect_hidden(outcome.out + outcome.err, "output of a full run");
  put_food(canaries_[2], "theirs");
  run({"import", "assistants", "-vvv"});
  run({"history", "--output", "json", "-vvv"});
}

TEST_F(SecretPlaces, NoneOfTheRealApiComesToLight) {
  const fs::path schema = real_schema();
  if (schema.empty()) GTEST_SKIP() << "the description of the API is not there";
  play(schema);
}

}  // namespace
}  // namespace lockstep::test
