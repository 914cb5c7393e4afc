// Session: what one operation has of its own, and what it shares.
#include "operations/session.h"

#include <gmock/gmock.h>

#include "common/error.h"
#include "operations/desk.h"
#include "operations/plan.h"
#include "operations/status.h"

namespace lockstep::operations {
namespace {

using test::OperationTest;
using test::shelf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SessionTest : public OperationTest {
 protected:
  void SetUp() override {
    OperationTest::SetUp();
    shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}, {"b2", R"({"id":"b2","title":"Persuasion","pages":249})"}};
  }

  /// `books` as it is, and `magazines` of the mapping magazines.yaml beside it.
  void write_two(const std::string& magazines) {
    directory_.write("config/lockstep.yaml", R"(stores: {main: {plugin: sqlite, path: books.db}}
providers: {library: {plugin: shelf, label: Library, api_key: "sesame-open-42"}}
syncs:
  books: {provider: library, resource: book, store: main, mapping: books.yaml, default: true}
  magazines: {provider: library, resource: book, store: main, mapping: magazines.yaml}
)");
    directory_.write("config/magazines.yaml", magazines);
  }

  void give_hook(const std::string& script) {
    directory_.write("scripts/books.lua", script);
    std::string text = directory_.read("config/lockstep.yaml");
    text.insert(text.find("mapping: books.yaml"), "hooks: ../scripts/books.lua, ");
    directory_.write("config/lockstep.yaml", text);
  }

  std::vector<std::string> ran(const Workspace& workspace, const std::string& sync) {
    const RunOutcome outcome = operations::run(workspace, {{}, {{sync}}, "import"}, nobody_, system_clock(), {});
    std::vector<std::string> said;
    for (const SyncReport& report : outcome.reports) said.push_back(report.name + " " + std::to_string(report.created_local));
    return said;
  }
};

constexpr const char* kBroken = "table: magazines\nkey: {colum: library_id, from: id}\nfields: {title: text}\n";

TEST_F(SessionTest, SharesProviderAndMappingAndOwnsStoreAndHook) {
  give_hook("return {record = function(record) return record end}\n");
  const Workspace& shared = workspace();
  Session one(shared), other(shared);
  Sync& first = *one.load("books");
  Sync& second = *other.load("books");
  one.open(first);
  other.open(second);
  EXPECT_EQ(first.provider, second.provider);
  EXPECT_EQ(first.mapping, second.mapping);
  EXPECT_NE(first.store, second.store);
  EXPECT_NE(first.hook, second.hook);
  EXPECT_EQ(first.hook->fingerprint(), second.hook->fingerprint());
  EXPECT_EQ(&one.store("main"), first.store) << "one connection a session";
}

TEST_F(SessionTest, AScriptRemembersNothingOfAnotherSession) {
  give_hook("local seen = 0\nreturn {record = function(record) seen = seen + 1 record.pages = seen return record end}\n");
  const Workspace& shared = workspace();
  Session one(shared), other(shared);
  const auto pages = [](Session& session) {
    std::optional<std::string> changed;
    EXPECT_EQ(session.load("books")->hook->record({}, R"({"id":"b1","pages":0})", changed), std::nullopt);
    return changed.value_or("");
  };
  EXPECT_THAT(pages(one), HasSubstr("\"pages\":1"));
  EXPECT_THAT(pages(one), HasSubstr("\"pages\":2"));
  EXPECT_THAT(pages(other), HasSubstr("\"pages\":1"));
}

TEST_F(SessionTest, TheMistakesOfOneSyncDoNotStopTheOthers) {
  write_two(kBroken);
  const Workspace& shared = workspace();
  EXPECT_EQ(shared.load("magazines"), nullptr);
  EXPECT_FALSE(shared.problems().empty());
  EXPECT_THAT(ran(shared, "books"), ElementsAre("books 2"));
  EXPECT_EQ(status(shared, {}, nobody_, system_clock(), {}).verdict, Verdict::Done);
  EXPECT_THROW(ran(shared, "magazines"), Error);
}

