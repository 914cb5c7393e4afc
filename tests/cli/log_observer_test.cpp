#include "operations/log_observer.h"

#include "cli/support.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

using test::WorkingDirectory;

class Counter : public Observer {
 public:
  void changed(const RecordChange&) override { ++events; }
  void problem(const Problem&) override { ++events; }
  void unchanged(std::string_view, std::string_view) override { ++events; }
  int events = 0;
};

class LogObserverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::configure({log::Level::Info, log::Format::Json, "log.json"});
    sync_.name = "assistants";
    sync_.nouns = {"assistant", "assistants", "Vapi"};
    yaml::Problems problems;
    Resource resource;
    resource.name = "assistant";
    const yaml::Node root =
        yaml::load_text("table: a\nkey: {column: vapi_assistant_id, from: id}\nfields: {name: text}\n", "m", {}, problems);
    sync_.mapping = std::make_shared<const Mapping>(Mapping::load(root, resource, {}, problems));
    ASSERT_TRUE(problems.empty());
    change_.action = "create";
    change_.side = Side::Local;
    change_.remote_id = "7af3";
    change_.local_key = "12";
    change_.label = "The Lunch Mob";
    change_.columns = {"name", "first_message"};
    change_.owned = {{"user_id", Json(3)}};
    change_.fields = {{"name", Json(), Json("a value nobody logs")}};
  }
  void TearDown() override { log::configure({}); }

  std::vector<Json> lines() {
    log::flush();
    std::vector<Json> out;
    for (const std::string& line : split(directory_.read("log.json"), '\n')) {
      if (!line.empty()) out.push_back(json::parse(line));
    }
    return out;
  }

  WorkingDirectory directory_;
  Sync sync_;
  RunOptions options_;
  RecordChange change_;
  Counter counter_;
};

TEST_F(LogObserverTest, ACreatedRecordIsLoggedWithItsKeysAndFieldNames) {
  LogObserver log(counter_, {});
  log.started(sync_, options_);
  log.changed(change_);
  const std::vector<Json> written = lines();
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[0].text_at("message"), "Run started");
  const Json& line = written[1];
  EXPECT_EQ(line.text_at("level"), "info");
  EXPECT_EQ(line.text_at("message"), "Assistant created from Vapi sync");
  EXPECT_EQ(*line.find("assistant_id")->integer(), 12);
  EXPECT_EQ(line.text_at("vapi_assistant_id"), "7af3");
  EXPECT_EQ(line.text_at("name"), "The Lunch Mob");
  EXPECT_EQ(*line.find("user_id")->integer(), 3);
  EXPECT_EQ(json::to_text(*line.find("created_fields")), R"(["name","first_message"])");
  EXPECT_EQ(directory_.read("log.json").find("a value nobody logs"), std::string::npos);
  EXPECT_EQ(counter_.events, 1);
}

TEST_F(LogObserverTest, AnUpdatedRecordNamesUpdatedFields) {
  LogObserver log(counter_, {});
  log.started(sync_, options_);
  change_.action = "update";
  log.changed(change_);
  EXPECT_EQ(lines()[1].text_at("message"), "Assistant updated from Vapi sync");
  EXPECT_NE(lines()[1].find("updated_fields"), nullptr);
}

TEST_F(LogObserverTest, ADryRunLogsNoWrite) {
  options_.dry_run = true;
  LogObserver log(counter_, {});
  log.started(sync_, options_);
  log.changed(change_);
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_EQ(counter_.events, 1);
}

TEST_F(LogObserverTest, ProblemsAreWarningsAndErrorsUnlessShownBesideThem) {
  const Problem warning{Problem::Severity::Warning, "1", "A", "missing_remote", "gone"};
  const Problem error{Problem::Severity::Error, "2", "B", "rejected", "bad"};
  LogObserver log(counter_, {});
  log.problem(warning);
  log.problem(error);
  ASSERT_EQ(lines().size(), 2U);
  EXPECT_EQ(lines()[0].text_at("level"), "warning");
  EXPECT_EQ(lines()[1].text_at("level"), "error");
  EXPECT_EQ(lines()[1].text_at("code"), "rejected");
  LogObserver beside(counter_, {.problems = false});
  beside.problem(error);
  EXPECT_EQ(lines().size(), 2U);
  EXPECT_EQ(counter_.events, 3);
}

TEST_F(LogObserverTest, TheEndLineHasIdCountsAndDuration) {
  LogObserver log(counter_, {});
  SyncReport report;
  report.name = "assistants";
  report.run = "01J9";
  report.remote = 15;
  report.created_local = 2;
  report.duration = Millis(812);
  log.finished(report);
  report.failure = "connection refused";
  log.finished(report);
  report.interrupted = true;
  log.finished(report);
  const std::vector<Json> written = lines();
  EXPECT_EQ(written[2].text_at("message"), "Run interrupted");
  EXPECT_EQ(written[0].text_at("message"), "Run finished");
  EXPECT_EQ(written[0].text_at("run"), "01J9");
  EXPECT_EQ(*written[0].find("created")->integer(), 2);
  EXPECT_EQ(*written[0].find("duration_ms")->integer(), 812);
  EXPECT_EQ(written[1].text_at("level"), "error");
  EXPECT_EQ(written[1].text_at("reason"), "connection refused");
}

}  // namespace
}  // namespace lockstep
