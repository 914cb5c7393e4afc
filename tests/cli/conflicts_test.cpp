// conflicts and resolve, and creates of which nobody knows whether they took place: the shelf has no place for a marker.
#include "cli/support.h"
#include "format/json.h"

namespace lockstep {
namespace {

using test::execute;
using test::Outcome;
using test::ProgramTest;
using test::run;
using test::run_json_output;
using test::shelf;

class ConflictsTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    shelf()->takes_writes = true;
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
    ASSERT_EQ(run({"import"}).code, 0);
  }

  /// Both sides edit the number of pages; an import leaves it to a person.
  void disagree() {
    execute("UPDATE books SET pages = 111");
    shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":222})";
    ASSERT_EQ(run({"import", "--on-conflict", "manual", "--local-edits", "keep"}).code, 2);
  }

  static Json conflicts() { return *run_json_output({"conflicts"}).find("conflicts"); }
};

TEST_F(ConflictsTest, AreListedForProgramsWithEveryMember) {
  EXPECT_EQ(run({"conflicts"}).out, "Nothing awaits a decision.\n");
  disagree();
  const Json all = conflicts();
  ASSERT_EQ(all.array()->size(), 1U);
  const Json& one = all.array()->front();
  EXPECT_EQ(one.text_at("id"), "1");
  EXPECT_EQ(one.text_at("sync"), "books");
  EXPECT_EQ(one.text_at("record"), "1");
  EXPECT_EQ(one.text_at("remote_id"), "b1");
  EXPECT_EQ(one.text_at("label"), "Emma");
  EXPECT_EQ(one.text_at("field"), "pages");
  EXPECT_EQ(*one.find("base"), Json(474));
  EXPECT_EQ(*one.find("here"), Json(111));
  EXPECT_EQ(*one.find("there"), Json(222));
  EXPECT_FALSE(one.text_at("since").empty());
}

TEST_F(ConflictsTest, TakingTheDatabasesSideWritesTheRemoteAtOnce) {
  disagree();
  const Json outcome = run_json_output({"resolve", "1", "--take", "local"});
  EXPECT_EQ(outcome.text_at("command"), "resolve");
  EXPECT_EQ(*outcome.find("syncs")->array()->front().find("updated_remote"), Json(1));
  EXPECT_NE(shelf()->items["b1"].find("111"), std::string::npos) << shelf()->items["b1"];
  EXPECT_TRUE(conflicts().array()->empty());
  EXPECT_NE(run({"status"}).out.find("In Sync ✓"), std::string::npos);
}

TEST_F(ConflictsTest, TakingTheRemoteSideWritesTheRow) {
  disagree();
  EXPECT_EQ(run({"resolve", "1", "--take", "remote"}).code, 0);
  EXPECT_NE(shelf()->items["b1"].find("222"), std::string::npos);
  EXPECT_NE(run({"status"}).out.find("In Sync ✓"), std::string::npos);
  EXPECT_NE(run({"history", "--field", "pages"}).out.find("111 → 222"), std::string::npos);
}

TEST_F(ConflictsTest, AThirdValueGoesToBothSidesAndIsReadByTheColumnsType) {
  disagree();
  const Outcome text = run({"resolve", "1", "--value", "many"});
  EXPECT_EQ(text.code, 1);
  EXPECT_NE(text.out.find("column pages takes JSON"), std::string::npos) << text.out;
  EXPECT_EQ(run({"resolve", "1", "--value", "333"}).code, 0);
  EXPECT_NE(shelf()->items["b1"].find("333"), std::string::npos);
  EXPECT_NE(run({"status"}).out.find("In Sync ✓"), std::string::npos);
}

TEST_F(ConflictsTest, AreClosedAlsoWhenTheServerMakesSomethingElseOfTheValue) {
  disagree();
  shelf()->most_pages = 1000;
  EXPECT_EQ(run({"resolve", "1", "--value", "5000"}).code, 0);
  EXPECT_NE(shelf()->items["b1"].find("1000"), std::string::npos);
  EXPECT_TRUE(conflicts().array()->empty());
  EXPECT_NE(run({"full"}).out.find("1 synced (0 created, 0 updated), 0 errors"), std::string::npos);
}

TEST_F(ConflictsTest, ARefusedWriteLeavesTheConflictOpen) {
  disagree();
  shelf()->takes_writes = false;
  EXPECT_EQ(run({"resolve", "1", "--take", "local"}).code, 2);
  EXPECT_EQ(conflicts().array()->size(), 1U);
}

