// Runs the scenarios: *.yaml beside this file. README.md describes their form.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "common/text.h"
#include "format/json.h"
#include "format/yaml.h"
#include "scenarios/aftermath.h"
#include "scenarios/database_kind.h"
#include "scenarios/invariants.h"
#include "scenarios/step_text.h"
#include "scenarios/workbench.h"
#include "support/slowdown.h"

namespace lockstep::test {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = LOCKSTEP_SOURCE_DIR;

class Scenario {
 public:
  Scenario(const fs::path& file, const DatabaseKind& kind) : kind_(kind) {
    yaml::Problems problems;
    root_ = yaml::load_file(file.string(), file.filename().string(), {}, problems);
    problems.raise();
    const std::vector<std::string> allowed = {"about", "only_on", "because", "given", "steps", "secrets"};
    yaml::only_keys(root_, allowed, problems);
    problems.raise();
    secrets_ = texts(root_["secrets"]);
    secrets_.push_back(kKey);
  }

  /// Why it is not played on this kind of database; empty where it is.
  std::string skipped() const {
    const std::vector<std::string> stores = texts(root_["only_on"]);
    if (!kind_.missing().empty() || stores.empty() || std::find(stores.begin(), stores.end(), kind_.name()) != stores.end())
      return kind_.missing();
    return "only on " + join(stores, " and ") + ": " + root_["because"].scalar;
  }

  void play() {
    set_up();
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
    bench_.emplace(*sandbox_, kind_);
    database_ = bench_->database();
    for (const auto& member : given["files"].members) bench_->write(member.key, member.value.scalar);
    carry_out(given["tables"]);
    if (given["migrate"].scalar == "no") return;
    const Outcome migrated = program({"migrate"});
    ASSERT_EQ(migrated.exit, 0) << migrated.out << migrated.err;
    if (given["users"].scalar != "none") bench_->add_users();
    carry_out(given["sql"]);
  }

  void carry_out(const yaml::Node& sql) {
    if (sql.kind == yaml::Node::Kind::Scalar || sql.kind == yaml::Node::Kind::Map) execute(database_, spelled(sql, kind_));
    for (const yaml::Node& statement : sql.items) execute(database_, spelled(statement, kind_));
  }

  static sandbox::Kind kind_of(const std::string& name) {
    if (name == "tool") return sandbox::Kind::Tool;
    return name == "phone_number" ? sandbox::Kind::PhoneNumber : sandbox::Kind::Assistant;
  }

  Outcome program(const std::vector<std::string>& arguments) {
    const Outcome outcome = bench_->run(arguments);
    for (const std::string& leak : leaked(outcome.out + outcome.err, "output", secrets_)) ADD_FAILURE() << leak;
    return outcome;
  }

  void take(const yaml::Node& step) {
    if (step["run"]) return run(step);
    if (step["rows"]) return rows(step);
    if (step["records"]) return records(step);
    if (step["columns"]) return columns(step);
    if (step["indexes"]) return indexes(step);
    if (step["sql"]) {
      carry_out(step["sql"]);
    } else if (step["edit"]) {
      sandbox_->edit(id_of(step["edit"].scalar), step["path"].scalar, json::parse(step["value"].scalar));
    } else if (step["remove"]) {
      for (const std::string& id : texts(step["remove"])) ASSERT_TRUE(sandbox_->remove(id));
    } else if (step["put"]) {
      for (const std::string& document : texts(step["put"])) sandbox_->put(json::parse(document), kind_of(step["kind"].scalar));
    } else if (step["generate"]) {
      sandbox::Generate spec;
      spec.count = static_cast<std::size_t>(std::stoul(step["generate"].scalar));
      spec.bytes = 1500;
      sandbox_->generate(spec);
    } else if (step["fault"]) {
      sandbox_->fault(sandbox::read_fault(json::parse(step["fault"].scalar)));
      faulty_ = true;
    } else if (step["clear_faults"]) {
      sandbox_->clear_faults();
      faulty_ = false;
    } else if (step["env"]) {
      for (const auto& member : step["env"].members) bench_->environment()[member.key] = member.value.scalar;
    } else if (step["back_up"]) {
      kind_.back_up(database_, step["back_up"].scalar);
    } else if (step["restore"]) {
      kind_.restore(database_, step["restore"].scalar);
    } else if (step["file"]) {
      bench_->write(step["file"].scalar, step["text"].scalar);
    } else {
      FAIL() << "unknown step";
    }
  }

  /// `@run2` stands for the id of the scenario's second run.
  std::vector<std::string> words_of(const yaml::Node& node) const {
    std::vector<std::string> words = texts(node);
    for (std::string& word : words) {
      if (word.starts_with("@run")) word = runs_.at(std::stoul(word.substr(4)) - 1);
    }
    return words;
  }

  /// Runs that the journal got since it was looked at last.
  std::vector<std::string> new_runs() {
    std::vector<std::string> out;
    if (!has_state()) return out;
    for (const Cells& run : query(database_, "SELECT run FROM lockstep_run GROUP BY run ORDER BY min(id)")) {
      if (journaled_.insert(run[0]).second) out.push_back(run[0]);
    }
    return out;
  }

  bool has_state() const { return has_table(database_, "lockstep_run"); }

