// --quiet and the log: what is silent, what is kept, and which exit codes stay.
#include "cli/support.h"
#include "common/text.h"

namespace lockstep {
namespace {

using test::ProgramTest;
using test::run;
using test::shelf;

class QuietTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
  }
};

TEST_F(QuietTest, OnlyTheHealthCheckOfASyncHasAnExitCodeOfItsOwn) {
  EXPECT_EQ(run({"import", "--dry-run", "--quiet"}).code, 3);
  EXPECT_EQ(run({"books:sync", "--dry-run", "--quiet"}).code, 3);
  EXPECT_EQ(run({"import", "--dry-run"}).code, 0);
  EXPECT_EQ(run({"plan", "--quiet"}).code, 0);
  EXPECT_EQ(run({"status", "--quiet"}).code, 0);
  shelf()->items["b2"] = R"({"id":"b2"})";
  EXPECT_EQ(run({"import"}).code, 2);
  shelf()->items["b2"] = R"({"id":"b2","title":"Persuasion"})";
  EXPECT_EQ(run({"retry", "--dry-run", "--quiet"}).code, 0) << "there is something to write, and retry has no --check";
  EXPECT_NE(run({"import", "--help"}).out.find("--dry-run --quiet implies it"), std::string::npos);
}

TEST_F(QuietTest, ALogFileIsKeptAllTheSame) {
  ASSERT_EQ(run({"import", "--quiet"}).out, "");
  const std::string log = directory_.read("run.log");
  EXPECT_NE(log.find("Book created from Library sync"), std::string::npos) << log;
  EXPECT_NE(log.find("Run finished"), std::string::npos);
}

TEST_F(QuietTest, APlanForProgramsAndADryRunNameTheRecords) {
  const Json dry = test::run_json_output({"import", "--dry-run"});
  const Json* changes = dry.find("syncs")->array()->front().find("changes");
  ASSERT_NE(changes, nullptr);
  EXPECT_EQ(changes->array()->front().text_at("id"), "b1");
  EXPECT_EQ(test::run_json_output({"import"}).find("syncs")->array()->front().find("changes"), nullptr);
}

}  // namespace
}  // namespace lockstep
