#include "scenarios/two_sided.h"

#include <algorithm>
#include <cstdlib>

#include "format/json.h"
#include "scenarios/invariants.h"

namespace lockstep::test {

namespace fs = std::filesystem;

InProcess::InProcess(Workbench& bench, const Clock& clock)
    : bench_(bench),
      clock_(clock),
      registry_({fs::path(LOCKSTEP_PROGRAM).parent_path().parent_path() / "lib/lockstep/plugins"}),
      plugins_(registry_) {}

Outcome InProcess::run(std::vector<std::string> words) {
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
  outcome.exit = run_program(input, environment, clock_, out, err);
  out.flush();
  err.flush();
  return outcome;
}

namespace {

constexpr const char* kEmpty = "empty";

sandbox::Options in_memory() {
  // Where the system has such a place: it is not the disk that is tested.
  if (fs::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
  return sandbox_options(0);
}

}  // namespace

TwoSidedStage::TwoSidedStage(const DatabaseKind& kind) : sandbox(in_memory()), bench(sandbox, kind), program(bench, clock) {
  bench.write("scripts/assistants.lua", kStageHooks);
  bench.set_option("plugin: vapi", "retries: 1");
  EXPECT_EQ(program.run({"migrate"}).exit, 0);
  bench.add_users();
  kind.back_up(bench.database(), kEmpty);
}

void TwoSidedStage::clear() {
  kind_of(bench.database()).restore(bench.database(), kEmpty);
  fs::remove(log_file());
  sandbox.clear_faults();
  sandbox.load(Json(Json::Array()));
}

void TwoSidedHistory::sql(const std::string& statement) {
  note("local: " + statement);
  execute(database(), statement);
}

void TwoSidedHistory::fault(const std::string& text) {
  note("server: " + text);
  sandbox().fault(sandbox::read_fault(json::parse(text)));
}

std::vector<std::string> TwoSidedHistory::random_command() {
  return {one_of<std::string>({"import", "export", "full", "full"}),
          "assistants",
          "--allow-mass-change",
          "--on-conflict",
          one_of<std::string>({"remote", "local", "newest", "manual", "hook"}),
          "--local-edits",
          one_of<std::string>({"keep", "keep", "replace"})};
}

Outcome TwoSidedHistory::carry_out(const std::vector<std::string>& command) {
  sandbox().clear_requests();
  const Outcome outcome = stage_.program.run(command);
  std::string line = "run:";
  for (const std::string& word : command) line += " " + word;
  note(line + " → exit " + std::to_string(outcome.exit) + (std::getenv("LOCKSTEP_SAY") != nullptr ? "\n" + outcome.out : ""));
  return outcome;
}

void TwoSidedHistory::expect_nothing_vanished(const Dump& before, const World& world, const std::string& said) const {
  const auto requests = sandbox().requests();
  for (const std::string& request : forbidden_requests(requests)) ADD_FAILURE() << "sent " << request;
  for (const std::string& row : vanished(before, dump(database(), false))) ADD_FAILURE() << "vanished: " << row << "\n" << said;
  for (const std::string& item : touched_unnamed(world, world_of(sandbox()), requests)) ADD_FAILURE() << item << "\n" << said;
}

void TwoSidedHistory::expect_idempotent(const std::vector<std::string>& command) {
  const Dump before = dump(database(), false);
  const std::string journal = "SELECT count(*) FROM lockstep_change", count = query(database(), journal)[0][0];
  const Outcome again = carry_out(command);
  EXPECT_EQ(before, dump(database(), false)) << again.out << again.err;
  EXPECT_EQ(count, query(database(), journal)[0][0]) << again.out << again.err;
  EXPECT_EQ(writes_of(sandbox().requests()), std::vector<std::string>()) << again.out << again.err;
}

const Json* value_in(const Json& document, const std::string& path) {
  const Json* value = &document;
  for (std::size_t from = 0; value != nullptr && from <= path.size();) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    value = value->find(path.substr(from, dot - from));
    from = dot + 1;
  }
  return value;
}

}  // namespace lockstep::test
