// bench_databases: Lockstep on database servers, held against the fastest way to put the same rows into the same server, against its own run on
// SQLite, and against the latency of a line. Prints Markdown tables. The servers are the tests' own: no fsync, a socket.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <stdexcept>

#include "bench/bench.h"
#include "common/text.h"
#include "scenarios/server_of_kind.h"
#include "scenarios/workbench.h"
#include "support/proxy.h"

namespace lockstep::bench {
namespace {

namespace fs = std::filesystem;
using test::ServerOfKind;

struct Options {
  std::string native_copy, native_arrays;
  std::size_t rounds = 5, count = 10000, bytes = 7000;
  double most_import = 0, most_unchanged = 0;
};

sandbox::Options served(const Options& options) {
  sandbox::Options out = test::sandbox_options(options.count);
  out.generate.bytes = options.bytes;
  out.generate.user_email = "ana@example.com";
  out.settings.gzip = false;
  return out;
}

class Place {
 public:
  Place(const sandbox::Sandbox& sandbox, const test::DatabaseKind& kind) : kind_(kind), bench_(sandbox, kind) {
    bench_.set_option("plugin: vapi", "rate: 0");
    seconds({"migrate"});
    bench_.add_users();
    kind_.back_up(bench_.database(), "empty");
  }
  void clear() { kind_.restore(bench_.database(), "empty"); }
  test::Workbench& bench() { return bench_; }

  double seconds(std::vector<std::string> words) const {
    words.push_back("--quiet");
    const auto begun = std::chrono::steady_clock::now();
    const test::Outcome outcome = bench_.run(words);
    const double out = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    // 3: a dry run that would write.
    if (outcome.exit != 0 && outcome.exit != 3) throw std::runtime_error(test::said(outcome));
    return out;
  }

