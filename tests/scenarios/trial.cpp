#include "scenarios/trial.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "format/json.h"
#include "scenarios/invariants.h"
#include "support/slowdown.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTrialPageSize = 10;
/// Pages overlap by an item: 10, 9 and 6 new ones.
constexpr std::size_t kTrialAssistants = 25;
constexpr std::size_t kTrialBytes = 1500;
constexpr std::size_t kLanes = 6;

constexpr Millis kHeld{3'600'000};

sandbox::Options options_with(const Clock& clock) {
  sandbox::Options options = sandbox_options();
  options.clock = &clock;
  return options;
}

std::string count(const std::string& file, const std::string& sql) { return query(file, sql).at(0).at(0); }

void copy_database(const std::string& from, const std::string& to) {
  for (const char* ending : {"", "-journal", ".lock"}) fs::remove(to + ending);
  fs::copy(from, to);
}

/// Where courses begin: made once by real runs, kept to the end of the process.
class Courses {
 public:
  static const Courses& small() {
    static const Courses instance(kTrialAssistants, kTrialBytes, "");
    return instance;
  }
  static const Courses& large() {
    static const Courses instance(640, 25'000, "100");
    return instance;
  }
  const Course& first() const { return first_; }
  const Course& later() const { return later_; }

 private:
  Courses(std::size_t assistants, std::size_t bytes, const std::string& page_size) : page_size_(page_size) {
    trial_.sandbox().load(Json(Json::Array()));
    sandbox::Generate spec;
    spec.count = assistants;
    spec.bytes = bytes;
    trial_.sandbox().generate(spec);
    for (const std::size_t edited : {5U, 6U, 9U}) take_secrets_out(trial_.sandbox().ids().at(edited));
    if (!page_size_.empty()) trial_.bench().environment()["PAGE_SIZE"] = page_size_;
    EXPECT_EQ(trial_.bench().run({"migrate"}).exit, 0);
    trial_.bench().add_users();
    drop_state();
    note(first_, "first");
    edit_both_sides();
    note(later_, "later");
  }

  /// Whose row is edited alone is asked for by its id where its document holds secrets: the faults of a course are those of its list.
  void take_secrets_out(const std::string& id) {
    const Json document = *trial_.sandbox().item(id);
    for (const auto& [name, value] : *document.object()) {
      if (value.object() != nullptr || value.array() != nullptr) trial_.sandbox().edit(id, name, Json());
    }
    trial_.sandbox().edit(id, "metadata", json::parse(R"({"user_email": "ana@example.com"})"));
    trial_.sandbox().edit(id, "model", json::parse(R"({"provider": "openai", "model": "gpt-4o", "temperature": 0.5})"));
  }

  /// Keeps both sides, and runs.
  void note(Course& course, const std::string& name) {
    course.name = name;
    course.page_size = page_size_;
    course.world = json::parse(trial_.sandbox().state());
    course.database = trial_.bench().directory() / (name + ".db");
    fs::copy(trial_.bench().database(), course.database);
    course.before = footprint_of(course.database.string());
    trial_.sandbox().clear_requests();
    const Outcome outcome = trial_.bench().run(kImport);
    course.exit = outcome.exit;
    EXPECT_TRUE(course.exit == 0 || course.exit == 2) << said(outcome);
    course.after = footprint_of(trial_.bench().database());
    const auto requests = trial_.sandbox().requests();
    course.requests = requests.size();
    course.lists =
        static_cast<std::size_t>(std::ranges::count_if(requests, [](const auto& entry) { return entry.request.path == "/assistant"; }));
  }

  /// A run makes its own tables where nobody has.
  void drop_state() {
    const std::string file = trial_.bench().database();
    for (const Cells& table : query(file, "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'lockstep\\_%' ESCAPE '\\'"))
      execute(file, "DROP TABLE " + table[0]);
    execute(file, "VACUUM");
  }

  void edit_both_sides() {
    sandbox::Sandbox& remote = trial_.sandbox();
    const std::string file = trial_.bench().database();
    const std::vector<std::string> ids = remote.ids();
    remote.edit_some(ids.size() / 4, 7);
    ASSERT_TRUE(remote.remove(ids[3]));
    Json refused;
    refused["name"] = Json("Refused");
    refused["maxDurationSeconds"] = Json("no number");
    remote.put(refused);
    for (const char* name : {"New one", "New two"}) {
      Json document;
      document["name"] = Json(name);
      document["metadata"]["user_email"] = Json("ana@example.com");
      remote.put(document);
    }
    const auto sql = [&](const std::string& statement, const std::string& id) {
      execute(file, statement + " WHERE vapi_assistant_id = '" + id + "'");
    };
    sql("UPDATE assistants SET first_message = 'edited here'", ids[5]);
    sql("UPDATE assistants SET name = 'Renamed here', model_temperature = 1.5", ids[6]);
    sql("DELETE FROM assistants", ids[8]);
    sql("UPDATE assistants SET vapi_assistant_id = NULL", ids[9]);
  }

  std::string page_size_;
  Trial trial_;
  Course first_, later_;
};

}  // namespace

const Course& first_import() { return Courses::small().first(); }
const Course& later_import() { return Courses::small().later(); }
const Course& large_first_import() { return Courses::large().first(); }
const Course& large_later_import() { return Courses::large().later(); }

