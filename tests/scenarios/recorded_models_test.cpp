// Recorded lists of real models, when $LOCKSTEP_RECORDED names a folder that holds them: the counts that were measured on them, and the
// additions and removals between lists of different days.
#include <cstdlib>
#include <filesystem>
#include <set>

#include "scenarios/models_bench.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;
using sandbox::ModelList;

Json read(const fs::path& file) { return json::parse(file_text(file)); }

class RecordedModels : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("LOCKSTEP_RECORDED");
    folder_ = folder == nullptr ? "" : folder;
    if (folder == nullptr || !fs::exists(folder_ / "openai-models.json"))
      GTEST_SKIP() << "LOCKSTEP_RECORDED names no folder with openai-models.json";
  }
  fs::path folder_;
};

TEST_F(RecordedModels, CountsAreThoseThatWereMeasured) {
  ModelsBench bench;
  bench.load(ModelList::OpenAi, read(folder_ / "openai-models.json"));
  Json gemini = *read(folder_ / "gemini-models-page1.json").find("models");
  const Json second = read(folder_ / "gemini-models-page2.made-up.json");
  for (const Json& model : *second.find("models")->array()) gemini.array()->push_back(model);
  bench.load(ModelList::Gemini, gemini);
  bench.load(ModelList::Xai, read(folder_ / "xai-models.json"));
  bench.load(ModelList::XaiLanguage, read(folder_ / "xai-language-models.json"));
  ASSERT_EQ(bench.sync().exit, 0);
  const auto of = [](const std::string& provider, const std::string& what) {
    return "SELECT " + what + ", count(*) FROM ai_models WHERE provider = '" + provider + "'";
  };
  EXPECT_EQ(bench.ask(of("openai", "kind") + " GROUP BY 1 ORDER BY 2 DESC, 1"),
            (Lines{"chat 69", "audio 10", "realtime 10", "tts 7", "image 6", "transcription 6", "completion 4", "embedding 3",
                   "moderation 2", "video 2"}));
  EXPECT_EQ(bench.ask(of("openai", "family") + " AND (family GLOB 'gpt-[0-9]*' OR family GLOB 'o[0-9]') GROUP BY 1 ORDER BY 1"),
            (Lines{"gpt-3.5 6", "gpt-4 7", "gpt-4.1 6", "gpt-4o 28", "gpt-5 12", "gpt-5.1 6", "gpt-5.2 6", "o1 4", "o3 8", "o4 4"}));
  const auto states = [&](const std::string& provider, const std::string& name) {
    return bench.ask(of(provider, "json_extract(capabilities, '$." + name + ".value')") + " AND kind = 'chat' GROUP BY 1 ORDER BY 1 DESC");
  };
  EXPECT_EQ(states("openai", "function_calling"), (Lines{"yes 53", "unknown 12", "no 4"}));
  EXPECT_EQ(states("openai", "vision"), (Lines{"yes 50", "unknown 12", "no 7"}));
  EXPECT_EQ(states("gemini", "vision"), (Lines{"yes 19", "unknown 21", "no 2"}));
  EXPECT_EQ(bench.count("ai_models WHERE provider = 'gemini'"), "54");
  EXPECT_EQ(bench.count("ai_models WHERE provider = 'gemini' AND kind = 'chat'"), "42");
  EXPECT_EQ(bench.count("ai_models WHERE provider = 'gemini' AND kind = 'embedding'"), "3");
  EXPECT_EQ(bench.count("ai_models WHERE provider = 'gemini' AND json_extract(capabilities, '$.reasoning.value') = 'yes'"), "35");
  EXPECT_EQ(bench.ask(of("gemini", "family") + " AND kind = 'chat' AND family IN ('gemini-pro', 'gemini-flash') GROUP BY 1 ORDER BY 1"),
            (Lines{"gemini-flash 20", "gemini-pro 8"}));
  EXPECT_EQ(bench.ask(of("xai", "kind") + " GROUP BY 1 ORDER BY 1"), (Lines{"chat 6", "image 2", "video 2"}));
  EXPECT_EQ(states("xai", "vision"), (Lines{"yes 6"}));
  EXPECT_EQ(bench.ask("SELECT sum(json_array_length(aliases)) FROM ai_models WHERE provider = 'xai'"), (Lines{"42"}));
  EXPECT_EQ(bench.count("ai_models WHERE raw IS NULL"), "0");
}

/// Ids that an event tells of in one run.
std::set<std::string> told(const ModelsBench& bench, const std::string& run, const std::string& event) {
  std::set<std::string> ids;
  for (std::string& id : bench.ask("SELECT model_id FROM ai_model_events WHERE event = '" + event + "' AND run = '" + run + "'"))
    ids.insert(std::move(id));
  return ids;
}

/// As the index writes them: with or without "models/".
std::set<std::string> named(const Json& entry, const char* member) {
  std::set<std::string> ids;
  const Json* list = entry.find(member);
  for (const Json& id : list == nullptr ? Json::Array() : *list->array()) {
    ids.insert(id.text()->starts_with("models/") ? id.text()->substr(7) : *id.text());
  }
  return ids;
}

TEST_F(RecordedModels, TheReplayOfADayByDayHistoryGivesWhatCameAndWent) {
  const Json index = read(folder_ / "history/index.json");
  const std::tuple<const char*, const char*, ModelList> providers[] = {
      {"openai", "OPENAI", ModelList::OpenAi}, {"gemini", "GEMINI", ModelList::Gemini}, {"xai", "XAI", ModelList::Xai}};
  for (const auto& [name, variable, list] : providers) {
    ModelsBench bench;
    bench.only(variable);
    bool first = true;
    for (const Json& entry : *index.find(name)->array()) {
      // A list that was not recorded whole is one that broke off: nobody serves it as complete.
      if (const Json* complete = entry.find("complete"); complete != nullptr && !*complete->boolean()) continue;
      SCOPED_TRACE(std::string(name) + " " + entry.text_at("date"));
      bench.load(list, read(folder_ / entry.text_at("file")));
      const Outcome outcome = bench.sync({"--force", "--allow-mass-change"});
      ASSERT_EQ(outcome.exit, 0) << outcome.out << outcome.err;
      const std::string run = bench.ask("SELECT run FROM lockstep_run ORDER BY id DESC LIMIT 1")[0];
      std::set<std::string> added = told(bench, run, "added");
      added.merge(told(bench, run, "reappeared"));
      if (!first) {
        EXPECT_EQ(added, named(entry, "added"));
        EXPECT_EQ(told(bench, run, "no_longer_listed"), named(entry, "removed"));
      }
      EXPECT_EQ(bench.count("ai_models WHERE status <> 'no_longer_listed'"), std::to_string(*entry.find("count")->integer()));
      first = false;
    }
  }
}

}  // namespace
}  // namespace lockstep::test