 private:
  const test::DatabaseKind& kind_;
  test::Workbench bench_;
};

const std::vector<std::string> kRun = {"import", "assistants", "--allow-mass-change"};

/// What the yardstick says that it took.
double seconds_of(const std::vector<std::string>& command) {
  const test::Outcome outcome = test::run_program(command, {}, fs::current_path());
  if (outcome.exit != 0) throw std::runtime_error(test::said(outcome));
  return std::stod(outcome.out);
}

std::vector<std::string> yardstick(const Options& options, const ServerOfKind& servers, const std::string& place) {
  const std::string socket = servers.socket_of(place),
                    database = place.substr(place.find("@/") + 2, place.find('?') - place.find("@/") - 2);
  if (servers.name() == "mariadb") return {options.native_arrays, socket, database, "assistants"};
  return {options.native_copy, "host=" + fs::path(socket).parent_path().string() + " user=lockstep dbname=" + database, "assistants"};
}

/// In turns with the yardstick, and with the same on SQLite.
bool bench_imports(const Options& options, const ServerOfKind& servers, const sandbox::Sandbox& sandbox) {
  Place place(sandbox, servers.kind()), file(sandbox, test::sqlite_kind());
  std::vector<double> ours, native, ours_again, file_first, file_again;
  for (std::size_t i = 0; i < options.rounds; ++i) {
    place.clear();
    ours.push_back(place.seconds(kRun));
    native.push_back(seconds_of(yardstick(options, servers, place.bench().database())));
    file.clear();
    file_first.push_back(file.seconds(kRun));
    ours_again.push_back(place.seconds(kRun));
    file_again.push_back(file.seconds(kRun));
  }
  const std::string name(servers.kind().shown().substr(0, servers.kind().shown().find(' ')));
  const double first = median(ours) / median(native), again = median(ours_again) / median(file_again);
  std::printf("| first import into %s, beside %s of the same rows | %.3f s | %.3f s | %.2f |\n", name.c_str(),
              servers.name() == "mariadb" ? "arrays" : "a COPY", median(ours), median(native), first);
  std::printf("| the same, beside SQLite | %.3f s | %.3f s | %.2f |\n", median(ours), median(file_first),
              median(ours) / median(file_first));
  std::printf("| nothing changed, beside SQLite | %.3f s | %.3f s | %.2f |\n", median(ours_again), median(file_again), again);
  return (options.most_import <= 0 || first <= options.most_import) && (options.most_unchanged <= 0 || again <= options.most_unchanged);
}

/// A run through the proxy: its time and how often it waited for an answer.
struct Travelled {
  double seconds = 0;
  int round_trips = 0;
};

void bench_latency(const Options& options, const ServerOfKind& servers, sandbox::Sandbox& sandbox) {
  Place place(sandbox, servers.kind());
  Proxy proxy(servers.socket_of(place.bench().database()));
  const std::string direct = place.bench().database();
  place.bench().environment()["LOCKSTEP_STORE"] =
      replace_all(direct, fs::path(servers.socket_of(direct)).parent_path().string(), proxy.folder());
  const auto travel = [&](std::chrono::microseconds round_trip, const std::vector<std::string>& words) {
    proxy.slow_down(round_trip / 2);
    const int before = proxy.round_trips();
    const double seconds = place.seconds(words);
    proxy.slow_down(std::chrono::microseconds(0));
    return Travelled{seconds, proxy.round_trips() - before};
  };
  std::uint64_t edits = 0;
  for (const int milliseconds : {0, 1, 5}) {
    const std::chrono::microseconds line = std::chrono::milliseconds(milliseconds);
    const auto tell = [&](const char* what, const Travelled& run) {
      std::printf("| %s | %s | %d ms | %.3f s | %d |\n", std::string(servers.kind().shown()).c_str(), what, milliseconds, run.seconds,
                  run.round_trips);
    };
    place.clear();
    tell("first import", travel(line, kRun));
    sandbox.edit_some(options.count, ++edits);
    tell("an import that changes every row", travel(line, kRun));
    tell("nothing changed", travel(line, kRun));
    test::execute(direct, "UPDATE assistants SET first_message = CONCAT('edited ', id)");
    tell("every row edited: found by a dry run of `export`", travel(line, {"export", "assistants", "--dry-run", "--allow-mass-change"}));
  }
}

int run(const Options& options) {
  sandbox::Sandbox sandbox(served(options));
  bool fine = true;
  std::printf("| run | Lockstep | reference | ratio |\n|---|---|---|---|\n");
  for (const ServerOfKind* servers : {&test::postgres_servers(), &test::mysql_servers()}) {
    if (servers->kind().missing().empty()) fine = bench_imports(options, *servers, sandbox) && fine;
  }
  std::printf("\n| database | run | round trip | time | round trips |\n|---|---|---|---|---|\n");
  for (const ServerOfKind* servers : {&test::postgres_servers(), &test::mysql_servers()}) {
    if (servers->kind().missing().empty()) bench_latency(options, *servers, sandbox);
  }
  return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

void declare(CLI::App& app, Options& options) {
  app.add_option("--native-copy", options.native_copy, "the yardstick on PostgreSQL")->required()->check(CLI::ExistingFile);
  app.add_option("--native-arrays", options.native_arrays, "the yardstick on MariaDB")->required()->check(CLI::ExistingFile);
  app.add_option("--rounds", options.rounds, "rounds")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--count", options.count, "assistants")->capture_default_str();
  app.add_option("--bytes", options.bytes, "size of each")->capture_default_str();
  app.add_option("--most-import", options.most_import, "fail when a first import takes more than so many times the yardstick");
  app.add_option("--most-unchanged", options.most_unchanged, "fail when an unchanged one takes more than so many times SQLite's");
}

}  // namespace
}  // namespace lockstep::bench

int main(int argc, char** argv) {
  return lockstep::bench::bench_main<lockstep::bench::Options>(argc, argv, "Measures Lockstep on database servers",
                                                               lockstep::bench::declare, lockstep::bench::run);
}
