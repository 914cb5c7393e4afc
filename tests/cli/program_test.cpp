// Whole commands in this process: a provider that the tests fill, and a real SQLite file.
#include "cli/program.h"

#include <gmock/gmock.h>

#include "cli/support.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

using test::Outcome;
using test::ProgramTest;
using test::run;
using test::run_json_output;
using test::shelf;

std::int64_t number(const Json& json, std::string_view name) {
  const Json* found = json.find(name);
  return found != nullptr && found->integer() != nullptr ? *found->integer() : -1;
}

const Json& only_sync(const Json& json) { return json.find("syncs")->array()->front(); }

void fill() {
  shelf()->items = {{"b1", R"({"id":"b1","title":"Emma","pages":474})"}, {"b2", R"({"id":"b2","title":"Ulysses","pages":730})"}};
}

TEST_F(ProgramTest, VersionAndHelpNeedNoConfiguration) {
  std::filesystem::remove_all("config");
  const Outcome version = run({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(version.out.starts_with("lockstep ")) << version.out;
  EXPECT_EQ(run({"import", "--version"}).code, 0);
  EXPECT_EQ(run({"--help"}).code, 0);
  EXPECT_EQ(run({"import", "--help"}).code, 0);
  EXPECT_EQ(shelf()->created, 0U);
}

TEST_F(ProgramTest, BadUsageIsOneLineOnStandardErrorAndExitOne) {
  const Outcome outcome = run({"improt"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "Error: unknown command \"improt\"; did you mean \"import\"?; run: lockstep --help\n");
  EXPECT_EQ(run({}).code, 1);
}

TEST_F(ProgramTest, InJsonAnErrorIsTheOneObjectOnStandardOutput) {
  const Json outcome = run_json_output({"import", "--nonsense"}, 1);
  EXPECT_EQ(outcome.find("error")->text_at("code"), "invalid");
  EXPECT_EQ(number(outcome, "exit"), 1);
}

TEST_F(ProgramTest, AMissingConfigurationNamesInit) {
  std::filesystem::remove_all("config");
  EXPECT_NE(run({"import"}).err.find("lockstep init"), std::string::npos);
  const Outcome declared = run({"books:sync"});
  EXPECT_EQ(declared.code, 1);
  EXPECT_NE(declared.err.find("unknown command \"books:sync\""), std::string::npos) << declared.err;
  EXPECT_NE(declared.err.find("lockstep init"), std::string::npos);
}

TEST_F(ProgramTest, ImportPrintsItsLinesAndTheSecondTimeNothingChanges) {
  fill();
  const Outcome first = run({"import"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out,
            "Starting book synchronization...\nSyncing all books...\nFound 2 books in Library\nFound 0 books in local database\n"
            "Created book: Emma (ID: b1)\nCreated book: Ulysses (ID: b2)\n"
            "Sync completed: 2 synced (2 created, 0 updated), 0 errors\nBook synchronization completed successfully!\n");
  const Outcome second = run({"books:sync"});
  EXPECT_EQ(second.code, 0);
  EXPECT_NE(second.out.find("Book Emma (ID: b1) is up to date\n"), std::string::npos) << second.out;
  EXPECT_NE(second.out.find("2 synced (0 created, 0 updated), 0 errors"), std::string::npos);
}

TEST_F(ProgramTest, AConfiguredCommandHasItsAliasesAndAcceptsSyncMissing) {
  fill();
  const Outcome outcome = run({"books:sync", "--book-id=b2", "--sync-missing"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(outcome.out.starts_with("Note: --sync-missing changes nothing")) << outcome.out;
  EXPECT_NE(outcome.out.find("Syncing book b2...\n"), std::string::npos);
  EXPECT_NE(outcome.out.find("Created book: Ulysses"), std::string::npos);
  EXPECT_EQ(outcome.out.find("Emma"), std::string::npos);
}

TEST_F(ProgramTest, EveryObjectForProgramsSaysTheExitCode) {
  fill();
  run({"import"});
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"conflicts"}, {"rejected"}, {"history"}, {"plugins"}, {"status"}, {"plan"}, {"check"}, {"migrate", "--dry-run"}}) {
    EXPECT_NE(run_json_output(words).find("exit"), nullptr) << words[0];
  }
}

TEST_F(ProgramTest, ADryRunWritesNothingAndQuietSaysItByItsExitCode) {
  fill();
  const Outcome dry = run({"import", "--dry-run"});
  EXPECT_EQ(dry.code, 0);
  EXPECT_NE(dry.out.find("Would create book: Emma (ID: b1)\n"), std::string::npos) << dry.out;
  EXPECT_NE(dry.out.find("Dry run: nothing was written\n"), std::string::npos);
  const Outcome quiet = run({"import", "--dry-run", "--quiet"});
  EXPECT_EQ(quiet.code, 3);
  EXPECT_EQ(quiet.out + quiet.err, "");
  EXPECT_EQ(run({"import", "--dry-run", "--check"}).code, 3);
  EXPECT_EQ(run({"import", "-q"}).code, 0);
  EXPECT_EQ(run({"import", "--dry-run", "-q"}).code, 0);
}

TEST_F(ProgramTest, AMissingKeyIsOneSentenceAndExitOne) {
  directory_.write("config/lockstep.yaml", replace_all(directory_.read("config/lockstep.yaml"), "sesame-open-42", "${SHELF_KEY}"));
  const Outcome outcome = run({"books:sync"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "Error: Library API key not configured: set SHELF_KEY\n");
  EXPECT_FALSE(directory_.has("books.db"));
  fill();
  EXPECT_EQ(run({"books:sync"}, {{"SHELF_KEY", "abc-def-ghi"}}).code, 0);
}

TEST_F(ProgramTest, TheDotenvFileGivesTheKey) {
  directory_.write("config/lockstep.yaml", replace_all(directory_.read("config/lockstep.yaml"), "sesame-open-42", "${SHELF_KEY}"));
  directory_.write(".env", "SHELF_KEY=abc-def-ghi\n");
  fill();
  EXPECT_EQ(run({"import"}).code, 0);
}

/// `.env` of the working directory, and a configuration that is named and lies elsewhere.
TEST_F(ProgramTest, AStrayDotenvGivesSecretsAndSaysNotWhereDataGoes) {
  fill();
  directory_.write("config/lockstep.yaml", replace_all(directory_.read("config/lockstep.yaml"), "api_key: \"sesame-open-42\"",
                                                       "api_key: \"${SHELF_KEY}\", timeout: \"${SHELF_TIMEOUT:-7s}\""));
  const std::string named = (std::filesystem::current_path() / "config/lockstep.yaml").string();
  directory_.write("elsewhere/.env", "SHELF_KEY=abc-def-ghi\nSHELF_TIMEOUT=9s\n");
  std::filesystem::current_path("elsewhere");
  const Outcome stray = run({"books:sync", "--config", named});
  EXPECT_EQ(stray.code, 1);
  EXPECT_THAT(stray.err, testing::HasSubstr("timeout: " + (std::filesystem::current_path() / ".env").string() + " sets SHELF_TIMEOUT"));
  EXPECT_THAT(stray.err, testing::HasSubstr("beside the configuration"));
  EXPECT_EQ(run({"books:sync", "--config", named}, {{"SHELF_TIMEOUT", "8s"}}).code, 0) << "the key may come from there";
  EXPECT_EQ(run({"books:sync"}, {{"LOCKSTEP_CONFIG", named}}).code, 1) << "named by the environment";
  directory_.write("config/.env", "SHELF_KEY=abc-def-ghi\nSHELF_TIMEOUT=10s\n");
  EXPECT_EQ(run({"books:sync", "--config", named}).code, 0);
  EXPECT_EQ(shelf()->timeout, "10s") << "the one beside the configuration comes first";
  std::filesystem::current_path("..");
  directory_.write(".env", "SHELF_KEY=abc-def-ghi\nSHELF_TIMEOUT=11s\n");
  std::filesystem::remove("config/.env");
  EXPECT_EQ(run({"books:sync", "--config", named}).code, 0) << "the folder that holds config/";
  EXPECT_EQ(shelf()->timeout, "11s");
}

TEST_F(ProgramTest, AnUnreachableRemoteIsExitOneWithAReason) {
  shelf()->unreachable = true;
  const Outcome outcome = run({"import"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_TRUE(outcome.out.ends_with("Book synchronization failed: connection refused; check the address\n")) << outcome.out;
  const Json json = run_json_output({"import"}, 1);
  EXPECT_EQ(json.find("error")->text_at("code"), "unreachable");
}

TEST_F(ProgramTest, OneBadRecordIsExitTwoAndCanBeRetried) {
  fill();
  shelf()->items["b3"] = R"({"id":"b3","pages":1})";
  const Outcome outcome = run({"import"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.out.find("Failed to sync book: "), std::string::npos) << outcome.out;
  EXPECT_TRUE(outcome.out.ends_with("2 synced (2 created, 0 updated), 1 errors\nBook synchronization completed with errors!\n"))
      << outcome.out;
  const Json rejected = run_json_output({"rejected"});
  ASSERT_EQ(rejected.find("rejected")->array()->size(), 1U);
  const Json& entry = rejected.find("rejected")->array()->front();
  EXPECT_EQ(entry.text_at("remote_id"), "b3");
  EXPECT_EQ(entry.text_at("sync"), "books");
  EXPECT_NE(run({"rejected"}).out.find("b3"), std::string::npos);

  EXPECT_EQ(run({"retry", "nothing-like-it"}).code, 1);
  shelf()->items["b3"] = R"({"id":"b3","title":"Dracula"})";
  const Outcome retried = run({"retry", entry.text_at("id")});
  EXPECT_EQ(retried.code, 0) << retried.out;
  EXPECT_NE(retried.out.find("Created book: Dracula (ID: b3)"), std::string::npos) << retried.out;
  EXPECT_EQ(run({"rejected"}).out, "Nothing is rejected.\n");
  EXPECT_NE(run({"retry"}).out.find("Nothing to retry."), std::string::npos);
}

TEST_F(ProgramTest, PlanShowsFieldsAndSavesThemForTheOwnerOnly) {
  fill();
  ASSERT_EQ(run({"import"}).code, 0);
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":500})";
  const Outcome plan = run({"plan", "--out", "plan.json"});
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_NE(plan.out.find("~ update book Emma (ID: b1)\n    pages: 474 → 500\n"), std::string::npos) << plan.out;
  EXPECT_NE(plan.out.find("Plan: 0 to create, 1 to update, 0 to link, 1 unchanged, 0 errors; nothing was written\n"), std::string::npos)
      << plan.out;
  const Json saved = json::parse(directory_.read("plan.json"));
  EXPECT_EQ(saved.text_at("mode"), "import");
  EXPECT_NE(only_sync(saved).find("fingerprints"), nullptr);
  EXPECT_EQ(std::filesystem::status("plan.json").permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(run({"plan", "--check"}).code, 3);
  EXPECT_EQ(run({"plan", "--mode", "full"}).code, 0);
  EXPECT_EQ(run({"plan", "--mode", "export"}).code, 0);
}

TEST_F(ProgramTest, ThePlansFingerprintMovesWithEitherSide) {
  fill();
  const auto fingerprint = [] { return json::to_text(*only_sync(run_json_output({"plan"})).find("fingerprints")); };
  const std::string before = fingerprint();
  EXPECT_EQ(fingerprint(), before);
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":500})";
  EXPECT_NE(fingerprint(), before);
}

TEST_F(ProgramTest, StatusComparesBothSides) {
  fill();
  const Json before = only_sync(run_json_output({"status"}));
  EXPECT_EQ(number(before, "remote"), 2);
  EXPECT_EQ(number(before, "local"), 0);
  EXPECT_EQ(number(before, "only_remote"), 2);
  EXPECT_EQ(number(before, "pending_import"), 2);
  EXPECT_EQ(*before.find("in_sync")->boolean(), false);
  EXPECT_TRUE(before.find("last_run")->is_null());
  EXPECT_EQ(run({"status", "--check"}).code, 3);
  EXPECT_NE(run({"status"}).out.find("books: Out of Sync ⚠\n"), std::string::npos);

  ASSERT_EQ(run({"import"}).code, 0);
  const Json after = only_sync(run_json_output({"status"}));
  EXPECT_EQ(*after.find("in_sync")->boolean(), true);
  EXPECT_NE(after.find("last_run")->text(), nullptr);
  EXPECT_EQ(run({"status", "--check"}).code, 0);
  EXPECT_NE(run({"status"}).out.find("books: In Sync ✓\n"), std::string::npos);

  shelf()->unreachable = true;
  const Json unknown = only_sync(run_json_output({"status"}, 1));
  EXPECT_TRUE(unknown.find("remote")->is_null());
  EXPECT_TRUE(unknown.find("in_sync")->is_null());
  EXPECT_EQ(number(unknown, "local"), 2);
  EXPECT_NE(unknown.find("checked_at")->text(), nullptr);
  EXPECT_NE(run({"status"}).out.find("In Library              unknown\n"), std::string::npos) << run({"status"}).out;
}

TEST_F(ProgramTest, HistoryShowsRunsAndTheirChanges) {
  EXPECT_EQ(run({"history"}).out, "No runs.\n");
  fill();
  ASSERT_EQ(run({"import"}).code, 0);
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":500})";
  ASSERT_EQ(run({"books:sync"}).code, 0);
  const Json history = run_json_output({"history"});
  ASSERT_EQ(history.find("runs")->array()->size(), 2U);
  const Json& last = history.find("runs")->array()->front();
  EXPECT_EQ(last.text_at("command"), "books:sync");
  EXPECT_EQ(last.text_at("mode"), "import");
  EXPECT_EQ(number(last, "updated_local"), 1);
  EXPECT_EQ(history.find("changes"), nullptr);

  const Json one = run_json_output({"history", "--run", last.text_at("run")});
  ASSERT_EQ(one.find("changes")->array()->size(), 1U);
  const Json& change = one.find("changes")->array()->front();
  EXPECT_EQ(change.text_at("remote_id"), "b1");
  EXPECT_EQ(change.text_at("table"), "books");
  EXPECT_EQ(change.text_at("side"), "local");
  EXPECT_EQ(json::to_text(*change.find("fields")->find("pages")), R"({"before":474,"after":500})");
  EXPECT_NE(run({"history", "--record", "b1"}).out.find("    pages: 474 → 500\n"), std::string::npos);
  EXPECT_EQ(run_json_output({"history", "--field", "pages"}).find("runs")->array()->size(), 1U);
  EXPECT_EQ(run_json_output({"history", "--since", "1h"}).find("runs")->array()->size(), 2U);
  EXPECT_EQ(run({"history", "--since", "yesterdayish"}).code, 1);
  EXPECT_EQ(run({"history", "--run", "01ZZZZZZ"}).code, 1);
}

TEST_F(ProgramTest, RollbackUndoesARunByTheBeginningOfItsId) {
  fill();
  ASSERT_EQ(run({"import"}).code, 0);
  shelf()->items["b1"] = R"({"id":"b1","title":"Emma","pages":500})";
  shelf()->items["b3"] = R"({"id":"b3","title":"Dracula"})";
  ASSERT_EQ(run({"import"}).code, 0);
  const std::string id = run_json_output({"history"}).find("runs")->array()->front().text_at("run");
  EXPECT_EQ(run({"rollback", id, "--dry-run", "--quiet"}).code, 0);
  EXPECT_EQ(run({"rollback", id, "--dry-run", "--quiet"}).out, "");

  // Nothing is asked of a remote that cannot answer: rows alone are restored.
  shelf()->unreachable = true;
  const Json done = run_json_output({"rollback", id.substr(0, id.size() - 1)});
  EXPECT_EQ(done.text_at("undoes"), id);
  ASSERT_EQ(done.find("restored")->array()->size(), 1U);
  EXPECT_EQ(json::to_text(*done.find("restored")->array()->front().find("fields")), R"({"pages":{"before":500,"after":474}})");
  ASSERT_EQ(done.find("created_left")->array()->size(), 1U);
  EXPECT_EQ(done.find("created_left")->array()->front().text_at("remote_id"), "b3");
  EXPECT_TRUE(done.find("skipped")->array()->empty());

  const Json history = run_json_output({"history", "--run", done.text_at("run")});
  EXPECT_EQ(history.find("runs")->array()->front().text_at("mode"), "rollback");
  EXPECT_EQ(history.find("runs")->array()->front().text_at("undoes"), id);
  EXPECT_EQ(history.find("changes")->array()->front().text_at("why"), "restored by a rollback");
  shelf()->unreachable = false;
  const Json again = run_json_output({"rollback", done.text_at("run")});
  EXPECT_EQ(again.find("restored")->array()->size(), 1U);
  EXPECT_EQ(*only_sync(run_json_output({"status"})).find("in_sync")->boolean(), true);
}

TEST_F(ProgramTest, RollbackOfARunThatDoesNotExistSuggestsOne) {
  EXPECT_EQ(run({"rollback"}).code, 1);
  fill();
  ASSERT_EQ(run({"import"}).code, 0);
  const std::string id = run_json_output({"history"}).find("runs")->array()->front().text_at("run");
  const std::string near = id.substr(0, id.size() - 1) + (id.back() == 'Z' ? "Y" : "Z");
  const Outcome outcome = run({"rollback", near});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.err.find("did you mean \"" + id + "\"?"), std::string::npos) << outcome.err;
}

TEST_F(ProgramTest, MistakesOfEveryFileAreToldAtOnce) {
  directory_.write("config/books.yaml", "table: books\nkey: {column: library_id, from: id}\nfields:\n  title: txt\n");
  directory_.write("config/lockstep.yaml",
                   replace_all(directory_.read("config/lockstep.yaml"), "local_edits: replace", "local_edits: replce"));
  directory_.write("config/lockstep.yaml",
                   replace_all(directory_.read("config/lockstep.yaml"), "label: Library", "label: Library, api_kye: x, rate: fast"));
  const Outcome outcome = run({"check", "--offline"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.out.find("config/lockstep.yaml:5:24: \"replce\" is none of keep, replace; did you mean \"replace\"?\n"),
            std::string::npos)
      << outcome.out;
  EXPECT_NE(outcome.out.find("unknown option \"api_kye\" of plugin shelf; did you mean \"api_key\"?\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("rate: expected a number, not \"fast\"\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("config/books.yaml:4:"), std::string::npos) << outcome.out;
  EXPECT_EQ(run({"import"}).code, 1);
  EXPECT_FALSE(directory_.has("books.db"));
}

TEST_F(ProgramTest, UnknownNamesAreToldWithASuggestion) {
  const auto change = [&](const std::string& from, const std::string& to) {
    test::write_books(directory_);
    directory_.write("config/lockstep.yaml", replace_all(directory_.read("config/lockstep.yaml"), from, to));
    const Outcome outcome = run({"check", "--offline"});
    EXPECT_EQ(outcome.code, 1);
    return outcome.out;
  };
  EXPECT_NE(change("resource: book", "resource: boook").find(R"(provider library has no resource "boook"; did you mean "book"?)"),
            std::string::npos);
  EXPECT_NE(change("plugin: sqlite", "plugin: sqlit").find("sqlit"), std::string::npos);
  EXPECT_NE(change("mapping: books.yaml", "mapping: book.yaml").find("there is no file config/book.yaml"), std::string::npos);
  EXPECT_NE(change("default: true", "default: true, hooks: x.lua").find("there is no file config/x.lua"), std::string::npos);
  test::write_books(directory_);
  const Outcome sync = run({"import", "boks"});
  EXPECT_EQ(sync.code, 1);
  EXPECT_NE(sync.err.find("no sync \"boks\" in config/lockstep.yaml; did you mean \"books\"?"), std::string::npos) << sync.err;
}

TEST_F(ProgramTest, CheckConnectsAndSaysWhatItFound) {
  fill();
  const Outcome online = run({"check"});
  EXPECT_EQ(online.code, 0) << online.out;
  EXPECT_NE(online.out.find("✓ provider library: reachable, the key is accepted\n"), std::string::npos) << online.out;
  EXPECT_NE(online.out.find("✓ store main: "), std::string::npos);
  shelf()->unreachable = true;
  EXPECT_EQ(run({"check"}).code, 2);
  EXPECT_EQ(run({"check", "--offline"}).code, 0);
  const Json json = run_json_output({"check"}, 2);
  EXPECT_EQ(*json.find("ok")->boolean(), false);
}

TEST_F(ProgramTest, OnlyTheSyncsAskedForAreLoaded) {
  directory_.write("config/lockstep.yaml",
                   replace_all(directory_.read("config/lockstep.yaml"), "providers: {", "providers: {other: {plugin: shelf}, "));
  fill();
  ASSERT_EQ(run({"import", "books"}).code, 0);
  EXPECT_EQ(shelf()->created, 1U);
}

TEST_F(ProgramTest, TimeoutReplacesTheProvidersOwn) {
  fill();
  ASSERT_EQ(run({"books:sync", "--timeout=5"}).code, 0);
  EXPECT_EQ(shelf()->timeout, "5");
  ASSERT_EQ(run({"import"}).code, 0);
  EXPECT_EQ(shelf()->timeout, "30s");
}

TEST_F(ProgramTest, MigrateShowsThenRunsItsStatements) {
  const Outcome dry = run({"migrate", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_NE(dry.out.find("CREATE TABLE"), std::string::npos) << dry.out;
  EXPECT_NE(dry.out.find("nothing was written"), std::string::npos);
  const Json real = run_json_output({"migrate"});
  EXPECT_FALSE(real.find("stores")->array()->front().find("statements")->array()->empty());
  EXPECT_NE(run({"migrate"}).out.find("nothing is missing"), std::string::npos);
}

TEST_F(ProgramTest, InitWritesAConfigurationThatRefusesToBeOverwritten) {
  EXPECT_NE(run({"init", "served", "--store", "postgresql"}).out.find("LOCKSTEP_STORE=postgresql://"), std::string::npos);
  EXPECT_NE(run({"init", "mine", "--store", "mysql"}).out.find("LOCKSTEP_STORE=mysql://"), std::string::npos);
  EXPECT_NE(directory_.read("served/config/lockstep.yaml").find("address: \"${LOCKSTEP_STORE}\""), std::string::npos);
  EXPECT_EQ(directory_.read("served/config/lockstep.yaml").find("lockstep.db"), std::string::npos) << "no file stands in for the server";
  EXPECT_EQ(run({"init", "other", "--store", "oracle"}).code, 1);
  EXPECT_EQ(run({"init", "fresh"}).code, 0);
  EXPECT_TRUE(directory_.has("fresh/config/lockstep.yaml"));
  EXPECT_EQ(run({"init", "fresh"}).code, 1);
}

TEST_F(ProgramTest, AStopThatWasRequestedIsExit130) {
  fill();
  std::stop_source source;
  source.request_stop();
  test::ShelfPlugins plugins;
  ProgramInput input;
  input.words = {"import", "--log-file", "run.log"};
  input.plugins = &plugins;
  input.stop = source.get_token();
  Environment environment([](std::string_view) { return std::nullopt; });
  std::string text, errors;
  Output out(text), err(errors);
  EXPECT_EQ(run_program(input, environment, system_clock(), out, err), 130);
}

TEST_F(ProgramTest, AKeyIsMaskedInEveryOutput) {
  shelf()->items["k"] = R"({"id":"k","title":"the key is sesame-open-42"})";
  const Outcome outcome = run({"import", "-vvv"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("[redacted]"), std::string::npos);
  EXPECT_EQ(outcome.out.find("sesame-open-42"), std::string::npos);
  EXPECT_EQ(directory_.read("run.log").find("sesame-open-42"), std::string::npos);
  EXPECT_EQ(run({"plan", "--output", "json"}).out.find("sesame-open-42"), std::string::npos);
}

}  // namespace
}  // namespace lockstep
