// What a database server refuses in the middle of a run: connections, room, time, writes. It is told as what it is, with what helps; nothing is
// half written, and the next run after it goes on from there.

#include <gtest/gtest.h>

#include "common/text.h"
#include "scenarios/server_of_kind.h"
#include "scenarios/workbench.h"
#include "support/proxy.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kItems = 60;

sandbox::Options items_of(std::size_t bytes) {
  sandbox::Options options = sandbox_options(kItems);
  options.generate.bytes = bytes;
  return options;
}

class ServerTrouble : public ::testing::TestWithParam<const ServerOfKind*> {
 protected:
  void SetUp() override {
    if (!servers().kind().missing().empty()) GTEST_SKIP() << servers().kind().missing();
  }

  const ServerOfKind& servers() const { return *GetParam(); }
  const std::string& place() const { return bench_->database(); }

  /// A server of its own.
  void start(const std::string& options) {
    server_.emplace(servers().name(), options);
    kind_ = servers().kind_at(server_->folder());
    bench_.emplace(sandbox_, *kind_);
  }
  /// And tables that wait for an import.
  void begin(const std::string& options) {
    start(options);
    make_tables();
  }
  void make_tables() const {
    ASSERT_EQ(bench_->run({"migrate"}).exit, 0);
    bench_->add_users();
  }
  Outcome import() const { return bench_->run({"import", "assistants", "--quiet"}); }
  std::string rows() const { return query(place(), "SELECT count(*) FROM assistants").at(0).at(0); }

  /// What was refused is told with `words`, and left rows, links and bases that belong together.
  void expect_told(const Outcome& outcome, const std::string& words) const {
    EXPECT_TRUE(outcome.exit == 1 || outcome.exit == 2) << said(outcome);
    EXPECT_TRUE(contains(outcome, words)) << words << "\n" << said(outcome);
    if (outcome.exit == 1) {
      EXPECT_EQ(rows(), "0") << said(outcome);
    }
    expect_agreement();
  }
  void expect_agreement() const {
    if (!has_table(place(), "lockstep_base")) return;
    EXPECT_EQ(query(place(),
                    "SELECT count(*) FROM lockstep_link l JOIN assistants a ON CAST(a.id AS TEXT) = CAST(l.local_key AS TEXT) AND "
                    "a.vapi_assistant_id = l.remote_id JOIN lockstep_base b ON b.link_id = l.id")[0][0],
              rows());
  }
  void expect_whole() const {
    const Outcome next = import();
    EXPECT_EQ(next.exit, 0) << said(next);
    EXPECT_EQ(rows(), std::to_string(kItems));
    expect_agreement();
  }

  sandbox::Sandbox sandbox_{items_of(25'000)};
  std::optional<DatabaseServer> server_;
  std::unique_ptr<const DatabaseKind> kind_;
  std::optional<Workbench> bench_;
};

TEST_P(ServerTrouble, TooManyConnections) {
  begin(servers().few_connections());
  std::vector<std::shared_ptr<void>> others;
  while (std::shared_ptr<void> other = servers().connect(place())) others.push_back(std::move(other));
  expect_told(import(), "raise the server's max_connections");
  others.pop_back();
  expect_told(import(), "raise the server's max_connections");
  others.clear();
  expect_whole();
}

TEST_P(ServerTrouble, AStatementThatTakesTooLong) {
  begin("");
  bench_->set_option("address: \"${LOCKSTEP_STORE:-${LOCKSTEP_DB:-lockstep.db}}\"", "statement_timeout: 1s");
  execute(place(), servers().slow_inserts());
  expect_told(import(), "raise the store's statement_timeout");
  execute(place(), servers().quick_inserts());
  expect_whole();
}

TEST_P(ServerTrouble, NoRoomIsLeft) {
  start(servers().little_space());
  std::string why;
  const std::shared_ptr<void> space = servers().move_into_little_space(place(), why);
  if (!space) GTEST_SKIP() << why;
  make_tables();
  execute(place(), servers().roomy_table("filler"));
  for (int size = 4'000'000; size > 500'000; size /= 4) {
    try {
      for (int i = 0; i < 1000; ++i) execute(place(), "INSERT INTO filler (x) VALUES (repeat('x', " + std::to_string(size) + "))");
      FAIL() << "the server has more room than it was given";
    } catch (const std::runtime_error&) {
      // Full, for rows of that size.
    }
  }
  const Outcome outcome = import();
  // MariaDB may end itself where it finds no room for its own pages.
  if (servers().connect(place()) != nullptr) expect_told(outcome, "free some space on the database's machine");
  servers().make_room(*server_, place());
  expect_whole();
}

TEST_P(ServerTrouble, AServerThatOnlyReadsSinceAMoment) {
  begin("");
  bench_->environment()["LOCKSTEP_STORE"] = servers().as_clerk(place());
  const std::string clerk = bench_->environment()["LOCKSTEP_STORE"], socket = servers().socket_of(place());
  Proxy proxy(socket);
  bench_->environment()["LOCKSTEP_STORE"] = replace_all(clerk, std::filesystem::path(socket).parent_path().string(), proxy.folder());
  for (const int transaction : {1, 3, 4}) {
    proxy.cut(Proxy::Cut::Before, servers().begin(), transaction, [&] { servers().only_read(place(), true); });
    const Outcome outcome = import();
    servers().only_read(place(), false);
    expect_told(outcome, "is read-only");
  }
  bench_->environment()["LOCKSTEP_STORE"] = clerk;
  expect_whole();
}

INSTANTIATE_TEST_SUITE_P(Postgresql, ServerTrouble, ::testing::Values(&postgres_servers()));
INSTANTIATE_TEST_SUITE_P(Mysql, ServerTrouble, ::testing::Values(&mysql_servers()));

}  // namespace
}  // namespace lockstep::test
