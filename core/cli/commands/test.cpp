// test: the cases that stand beside the configuration, and which rules none of them tried.
#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/commands/commands.h"
#include "cli/context.h"
#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "rules/rule_tests.h"
#include "rules/rule_trial.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownNames = 8;

Json texts(const std::vector<std::string>& values) { return Json(Json::Array(values.begin(), values.end())); }

/// Every *.yaml in the folder `tests` beside the configuration, by name.
std::vector<std::string> files_beside(const fs::path& directory) {
  std::vector<std::string> files;
  std::error_code failure;
  const fs::path folder = directory / "tests";
  for (const auto& entry : fs::directory_iterator(folder, failure))
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml")
      files.push_back(entry.path().lexically_normal().string());
  std::sort(files.begin(), files.end());
  if (files.empty())
    throw Error(ErrorKind::Invalid, "there are no tests: no *.yaml in " + folder.lexically_normal().string(),
                "name a file of tests, or write one there");
  return files;
}

class Tester {
 public:
  explicit Tester(Context& context) : context_(context), session_(*context.workspace, context.stop) {}

  int run() {
    read();
    for (const RuleTestFile& file : files_) {
      print_heading(file);
      for (const RuleTest& test : file.cases) {
        if (context_.stop.stop_requested()) return 130;
        take(file, test, trials_.at(file.sync)->run(test, file.now));
      }
    }
    conclude();
    return failed_ > 0 ? 2 : 0;
  }

 private:
  /// All files and all that they name, so that every mistake is told before the first case runs.
  void read() {
    std::vector<std::string> names = context_.arguments.positionals;
    if (names.empty()) names = files_beside(session_.configuration().directory);
    yaml::Problems problems = session_.workspace().problems();
    for (const std::string& name : names) files_.push_back(read_rule_tests(name, problems));
    if (context_.arguments.positionals.empty()) leave_out_other_syncs();
    for (const RuleTestFile& file : files_) prepare(file, problems);
    problems.add(session_.workspace().problems());
    problems.raise();
  }

  /// A shipped file whose sync has been taken out of the configuration is no mistake, unless the file is named; a name that is nearly one
  /// is.
  void leave_out_other_syncs() {
    std::erase_if(files_, [this](const RuleTestFile& file) {
      const Configuration& configuration = session_.configuration();
      const bool other =
          !file.sync.empty() && configuration.sync(file.sync) == nullptr && did_you_mean(file.sync, configuration.sync_names()).empty();
      if (other) log::warning(file.file + " is left out: the configuration has no sync " + in_quotes(file.sync));
      return other;
    });
  }

  void prepare(const RuleTestFile& file, yaml::Problems& problems) {
    if (file.sync.empty()) return;
    const Configuration& configuration = session_.configuration();
    if (configuration.sync(file.sync) == nullptr) {
      problems.add(file.sync_place,
                   "no sync " + in_quotes(file.sync) + " in " + configuration.file + did_you_mean(file.sync, configuration.sync_names()));
      return;
    }
    const Sync* sync = session_.load(file.sync);
    if (sync == nullptr) return;
    auto& trial = trials_[file.sync];
    if (!trial) trial = std::make_unique<RuleTrial>(session_, *sync);
    trial->check_columns(file, problems);
  }

  void print_heading(const RuleTestFile& file) {
    if (!context_.for_programs() && !context_.quiet) context_.out.line(printable(file.file) + " (" + file.sync + ")");
  }

  void take(const RuleTestFile& file, const RuleTest& test, const RuleVerdict& verdict) {
    ++(verdict.passed() ? passed_ : failed_);
    if (context_.for_programs()) {
      results_.push_back(Json::Object{{"file", file.file},
                                      {"sync", file.sync},
                                      {"name", test.name},
                                      {"passed", verdict.passed()},
                                      {"problems", texts(verdict.problems)}});
      return;
    }
    if (verdict.passed() && context_.quiet) return;
    const Palette palette = Palette::of(context_.color);
    const std::string sign =
        std::string(verdict.passed() ? palette.good : palette.bad) + (verdict.passed() ? "✓" : "✗") + std::string(palette.reset);
    context_.out.line("  " + sign + " " + printable(test.name) + (verdict.passed() ? "" : " (" + test.place.text() + ")"));
    for (const std::string& problem : verdict.problems) context_.out.line("      " + printable(problem));
    context_.out.flush();
  }

  void conclude() {
    if (context_.for_programs()) return print_json();
    if (context_.quiet) return;
    context_.out.line("");
    for (const auto& [sync, trial] : trials_) {
      print_silent("fields of " + sync, trial->silent_fields(), trial->fields());
      print_silent("hooks of " + sync, trial->silent_hooks(), 0);
    }
    context_.out.line(std::to_string(passed_) + " passed, " + std::to_string(failed_) + " failed");
  }

  /// `of`: how many there are; 0: the names alone say it.
  void print_silent(const std::string& what, std::vector<std::string> names, std::size_t of) {
    if (names.empty()) return;
    const std::string count = of == 0 ? "" : std::to_string(names.size()) + " of " + std::to_string(of) + " ";
    const std::size_t more = context_.verbosity > 0 || names.size() <= kShownNames ? 0 : names.size() - kShownNames;
    names.resize(names.size() - more);
    context_.out.line("Never fired: " + count + what + ": " + join(names, ", ") +
                      (more == 0 ? "" : " and " + std::to_string(more) + " more (-v names them)"));
  }

  void print_json() {
    Json::Array silent;
    for (const auto& [sync, trial] : trials_)
      silent.push_back(Json::Object{{"sync", sync}, {"fields", texts(trial->silent_fields())}, {"hooks", texts(trial->silent_hooks())}});
    context_.print(Json::Object{{"tests", std::move(results_)},
                                {"passed", passed_},
                                {"failed", failed_},
                                {"never_fired", std::move(silent)},
                                {"exit", failed_ > 0 ? 2 : 0}});
  }

  Context& context_;
  Session session_;
  std::vector<RuleTestFile> files_;
  std::map<std::string, std::unique_ptr<RuleTrial>> trials_;
  Json::Array results_;
  std::int64_t passed_ = 0, failed_ = 0;
};

}  // namespace

int test_command(Context& context) { return Tester(context).run(); }

}  // namespace lockstep
