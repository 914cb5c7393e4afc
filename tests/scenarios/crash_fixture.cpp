#include "scenarios/crash_fixture.h"

#include <set>

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

/// A run commits after some MiB: all pages but the last are more than that.
constexpr std::size_t kCrashBytes = 25'000;
constexpr std::size_t kCrashPageSize = 100;

sandbox::Options options() {
  sandbox::Options options = sandbox_options(kAssistants);
  options.generate.bytes = kCrashBytes;
  return options;
}

/// The users' tables, without the keys that the database made up.
std::vector<Cells> content(const std::string& file) {
  const std::string columns =
      number(file, "SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('assistants') WHERE name <> 'id'");
  std::vector<Cells> rows = query(file, "SELECT " + columns + " FROM assistants ORDER BY vapi_assistant_id");
  for (Cells& user : query(file, "SELECT * FROM users ORDER BY id")) rows.push_back(std::move(user));
  return rows;
}

/// Rows, links, bases and journal speak of the same records.
void expect_agreement(const std::string& file) {
  const std::string rows = number(file, "SELECT count(*) FROM assistants");
  EXPECT_EQ(number(file, "SELECT count(DISTINCT vapi_assistant_id) FROM assistants"), rows) << "a duplicate";
  EXPECT_EQ(number(file, "SELECT count(*) FROM lockstep_link"), rows) << "links";
  EXPECT_EQ(number(file,
                   "SELECT count(*) FROM lockstep_link l JOIN assistants a ON a.id = l.local_key AND a.vapi_assistant_id = "
                   "l.remote_id JOIN lockstep_base b ON b.link_id = l.id"),
            rows)
      << "links that lead to their row and have a base";
  EXPECT_EQ(number(file, "SELECT count(*) || ' ' || count(DISTINCT remote_id) FROM lockstep_change WHERE action = 'create'"),
            rows + " " + rows)
      << "journal entries";
}

}  // namespace

std::string number(const std::string& file, const std::string& sql) { return query(file, sql).at(0).at(0); }

Crash::Crash() : sandbox_(options()), bench_(sandbox_) {}

void Crash::SetUp() {
  bench_.set_option("plugin: vapi", "page_size: " + std::to_string(kCrashPageSize));
  ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
  bench_.add_users();
  fs::copy(bench_.database(), empty());
  const Outcome outcome = bench_.run(kSync);
  ASSERT_EQ(outcome.exit, 0) << said(outcome);
  expected_ = content(bench_.database());
  ASSERT_EQ(rows(), kAssistants);
  requests_ = sandbox_.count("GET");
  ASSERT_GE(requests_, 3U);
  start_anew();
}

std::size_t Crash::rows() const { return std::stoul(number(bench_.database(), "SELECT count(*) FROM assistants")); }

fs::path Crash::empty() const { return bench_.directory() / "empty.db"; }

void Crash::start_anew() {
  for (const char* ending : {"", "-journal", ".lock"}) fs::remove(bench_.database() + ending);
  fs::copy(empty(), bench_.database());
  sandbox_.clear_faults();
  sandbox_.clear_requests();
}

void Crash::hang_at(std::size_t request) {
  sandbox::Fault fault;
  fault.kind = sandbox::FaultKind::Hang;
  fault.method = "GET";
  fault.nth = request;
  sandbox_.fault(fault);
}

std::unique_ptr<Running> Crash::start_and_stop_short(const std::vector<std::string>& command) {
  hang_at(requests_);
  auto running = bench_.start(command);
  EXPECT_TRUE(wait_until([&] { return rows() > 0; }));
  return running;
}

std::size_t Crash::rows_kept() const {
  const fs::path folder = bench_.directory() / "copy";
  fs::remove_all(folder);
  fs::create_directory(folder);
  for (const char* ending : {"", "-journal"}) {
    if (fs::exists(bench_.database() + ending)) fs::copy(bench_.database() + ending, folder / ("test.db" + std::string(ending)));
  }
  const std::string copy = (folder / "test.db").string();
  EXPECT_EQ(number(copy, "PRAGMA integrity_check"), "ok");
  const std::set<Cells> whole(expected_.begin(), expected_.end());
  for (const Cells& row : content(copy)) EXPECT_TRUE(whole.contains(row)) << "half a row: " << row[0];
  expect_agreement(copy);
  return std::stoul(number(copy, "SELECT count(*) FROM assistants"));
}

void Crash::expect_whole_after_next_run() {
  sandbox_.clear_faults();
  const Outcome outcome = bench_.run(kQuietSync);
  EXPECT_EQ(outcome.exit, 0) << said(outcome);
  const std::string& file = bench_.database();
  expect_content();
  expect_agreement(file);
  EXPECT_EQ(number(file, "PRAGMA integrity_check"), "ok");
  EXPECT_EQ(number(file, "SELECT count(*) FROM lockstep_run WHERE finished_at IS NULL"), "0") << "a run was left open";
  const std::string journaled = number(file, "SELECT count(*) FROM lockstep_change");
  const Outcome again = bench_.run(kSync);
  EXPECT_EQ(again.exit, 0) << said(again);
  EXPECT_NE(again.out.find(std::to_string(kAssistants) + " synced (0 created, 0 updated), 0 errors"), std::string::npos) << said(again);
  expect_content();
  EXPECT_EQ(number(file, "SELECT count(*) FROM lockstep_change"), journaled);
}

void Crash::expect_content() const {
  const std::vector<Cells> now = content(bench_.database());
  ASSERT_EQ(now.size(), expected_.size());
  for (std::size_t i = 0; i < now.size(); ++i) ASSERT_EQ(now[i], expected_[i]);
}

}  // namespace lockstep::test
