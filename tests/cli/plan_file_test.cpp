// Plans on a terminal, in a file, and back.
#include "operations/plan_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "cli/print/value_diff.h"
#include "cli/support.h"
#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

using test::Outcome;
using test::ProgramTest;
using test::run;
using test::run_json_output;
using test::shelf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> shown(const std::string& before, const std::string& after) {
  return show_change({"model", json::parse(before), json::parse(after)}, false, "", Palette());
}

TEST(ValueDiff, ShowsTheLinesThatChangedAndTwoAroundThem) {
  EXPECT_THAT(changed_lines("1\n2\n3\n4\n5\n6\n7", "1\n2\n3\n4\nfive\n6\n7"),
              ElementsAre("…", "  3", "  4", "- 5", "+ five", "  6", "  7"));
  EXPECT_THAT(changed_lines("a\nb", "a\nx\nb"), ElementsAre("  a", "+ x", "  b"));
  EXPECT_THAT(changed_lines("a\n", "a"), ElementsAre("  a", "- "));
}

TEST(ValueDiff, TextsOfVeryManyLinesAreShownOneAfterTheOther) {
  std::string before, after;
  for (int i = 0; i < 3000; ++i) before += "line\n", after += i == 2999 ? "end\n" : "line\n";
  const std::vector<std::string> lines = changed_lines(before, after);
  EXPECT_THAT(lines, ElementsAre("…", "  line", "  line", "- line", "- ", "+ end", "+ "));
}

TEST(ValueDiff, ShowsTheLeavesOfAJsonValue) {
  EXPECT_THAT(shown(R"({"a":{"b":1,"c":[1,2]},"same":{"x":1}})", R"({"same":{"x":1.0},"a":{"b":2,"c":[1,2,3]}})"),
              ElementsAre("model:", "  a.b: 1 → 2", "  a.c[2]: (nothing) → 3"));
  EXPECT_THAT(shown(R"([{"role":"system","content":"a"},{"role":"user"}])", R"([{"role":"user"}])"),
              ElementsAre("model:", R"(  [0]: {"role":"system","content":"a"} → (nothing))"));
  EXPECT_THAT(shown(R"({"m":[{"role":"system","content":"a"}]})", R"({"m":[{"role":"system","content":null}]})"),
              ElementsAre("model:", R"(  m[0].content: "a" → null)"));
  EXPECT_THAT(shown(R"({"odd key":1})", R"({"odd key":"\u001b[31m"})").back(), HasSubstr(R"(["odd key"]: 1 → )"));
}

TEST(ValueDiff, ForeignTextCannotSteerTheTerminal) {
  const std::string evil = "long enough to be shown as lines, with \x1b]0;title\x07 in it and more of it";
  for (const std::string& line : show_change({"note", Json("x"), Json(evil)}, false, "  ", Palette())) {
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
  }
}

class PlanFileTest : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}, {"b2", R"({"id":"b2","title":"Ulysses","pages":730})"}};
    ASSERT_EQ(run({"import"}).code, 0);
    shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":500})";
    ASSERT_EQ(run({"plan", "--out", "plan.json"}).code, 0);
  }

  void expect_refused(const std::string& text, const std::string& message) {
    directory_.write("edited.json", text);
    const Outcome outcome = run({"apply", "edited.json"});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr(message));
    EXPECT_EQ(run({"plan", "--check"}).code, 3) << "something was written";
  }
  std::string edited(const std::string& from, const std::string& to) {
    const std::string text = directory_.read("plan.json");
    EXPECT_NE(text.find(from), std::string::npos) << text;
    return replace_all(text, from, to);
  }
};

