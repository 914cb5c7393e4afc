// Bench: what the benchmark programs share: which programs they run, medians, and their main().
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace lockstep::bench {

/// What both measure.
struct Programs {
  std::string program, sandbox, config;
  std::string directory = std::filesystem::temp_directory_path().string();
};

inline void declare_programs(CLI::App& app, Programs& programs) {
  app.add_option("--program", programs.program, "lockstep")->required()->check(CLI::ExistingFile);
  app.add_option("--sandbox", programs.sandbox, "lockstep-sandbox")->required()->check(CLI::ExistingFile);
  app.add_option("--config", programs.config, "configuration of lockstep")->required()->check(CLI::ExistingFile);
  app.add_option("--directory", programs.directory, "where the databases are made")->capture_default_str();
}

/// `values` must not be empty.
inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Reads the options with declare(app, options) and ends as run(options) says.
template <class Options>
int bench_main(int argc, char** argv, const char* about, void (*declare)(CLI::App&, Options&), int (*run)(const Options&)) {
  CLI::App app(about);
  Options options;
  declare(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << argv[0] << ": " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}

}  // namespace lockstep::bench
