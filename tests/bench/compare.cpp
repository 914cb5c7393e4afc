// bench_compare: Lockstep against the native yardstick, on the same sandbox, in turns. Prints a Markdown table of medians and ratios, for
// assistants, phone numbers and models. Each round gives each program a new database file for its first import and runs it once more with nothing changed.
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <thread>

#include "bench/bench.h"
#include "bench/child.h"

namespace lockstep::bench {
namespace {

namespace fs = std::filesystem;

struct Options : Programs {
  std::string native;
  std::size_t rounds = 7;
  std::size_t count = 10000;
  std::vector<std::string> kinds = {"assistants", "phone-numbers", "models"};
  std::size_t bytes = 7000;
  double most_import = 0, most_unchanged = 0, most_mebibytes = 0;
};

/// What one program needed, a value a round.
struct Series {
  std::vector<Measured> import, unchanged;
};

double median_of(const std::vector<Measured>& of, double Measured::*member) {
  std::vector<double> values;
  for (const auto& one : of) values.push_back(one.*member);
  return median(std::move(values));
}

void execute(const fs::path& file, const char* sql, const std::function<void(sqlite3_stmt*)>& row) {
  sqlite3* database = nullptr;
  sqlite3_open(file.c_str(), &database);
  sqlite3_stmt* statement = nullptr;
  for (const char* rest = sql; *rest != '\0';) {
    if (sqlite3_prepare_v2(database, rest, -1, &statement, &rest) != SQLITE_OK) {
      const std::string why = sqlite3_errmsg(database);
      sqlite3_close(database);
      throw std::runtime_error(file.string() + ": " + why);
    }
    while (sqlite3_step(statement) == SQLITE_ROW) row(statement);
    sqlite3_finalize(statement);
  }
  sqlite3_close(database);
}

/// A new database as each program makes it, with the owner that every generated assistant names, and an administrator.
void make_database(const fs::path& file, const std::optional<Command>& maker) {
  fs::remove(file);
  if (maker) measure(*maker);
  execute(file,
          "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name VARCHAR(255), email VARCHAR(255), role VARCHAR(255));"
          "INSERT INTO users VALUES (1, 'Admin', 'admin@example.com', 'admin'), (2, 'Ana', 'ana@example.com', 'user')",
          [](sqlite3_stmt*) {});
}

/// A list, the table that it becomes, and the option of the sandbox that makes it.
struct Kind {
  const char* name;
  const char* table;
  const char* sync;
  const char* option;
};

constexpr Kind kKinds[] = {{"assistants", "assistants", "assistants", "--generate"},
                           {"phone-numbers", "phone_numbers", "phone-numbers", "--generate-phone-numbers"},
                           {"models", "ai_models", "openai-models", "--generate-models"}};

std::size_t rows_of(const fs::path& file, const Kind& kind) {
  std::size_t found = 0;
  execute(file, ("SELECT count(*) FROM " + std::string(kind.table)).c_str(),
          [&](sqlite3_stmt* row) { found = static_cast<std::size_t>(sqlite3_column_int64(row, 0)); });
  return found;
}

/// The sandbox has some hand-made items besides.
void expect_rows(const fs::path& file, const Kind& kind, std::size_t count) {
  const std::size_t found = rows_of(file, kind);
  if (found < count || found > count + 10)
    throw std::runtime_error(file.string() + " holds " + std::to_string(found) + " " + kind.name + ", not " + std::to_string(count));
}

/// A program at work on a database file of its own.
struct Runner {
  Command command;
  std::optional<Command> maker;
  fs::path file;
  Series series = {};
};

void round(Runner& runner, const Kind& kind, std::size_t count) {
  make_database(runner.file, runner.maker);
  runner.series.import.push_back(measure(runner.command));
  expect_rows(runner.file, kind, count);
  runner.series.unchanged.push_back(measure(runner.command));
  expect_rows(runner.file, kind, count);
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown processor";
}

/// Prints a row; false when a given limit is passed.
bool print_row(const std::string& name, const std::vector<Measured>& native, const std::vector<Measured>& ours, double most,
               double most_mebibytes) {
  const double native_wall = median_of(native, &Measured::wall_seconds);
  const double our_wall = median_of(ours, &Measured::wall_seconds);
  const double peak = median_of(ours, &Measured::peak_mebibytes);
  std::printf("| %s | %.3f s | %.3f s | %.2f | %.3f s | %.3f s | %.0f MiB | %.0f MiB |\n", name.c_str(), native_wall, our_wall,
              our_wall / native_wall, median_of(native, &Measured::cpu_seconds), median_of(ours, &Measured::cpu_seconds),
              median_of(native, &Measured::peak_mebibytes), peak);
  std::fflush(stdout);
  return (most <= 0 || our_wall <= most * native_wall) && (most_mebibytes <= 0 || peak <= most_mebibytes);
}

void print_head(const Options& options) {
  std::printf(
      "%zu items of each kind over loopback (assistants of about %zu bytes), without compression, into a SQLite file; medians of %zu "
      "rounds "
      "in turns; %s, %u cores.\n\n",
      options.count, options.bytes, options.rounds, processor().c_str(), std::thread::hardware_concurrency());
  std::printf(
      "| run | native wall | Lockstep wall | ratio | native CPU | Lockstep CPU | native peak | Lockstep peak "
      "|\n|---|---|---|---|---|---|---|---|\n");
}

/// What is asked of assistants alone is that their limits are kept.
bool print(const Options& options, const Kind& kind, const Series& native, const Series& ours) {
  const bool bound = std::string_view(kind.name) == "assistants";
  const auto limit = [&](double most) { return bound ? most : 0; };
  const std::string name = kind.name;
  const bool first =
      print_row(name + ", first import", native.import, ours.import, limit(options.most_import), limit(options.most_mebibytes));
  const bool second =
      print_row(name + ", nothing changed", native.unchanged, ours.unchanged, limit(options.most_unchanged), limit(options.most_mebibytes));
  return first && second;
}

bool compare(const Options& options, const Kind& kind) {
  const std::string prefix = "Listening on http://127.0.0.1:";
  const Background sandbox({{options.sandbox, "--assistants", "0", kind.option, std::to_string(options.count), "--bytes",
                             std::to_string(options.bytes), "--no-gzip"},
                            {}});
  if (!sandbox.first_line().starts_with(prefix)) throw std::runtime_error("the sandbox did not start");
  const std::string port = sandbox.first_line().substr(prefix.size());
  const fs::path directory = fs::path(options.directory) / ("lockstep-bench-" + std::to_string(::getpid()));
  fs::create_directories(directory);
  Runner native{{{options.native, kind.name, port, "sandbox-key", (directory / "native.db").string()}, {}}, {}, directory / "native.db"};
  Runner ours{{{options.program, "import", kind.sync, "--quiet", "--config", options.config},
               {{"LOCKSTEP_DB", (directory / "lockstep.db").string()},
                {"VAPI_API_KEY", "sandbox-key"},
                {"VAPI_BASE_URL", "http://127.0.0.1:" + port},
                {"OPENAI_API_KEY", "sandbox-key"},
                {"OPENAI_BASE_URL", "http://127.0.0.1:" + port + "/openai/v1"}}},
              {},
              directory / "lockstep.db"};
  ours.maker = ours.command;
  ours.maker->arguments = {options.program, "migrate", "--quiet", "--config", options.config};
  // The sandbox joins its pages on the first demand of each program; that is not what is measured.
  for (std::size_t i = 0; i <= options.rounds; ++i) {
    for (Runner* runner : {&native, &ours}) {
      round(*runner, kind, options.count);
      if (i == 0) runner->series = {};
    }
  }
  fs::remove_all(directory);
  return print(options, kind, native.series, ours.series);
}

int run(const Options& options) {
  print_head(options);
  bool fine = true;
  for (const Kind& kind : kKinds) {
    const bool asked = std::find(options.kinds.begin(), options.kinds.end(), kind.name) != options.kinds.end();
    fine = (!asked || compare(options, kind)) && fine;
  }
  return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

void declare(CLI::App& app, Options& options) {
  declare_programs(app, options);
  app.add_option("--native", options.native, "the yardstick")->required()->check(CLI::ExistingFile);
  app.add_option("--rounds", options.rounds, "rounds")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--kinds", options.kinds, "what is imported: assistants, phone-numbers, models")->delimiter(',')->capture_default_str();
  app.add_option("--count", options.count, "items of each")->capture_default_str();
  app.add_option("--bytes", options.bytes, "size of an assistant")->capture_default_str();
  app.add_option("--most-import", options.most_import, "fail when the first import takes more than so many times the yardstick");
  app.add_option("--most-unchanged", options.most_unchanged, "the same for the run in which nothing changed");
  app.add_option("--most-mebibytes", options.most_mebibytes, "fail when Lockstep's peak is above");
}

}  // namespace
}  // namespace lockstep::bench

int main(int argc, char** argv) {
  return lockstep::bench::bench_main<lockstep::bench::Options>(argc, argv, "Compares lockstep with the native yardstick",
                                                               lockstep::bench::declare, lockstep::bench::run);
}
