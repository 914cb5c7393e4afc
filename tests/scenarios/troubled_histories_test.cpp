// Troubled histories: both sides are edited while people have the accidents that people have (people.cpp), the server stumbles, and
// imports, exports, full runs, rollbacks and decisions follow one another. After each run the ledger says what may have become of every
// value.

#include <gtest/gtest.h>

#include <algorithm>

#include "common/text.h"
#include "format/json.h"
#include "scenarios/invariants.h"
#include "scenarios/people.h"
#include "scenarios/random_histories.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

constexpr int kItemsAtFirst = 5;
const std::vector<std::string> kLastWord = {"full", "assistants", "--on-conflict", "remote", "--allow-mass-change"};
constexpr int kRunsToRest = 4;

class Troubled : public People {
 public:
  Troubled(std::uint64_t seed, TwoSidedStage& stage) : People(seed, stage) {
    for (int i = 0; i < kItemsAtFirst; ++i) make_remotely();
  }

  void play() {
    run({"import", "assistants"});
    const int rounds = number(3, 7);
    for (int round = 1; round <= rounds && !failed(); ++round) play_round();
    if (!failed()) come_to_rest();
  }

 private:
  void play_round() {
    ledger_.next_step();
    if (chance_.once_in(2)) back_up();
    for (int i = number(0, 5); i > 0; --i) act();
    if (chance_.once_in(8)) lose_a_column();
    if (chance_.once_in(10)) return visit_another_account();
    stumbles_ = chance_.once_in(3);
    for (int i = stumbles_ ? number(1, 2) : 0; i > 0; --i) stumble();
    ledger_.next_step();
    run(next_command());
    sandbox().clear_faults();
    if (stumbles_ && chance_.once_in(2))
      arrive_late();
    else
      stage_.clock.leap(std::chrono::seconds(number(0, 1) * 600));
    stumbles_ = false;
  }

  std::vector<std::string> next_command() {
    const int kind = number(1, 10);
    if (kind == 1) return rollback_of_some_run();
    if (kind == 2) return resolution();
    std::vector<std::string> command = random_command();
    // Now and then a guard may stop it.
    if (kind <= 4) std::erase(command, "--allow-mass-change");
    return command;
  }

  std::vector<std::string> rollback_of_some_run() {
    const std::vector<Cells> runs = query(database(), "SELECT run FROM lockstep_run WHERE NOT dry_run ORDER BY id DESC LIMIT 3");
    return {"rollback", one_of(runs)[0], "--allow-mass-change"};
  }

  std::vector<std::string> resolution() {
    const std::vector<Cells> open = query(database(), "SELECT id FROM lockstep_conflict WHERE closed_at IS NULL ORDER BY id");
    if (open.empty()) return random_command();
    return {"resolve", one_of(open)[0], "--take", one_of<std::string>({"local", "remote"})};
  }

  // The server

  void stumble() {
    const std::vector<std::string> ids = sandbox().ids();
    const std::string id = ids.empty() ? "none" : one_of(ids);
    const std::string part = R"(, "body": "{\"id\": \")" + id + R"(\"}")", one = "/assistant/" + id;
    const auto strikes = [&](const std::string& method, const std::string& path, const std::vector<std::string>& kinds) {
      fault(R"({"fault": )" + one_of(kinds) + R"(, "match": {"method": ")" + method + R"(", "path": ")" + path + R"(", "nth": )" +
            std::to_string(number(1, 2)) + R"(, "times": )" + std::to_string(number(1, 4)) + "}}");
    };
    const std::string refused = R"("status", "status": 422, "message": "refused")", failed = R"("status", "status": 500)";
    switch (number(1, 6)) {
      case 1:
        return strikes("GET", "/assistant",
                       {failed, R"("reset_before")", R"("truncate")", R"("empty_list")", R"("status", "status": 429, "retry_after": "0")"});
      case 2: return strikes("GET", one, {failed, R"("reset_before")", R"("html")"});
      case 3:
      case 4:
        return strikes("PATCH", one,
                       {failed, refused, R"("reset_before")", R"("reset_after")", R"("status", "status": 200, "took_effect": true)" + part,
                        R"("status", "status": 204, "took_effect": true, "body": "")", R"("status", "status": 200)" + part,
                        R"("status", "status": 204, "body": "")", R"("status", "status": 500, "took_effect": true)"});
      default: break;
    }
    strikes("POST", "/assistant",
            {failed, refused, R"("reset_before")", R"("reset_after")", R"("status", "status": 204, "took_effect": true, "body": "")",
             R"("status", "status": 500, "took_effect": true)", R"("html", "took_effect": true)"});
  }