TEST_F(ConflictsTest, AnItemThatIsGoneIsNotMadeAgain) {
  disagree();
  shelf()->items = {{"b2", R"({"id":"b2","title":"Persuasion","pages":249})"}};
  const Outcome outcome = run({"resolve", "1", "--take", "local"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("the conflict about pages is closed, for Library does not have it any more; nothing was written"),
            std::string::npos)
      << outcome.out;
  EXPECT_FALSE(shelf()->items.contains("b1"));
}

TEST_F(ConflictsTest, AnItemOfWhichTheListTellsNothingLeavesTheConflictOpen) {
  disagree();
  shelf()->items.clear();
  EXPECT_EQ(run({"resolve", "1", "--take", "local"}).code, 2);
  EXPECT_EQ(conflicts().array()->size(), 1U);
}

TEST_F(ConflictsTest, AnItemThatIsNotFoundForAMomentLeavesTheConflictOpen) {
  disagree();
  shelf()->items["b2"] = R"({"id":"b2","title":"Persuasion","pages":249})";
  const auto items = shelf()->items;
  shelf()->before = [&](std::string_view asked) {
    shelf()->items = items;
    if (asked == "get") shelf()->items.erase("b1");
  };
  const Outcome outcome = run({"resolve", "1", "--take", "local"});
  shelf()->before = {};
  shelf()->items = items;
  EXPECT_EQ(outcome.code, 2) << outcome.out;
  EXPECT_EQ(conflicts().array()->size(), 1U);
  EXPECT_EQ(run({"resolve", "1", "--take", "local"}).code, 0);
  EXPECT_NE(shelf()->items["b1"].find("111"), std::string::npos);
}

TEST_F(ConflictsTest, WhatAColumnCannotHoldIsShownAsItStands) {
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":"many"})";
  EXPECT_EQ(run({"import"}).code, 0);
  const std::string differs = run({"status"}).out;
  EXPECT_NE(differs.find("Out of Sync"), std::string::npos) << differs;
  EXPECT_NE(differs.find("Not held by the database"), std::string::npos) << differs;
  execute("UPDATE books SET pages = 111");
  ASSERT_EQ(run({"import", "--on-conflict", "manual", "--local-edits", "keep"}).code, 2);
  EXPECT_NE(run({"conflicts"}).out.find("in Library: \"many\""), std::string::npos) << run({"conflicts"}).out;
  EXPECT_EQ(run({"resolve", "1", "--take", "local"}).code, 0);
  EXPECT_NE(run({"history", "--field", "pages"}).out.find("\"many\" → 111"), std::string::npos);
  EXPECT_NE(run({"status"}).out.find("In Sync ✓"), std::string::npos);
}

TEST_F(ConflictsTest, IdsAreSuggested) {
  disagree();
  const Outcome outcome = run({"resolve", "12", "--take", "local"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("no conflict \"12\""), std::string::npos) << outcome.err;
  EXPECT_NE(run({"resolve", "1", "--take", "locl"}).err.find("did you mean \"local\""), std::string::npos);
  EXPECT_EQ(run({"resolve", "1", "--take", "local", "--value", "3"}).code, 1);
}

class OpenCreateTest : public ConflictsTest {
 protected:
  void SetUp() override {
    ConflictsTest::SetUp();
    execute("INSERT INTO books (title, pages) VALUES ('Dracula', 300)");
    shelf()->loses_answers = true;
    ASSERT_EQ(run({"export"}).code, 2);
    ASSERT_EQ(shelf()->items.size(), 2U);
    shelf()->loses_answers = false;
  }

  static std::string only_id() {
    const Json all = conflicts();
    return all.array()->size() == 1 ? all.array()->front().text_at("id") : "";
  }
};

TEST_F(OpenCreateTest, IsNotRepeatedAndAwaitsADecision) {
  const Outcome again = run({"export"});
  EXPECT_EQ(again.code, 2) << again.out;
  EXPECT_EQ(shelf()->items.size(), 2U);
  EXPECT_EQ(only_id().substr(0, 7), "create-");
  EXPECT_NE(run({"conflicts"}).out.find("whether it exists is not known"), std::string::npos);
  std::string near = only_id();
  near.back() = near.back() == '1' ? '2' : '1';
  EXPECT_NE(run({"resolve", near, "--take", "local"}).err.find("did you mean \"" + only_id()), std::string::npos);
}

TEST_F(OpenCreateTest, IsLinkedWhenItExists) {
  EXPECT_EQ(run({"resolve", only_id(), "--take", "remote"}).code, 1);
  const Outcome outcome = run({"resolve", only_id(), "--take", "remote", "--value", "n2"});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_EQ(only_id(), "");
  EXPECT_EQ(shelf()->items.size(), 2U);
  EXPECT_NE(run({"full"}).out.find("2 synced (0 created, 0 updated), 0 errors"), std::string::npos);
  EXPECT_NE(run({"status"}).out.find("In Sync ✓"), std::string::npos);
}

TEST_F(OpenCreateTest, IsCreatedAgainWhenItDoesNot) {
  shelf()->items.erase("n2");
  execute("INSERT INTO books (title, pages) VALUES ('Another', 1)");
  const Outcome outcome = run({"resolve", only_id(), "--take", "local"});
  EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  EXPECT_EQ(only_id(), "");
  // This row alone; the other one waits for an export.
  EXPECT_EQ(shelf()->items.size(), 2U);
  EXPECT_NE(shelf()->items["n2"].find("Dracula"), std::string::npos);
}

}  // namespace
}  // namespace lockstep
