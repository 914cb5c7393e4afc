// Runs the scenarios: *.yaml beside this file. README.md describes their form.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "common/text.h"
#include "format/json.h"
#include "format/yaml.h"
#include "scenarios/invariants.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = LOCKSTEP_SOURCE_DIR;

std::vector<std::string> texts(const yaml::Node& node) {
  std::vector<std::string> out;
  if (node.kind == yaml::Node::Kind::Scalar) out.push_back(node.scalar);
  for (const yaml::Node& item : node.items) out.push_back(item.scalar);
  return out;
}

class Scenario {
 public:
  explicit Scenario(const fs::path& file) {
    yaml::Problems problems;
    root_ = yaml::load_file(file.string(), file.filename().string(), {}, problems);
    problems.raise();
    const std::vector<std::string> allowed = {"about", "given", "steps", "secrets"};
    yaml::only_keys(root_, allowed, problems);
    problems.raise();
    secrets_ = texts(root_["secrets"]);
    secrets_.push_back(kKey);
    set_up();
  }

  void play() {
    for (const yaml::Node& step : root_["steps"].items) {
      SCOPED_TRACE(step.place.text());
      take(step);
      if (::testing::Test::HasFatalFailure()) return;
    }
    check_at_the_end();
  }

 private:
  void set_up() {
    const yaml::Node& given = root_["given"];
    sandbox::Options options = sandbox_options();
    if (given["assistants"].kind == yaml::Node::Kind::Scalar)
      options.assistants = static_cast<std::size_t>(std::stoul(given["assistants"].scalar));
    sandbox_ = std::make_unique<sandbox::Sandbox>(options);
    for (const yaml::Node& document : given["assistants"].items) sandbox_->put(json::parse(document.scalar));
    if (given["phone_numbers"]) {
      for (const std::string& id : sandbox_->ids(sandbox::Kind::PhoneNumber)) sandbox_->remove(id);
    }
    for (const yaml::Node& document : given["phone_numbers"].items) sandbox_->put(json::parse(document.scalar), sandbox::Kind::PhoneNumber);
    bench_.emplace(*sandbox_);
    database_ = bench_->database();
    for (const auto& member : given["files"].members) bench_->write(member.key, member.value.scalar);
    for (const std::string& sql : texts(given["tables"])) execute(database_, sql);
    if (given["migrate"].scalar == "no") return;
    const Outcome migrated = program({"migrate"});
    ASSERT_EQ(migrated.exit, 0) << migrated.out << migrated.err;
    if (given["users"].scalar != "none") bench_->add_users();
    for (const std::string& sql : texts(given["sql"])) execute(database_, sql);
  }

  Outcome program(const std::vector<std::string>& arguments) {
    const Outcome outcome = bench_->run(arguments);
    for (const std::string& leak : leaked(outcome.out + outcome.err, "output", secrets_)) ADD_FAILURE() << leak;
    return outcome;
  }

  void take(const yaml::Node& step) {
    if (step["run"]) return run(step);
    if (step["rows"]) return rows(step);
    if (step["sql"]) {
      for (const std::string& sql : texts(step["sql"])) execute(database_, sql);
    } else if (step["edit"]) {
      sandbox_->edit(step["edit"].scalar, step["path"].scalar, json::parse(step["value"].scalar));
    } else if (step["remove"]) {
      for (const std::string& id : texts(step["remove"])) ASSERT_TRUE(sandbox_->remove(id));
    } else if (step["put"]) {
      const bool number = step["kind"].scalar == "phone_number";
      for (const std::string& document : texts(step["put"]))
        sandbox_->put(json::parse(document), number ? sandbox::Kind::PhoneNumber : sandbox::Kind::Assistant);
    } else if (step["generate"]) {
      sandbox::Generate spec;
      spec.count = static_cast<std::size_t>(std::stoul(step["generate"].scalar));
      spec.bytes = 1500;
      sandbox_->generate(spec);
    } else if (step["fault"]) {
      sandbox_->fault(sandbox::read_fault(json::parse(step["fault"].scalar)));
    } else if (step["clear_faults"]) {
      sandbox_->clear_faults();
    } else if (step["env"]) {
      for (const auto& member : step["env"].members) bench_->environment()[member.key] = member.value.scalar;
    } else if (step["file"]) {
      bench_->write(step["file"].scalar, step["text"].scalar);
    } else {
      FAIL() << "unknown step";
    }
  }