  /// What was sent and never answered takes effect only now, before the time has passed in which it could.
  void arrive_late() {
    const auto requests = sandbox().requests();
    for (const sandbox::LoggedRequest& entry : requests) {
      if (entry.status != 0 || entry.fault.find("reset_before") == std::string::npos) continue;
      if (entry.request.method == "POST" && !is_made(json::parse(entry.request.body))) {
        Json document = json::parse(entry.request.body);
        document["orgId"] = Json(sandbox::kOrganisation);
        note("remote: late, POST " + document.text_at("name"));
        sandbox().put(std::move(document));
      } else if (entry.request.method == "PATCH" && !is_answered(requests, entry.request.path)) {
        const std::string id = entry.request.path.substr(entry.request.path.rfind('/') + 1);
        note("remote: late, PATCH " + id);
        const Json body = json::parse(entry.request.body);
        for (const auto& [name, value] : *body.object()) sandbox().edit(id, name, value);
      }
    }
  }

  bool is_made(const Json& body) const {
    const Json* marker = value_in(body, "metadata.lockstepMarker");
    return marker == nullptr || sandbox().state().find(*marker->text()) != std::string::npos;
  }

  static bool is_answered(const std::vector<sandbox::LoggedRequest>& requests, const std::string& path) {
    return std::any_of(requests.begin(), requests.end(), [&](const sandbox::LoggedRequest& entry) {
      return entry.request.method == "PATCH" && entry.request.path == path && entry.status != 0;
    });
  }

  // Runs

  void run(const std::vector<std::string>& command) {
    const Dump before = dump(database(), false);
    const Shot shot = ledger_.look();
    const Outcome outcome = carry_out(command);
    const std::string said = outcome.out + outcome.err;
    expect_nothing_vanished(before, shot.items, said);
    expect_exit(outcome, is_by_hand(command), before, shot.items);
    if (command[0] == "import") {
      EXPECT_EQ(count_writes(sandbox().requests()), 0U) << "an import wrote to the remote side\n" << said;
    }
    ledger_.check(shot, told_by(command), said);
    expect_nothing_shown(said);
    remember_run();
    if (failed() || outcome.exit == 1 || stumbles_ || is_by_hand(command)) return;
    expect_idempotent(command);
  }

  static bool is_by_hand(const std::vector<std::string>& command) { return command[0] == "rollback" || command[0] == "resolve"; }

  Told told_by(const std::vector<std::string>& command) const {
    Told told;
    told.by_hand = command[0] == "resolve";
    told.replaces = command[0] == "import" && (command.size() < 3 || command.back() == "replace");
    const auto run = command[0] == "rollback" ? steps_of_runs_.find(command[1]) : steps_of_runs_.end();
    if (run != steps_of_runs_.end()) told.undoes = run->second;
    return told;
  }

  /// A run that fails as a whole has written nothing; it may do so where a fault or a guard stops it.
  void expect_exit(const Outcome& outcome, bool by_hand, const Dump& before, const World& world) const {
    EXPECT_TRUE(outcome.exit >= 0 && outcome.exit <= 2) << said(outcome);
    if (outcome.exit != 1) return;
    EXPECT_TRUE(stumbles_ || by_hand || contains(outcome, "--allow-mass-change")) << said(outcome);
    EXPECT_EQ(before, dump(database(), false)) << said(outcome);
    EXPECT_TRUE(touched_unnamed(world, world_of(sandbox()), {}).empty()) << said(outcome);
  }

