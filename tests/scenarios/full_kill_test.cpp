// kill -9 of a full run over ten rows and ten assistants with every kind of change: before and after every request took effect, and around
// every commit. The next run ends where an undisturbed one would have: no duplicate, no lost edit, nothing to mend by hand. Of the places
// some are taken; LOCKSTEP_LONG=1 takes them all.

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "format/json.h"
#include "scenarios/invariants.h"
#include "scenarios/remote_side.h"
#include "scenarios/shimmed.h"

namespace lockstep::test {
namespace {

const std::vector<std::string> kFull = {"full", "assistants", "--local-edits", "keep"};
constexpr std::size_t kPlacesOfAShortRun = 12;

/// Both sides, by name: ids of what is made are others each time.
struct Ends {
  std::map<std::string, Cells> rows;
  std::map<std::string, std::string> items;
  bool operator==(const Ends&) const = default;
};

Ends ends_of(const std::string& file, const sandbox::Sandbox& sandbox) {
  Ends ends;
  const char* columns = "name, first_message, end_call_message, voicemail_message, model, model_temperature, user_id";
  for (const Cells& row : query(file, std::string("SELECT ") + columns + " FROM assistants")) {
    EXPECT_TRUE(ends.rows.emplace(row[0], row).second) << "two rows named " << row[0];
  }
  for (auto& [id, item] : world_of(sandbox)) {
    const std::string name = item.text_at("name", id);  // tools have none
    for (const char* own : {"id", "createdAt", "updatedAt", "latestVersion"}) item.erase(own);
    if (Json* metadata = item.find("metadata")) {
      metadata->erase("lockstepMarker");
      if (metadata->object() != nullptr && metadata->object()->empty()) item.erase("metadata");
    }
    EXPECT_TRUE(ends.items.emplace(name, json::canonical(item)).second) << "two items named " << name;
  }
  return ends;
}

/// Both sides as they are before the run, and as an undisturbed one leaves them.
class Beginning {
 public:
  static const Beginning& get() {
    static const Beginning instance;
    return instance;
  }
  const Course& course() const { return course_; }
  const Ends& ends() const { return ends_; }

 private:
  Beginning() {
    sandbox::Sandbox& remote = trial_.sandbox();
    const std::string& file = trial_.bench().database();
    remote.load(Json(Json::Array()));
    for (int i = 0; i < 10; ++i) {
      const std::string letter(1, static_cast<char>('a' + i));
      remote.put(
          json::parse(R"({"id": ")" + letter + R"(", "name": "Item )" + letter + R"(", "firstMessage": "hello", "endCallMessage": "bye",
        "model": {"provider": "openai", "model": "gpt-4o", "temperature": 0.5, "maxTokens": 200}})"));
    }
    EXPECT_EQ(trial_.bench().run({"migrate"}).exit, 0);
    trial_.bench().add_users();
    EXPECT_EQ(trial_.bench().run({"import", "assistants"}).exit, 0);
    edit_both_sides();
    course_.name = "full";
    course_.world = json::parse(remote.state());
    course_.database = trial_.bench().directory() / "beginning.db";
    std::filesystem::copy(file, course_.database);
    remote.clear_requests();
    const Outcome outcome = trial_.bench().run(kFull);
    EXPECT_EQ(outcome.exit, 0) << said(outcome);
    course_.requests = remote.requests().size();
    ends_ = ends_of(file, remote);
  }

  void edit_both_sides() {
    sandbox::Sandbox& remote = trial_.sandbox();
    const auto sql = [&](const std::string& statement) { execute(trial_.bench().database(), statement); };
    sql("UPDATE assistants SET first_message = 'here' WHERE vapi_assistant_id IN ('a', 'c', 'd', 'e')");
    sql("UPDATE assistants SET model_temperature = 1.5 WHERE vapi_assistant_id = 'a'");
    remote.edit("b", "endCallMessage", Json("there"));
    remote.edit("c", "endCallMessage", Json("there"));  // another field
    remote.edit("c", "model.maxTokens", Json(std::int64_t{90}));
    remote.edit("d", "firstMessage", Json("here"));   // the same value
    remote.edit("e", "firstMessage", Json("there"));  // a conflict
    sql("UPDATE assistants SET voicemail_message = 'made anew' WHERE vapi_assistant_id = 'f'");
    EXPECT_TRUE(remote.remove("f"));
    sql("DELETE FROM assistants WHERE vapi_assistant_id = 'g'");
    sql("UPDATE assistants SET vapi_assistant_id = NULL, end_call_message = 'id lost' WHERE vapi_assistant_id = 'h'");
    sql("UPDATE assistants SET end_call_message = NULL WHERE vapi_assistant_id = 'i'");
    sql("INSERT INTO assistants (name, first_message, user_id, created_by) VALUES ('New here', 'new', 2, 2), ('Another here', NULL, 3, 3)");
    for (const char* name : {"New there", "Another there"}) remote.put(Json(Json::Object{{"name", Json(name)}}));
  }