  /// `@run2` stands for the id of the second run in the journal.
  std::vector<std::string> words_of(const yaml::Node& node) const {
    std::vector<std::string> words = texts(node);
    for (std::string& word : words) {
      if (!word.starts_with("@run")) continue;
      const std::vector<Cells> runs = query(database_, "SELECT run FROM lockstep_run GROUP BY run ORDER BY min(id)");
      word = runs.at(std::stoul(word.substr(4)) - 1).at(0);
    }
    return words;
  }

  void run(const yaml::Node& step) {
    const Dump before = dump(database_, false);
    const Dump state_before = dump(database_, true);
    sandbox_->clear_requests();
    const std::vector<std::string> arguments = words_of(step["run"]);
    const Outcome outcome = program(arguments);
    const std::string said = "stdout:\n" + outcome.out + "\nstderr:\n" + outcome.err;
    EXPECT_EQ(outcome.exit, step["exit"] ? std::stoi(step["exit"].scalar) : 0) << said;
    expect_lines(step["output"], outcome.out, said);
    expect_lines(step["errors"], outcome.err, said);
    for (const std::string& text : texts(step["lacks"]))
      EXPECT_EQ((outcome.out + outcome.err).find(text), std::string::npos) << text << "\n" << said;
    if (step["requests"]) expect_requests(step["requests"]);
    const Dump after = dump(database_, false);
    if (step["writes"].scalar == "nothing") {
      EXPECT_EQ(before, after) << said;
      EXPECT_EQ(changes(state_before), changes(dump(database_, true))) << said;
    }
    for (const std::string& row : vanished(before, after)) ADD_FAILURE() << "vanished: " << row << "\n" << said;
    for (const char* table : {"assistants", "phone_numbers", "agents"}) {
      for (const std::string& cell : unjournaled(before, after, table, database_))
        ADD_FAILURE() << "not in the journal: " << cell << "\n" << said;
    }
    for (const std::string& request : forbidden_requests(sandbox_->requests())) ADD_FAILURE() << "sent " << request;
    const bool repeatable = (outcome.exit == 0 || outcome.exit == 2) && step["repeats"].scalar != "no" &&
                            std::find(arguments.begin(), arguments.end(), "--force") == arguments.end();
    repeat_ = repeatable ? arguments : std::vector<std::string>();
  }

  /// Each expected text stands in a line of `output`, in the given order.
  static void expect_lines(const yaml::Node& expected, const std::string& output, const std::string& said) {
    std::size_t from = 0;
    for (const std::string& line : texts(expected)) {
      const std::size_t found = output.find(line, from);
      ASSERT_NE(found, std::string::npos) << "missing (or out of order): " << line << "\n" << said;
      from = found + line.size();
    }
  }

  void expect_requests(const yaml::Node& expected) {
    std::map<std::string, std::size_t> made;
    for (const sandbox::LoggedRequest& entry : sandbox_->requests()) ++made[entry.request.method];
    for (const auto& member : expected.members) EXPECT_EQ(made[member.key], std::stoul(member.value.scalar)) << member.key;
  }

  static std::size_t changes(const Dump& state) {
    const auto found = state.find("lockstep_change");
    return found == state.end() ? 0 : found->second.size();
  }

  void rows(const yaml::Node& step) {
    std::vector<Cells> expected;
    for (const yaml::Node& row : step["are"].items) expected.push_back(texts(row));
    EXPECT_EQ(query(database_, step["rows"].scalar), expected) << step["rows"].scalar;
  }

  void check_at_the_end() {
    for (const std::string& leak : leaked(state_text(database_), "state tables", secrets_)) ADD_FAILURE() << leak;
    if (repeat_.empty()) return;
    const Dump before = dump(database_, false);
    const std::size_t changes_before = changes(dump(database_, true));
    sandbox_->clear_faults();
    const Outcome outcome = program(repeat_);
    EXPECT_EQ(before, dump(database_, false)) << "the same command again wrote rows\n" << outcome.out << outcome.err;
    EXPECT_EQ(changes_before, changes(dump(database_, true))) << "the same command again wrote to the journal\n" << outcome.out;
  }

  std::string database_;
  yaml::Node root_;
  std::vector<std::string> secrets_;
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::optional<Workbench> bench_;
  std::vector<std::string> repeat_;
};

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/scenarios")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Scenarios : public ::testing::TestWithParam<std::string> {};

TEST_P(Scenarios, Holds) {
  try {
    Scenario(kSource / "tests/scenarios" / (GetParam() + ".yaml")).play();
  } catch (const std::exception& failure) {
    ADD_FAILURE() << failure.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Scenarios, ::testing::ValuesIn(scenario_names()), [](const auto& named) { return named.param; });

}  // namespace
}  // namespace lockstep::test
