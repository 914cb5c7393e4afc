// The words of commands, of help and of lists, as people type and read them.
#include "cli/print/value_diff.h"
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

using WordsTest = ProgramTest;

TEST_F(WordsTest, HelpAndVersionAreCommandsTooAndOtherToolsWordsAreUnderstood) {
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
  EXPECT_EQ(run({"help", "import"}).out, run({"import", "--help"}).out);
  EXPECT_EQ(run({"version"}).out, run({"--version"}).out);
  EXPECT_NE(run({"diff"}).err.find("did you mean \"plan\"?"), std::string::npos);
  EXPECT_NE(run({"sync"}).err.find("did you mean \"full\"?"), std::string::npos);
}

TEST_F(WordsTest, ACommandsOwnOptionsComeFirstAndASingleArgumentIsShownAsOne) {
  const std::string help = run({"rollback", "--help"}).out;
  EXPECT_LT(help.find("--allow-mass-change"), help.find("--config")) << help;
  EXPECT_NE(help.find("[OPTIONS] RUN\n"), std::string::npos) << help;
  EXPECT_NE(run({"import", "--help"}).out.find("[SYNC...]"), std::string::npos);
}

TEST_F(WordsTest, HistoryNamesTheSyncAndIsNarrowedByIt) {
  shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
  directory_.write("config/more.yaml", "table: more\nkey: {column: library_id, from: id}\nfields:\n  title: text\n  pages: integer\n");
  directory_.write("config/lockstep.yaml",
                   replace_all(directory_.read("config/lockstep.yaml"), "commands:",
                               "  other: {provider: library, resource: book, store: main, mapping: more.yaml, default: true}\ncommands:"));
  ASSERT_EQ(run({"import"}).code, 0);
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma II","pages":480})";
  ASSERT_EQ(run({"import"}).code, 0);
  const std::string text = run({"history"}).out;
  EXPECT_NE(text.find("SYNC"), std::string::npos) << text;
  EXPECT_NE(text.find("  other  import"), std::string::npos) << text;
  for (const char* name : {"other", "more"}) {
    const Json one = run_json_output({"history", "--sync", name, "--record", "1"});
    ASSERT_EQ(one.find("changes")->array()->size(), 2U) << name;
    EXPECT_EQ(one.find("changes")->array()->front().text_at("table"), "more");
    for (const Json& each : *one.find("runs")->array()) EXPECT_EQ(each.text_at("sync"), "other");
  }
  const std::string pages = run({"history", "--sync", "books", "--field", "pages"}).out;
  EXPECT_NE(pages.find("pages: 474 → 480"), std::string::npos) << pages;
  EXPECT_EQ(pages.find("title"), std::string::npos) << pages;
  EXPECT_EQ(pages.find("case "), std::string::npos) << "a number of a table is no word";
}

TEST_F(WordsTest, PlanAndConflictsCallTheSidesTheSame) {
  shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}};
  ASSERT_EQ(run({"import"}).code, 0);
  execute("UPDATE books SET pages = 111, title = 'Mine'");
  shelf()->items["b1"] = R"({"id":"b1","title":"Theirs","pages":222})";
  const Outcome found = run({"import", "--on-conflict", "manual", "--local-edits", "keep"});
  EXPECT_EQ(found.code, 2);
  EXPECT_TRUE(found.out.ends_with("completed; 2 fields await a decision: lockstep conflicts\n")) << found.out;
  EXPECT_EQ(found.out.find("up to date"), std::string::npos) << found.out;
  const std::string conflicts = run({"conflicts"}).out;
  for (const char* side : {"last agreed on: 474", "in the database: 111", "in Library: 222"}) {
    EXPECT_NE(conflicts.find(side), std::string::npos) << conflicts;
  }
  EXPECT_NE(run({"status"}).out.find("  Conflicts          1\n"), std::string::npos) << "a record, of two fields: " << run({"status"}).out;
  EXPECT_EQ(*run_json_output({"status"}).find("syncs")->array()->front().find("conflicts"), Json(1));
  EXPECT_EQ(
      *run_json_output({"import", "--on-conflict", "manual", "--local-edits", "keep"}, 2).find("syncs")->array()->front().find("conflicts"),
      Json(1));
}

TEST(ChangedLines, WhatGoesAwayIsShownBeforeWhatComesInItsPlace) {
  const std::vector<std::string> expected{"- one", "- two", "+ eins", "+ zwei", "+ drei"};
  EXPECT_EQ(changed_lines("one\ntwo", "eins\nzwei\ndrei"), expected);
}

}  // namespace
}  // namespace lockstep