  void expect_nothing_shown(const std::string& said) const {
    for (const auto& [text, where] :
         {std::pair(said, "the output"), {state_text(database()), "the state"}, {file_text(stage_.log_file()), "the log"}})
      for (const std::string& leak : leaked(text, where, secrets_)) ADD_FAILURE() << leak;
    for (const std::string& cell : visible_markers(database())) ADD_FAILURE() << "a marker shows: " << cell;
  }

  void remember_run() {
    const std::vector<Cells> last = query(database(), "SELECT run FROM lockstep_run ORDER BY id DESC LIMIT 1");
    if (!last.empty()) steps_of_runs_.emplace(last[0][0], ledger_.step());
  }

  void visit_another_account() {
    // An account is known by the links that are there.
    if (query(database(), "SELECT count(*) FROM lockstep_link WHERE gone_at IS NULL")[0][0] == "0") return;
    with_another_account([&] {
      const Dump before = dump(database(), false);
      const World world = world_of(sandbox());
      const Outcome outcome = carry_out(random_command());
      EXPECT_EQ(outcome.exit, 1) << said(outcome);
      EXPECT_TRUE(contains(outcome, "--allow-account-change")) << said(outcome);
      EXPECT_EQ(before, dump(database(), false)) << said(outcome);
      EXPECT_TRUE(touched_unnamed(world, world_of(sandbox()), {}).empty()) << said(outcome);
    });
  }

  // The end

  /// Without faults, and with the remote's word in conflicts, runs end with nothing more to write; what differs then has been told.
  void come_to_rest() {
    ledger_.next_step();
    mend();
    stage_.clock.leap(std::chrono::hours(1));
    for (int i = 1; i < kRunsToRest && !failed(); ++i) run(kLastWord);
    if (failed()) return;
    const Dump before = dump(database(), false);
    const Outcome last = carry_out(kLastWord);
    EXPECT_EQ(before, dump(database(), false)) << said(last);
    EXPECT_EQ(writes_of(sandbox().requests()), std::vector<std::string>()) << said(last);
    for (const auto& [what, words] : ledger_.differences()) {
      const bool told = std::any_of(words.begin(), words.end(), [&](const std::string& word) { return contains(last, word); });
      if (!told && !(words.empty() && is_held_apart(what))) ADD_FAILURE() << what << "\n" << said(last);
    }
  }

  /// Known with the link as something that the remote did not take.
  bool is_held_apart(const std::string& difference) const {
    const std::vector<Cells> held = query(database(),
                                          "SELECT link.local_key, held FROM lockstep_base JOIN lockstep_link AS link ON link.id = link_id "
                                          "WHERE held IS NOT NULL");
    return std::any_of(held.begin(), held.end(), [&](const Cells& base) {
      const Json fields = json::parse(base[1]);
      return std::any_of(fields.object()->begin(), fields.object()->end(), [&](const Json::Member& field) {
        return field.second.find("not_taken") != nullptr && difference.starts_with("row " + base[0] + " " + field.first + ":");
      });
    });
  }

  bool stumbles_ = false;
  std::map<std::string, int> steps_of_runs_;
};

class TroubledHistories : public ::testing::TestWithParam<KindAndPart> {};

TEST_P(TroubledHistories, KeepWhatSafeModePromises) {
  const auto& [kind, part] = GetParam();
  if (const std::string why = kind->missing(); !why.empty()) GTEST_SKIP() << why;
  TwoSidedStage stage(*kind);
  play_histories(part, 20'000, how_many(*kind, 80), [&](std::uint64_t seed) { return Troubled(seed, stage); });
}

INSTANTIATE_TEST_SUITE_P(Sqlite, TroubledHistories, all_parts(sqlite_kind()), kPart);
INSTANTIATE_TEST_SUITE_P(Postgresql, TroubledHistories, all_parts(postgres_kind()), kPart);
INSTANTIATE_TEST_SUITE_P(Mysql, TroubledHistories, all_parts(mysql_kind()), kPart);

}  // namespace
}  // namespace lockstep::test