  void run(const yaml::Node& step) {
    const std::vector<std::string> arguments = words_of(step["run"]);
    Aftermath aftermath(kind_, database_, *sandbox_, secrets_);
    const Outcome outcome = program(arguments);
    for (std::string& run : new_runs()) runs_.push_back(std::move(run));
    aftermath.expect(step, outcome);
    const bool repeatable = (outcome.exit == 0 || outcome.exit == 2) && step["repeats"].scalar != "no" && !faulty_ &&
                            std::find(arguments.begin(), arguments.end(), "--force") == arguments.end();
    if (repeatable) repeat(arguments, outcome.exit);
  }

  /// The same command again writes nothing on either side; a decision or a plan that was carried out says so.
  void repeat(const std::vector<std::string>& arguments, int exit) {
    Aftermath aftermath(kind_, database_, *sandbox_, secrets_);
    const Outcome again = program(arguments);
    new_runs();
    const bool once = arguments[0] == "resolve" || arguments[0] == "apply";
    aftermath.expect_nothing_new(again, once ? 1 : exit);
  }

  /// Of `NAME`, the newest item that bears it; else it is an id already.
  std::string id_of(const std::string& name) const {
    for (const std::string& id : sandbox_->ids()) {
      if (const auto item = sandbox_->item(id); item && item->text_at("name") == name) return id;
    }
    return name;
  }

  void rows(const yaml::Node& step) {
    std::vector<Cells> expected;
    for (const yaml::Node& row : step["are"].items) expected.push_back(texts(row));
    const std::string sql = spelled(step["rows"], kind_);
    EXPECT_EQ(query(database_, sql), expected) << sql;
  }

  void columns(const yaml::Node& step) const {
    const Cells columns = kind_.columns(database_, step["columns"].scalar);
    if (step["are"]) {
      EXPECT_EQ(columns, texts(step["are"]));
    }
    for (const std::string& name : texts(step["lack"])) EXPECT_EQ(std::count(columns.begin(), columns.end(), name), 0) << name;
  }

  /// "name (first, second)", "name unique (column)"
  void indexes(const yaml::Node& step) const {
    std::vector<std::string> are;
    for (const Index& index : kind_.indexes(database_, step["indexes"].scalar))
      are.push_back(index.name + (index.unique ? " unique (" : " (") + join(index.columns, ", ") + ")");
    EXPECT_EQ(are, texts(step["are"]));
  }

  /// Each entry of `are`: an item's name or id, a path (or nothing: it exists), and the value there as JSON ("absent": there is none).
  void records(const yaml::Node& step) {
    if (step["records"].scalar != "some") {
      EXPECT_EQ(sandbox_->size(), std::stoul(step["records"].scalar));
    }
    for (const yaml::Node& line : step["are"].items) {
      const std::vector<std::string> words = texts(line);
      const auto item = sandbox_->item(id_of(words.at(0)));
      ASSERT_TRUE(item.has_value()) << "no remote item " << words[0];
      if (words.size() < 3) continue;
      const Json* value = &*item;
      for (const std::string& name : split(words[1], '.')) value = value == nullptr ? nullptr : value->find(name);
      if (words[2] == "absent") {
        EXPECT_TRUE(value == nullptr || value->is_null()) << words[0] << " " << words[1];
      } else {
        EXPECT_EQ(shown(value), json::canonical(json::parse(words[2]))) << words[0] << " " << words[1];
      }
    }
  }

  void check_at_the_end() const {
    for (const std::string& leak : leaked(state_text(database_), "state tables", secrets_)) ADD_FAILURE() << leak;
  }

  const DatabaseKind& kind_;
  std::string database_;
  yaml::Node root_;
  std::vector<std::string> secrets_;
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::optional<Workbench> bench_;
  std::vector<std::string> runs_;    ///< without those of the commands that were repeated
  std::set<std::string> journaled_;  ///< all of them
  bool faulty_ = false;              ///< a fault may still strike
};

/// All of them; where a sanitizer watches, every fifth, from `first` on.
std::vector<std::string> scenario_names(std::size_t first) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/scenarios")) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  std::vector<std::string> played;
  for (std::size_t i = first % kSlowdown; i < names.size(); i += kSlowdown) played.push_back(names[i]);
  return played;
}

/// A kind of database, and a scenario.
class Scenarios : public ::testing::TestWithParam<std::tuple<const DatabaseKind*, std::string>> {};

TEST_P(Scenarios, Holds) {
  const auto& [kind, name] = GetParam();
  try {
    Scenario scenario(kSource / "tests/scenarios" / (name + ".yaml"), *kind);
    if (const std::string why = scenario.skipped(); !why.empty()) GTEST_SKIP() << why;
    scenario.play();
  } catch (const std::exception& failure) {
    ADD_FAILURE() << failure.what();
  }
}

const auto kScenarioName = [](const auto& named) { return std::get<1>(named.param); };

auto on(const DatabaseKind& kind, std::size_t first) {
  return ::testing::Combine(::testing::Values(&kind), ::testing::ValuesIn(scenario_names(first)));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, Scenarios, on(sqlite_kind(), 0), kScenarioName);
INSTANTIATE_TEST_SUITE_P(Postgresql, Scenarios, on(postgres_kind(), 1), kScenarioName);
INSTANTIATE_TEST_SUITE_P(Mysql, Scenarios, on(mysql_kind(), 2), kScenarioName);

}  // namespace
}  // namespace lockstep::test
