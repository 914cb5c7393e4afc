// Two stores in one configuration: assistants in a database of a server, the model catalogue in an SQLite file. What a sync remembers stands
// beside its rows, and neither database has anything of the other.

#include <gtest/gtest.h>

#include <fstream>

#include "common/text.h"
#include "format/json.h"
#include "scenarios/workbench.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

class TwoStores : public ::testing::TestWithParam<const DatabaseKind*> {
 protected:
  void SetUp() override {
    if (!GetParam()->missing().empty()) GTEST_SKIP() << GetParam()->missing();
    bench_.emplace(sandbox_, *GetParam());
    auto& environment = bench_->environment();
    environment["OPENAI_API_KEY"] = kKey;
    environment["OPENAI_BASE_URL"] = sandbox_.url() + "/openai/v1";
    const std::string config = file_text(bench_->directory() / "config/lockstep.yaml");
    std::string changed = replace_all(config, "\nproviders:\n", "\n  catalogue: {address: \"" + catalogue() + "\"}\n\nproviders:\n");
    const std::size_t models = changed.find("  openai-models:");
    const std::size_t store = changed.find("store: main", models);
    ASSERT_NE(store, std::string::npos);
    bench_->write("config/lockstep.yaml", changed.replace(store, 11, "store: catalogue"));
    sandbox_.change_models([](sandbox::Models& all) {
      all.load(sandbox::ModelList::OpenAi, json::parse(R"([{"id": "gpt-4o", "object": "model", "created": 1, "owned_by": "openai"}])"));
    });
    ASSERT_EQ(run({"migrate"}).exit, 0);
    bench_->add_users();
  }

  std::string catalogue() const { return (bench_->directory() / "models.db").string(); }
  const std::string& main() const { return bench_->database(); }
  Outcome run(const std::vector<std::string>& words) const { return bench_->run(words); }
  static std::string cell(const std::string& place, const std::string& sql) { return query(place, sql).at(0).at(0); }

  sandbox::Sandbox sandbox_{sandbox_options(2)};
  std::optional<Workbench> bench_;
};

TEST_P(TwoStores, KeepTheirRowsLinksAndJournalsApart) {
  const Outcome imported = run({"import", "assistants", "openai-models"});
  EXPECT_EQ(imported.exit, 0) << said(imported);
  EXPECT_EQ(cell(main(), "SELECT count(*) FROM assistants"), "2");
  EXPECT_EQ(cell(catalogue(), "SELECT count(*) FROM ai_models"), "1");
  EXPECT_FALSE(has_table(catalogue(), "assistants"));
  for (const auto& [place, links] : {std::pair(main(), "2"), std::pair(catalogue(), "1")}) {
    EXPECT_EQ(cell(place, "SELECT count(*) FROM lockstep_link"), links) << place;
    EXPECT_EQ(cell(place, "SELECT count(*) FROM lockstep_run"), "1") << place;
    EXPECT_EQ(cell(place, "SELECT count(*) FROM lockstep_change"), links) << place;
  }
  const Outcome again = run({"import", "assistants", "openai-models"});
  EXPECT_EQ(again.exit, 0) << said(again);
  EXPECT_EQ(cell(main(), "SELECT count(*) FROM lockstep_change"), "2");
  EXPECT_EQ(cell(catalogue(), "SELECT count(*) FROM lockstep_change"), "1");

  // Each is looked at and rolled back where it is.
  const Outcome checked = run({"check"});
  EXPECT_TRUE(contains(checked, std::string(GetParam()->shown()))) << said(checked);
  EXPECT_TRUE(contains(checked, "models.db")) << said(checked);
  execute(main(), "UPDATE assistants SET first_message = 'edited here'");
  EXPECT_EQ(run({"export", "assistants", "--allow-mass-change"}).exit, 0);
  EXPECT_EQ(sandbox_.count("PATCH"), 2U);
  EXPECT_EQ(cell(catalogue(), "SELECT count(*) FROM lockstep_run"), "2") << "an export of the one is in the other's journal";
}

// One that is gone costs the syncs that live in it.
TEST_P(TwoStores, OneThatIsGoneLeavesTheOtherAtWork) {
  bench_->environment()["LOCKSTEP_STORE"] = replace_all(main(), "scenario_", "nowhere_");
  const Outcome outcome = run({"import", "assistants", "openai-models"});
  EXPECT_NE(outcome.exit, 0);
  EXPECT_TRUE(contains(outcome, std::string(GetParam()->shown()))) << said(outcome);
  EXPECT_EQ(cell(catalogue(), "SELECT count(*) FROM ai_models"), "1") << said(outcome);
}

INSTANTIATE_TEST_SUITE_P(Postgresql, TwoStores, ::testing::Values(&postgres_kind()));
INSTANTIATE_TEST_SUITE_P(Mysql, TwoStores, ::testing::Values(&mysql_kind()));

}  // namespace
}  // namespace lockstep::test
