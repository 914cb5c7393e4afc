// What was refused: how it is named, tried again, and how it leaves the list.
#include "cli/support.h"
#include "common/text.h"

namespace lockstep {
namespace {

using test::execute;
using test::Outcome;
using test::ProgramTest;
using test::run;
using test::run_json_output;
using test::shelf;

class RetryTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    shelf()->takes_writes = true;
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
    directory_.write("config/books.yaml",
                     replace_all(directory_.read("config/books.yaml"), "required: true", "required: true, max_length: 10"));
    ASSERT_EQ(run({"import"}).code, 0);
  }
  static std::size_t rejected() { return run_json_output({"rejected"}).find("rejected")->array()->size(); }
};

TEST_F(RetryTest, ARowWithoutAnItemIsNamedByItsKeyAndTriedAgain) {
  execute("INSERT INTO books (title) VALUES ('A title that is far too long'), ('Persuasion, not meant')");
  EXPECT_EQ(run({"export"}).code, 2);
  ASSERT_EQ(rejected(), 2U);
  EXPECT_NE(run({"rejected"}).out.find("(row 2)"), std::string::npos) << run({"rejected"}).out;
  execute("UPDATE books SET title = 'Short' WHERE id = 2");
  execute("UPDATE books SET pages = 1 WHERE id = 1");
  const Outcome again = run({"retry", "2"});
  EXPECT_EQ(again.code, 0) << again.out;
  EXPECT_NE(again.out.find("Created book in Library: Short"), std::string::npos) << again.out;
  EXPECT_EQ(rejected(), 1U);
  EXPECT_NE(shelf()->items["b1"].find("474"), std::string::npos) << "the other edits wait for an export";
}

TEST_F(RetryTest, ARefusedEditIsSentAgainAndNotImported) {
  execute("UPDATE books SET title = 'Emma, but with a long name'");
  EXPECT_EQ(run({"export"}).code, 2);
  ASSERT_EQ(rejected(), 1U);
  execute("UPDATE books SET title = 'Emma II'");
  ASSERT_EQ(run({"import", "--local-edits", "keep"}).code, 0);
  EXPECT_EQ(rejected(), 1U) << "an import has not seen whether the edit can be sent";
  const Outcome again = run({"retry"});
  EXPECT_EQ(again.code, 0) << again.out;
  EXPECT_NE(shelf()->items["b1"].find("Emma II"), std::string::npos) << again.out;
  EXPECT_EQ(rejected(), 0U);
}

TEST_F(RetryTest, ARecordThatIsWellAgainLeavesTheListAlsoWhereNothingIsWritten) {
  execute("UPDATE books SET title = 'Emma, but with a long name'");
  EXPECT_EQ(run({"export"}).code, 2);
  execute("UPDATE books SET title = 'Emma'");
  ASSERT_EQ(rejected(), 1U);
  EXPECT_EQ(run({"import"}).code, 0);
  EXPECT_EQ(rejected(), 0U);
  EXPECT_NE(run({"status"}).out.find("In Sync ✓"), std::string::npos);
}

TEST_F(RetryTest, WhatIsOnNeitherSideAnyMoreLeavesTheListToo) {
  shelf()->items["b2"] = R"({"id":"b2","pages":1})";
  EXPECT_EQ(run({"import"}).code, 2);
  execute("INSERT INTO books (title) VALUES ('A title that is far too long')");
  EXPECT_EQ(run({"export"}).code, 2);
  ASSERT_EQ(rejected(), 2U);
  shelf()->items.erase("b2");
  execute("UPDATE books SET title = 'Short' WHERE id = 2");
  EXPECT_EQ(run({"import"}).code, 0);
  EXPECT_EQ(rejected(), 1U) << "the row is still to be sent";
  EXPECT_EQ(run({"export"}).code, 0);
  EXPECT_EQ(rejected(), 0U);
}

TEST_F(RetryTest, TroubleOfOtherRowsIsNoneOfACommandAboutOneRecord) {
  shelf()->items["b2"] = R"({"id":"b2","title":"Persuasion"})";
  ASSERT_EQ(run({"import"}).code, 0);
  execute("DROP INDEX books_library_id_unique");
  execute("INSERT INTO books (title, library_id) VALUES ('Again', 'b2')");
  EXPECT_EQ(run({"import"}).code, 2);
  const Outcome one = run({"import", "--id", "b1"});
  EXPECT_EQ(one.code, 0) << one.out;
  EXPECT_EQ(run({"import", "--id", "b2"}).code, 2);
}

TEST_F(RetryTest, ForceJournalsOnlyWhatChanges) {
  ASSERT_EQ(run({"import", "--force"}).code, 0);
  EXPECT_EQ(run({"history", "--limit", "1", "--record", "b1"}).out.find("Emma\" → \"Emma"), std::string::npos);
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":475})";
  ASSERT_EQ(run({"import", "--force"}).code, 0);
  const Json changes = *run_json_output({"history", "--record", "b1"}).find("changes");
  ASSERT_EQ(changes.array()->size(), 2U);
  EXPECT_EQ(changes.array()->front().find("fields")->object()->size(), 1U);
}

}  // namespace
}  // namespace lockstep
