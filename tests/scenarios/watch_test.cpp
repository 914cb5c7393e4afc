// The service that exports rows as soon as the application has changed them, and through a kill -9 in the middle of its
// run, after which a new one sends what is left, and nothing twice.

#include <gtest/gtest.h>
#include <signal.h>

#include "common/text.h"
#include "scenarios/remote_side.h"
#include "scenarios/workbench.h"
#include "support/files.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kWatchedItems = 8;
/// Before the next look of five seconds, which is what finds a row that nobody tells of: 3.5 seconds after an edit below.
constexpr auto kSoon = std::chrono::seconds(3);

class WatchedRows : public ::testing::TestWithParam<const DatabaseKind*> {
 protected:
  void SetUp() override {
    const DatabaseKind& kind = *GetParam();
    if (!kind.missing().empty()) GTEST_SKIP() << kind.missing();
    bench_.emplace(sandbox_, kind);
    bench_->set_option(
        "local_edits: replace                       # the database mirrors Vapi; keep: leave edits made in the database alone",
        "watch: true");
    const std::string file = "config/lockstep.yaml";
    // Another run must not wait long for a create of a killed one.
    const std::string text = replace_all(file_text(bench_->directory() / file), "timeout: 30s", "timeout: 2s");
    bench_->write(file, text + "\nserve: {listen: \"unix:" + (bench_->directory() / "http.sock").string() + "\"}\n");
    ASSERT_EQ(bench_->run({"migrate", "--watch"}).exit, 0);
    bench_->add_users();
    ASSERT_EQ(bench_->run({"import", "assistants"}).exit, 0);
    sandbox_.clear_requests();
  }
  void sql(const std::string& statement) const { execute(bench_->database(), statement); }
  void serve() {
    std::filesystem::remove(bench_->directory() / "http.sock");
    service_ = bench_->start({"serve"});
    ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(bench_->directory() / "http.sock"); }));
  }
  void kill_service() {
    service_->send(SIGKILL);
    EXPECT_EQ(service_->finish().exit, kKilled);
  }
  std::size_t sent(const std::string& message) const {
    std::size_t count = 0;
    for (const auto& [id, item] : world_of(sandbox_)) count += item.text_at("firstMessage") == message ? 1 : 0;
    return count;
  }
  /// How often each item was written, where the write took effect.
  std::map<std::string, int> writes() const {
    std::map<std::string, int> out;
    for (const auto& request : sandbox_.requests()) {
      const bool lost = request.fault == "hang" && request.request.method == "PATCH" && !took_effect_;
      if ((request.request.method == "PATCH" || request.request.method == "POST") && !lost) ++out[request.request.path];
    }
    return out;
  }
  void kill_in_the_middle(bool took_effect) {
    took_effect_ = took_effect;
    sandbox::Fault fault;
    fault.kind = sandbox::FaultKind::Hang;
    fault.method = "PATCH";
    fault.nth = kWatchedItems / 2;
    fault.took_effect = took_effect;
    sandbox_.fault(fault);
    serve();
    sql("UPDATE assistants SET first_message = 'edited'");
    const auto struck = [&] {
      const auto requests = sandbox_.requests();
      return std::any_of(requests.begin(), requests.end(), [](const auto& request) { return request.fault == "hang"; });
    };
    ASSERT_TRUE(wait_until(struck));
    kill_service();
    sandbox_.clear_faults();
    sql("UPDATE assistants SET end_call_message = 'edited while nobody looked' WHERE id = 1");
    serve();
    EXPECT_TRUE(wait_until([&] { return sent("edited") == kWatchedItems && open_runs() == "0"; }));
    // A third one finds nothing left.
    service_->send(SIGTERM);
    EXPECT_EQ(service_->finish().exit, 0);
    const auto before = writes();
    serve();
    std::this_thread::sleep_for(std::chrono::seconds(2));
    EXPECT_EQ(writes(), before);
  }
  std::string open_runs() const { return query(bench_->database(), "SELECT count(*) FROM lockstep_run WHERE finished_at IS NULL")[0][0]; }

  sandbox::Sandbox sandbox_{sandbox_options(kWatchedItems)};
  std::optional<Workbench> bench_;
  std::unique_ptr<Running> service_;
  bool took_effect_ = false;
};

