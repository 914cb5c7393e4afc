// bench_both_ways: runs of both directions against the sandbox, held against what the wire allows. Prints a Markdown table.
// - A full run over pairs that have not changed, and the import of the same: time and requests.
// - An export of changed rows over a line with latency: the time beside that of 8 requests in flight, a GET and a PATCH for each row.
// - An export under a limit of requests a second that the server enforces: the rate that is reached, and how often it had to refuse.
#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include <Poco/JSON/Parser.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include "bench/bench.h"
#include "bench/child.h"
#include "support/files.h"

namespace lockstep::bench {
namespace {

namespace fs = std::filesystem;

struct Options : Programs {
  std::size_t rounds = 5;
  std::size_t pairs = 10000;
  std::size_t changed = 1000;
  std::size_t limited = 100;
  int latency_ms = 50;
  int rate = 10;
  double most_full = 0, most_export = 0;
};

constexpr int kInFlight = 8;

/// Method → how many were sent, and status → how many were answered so.
struct Requests {
  std::map<std::string, std::size_t> by_method;
  std::map<int, std::size_t> by_status;
  std::size_t count = 0;
};

/// A sandbox of generated assistants, and a database that holds all of them already.
class Bench {
 public:
  Bench(const Options& options, const char* name, std::size_t assistants)
      : options_(options),
        sandbox_({{options.sandbox, "--assistants", "0", "--generate", std::to_string(assistants), "--no-gzip", "--user-email",
                   "ana@example.com"},
                  {}}),
        directory_(fs::path(options.directory) / ("lockstep-bench-" + std::to_string(::getpid()) + "-" + name)) {
    const std::string prefix = "Listening on http://127.0.0.1:";
    if (!sandbox_.first_line().starts_with(prefix)) throw std::runtime_error("the sandbox did not start");
    port_ = sandbox_.first_line().substr(prefix.size());
    const fs::path source = fs::path(options.config).parent_path();
    fs::create_directories(directory_);
    fs::copy(source, directory_ / "config", fs::copy_options::recursive);
    fs::copy(source.parent_path() / "scripts", directory_ / "scripts", fs::copy_options::recursive);
    set_rate(0);
    run({"migrate"});
    execute(
        "INSERT INTO users (id, name, email, role) VALUES (1, 'Admin', 'admin@example.com', 'admin'), (2, 'Ana', 'ana@example.com', "
        "'user')");
    run({"import", "assistants"});
  }
  ~Bench() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// Requests a second that Lockstep is told to keep to; 0: no limit.
  void set_rate(int rate) const {
    std::string text = test::file_text(options_.config);
    const std::string plugin = "plugin: vapi\n";
    const std::size_t at = text.find(plugin);
    if (at == std::string::npos) throw std::runtime_error(options_.config + " has no line \"plugin: vapi\"");
    text.insert(at + plugin.size(), "    rate: " + std::to_string(rate) + "\n");
    std::ofstream(directory_ / "config/lockstep.yaml") << text;
  }

  Measured run(std::vector<std::string> words) const {
    Command command{{options_.program},
                    {{"LOCKSTEP_DB", file()}, {"VAPI_API_KEY", "sandbox-key"}, {"VAPI_BASE_URL", "http://127.0.0.1:" + port_}}};
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    const std::string config = (directory_ / "config/lockstep.yaml").string();
    for (const std::string& word : {std::string("--quiet"), std::string("--config"), config}) command.arguments.push_back(word);
    return measure(command);
  }

  void execute(const std::string& sql) const {
    sqlite3* database = nullptr;
    sqlite3_open(file().c_str(), &database);
    char* why = nullptr;
    const bool done = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &why) == SQLITE_OK;
    const std::string reason = done ? "" : why;
    sqlite3_free(why);
    sqlite3_close(database);
    if (!done) throw std::runtime_error(reason);
  }

  /// One of the sandbox's paths of control.
  std::string control(const std::string& method, const std::string& path, const std::string& body) const {
    Poco::Net::HTTPClientSession session("127.0.0.1", static_cast<Poco::UInt16>(std::stoul(port_)));
    Poco::Net::HTTPRequest request(method, "/_sandbox/" + path, Poco::Net::HTTPMessage::HTTP_1_1);
    request.setContentType("application/json");
    request.setContentLength(static_cast<std::streamsize>(body.size()));
    session.sendRequest(request) << body;
    Poco::Net::HTTPResponse response;
    std::string answer{std::istreambuf_iterator<char>(session.receiveResponse(response)), {}};
    if (response.getStatus() != Poco::Net::HTTPResponse::HTTP_OK) throw std::runtime_error(path + ": " + answer);
    return answer;
  }

