#include "cli/support.h"

#include <optional>

#include "format/json.h"

namespace lockstep::test {

namespace fs = std::filesystem;

Outcome run(std::vector<std::string> words, std::map<std::string, std::string> variables) {
  static ShelfPlugins& plugins = *new ShelfPlugins;
  Environment environment([variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
  Outcome outcome;
  ProgramInput input;
  // The log goes where standard error would be looked at.
  const std::string log = "run.log";
  words.insert(words.end(), {"--log-file", log});
  input.words = std::move(words);
  input.executable = fs::path(LOCKSTEP_BINARY_DIR) / "bin/lockstep";
  input.plugins = &plugins;
  {
    Output out(outcome.out), err(outcome.err);
    outcome.code = run_program(input, environment, system_clock(), out, err);
  }
  return outcome;
}

Json run_json_output(std::vector<std::string> words, int expected_code) {
  words.insert(words.end(), {"--output", "json"});
  const Outcome outcome = run(std::move(words));
  EXPECT_EQ(outcome.code, expected_code) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.out.find('\n'), outcome.out.size() - 1) << "one object, one line";
  Json object = json::parse(outcome.out);
  const Json* exit = object.find("exit");
  EXPECT_TRUE(exit != nullptr && *exit == Json(std::int64_t{expected_code})) << outcome.out;
  return object;
}

}  // namespace lockstep::test