TEST_P(WatchedRows, AreSentBeforeTheNextLook) {
  serve();
  auto longest = std::chrono::steady_clock::duration::zero();
  for (const char* text : {"one", "two", "three"}) {
    // The look that follows a run must not be what finds the next edit.
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    const auto begin = std::chrono::steady_clock::now();
    sql(std::string("UPDATE assistants SET first_message = '") + text + "' WHERE id = 1");
    ASSERT_TRUE(wait_until([&] { return sent(text) == 1; }));
    longest = std::max(longest, std::chrono::steady_clock::now() - begin);
  }
  EXPECT_LT(longest, kSoon);
}

TEST_P(WatchedRows, CheckNamesWhatMakesTheDatabaseTellOfThem) {
  const std::string hint = "lockstep migrate --watch";
  EXPECT_FALSE(contains(bench_->run({"check"}), hint));
  if (GetParam() == &sqlite_kind()) return;
  sql(GetParam() == &postgres_kind() ? "DROP TRIGGER lockstep_changes ON assistants" : "DROP TRIGGER lockstep_update_assistants");
  const Outcome checked = bench_->run({"check"});
  EXPECT_EQ(checked.exit, 0) << said(checked);
  EXPECT_TRUE(contains(checked, hint)) << said(checked);
  const Outcome shown = bench_->run({"migrate", "--watch", "--dry-run"});
  EXPECT_TRUE(contains(shown, "CREATE TRIGGER")) << said(shown);
  EXPECT_TRUE(contains(bench_->run({"check"}), hint)) << "a dry run made it";
  EXPECT_EQ(bench_->run({"migrate", "--watch"}).exit, 0);
  EXPECT_FALSE(contains(bench_->run({"check"}), hint));
}

TEST_P(WatchedRows, ANewRowIsMadeOnceThoughTheServiceIsKilled) {
  sandbox::Fault fault;
  fault.kind = sandbox::FaultKind::Hang;
  fault.method = "POST";
  fault.took_effect = true;
  sandbox_.fault(fault);
  serve();
  sql("INSERT INTO assistants (name, first_message, user_id, created_by) VALUES ('New here', 'hello there', 2, 2)");
  ASSERT_TRUE(wait_until([&] { return sent("hello there") == 1; }));
  kill_service();
  sandbox_.clear_faults();
  serve();
  const auto linked = [&] {
    return query(bench_->database(), "SELECT count(*) FROM assistants WHERE name = 'New here' AND vapi_assistant_id IS NOT NULL")[0][0] ==
           "1";
  };
  EXPECT_TRUE(wait_until(linked));
  EXPECT_EQ(sent("hello there"), 1U);
}

TEST_P(WatchedRows, AreSentOnceThoughTheServiceIsKilledBeforeARequestTookEffect) { kill_in_the_middle(false); }

TEST_P(WatchedRows, AreSentOnceThoughTheServiceIsKilledAfterARequestTookEffect) {
  kill_in_the_middle(true);
  for (const auto& [path, count] : writes()) {
    // The one that was edited once more may be written once more.
    EXPECT_LE(count, path.ends_with(query(bench_->database(), "SELECT vapi_assistant_id FROM assistants WHERE id = 1")[0][0]) ? 2 : 1)
        << path;
  }
}

INSTANTIATE_TEST_SUITE_P(Sqlite, WatchedRows, ::testing::Values(&sqlite_kind()));
INSTANTIATE_TEST_SUITE_P(Postgresql, WatchedRows, ::testing::Values(&postgres_kind()));
INSTANTIATE_TEST_SUITE_P(Mysql, WatchedRows, ::testing::Values(&mysql_kind()));

}  // namespace
}  // namespace lockstep::test
