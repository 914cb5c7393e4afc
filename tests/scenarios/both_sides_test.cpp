// Random histories of edits on both sides, of runs in random modes and with random policies, while the server stumbles. A model knows every
// value that a person ever wrote; after each run each one still stands on one side or in the journal, nothing has vanished or come twice,
// and in the end both sides say the same.
// The program runs in this process: starting it would take longer than the runs.

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

#include "app/program.h"
#include "app/workspace.h"
#include "engine/registry.h"
#include "format/json.h"
#include "scenarios/invariants.h"
#include "scenarios/random_histories.h"
#include "scenarios/remote_side.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kItems = 5;

/// Column and its path; all are texts but the last, a leaf of an object.
const std::vector<std::pair<std::string, std::string>> kFields = {{"first_message", "firstMessage"},
                                                                  {"end_call_message", "endCallMessage"},
                                                                  {"voicemail_message", "voicemailMessage"},
                                                                  {"model_name", "model.model"}};

class InProcess {
 public:
  explicit InProcess(Workbench& bench)
      : bench_(bench),
        registry_({std::filesystem::path(LOCKSTEP_PROGRAM).parent_path().parent_path() / "lib/lockstep/plugins"}),
        plugins_(registry_) {}

  Outcome run(std::vector<std::string> words) {
    const auto& variables = bench_.environment();
    Environment environment([&](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(std::string(name));
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
    words.insert(words.end(), {"--config", (bench_.directory() / "config/lockstep.yaml").string(), "--log-file",
                               (bench_.directory() / "run.log").string()});
    Outcome outcome;
    ProgramInput input;
    input.words = std::move(words);
    input.executable = LOCKSTEP_PROGRAM;
    input.plugins = &plugins_;
    Output out(outcome.out), err(outcome.err);
    outcome.exit = run_program(input, environment, system_clock(), out, err);
    out.flush();
    err.flush();
    return outcome;
  }

 private:
  Workbench& bench_;
  Registry registry_;
  RegistryPlugins plugins_;
};

class TwoSided {
 public:
  TwoSided(std::uint64_t seed, sandbox::Sandbox& sandbox, Workbench& bench, InProcess& program, const std::filesystem::path& empty)
      : random_(seed), sandbox_(sandbox), bench_(bench), program_(program) {
    std::filesystem::copy_file(empty, bench_.database(), std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(bench_.database() + "-journal");
    sandbox_.clear_faults();
    sandbox_.load(Json(Json::Array()));
    for (std::size_t i = 0; i < kItems; ++i) make_remotely();
  }

  void play() {
    run({"import", "assistants"}, false);
    const int rounds = number(2, 4);
    for (int round = 1; round <= rounds && !failed(); ++round) {
      for (int i = number(1, 5); i > 0; --i) change_something();
      const bool stumbles = number(1, 3) == 1;
      if (stumbles) stumble();
      run(random_command(), stumbles);
    }
    // Whatever was left open is decided and carried out.
    if (!failed()) run({"full", "assistants", "--on-conflict", "remote", "--allow-mass-change"}, false);
    if (!failed()) expect_the_same();
  }

  const std::string& steps() const { return steps_; }

 private:
  static bool failed() { return ::testing::Test::HasFailure(); }
  int number(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  template <typename T>
  T one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(number(0, static_cast<int>(all.size()) - 1))];
  }
  void note(const std::string& step) { steps_ += "  " + step + "\n"; }
  std::string fresh(const std::string& side) {
    const std::string text = side + "-" + std::to_string(++texts_) + ".";
    written_.insert(text);
    return text;
  }

  std::vector<std::string> random_command() {
    std::vector<std::string> command = {one_of<std::string>({"import", "export", "full", "full"}),
                                        "assistants",
                                        "--allow-mass-change",
                                        "--on-conflict",
                                        one_of<std::string>({"remote", "local", "newest", "manual", "hook"}),
                                        "--local-edits",
                                        one_of<std::string>({"keep", "keep", "replace"})};
    return command;
  }

  // Edits

  void change_something() {
    const int kind = number(1, 20);
    if (kind <= 7) return edit_remotely();
    if (kind == 8) return make_remotely();
    if (kind == 9 && sandbox_.size() > 1) return remove_remotely();
    if (kind == 10) return make_locally();
    const std::vector<Cells> rows = query(bench_.database(), "SELECT id FROM assistants ORDER BY id");
    if (rows.empty()) return make_locally();
    const std::string key = one_of(rows)[0];
    if (kind == 11) return remove_locally(key);
    if (kind == 12) return sql("UPDATE assistants SET vapi_assistant_id = NULL WHERE id = " + key);
    edit_locally(key);
  }

  void edit_remotely() {
    const std::vector<std::string> ids = sandbox_.ids();
    if (ids.empty()) return;
    const std::string id = one_of(ids);
    const std::string path = one_of(kFields).second;
    const std::string value = fresh("there");
    note("remote: " + path + " of " + id + " := " + value);
    forget(value_at(id, path));
    sandbox_.edit(id, path, Json(value));
  }

  void make_remotely() {
    const std::string name = "R" + std::to_string(++names_);
    const std::string text = fresh("there");
    note("remote: new " + name + " " + text);
    sandbox_.put(json::parse(R"({"name": ")" + name + R"(", "firstMessage": ")" + text +
                             R"(", "model": {"provider": "openai", "model": "gpt-4o", "maxTokens": 200}})"));
  }

  void remove_remotely() {
    const std::vector<std::string> ids = sandbox_.ids();
    const std::string id = one_of(ids);
    note("remote: " + id + " removed");
    for (const auto& [column, path] : kFields) forget(value_at(id, path));
    ASSERT_TRUE(sandbox_.remove(id));
  }

  void make_locally() {
    const std::string name = "L" + std::to_string(++names_);
    sql("INSERT INTO assistants (name, first_message, user_id, created_by) VALUES ('" + name + "', '" + fresh("here") + "', 1, 1)");
  }

  void edit_locally(const std::string& key) {
    const std::string column = one_of(kFields).first;
    forget(query(bench_.database(), "SELECT " + column + " FROM assistants WHERE id = " + key)[0][0]);
    // A model needs its provider at the API.
    sql("UPDATE assistants SET " + column + " = '" + fresh("here") +
        "', model = coalesce(model, '{\"provider\":\"openai\"}') WHERE id = " + key);
  }

  void remove_locally(const std::string& key) {
    for (const auto& [column, path] : kFields)
      forget(query(bench_.database(), "SELECT " + column + " FROM assistants WHERE id = " + key)[0][0]);
    sql("DELETE FROM assistants WHERE id = " + key);
  }

  void sql(const std::string& statement) {
    note("local: " + statement);
    execute(bench_.database(), statement);
  }

  /// A person has overwritten or removed it: it is no loss when it is nowhere any more.
  void forget(const std::string& value) { written_.erase(value); }

  std::string value_at(const std::string& id, const std::string& path) const {
    const auto item = sandbox_.item(id);
    const Json* value = &*item;
    for (std::size_t from = 0; value != nullptr && from <= path.size();) {
      const std::size_t dot = std::min(path.find('.', from), path.size());
      value = value->find(path.substr(from, dot - from));
      from = dot + 1;
    }
    return value == nullptr || value->text() == nullptr ? "" : *value->text();
  }

  void stumble() {
    const std::string fault = one_of<std::string>({R"("status", "status": 500)", R"("status", "status": 429, "retry_after": "0")",
                                                   R"("reset_before")", R"("reset_after")", R"("truncate")"});
    const std::string method = one_of<std::string>({"GET", "POST", "PATCH", "PATCH"});
    const std::string text = R"({"fault": )" + fault + R"(, "match": {"method": ")" + method + R"(", "nth": )" +
                             std::to_string(number(1, 3)) + R"(, "times": )" + std::to_string(number(1, 4)) + "}}";
    note("server: " + text);
    sandbox_.fault(sandbox::read_fault(json::parse(text)));
  }

  // Runs

  void run(const std::vector<std::string>& command, bool stumbles) {
    const Dump before = dump(bench_.database(), false);
    const World world = world_of(sandbox_);
    const Outcome outcome = carry_out(command);
    const std::string said = outcome.out + outcome.err;
    const auto requests = sandbox_.requests();
    EXPECT_TRUE(outcome.exit == 0 || outcome.exit == 2 || (stumbles && outcome.exit == 1)) << said;
    for (const std::string& request : forbidden_requests(requests)) ADD_FAILURE() << "sent " << request;
    for (const std::string& row : vanished(before, dump(bench_.database(), false))) ADD_FAILURE() << "vanished: " << row << "\n" << said;
    for (const std::string& item : touched_unnamed(world, world_of(sandbox_), requests)) ADD_FAILURE() << item << "\n" << said;
    if (command[0] == "import") {
      EXPECT_EQ(count_writes(requests), 0U) << "an import wrote to the remote side\n" << said;
    }
    sandbox_.clear_faults();
    // The answer to a write may have been lost: the next run knows what became of it.
    if (outcome.exit == 1 || stumbles) carry_out({"full", "assistants", "--on-conflict", "manual", "--allow-mass-change"});
    expect_nothing_lost(said);
    expect_no_duplicates(said);
    if (!stumbles && !failed()) expect_idempotent(command);
  }

  Outcome carry_out(const std::vector<std::string>& command) {
    sandbox_.clear_requests();
    const Outcome outcome = program_.run(command);
    std::string line = "run:";
    for (const std::string& word : command) line += " " + word;
    note(line + " → exit " + std::to_string(outcome.exit));
    return outcome;
  }

  void expect_nothing_lost(const std::string& said) {
    std::string everywhere = sandbox_.state() + state_text(bench_.database());
    Dump now = dump(bench_.database(), false);
    for (const auto& [key, cells] : now["assistants"]) {
      for (const auto& [column, value] : cells) everywhere += value + "\n";
    }
    for (const std::string& value : written_) {
      if (everywhere.find(value) == std::string::npos) ADD_FAILURE() << "lost: " << value << "\n" << said;
    }
  }

  void expect_no_duplicates(const std::string& said) {
    std::set<std::string> names;
    for (const std::string& id : sandbox_.ids()) {
      const std::string name = sandbox_.item(id)->text_at("name");
      EXPECT_TRUE(names.insert(name).second) << "two items named " << name << "\n" << said;
    }
    for (const Cells& row : query(bench_.database(), "SELECT name FROM assistants GROUP BY name HAVING count(*) > 1")) {
      ADD_FAILURE() << "two rows named " << row[0] << "\n" << said;
    }
  }

  void expect_idempotent(const std::vector<std::string>& command) {
    const Dump before = dump(bench_.database(), false);
    const std::string journal = "SELECT count(*) FROM lockstep_change", count = query(bench_.database(), journal)[0][0];
    const Outcome again = carry_out(command);
    EXPECT_EQ(before, dump(bench_.database(), false)) << again.out << again.err;
    EXPECT_EQ(count, query(bench_.database(), journal)[0][0]) << again.out << again.err;
    EXPECT_EQ(writes_of(sandbox_.requests()), std::vector<std::string>()) << again.out << again.err;
  }

  void expect_the_same() {
    const auto rows = query(bench_.database(),
                            "SELECT vapi_assistant_id, name, first_message, end_call_message, voicemail_message, model_name "
                            "FROM assistants WHERE vapi_assistant_id IS NOT NULL");
    EXPECT_EQ(rows.size(), sandbox_.size());
    for (const Cells& row : rows) {
      ASSERT_TRUE(sandbox_.item(row[0]).has_value()) << row[1];
      for (std::size_t i = 0; i < kFields.size(); ++i) {
        EXPECT_EQ(row[i + 2] == "NULL" ? "" : row[i + 2], value_at(row[0], kFields[i].second)) << row[1] << " " << kFields[i].first;
      }
    }
  }

  std::mt19937_64 random_;
  sandbox::Sandbox& sandbox_;
  Workbench& bench_;
  InProcess& program_;
  std::string steps_;
  std::set<std::string> written_;  ///< what people wrote and did not overwrite themselves
  int texts_ = 0, names_ = 0;
};

class TwoSidedHistories : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(TwoSidedHistories, LoseNothing) {
  // In memory where the system has such a place: it is not the disk that is tested.
  if (std::filesystem::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
  sandbox::Sandbox sandbox(sandbox_options(0));
  Workbench bench(sandbox);
  bench.write("scripts/assistants.lua",
              "return {conflict = function(field, here, there, base, ctx) return tostring(here) .. ' + ' .. tostring(there) end}");
  bench.set_option("plugin: vapi", "retries: 1");
  InProcess program(bench);
  ASSERT_EQ(program.run({"migrate"}).exit, 0);
  bench.add_users();
  const std::filesystem::path empty = bench.directory() / "empty.db";
  std::filesystem::copy_file(bench.database(), empty);
  play_histories(GetParam(), 9100, 200, [&](std::uint64_t seed) { return TwoSided(seed, sandbox, bench, program, empty); });
}

INSTANTIATE_TEST_SUITE_P(Parts, TwoSidedHistories, ::testing::Range(std::uint64_t{0}, kParts));

}  // namespace
}  // namespace lockstep::test
