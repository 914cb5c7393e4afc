// lockstep-sandbox: the stand-in as a program. The first line on standard output names its address; it runs until SIGTERM or SIGINT.
#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>

#include "common/error.h"
#include "format/json.h"
#include "sandbox/sandbox.h"
#include "support/files.h"

namespace {

using lockstep::sandbox::Options;

struct Flags {
  Options options;
  std::string port_file;
  std::string load;
  std::string models;
  bool no_gzip = false;
  bool oldest_first = false;
  long latency_ms = 0;
  std::size_t generated_models = 0;
};

void declare(CLI::App& app, Flags& flags) {
  app.add_option("--port", flags.options.port, "port on 127.0.0.1; 0: any free one");
  app.add_option("--port-file", flags.port_file, "file that gets the port");
  app.add_option("--key", flags.options.settings.manners.key, "the only accepted API key")->capture_default_str();
  app.add_option("--assistants", flags.options.assistants, "how many at the start: 15 hand-made ones, then generated ones")
      ->capture_default_str();
  app.add_option("--generate", flags.options.generate.count, "so many generated assistants besides");
  app.add_option("--generate-phone-numbers", flags.options.phone_numbers, "so many generated phone numbers besides");
  app.add_option("--generate-models", flags.generated_models, "so many generated models in place of OpenAI's hand-made ones");
  app.add_option("--bytes", flags.options.generate.bytes, "size of a generated assistant")->capture_default_str();
  app.add_option("--seed", flags.options.generate.seed, "seed of the generator")->capture_default_str();
  app.add_option("--user-email", flags.options.generate.user_email, "metadata.user_email of generated assistants")->capture_default_str();
  app.add_option("--load", flags.load, "JSON file with assistants (an array) or a whole state, in place of the others")
      ->check(CLI::ExistingFile);
  app.add_option("--models", flags.models, "JSON file with lists of models by name: {\"openai\": […], \"xai\": […]}")
      ->check(CLI::ExistingFile);
  app.add_option("--latency", flags.latency_ms, "milliseconds before every answer")->check(CLI::NonNegativeNumber);
  app.add_option("--rate", flags.options.settings.rate, "requests a second; what is above gets a 429")->check(CLI::NonNegativeNumber);
  app.add_flag("--no-gzip", flags.no_gzip, "never compress");
  app.add_flag("--chunked", flags.options.settings.chunked, "chunked bodies in place of Content-Length");
  app.add_flag("--oldest-first", flags.oldest_first, "list in the other order");
}

lockstep::Json read_json(const std::string& path) {
  try {
    return lockstep::json::parse(lockstep::test::file_text(path));
  } catch (lockstep::Error& error) {
    throw error.at(path);
  }
}

void complete(Flags& flags) {
  flags.options.settings.gzip = !flags.no_gzip;
  flags.options.settings.latency = lockstep::Millis(flags.latency_ms);
  if (flags.oldest_first) flags.options.settings.manners.order = lockstep::sandbox::Order::OldestFirst;
  if (!flags.load.empty()) flags.options.state = read_json(flags.load);
  if (flags.generated_models > 0)
    flags.options.models = lockstep::sandbox::generated_models(flags.options.generate.seed, flags.generated_models);
  if (!flags.models.empty()) flags.options.models = read_json(flags.models);
}

int run(const Flags& flags) {
  // Blocked before any thread starts, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const lockstep::sandbox::Sandbox sandbox(flags.options);
  if (!flags.port_file.empty()) std::ofstream(flags.port_file) << sandbox.port() << '\n';
  std::cout << "Listening on " << sandbox.url() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A stateful stand-in for the Vapi API and the model APIs on loopback");
  Flags flags;
  declare(app, flags);
  CLI11_PARSE(app, argc, argv);
  try {
    complete(flags);
    return run(flags);
  } catch (const std::exception& error) {
    std::cerr << "lockstep-sandbox: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