bool GateClock::sleep(Millis duration, std::stop_token stop) const {
  if (duration < kHeld) return system_clock().sleep(duration, stop);
  std::unique_lock lock(mutex_);
  return changed_.wait(lock, stop, [&] { return duration <= kHeld + Millis(opened_); });
}

Millis GateClock::next_gate() {
  const std::lock_guard lock(mutex_);
  return kHeld + Millis(++gates_);
}

void GateClock::open() {
  {
    const std::lock_guard lock(mutex_);
    opened_ = gates_;
  }
  changed_.notify_all();
}

Trial::Trial() : sandbox_(options_with(gates_)), bench_(sandbox_) {
  bench_.set_option("plugin: vapi", "page_size: \"${PAGE_SIZE:-" + std::to_string(kTrialPageSize) + "}\"");
  bench_.set_option("plugin: vapi", "retries: \"${RETRIES:-4}\"");
  bench_.set_option("address: \"${LOCKSTEP_STORE:-${LOCKSTEP_DB:-lockstep.db}}\"", "busy_timeout: \"${BUSY_TIMEOUT:-5s}\"");
}

void Trial::restore(const Course& course) {
  release();
  bench_.environment().erase("PAGE_SIZE");
  if (!course.page_size.empty()) bench_.environment()["PAGE_SIZE"] = course.page_size;
  copy_database(course.database.string(), bench_.database());
  // It was made at the address of another trial's sandbox.
  if (query(bench_.database(), "SELECT count(*) FROM sqlite_master WHERE name = 'lockstep_link'")[0][0] != "0") {
    execute(bench_.database(), "UPDATE lockstep_link SET account = NULL");
    execute(bench_.database(), "UPDATE lockstep_sync SET address = NULL");
  }
  sandbox_.clear_faults();
  sandbox_.load(course.world);
  sandbox_.clear_requests();
}

std::unique_ptr<Running> Trial::start_and_hold_at(std::size_t request, const std::vector<std::string>& command) {
  sandbox::Fault fault;
  fault.kind = sandbox::FaultKind::Latency;
  fault.nth = request;
  fault.wait = gates_.next_gate();
  sandbox_.fault(fault);
  auto running = bench_.start(command);
  EXPECT_TRUE(wait_until([&] { return sandbox_.requests().size() >= request; }));
  return running;
}

Footprint Trial::look() const {
  const fs::path folder = bench_.directory() / "copy";
  fs::remove_all(folder);
  fs::create_directory(folder);
  for (const char* ending : {"", "-journal"}) {
    if (fs::exists(bench_.database() + ending)) fs::copy(bench_.database() + ending, folder / ("test.db" + std::string(ending)));
  }
  const std::string copy = (folder / "test.db").string();
  EXPECT_EQ(count(copy, "PRAGMA integrity_check"), "ok");
  return footprint_of(copy);
}

void Trial::expect_promises(const Course& course, const Outcome& outcome) {
  expect_old_or_new(look(), course.before, course.after);
  for (const std::string& request : forbidden_requests(sandbox_.requests())) ADD_FAILURE() << "sent " << request;
  EXPECT_EQ(sandbox_.requests().size(), sandbox_.count("GET")) << "an import wrote to the remote side";
  for (const std::string& leak : leaked(outcome.out + outcome.err, "output", {kKey})) ADD_FAILURE() << leak;
}

void Trial::expect_after(const Course& course, const Outcome& outcome) {
  EXPECT_EQ(outcome.exit, course.exit) << said(outcome);
  EXPECT_EQ(difference(footprint_of(bench_.database()), course.after), "") << said(outcome);
}

void Trial::expect_whole_after_next_run(const Course& course) {
  sandbox_.clear_faults();
  bench_.environment().erase("RETRIES");
  bench_.environment().erase("BUSY_TIMEOUT");
  expect_after(course, bench_.run(kImport));
  const std::string& file = bench_.database();
  EXPECT_EQ(count(file, "PRAGMA integrity_check"), "ok");
  EXPECT_EQ(count(file, "SELECT count(*) FROM lockstep_run WHERE finished_at IS NULL"), "0") << "a run was left open";
  for (const std::string& leak : leaked(state_text(file), "state tables", {kKey})) ADD_FAILURE() << leak;
}

bool long_run() {
  const char* wanted = std::getenv("LOCKSTEP_LONG");
  return wanted != nullptr && std::string_view(wanted) == "1";
}

namespace {

/// Where a sanitizer watches, one of each kSlowdown, and not always the same one, so that each row of a matrix is met.
bool is_played(std::size_t i) { return i % kSlowdown == i / kSlowdown % kSlowdown; }

}  // namespace

void play_side_by_side(std::size_t count, const std::function<void(Trial&, std::size_t)>& play) {
  std::atomic<std::size_t> next{0};
  const auto lane = [&] {
    try {
      Trial trial;
      for (std::size_t i = next++; i < count && !::testing::Test::HasFailure(); i = next++) {
        if (is_played(i)) play(trial, i);
      }
    } catch (const std::exception& failure) {
      ADD_FAILURE() << failure.what();
    }
  };
  std::vector<std::thread> lanes;
  for (std::size_t i = 0; i < std::min(kLanes, count); ++i) lanes.emplace_back(lane);
  for (std::thread& thread : lanes) thread.join();
}

}  // namespace lockstep::test