TEST_F(PlanFileTest, IsCarriedOutOnce) {
  const Outcome applied = run({"apply", "plan.json"});
  EXPECT_EQ(applied.code, 0) << applied.err;
  EXPECT_THAT(applied.out, HasSubstr("Updated book: Emma (ID: b1)"));
  const Outcome again = run({"apply", "plan.json"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("carried it out already"));
  EXPECT_THAT(again.err, HasSubstr("book Emma (ID: b1) has changed in the database"));
}

/// Edits arrive after the plan was held against both sides and before they are written.
TEST_F(PlanFileTest, WhatIsEditedWhileItIsCarriedOutIsLeftAlone) {
  int lists = 0;
  shelf()->before = [&](std::string_view asked) {
    if (asked != "list" || ++lists != 2) return;
    shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":501})";
    shelf()->items["b3"] = R"({"id":"b3","title":"Dracula","pages":3})";
  };
  const Outcome outcome = run({"apply", "plan.json"});
  EXPECT_EQ(lists, 2);
  EXPECT_EQ(outcome.code, 2) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("book: Emma (ID: b1): was edited while the plan was being carried out"));
  EXPECT_THAT(outcome.out, HasSubstr("book: Dracula (ID: b3): was edited while the plan was being carried out"));
  EXPECT_THAT(outcome.out, HasSubstr("1 synced (0 created, 0 updated), 2 errors"));
  const Outcome plan = run({"plan"});
  EXPECT_THAT(plan.out, HasSubstr("pages: 474 → 501"));
  EXPECT_THAT(plan.out, HasSubstr("+ create book Dracula"));
}

TEST_F(PlanFileTest, WhatIsEditedRightBeforeARemoteWriteIsLeftAlone) {
  shelf()->takes_writes = true;
  ASSERT_EQ(run({"import"}).code, 0);
  test::execute("UPDATE books SET title = 'Emma Woodhouse' WHERE library_id = 'b1'");
  ASSERT_EQ(run({"plan", "--mode", "export", "--out", "plan.json"}).code, 0);
  shelf()->before = [](std::string_view asked) {
    if (asked == "get") shelf()->items["b1"] = R"({"id":"b1","title":"Somebody else","pages":500})";
  };
  const Outcome outcome = run({"apply", "plan.json"});
  EXPECT_EQ(outcome.code, 2) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("was edited while the plan was being carried out"));
  EXPECT_THAT(shelf()->items["b1"], HasSubstr("Somebody else"));
}

TEST_F(PlanFileTest, FollowsNoLinkThatWasLaidWhereItIsWritten) {
  directory_.write("victim.txt", "mine");
  for (const char* name : {"linked.json", "linked.json.part"}) std::filesystem::create_symlink("victim.txt", name);
  ASSERT_EQ(run({"plan", "--out", "linked.json"}).code, 0);
  EXPECT_EQ(directory_.read("victim.txt"), "mine");
  EXPECT_FALSE(std::filesystem::is_symlink("linked.json"));
  EXPECT_EQ(run({"apply", "linked.json"}).code, 0);
  ASSERT_EQ(mkfifo("pipe.json", 0600), 0);
  const Outcome device = run({"plan", "--out", "pipe.json"});
  EXPECT_EQ(device.code, 1);
  EXPECT_THAT(device.err, HasSubstr("it is no regular file"));
}

TEST_F(PlanFileTest, IsItsOwnersAlone) {
  namespace fs = std::filesystem;
  const auto mode_of = [](const char* file) { return fs::status(file).permissions(); };
  const mode_t before = umask(0);
  directory_.write("open.json", "");
  directory_.write("open.json.part", "");
  fs::permissions("open.json", fs::perms(0666));
  fs::permissions("open.json.part", fs::perms(0666));
  for (const char* file : {"open.json", "new.json"}) {
    ASSERT_EQ(run({"plan", "--out", file}).code, 0);
    EXPECT_EQ(mode_of(file), fs::perms(0600)) << file;
  }
  umask(before);
  fs::permissions("new.json", fs::perms(0640));
  ASSERT_EQ(run({"plan", "--out", "new.json"}).code, 0);
  EXPECT_EQ(mode_of("new.json"), fs::perms(0640)) << "who lets a group read it means it";
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(".")) files += entry.path().string().find(".json") != std::string::npos ? 1 : 0;
  EXPECT_EQ(files, 4U) << "plan.json, open.json, open.json.part and new.json; no draft is left";
}

TEST_F(PlanFileTest, NamesWhatIsBroken) {
  expect_refused("", "edited.json");
  expect_refused("{\n  \"format\": \"lockstep plan\",\n  oops", "edited.json:3:3: not a plan");
  expect_refused(R"({"format": "another tool", "version": 1})", "edited.json: not a plan of Lockstep");
  expect_refused(R"([1])", "not a plan of Lockstep");
  expect_refused(edited("\"version\": 1", "\"version\": 2"), "another Lockstep saved this plan");
  expect_refused(edited("\"version\": 1,", ""), "no \"version\"");
}