  Trial trial_;
  Course course_;
  Ends ends_;
};

std::vector<std::size_t> places(std::size_t count) {
  std::vector<std::size_t> out;
  const std::size_t step = long_run() ? 1 : std::max<std::size_t>(1, (count + kPlacesOfAShortRun - 1) / kPlacesOfAShortRun);
  for (std::size_t place = 1; place <= count; place += step) out.push_back(place);
  return out;
}

void expect_whole(Trial& trial, const std::string& what) {
  const std::string& file = trial.bench().database();
  for (const std::string& request : forbidden_requests(trial.sandbox().requests())) ADD_FAILURE() << "sent " << request;
  trial.sandbox().clear_faults();
  // A create that may be under way still is not sent again before its time is over.
  trial.bench().run(kFull);
  execute(file, "UPDATE lockstep_intent SET until = '2026-01-01T00:00:00Z' WHERE closed_at IS NULL");
  const Outcome next = trial.bench().run(kFull);
  EXPECT_EQ(next.exit, 0) << what << "\n" << said(next);
  const Ends ends = ends_of(file, trial.sandbox());
  EXPECT_EQ(ends.rows, Beginning::get().ends().rows) << what << "\n" << said(next);
  EXPECT_EQ(ends.items, Beginning::get().ends().items) << what << "\n" << said(next);
  const std::string unlinked =
      "SELECT name FROM assistants a WHERE NOT EXISTS (SELECT 1 FROM lockstep_link l WHERE l.remote_id = "
      "a.vapi_assistant_id AND l.local_key = CAST(a.id AS TEXT))";
  EXPECT_EQ(query(file, unlinked), std::vector<Cells>()) << what;
  EXPECT_EQ(query(file, "SELECT action, local_key FROM lockstep_intent WHERE closed_at IS NULL"), std::vector<Cells>()) << what;
  EXPECT_EQ(query(file, "SELECT run FROM lockstep_run WHERE finished_at IS NULL"), std::vector<Cells>()) << what;
  // What was overwritten is in the journal, once.
  EXPECT_EQ(query(file, "SELECT count(*) FROM lockstep_change WHERE side = 'remote' AND remote_id = 'a'")[0][0], "1") << what;
  EXPECT_EQ(query(file, "SELECT count(*) FROM lockstep_change WHERE side = 'remote' AND action = 'create'")[0][0], "2") << what;
  EXPECT_EQ(query(file, "SELECT count(*) FROM lockstep_change WHERE side = 'remote' AND action = 'recreate'")[0][0], "1") << what;
  trial.sandbox().clear_requests();
  const Outcome again = trial.bench().run(kFull);
  EXPECT_EQ(count_writes(trial.sandbox().requests()), 0U) << what << "\n" << said(again);
  EXPECT_TRUE(ends_of(file, trial.sandbox()) == ends) << what;
}

void kill_at_requests(sandbox::FaultKind kind, const std::string& when) {
  const std::vector<std::size_t> at = places(Beginning::get().course().requests);
  play_side_by_side(at.size(), [&](Trial& trial, std::size_t i) {
    trial.restore(Beginning::get().course());
    std::unique_ptr<Running> running;
    if (kind == sandbox::FaultKind::Latency) {
      running = trial.start_and_hold_at(at[i], kFull);
    } else {
      sandbox::Fault fault;
      fault.kind = kind;
      fault.nth = at[i];
      trial.sandbox().fault(fault);
      running = trial.bench().start(kFull);
      EXPECT_TRUE(wait_until([&] { return trial.sandbox().requests().size() >= at[i]; }));
    }
    running->send(SIGKILL);
    EXPECT_EQ(running->finish().exit, kKilled);
    expect_whole(trial, "killed " + when + " request " + std::to_string(at[i]) + " took effect");
  });
}

TEST(KilledFullRuns, BeforeEveryRequestTookEffect) { kill_at_requests(sandbox::FaultKind::Hang, "before"); }

TEST(KilledFullRuns, AfterEveryRequestTookEffect) { kill_at_requests(sandbox::FaultKind::Latency, "after"); }

TEST(KilledFullRuns, AroundEveryCommit) {
  Trial counted;
  counted.restore(Beginning::get().course());
  const std::size_t commits = operations_of(counted, kFull)["commit"];
  ASSERT_GE(commits, 3U);
  const std::vector<std::size_t> at = places(2 * commits);
  play_side_by_side(at.size(), [&](Trial& trial, std::size_t i) {
    trial.restore(Beginning::get().course());
    const std::string place = (at[i] % 2 == 0 ? "after commit " : "before commit ") + std::to_string((at[i] + 1) / 2);
    // How answers fall together, and so the number of commits, is another each time.
    const Outcome outcome = run_struck(trial, place, "kill", kFull);
    EXPECT_TRUE(outcome.exit == kKilled || outcome.exit == 0) << said(outcome);
    expect_whole(trial, "killed " + place);
  });
}

/// The connection is reset before or after every POST and PATCH took effect: no death, and the same end.
TEST(KilledFullRuns, LostConnectionsComeToTheSameEnd) {
  constexpr std::size_t kWrites = 9;
  play_side_by_side(2 * kWrites, [&](Trial& trial, std::size_t i) {
    trial.restore(Beginning::get().course());
    sandbox::Fault fault;
    fault.kind = i % 2 == 0 ? sandbox::FaultKind::ResetAfter : sandbox::FaultKind::ResetBefore;
    fault.method = i / 2 % 2 == 0 ? "POST" : "PATCH";
    fault.nth = 1 + i / 4;
    fault.times = 4;  // more than the retries
    trial.sandbox().fault(fault);
    const Outcome outcome = trial.bench().run(kFull);
    EXPECT_TRUE(outcome.exit == 0 || outcome.exit == 1 || outcome.exit == 2) << said(outcome);
    expect_whole(trial, fault.method + " " + std::to_string(fault.nth) + " reset " + (i % 2 == 0 ? "after" : "before"));
  });
}

}  // namespace
}  // namespace lockstep::test
