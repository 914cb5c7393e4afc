// bench_hook: what a call of a hook costs. Prints a Markdown table of medians, in microseconds of processor time a call.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>

#include "bench/bench.h"
#include "common/error.h"
#include "data/row.h"
#include "format/json.h"
#include "hook/lua.h"
#include "hook/support.h"

namespace lockstep::bench {
namespace {

constexpr std::size_t kColumns = 180;
constexpr const char* kRecord =
    R"({"id":"4f3c","name":"Front desk","metadata":{"user_email":" ana@example.com ","type":"demo"},"model":{"provider":"openai"},"firstMessage":"Hello"})";

struct Options {
  std::string assistants;  ///< the shipped script
  std::size_t rounds = 9;
  std::size_t calls = 20000;
};

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The users that the shipped script looks for.
void add_users(test::Script& script) {
  script.host.tables["users"] = {Json::Object{{"id", 1}, {"email", "admin@example.com"}, {"role", "admin"}},
                                 Json::Object{{"id", 2}, {"email", "ana@example.com"}, {"role", "user"}}};
}

void expect(bool holds, const char* what) {
  if (!holds) throw Error(ErrorKind::Invalid, what);
}

double microseconds(const Options& options, const std::function<void()>& call) {
  std::vector<double> rounds;
  for (std::size_t round = 0; round <= options.rounds; ++round) {
    const double begin = processor_seconds();
    for (std::size_t i = 0; i < options.calls; ++i) call();
    if (round > 0) rounds.push_back((processor_seconds() - begin) * 1e6 / static_cast<double>(options.calls));
  }
  return median(std::move(rounds));
}

void print(const char* name, double microseconds) {
  std::printf("| %s | %.2f µs |\n", name, microseconds);
  std::fflush(stdout);
}

double assign_owner(const Options& options, const std::string& script) {
  test::Script bench(script);
  add_users(bench);
  std::vector<std::pair<std::string, Json>> columns;
  return microseconds(options, [&] {
    columns.clear();
    expect(!bench.hook().assign_owner({"4f3c", "Front desk", "assistant"}, kRecord, columns) && columns.size() == 2,
           "no owner was assigned");
  });
}

/// `changed`: how many cells the hook gives another value.
double row(const Options& options, const std::string& script, std::size_t changed) {
  test::Script bench(script);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kColumns; ++i) names.push_back("analysis_plan_column_" + std::to_string(i));
  const Shape shape(std::move(names));
  const std::vector<Value> before(kColumns, Value::text("as it was"));
  std::vector<Value> cells;
  Arena arena;
  return microseconds(options, [&] {
    arena.clear();
    cells = before;
    expect(!bench.hook().row({"4f3c", "Front desk", "assistant"}, shape, cells, kRecord, arena), "the row was refused");
    const auto others = std::count_if(cells.begin(), cells.end(), [](const Value& cell) { return cell.as_view() != "as it was"; });
    expect(static_cast<std::size_t>(others) == changed, "the row is not what the hook makes of it");
  });
}

std::string table_script() {
  std::string script = "return { row = function(row, record, ctx) return {";
  for (std::size_t i = 0; i < kColumns; ++i) script += "analysis_plan_column_" + std::to_string(i) + " = \"another\",";
  return script + "} end }";
}

int run(const Options& options) {
  std::printf("| a call of | time |\n|---|---|\n");
  print("`assign_owner` that returns two columns",
        assign_owner(options, "return { assign_owner = function(record, ctx) return { user_id = 1, created_by = 1 } end }"));
  print("`assign_owner` of scripts/assistants.lua", assign_owner(options, text_of(options.assistants)));
  print("`row` that sets one field",
        row(options, "return { row = function(row, record, ctx) row.analysis_plan_column_7 = 'another' return row end }", 1));
  print("`row` that returns a table of 180 columns", row(options, table_script(), kColumns));
  return EXIT_SUCCESS;
}

void declare(CLI::App& app, Options& options) {
  app.add_option("--assistants", options.assistants, "scripts/assistants.lua")->required()->check(CLI::ExistingFile);
  app.add_option("--rounds", options.rounds, "rounds")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--calls", options.calls, "calls in a round")->capture_default_str()->check(CLI::PositiveNumber);
}

}  // namespace
}  // namespace lockstep::bench

int main(int argc, char** argv) {
  return lockstep::bench::bench_main<lockstep::bench::Options>(argc, argv, "Measures calls of hooks", lockstep::bench::declare,
                                                               lockstep::bench::run);
}