TEST_F(SessionTest, AllMistakesOfThoseThatAreNamedAreToldAtOnce) {
  write_two(kBroken);
  directory_.write("config/books.yaml", "table: books\nkey: {column: library_id, from: id}\nfields: {title: txt}\n");
  try {
    workspace().load_all(std::vector<std::string>{"books", "magazines"});
    FAIL() << "no mistake was told";
  } catch (const Error& mistakes) {
    EXPECT_THAT(mistakes.what(), HasSubstr("config/books.yaml:3"));
    EXPECT_THAT(mistakes.what(), HasSubstr("config/magazines.yaml:2"));
  }
}

TEST_F(SessionTest, ASyncThatMayPairTheSameRowsMustBeReadable) {
  write_two("table: books\nkey: {colum: library_id, from: id}\nfields: {title: text}\n");
  EXPECT_THROW(ran(workspace(), "books"), Error);
}

/// It is read from the beginning of the mapping where that tells, and from the whole of it where it does not.
TEST_F(SessionTest, ATableIsFoundWhereverItsMappingNamesIt) {
  const std::string rest = "\nkey: {column: library_id, from: id}\nfields: {title: text}\n";
  const std::pair<std::string, std::string> mappings[] = {
      {"table: magazines" + rest, "magazines"},
      {"# table: none\ntable:   \"two words\"  # a remark" + rest, "two words"},
      {"table:\n  magazines" + rest, "magazines"},
      {"table: two\n\n  words" + rest, "two\nwords"},
      {"label: >\n  one\n  table: none\ntable: magazines" + rest, "magazines"},
      {"label: \"open\ntable: none\"\ntable: magazines" + rest, "magazines"},
      {"\"table\": magazines" + rest, "magazines"},
      {"{table: magazines, key: {column: library_id, from: id}}", "magazines"},
      {"table: \"${TABLE:-magazines}\"" + rest, "magazines"},
      {"label: a", ""},
  };
  for (const auto& [mapping, table] : mappings) {
    write_two(mapping);
    EXPECT_EQ(workspace().table_of("magazines"), table) << mapping;
  }
}

TEST_F(SessionTest, OnesWishToStopIsNoOthers) {
  const Workspace& shared = workspace();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(status(shared, {}, nobody_, system_clock(), stop.get_token()).verdict, Verdict::Interrupted);
  EXPECT_EQ(status(shared, {}, nobody_, system_clock(), {}).verdict, Verdict::Done);
}

TEST_F(SessionTest, APlanOutlivesItsWorkspace) {
  PlanRequest request;
  const PlanOutcome outcome = plan(workspace(), request, nobody_, system_clock(), {});
  workspace_.reset();
  const Json json = to_json(outcome);
  EXPECT_EQ((*json.find("syncs")->array())[0].find("target")->text_at("provider"), "Library");
}

/// Keeps what it is given, and the passes of a run.
class Keeper : public Observer {
 public:
  void pass(RunPass pass) override { passes.emplace_back(run_pass_words().word(pass)); }
  void changed(const RecordChange& change) override { changes.push_back(change); }
  void finished(const SyncReport& report) override { reports.push_back(report); }
  std::vector<std::string> passes;
  std::vector<RecordChange> changes;
  std::vector<SyncReport> reports;
};

TEST_F(SessionTest, WhatAnObserverIsGivenMayBeKept) {
  Keeper keeper;
  operations::run(workspace(), {{}, {{"books"}}, "import"}, keeper, system_clock(), {});
  workspace_.reset();
  ASSERT_EQ(keeper.changes.size(), 2U);
  EXPECT_THAT(keeper.changes[0].columns, ElementsAre("library_id", "title", "pages"));
  EXPECT_EQ(keeper.reports.at(0).name, "books");
}

TEST_F(SessionTest, ARunTellsItsPasses) {
  Keeper keeper;
  operations::run(workspace(), {{}, {{"books"}}, "import"}, keeper, system_clock(), {});
  EXPECT_THAT(keeper.passes, ElementsAre("ask", "open", "scan", "read", "missing", "apply", "close"));
  Keeper undone;
  RunOptions options;
  options.task = UndoneRun{keeper.reports.at(0).run};
  operations::run(workspace(), {options, {{"books"}}, "rollback"}, undone, system_clock(), {});
  EXPECT_THAT(undone.passes, ElementsAre("roll_back", "close"));
}

}  // namespace
}  // namespace lockstep::operations