TEST_F(PlanFileTest, NamesWhatWasEdited) {
  expect_refused(edited("\"new\": 500", "\"new\": 501"), "syncs[0].changes[0] (Emma): was changed after the plan was saved");
  expect_refused(edited("\"local_edits\": \"replace\"", "\"local_edits\": \"keep\""), "syncs[0] (books): was changed");
  expect_refused(edited("\"allow_mass_change\": false", "\"allow_mass_change\": true"), "something outside its syncs was changed");
}

/// A plan that shows a harmless change, with all its checksums made anew: they need no key.
std::string forged(const std::string& text) {
  Json plan = json::parse(replace_all(text, "\"new\": 500", "\"new\": 475"));
  const auto checksum = [](const Json& of) { return Json(hash128(json::canonical(of)).hex()); };
  Json& entry = plan["syncs"].array()->front();
  Json::Array changes;
  for (const Json& change : *entry["changes"].array()) changes.push_back(checksum(change));
  entry["fingerprints"]["changes"] = Json(std::move(changes));
  entry["fingerprints"].erase("sync");
  const Json sync = checksum(entry);
  entry["fingerprints"]["sync"] = sync;
  const Json seal = plan["seal"];
  plan.erase("seal");
  plan.erase("checksum");
  const Json whole = checksum(plan);
  plan["checksum"] = whole;
  plan["seal"] = seal;
  return json::to_pretty(plan);
}

TEST_F(PlanFileTest, AForgedPlanIsRefused) {
  expect_refused(forged(directory_.read("plan.json")), "edited.json: its seal is not of this database");
  EXPECT_EQ(run({"apply", "plan.json"}).code, 0);
}

TEST_F(PlanFileTest, ThePlanOfAnotherDatabaseIsRefused) {
  std::filesystem::rename("books.db", "kept.db");
  ASSERT_EQ(run({"plan", "--out", "other.json"}).code, 0) << "it gets its key with its first plan";
  ASSERT_EQ(run({"apply", "other.json"}).code, 0);
  const Outcome outcome = run({"apply", "plan.json"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("plan.json: its seal is not of this database"));
  std::filesystem::remove("books.db");
  EXPECT_EQ(run({"apply", "plan.json"}).code, 1) << "no key at all";
}

TEST_F(PlanFileTest, IsRefusedUnderOtherRulesAndForAnotherDatabase) {
  const std::string mapping = directory_.read("config/books.yaml");
  directory_.write("config/books.yaml", replace_all(mapping, "pages: integer", "pages: {type: integer, from: pageCount}"));
  const Outcome rules = run({"apply", "plan.json"});
  EXPECT_EQ(rules.code, 1);
  EXPECT_THAT(rules.err, HasSubstr("mapping or hooks of sync books have changed"));
  directory_.write("config/books.yaml", mapping);
  const Outcome store = run({"apply", "plan.json"}, {{"BOOKS_DB", "other.db"}});
  EXPECT_EQ(store.code, 1);
  EXPECT_THAT(store.err, HasSubstr("made for another store"));
}

TEST_F(PlanFileTest, IsRefusedWhenARecordThatItDidNotTouchHasMoved) {
  shelf()->items["b2"] = R"({"id":"b2","title":"Ulysses","pages":1})";
  const Json outcome = run_json_output({"apply", "plan.json"}, 1);
  EXPECT_EQ(outcome.find("error")->text_at("code"), "stale");
  const Json& moved = outcome.find("moved")->array()->front();
  EXPECT_EQ(moved.text_at("id"), "b2");
  EXPECT_EQ(moved.text_at("side"), "remote");
  // And where another run has brought it in since, so that nothing is left to see of it.
  ASSERT_EQ(run({"import", "--id", "b2"}).code, 0);
  EXPECT_THAT(run({"apply", "plan.json"}).err, HasSubstr("books that were up to date have been synced anew"));
}

TEST_F(PlanFileTest, AMissingFileSaysHowToMakeOne) {
  const Outcome outcome = run({"apply", "nowhere.json"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("nowhere.json cannot be read: No such file"));
}

}  // namespace
}  // namespace lockstep