  /// Since the last call.
  Requests take_requests() const {
    Requests out;
    const auto log = Poco::JSON::Parser().parse(control("GET", "requests", "")).extract<Poco::JSON::Array::Ptr>();
    for (const auto& each : *log) {
      const auto entry = each.extract<Poco::JSON::Object::Ptr>();
      ++out.by_method[entry->getValue<std::string>("method")];
      ++out.by_status[entry->getValue<int>("status")];
      ++out.count;
    }
    control("POST", "requests/clear", "{}");
    return out;
  }

 private:
  std::string file() const { return (directory_ / "bench.db").string(); }

  const Options& options_;
  Background sandbox_;
  fs::path directory_;
  std::string port_;
};

bool bench_unchanged(const Options& options) {
  const Bench bench(options, "full", options.pairs);
  std::vector<double> import, full;
  Requests import_requests, full_requests;
  bench.run({"full", "assistants"});
  for (std::size_t i = 0; i < options.rounds; ++i) {
    bench.take_requests();
    import.push_back(bench.run({"import", "assistants"}).wall_seconds);
    import_requests = bench.take_requests();
    full.push_back(bench.run({"full", "assistants"}).wall_seconds);
    full_requests = bench.take_requests();
  }
  const double ratio = median(full) / median(import);
  std::printf("| unchanged `full` over %zu pairs, beside the unchanged import | %.3f s | %.3f s | %.2f | %zu (import: %zu) |\n",
              options.pairs, median(full), median(import), ratio, full_requests.count, import_requests.count);
  return full_requests.count == import_requests.count && (options.most_full <= 0 || ratio <= options.most_full);
}

bool bench_latency(const Options& options) {
  const Bench bench(options, "export", options.changed);
  bench.execute("UPDATE assistants SET first_message = 'edited ' || id");
  bench.take_requests();
  bench.control("POST", "settings", "{\"latency_ms\": " + std::to_string(options.latency_ms) + "}");
  const double wall = bench.run({"export", "assistants", "--allow-mass-change"}).wall_seconds;
  bench.control("POST", "settings", "{\"latency_ms\": 0}");
  Requests requests = bench.take_requests();
  const double ideal = static_cast<double>(options.changed) * 2 * options.latency_ms / 1000.0 / kInFlight;
  std::printf(
      "| `export` of %zu changed rows, %d ms latency, beside %d requests always in flight | %.2f s | %.2f s | %.2f | %zu GET, %zu PATCH "
      "|\n",
      options.changed, options.latency_ms, kInFlight, wall, ideal, wall / ideal, requests.by_method["GET"], requests.by_method["PATCH"]);
  return requests.by_method["PATCH"] == options.changed && (options.most_export <= 0 || wall <= options.most_export * ideal);
}

bool bench_limit(const Options& options) {
  const Bench bench(options, "limit", options.limited);
  bench.execute("UPDATE assistants SET first_message = 'edited ' || id");
  bench.take_requests();
  bench.set_rate(options.rate);
  bench.control("POST", "settings", "{\"rate\": " + std::to_string(options.rate) + "}");
  const double wall = bench.run({"export", "assistants", "--allow-mass-change"}).wall_seconds;
  bench.control("POST", "settings", "{\"rate\": 0}");
  Requests requests = bench.take_requests();
  const double ideal = static_cast<double>(requests.count) / options.rate;
  std::printf(
      "| `export` of %zu changed rows where the server allows %d requests a second, beside that rate | %.2f s | %.2f s | %.2f | %zu, of "
      "them 429: %zu |\n",
      options.limited, options.rate, wall, ideal, wall / ideal, requests.count, requests.by_status[429]);
  return requests.by_method["PATCH"] == options.limited;
}

int run(const Options& options) {
  std::printf("| run | Lockstep | reference | ratio | requests |\n|---|---|---|---|---|\n");
  bool fine = bench_unchanged(options);
  fine = bench_latency(options) && fine;
  fine = bench_limit(options) && fine;
  return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

void declare(CLI::App& app, Options& options) {
  declare_programs(app, options);
  app.add_option("--rounds", options.rounds, "rounds of the runs in which nothing changed")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--pairs", options.pairs, "pairs in which nothing changed")->capture_default_str();
  app.add_option("--changed", options.changed, "rows of the export over a slow line")->capture_default_str();
  app.add_option("--limited", options.limited, "rows of the export under a limit")->capture_default_str();
  app.add_option("--latency", options.latency_ms, "milliseconds of the slow line")->capture_default_str();
  app.add_option("--rate", options.rate, "requests a second of the limit")->capture_default_str();
  app.add_option("--most-full", options.most_full, "fail when the unchanged full run takes more than so many times the import");
  app.add_option("--most-export", options.most_export,
                 "fail when the export over the slow line takes more than so many times the reference");
}

}  // namespace
}  // namespace lockstep::bench

int main(int argc, char** argv) {
  return lockstep::bench::bench_main<lockstep::bench::Options>(argc, argv, "Measures runs of both directions", lockstep::bench::declare,
                                                               lockstep::bench::run);
}
