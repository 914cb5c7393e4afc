#include "hook/lua.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "hook/lua_script.h"
#include "hook/lua_stages.h"

namespace lockstep {
namespace {

/// Longer than any hook that a person wrote.
constexpr std::uintmax_t kLongestScript = 1U << 20U;

std::optional<std::string> read_script(const std::string& path, std::string& problem) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) {
    problem = "the hooks file is a directory";
    return std::nullopt;
  }
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  std::ifstream file(path, std::ios::binary);
  if (failure || !file) {
    problem = "cannot read the hooks file: " + (failure ? failure.message() : std::string("permission denied"));
    return std::nullopt;
  }
  if (size > kLongestScript) {
    problem = "the hooks file is longer than 1 MiB";
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Splits "file:line: message" for the list of problems, which sorts by place.
void report(const std::string& shown, const std::string& text, yaml::Problems& problems) {
  const std::size_t digits = shown.size() + 1;
  const std::size_t colon = text.find(": ", digits);
  if (!text.starts_with(shown + ":") || colon == std::string::npos) return problems.add({shown, 0, 0}, text);
  problems.add({shown, std::atoi(text.c_str() + digits), 1}, text.substr(colon + 2));
}

}  // namespace

std::unique_ptr<Hook> load_lua(const std::string& path, const std::string& shown, const LuaLimits& limits, yaml::Problems& problems,
                               const Clock& clock, Json data) {
  std::string problem;
  std::optional<std::string> text = read_script(path, problem);
  if (!text) {
    problems.add({shown, 0, 0}, problem);
    return nullptr;
  }
  auto script = std::make_unique<hook::LuaScript>(std::move(*text), shown, limits, clock, std::make_shared<const Json>(std::move(data)));
  const std::vector<std::string> mistakes = script->load();
  for (const std::string& mistake : mistakes) report(shown, mistake, problems);
  if (!mistakes.empty()) return nullptr;
  return std::make_unique<hook::LuaHook>(std::move(script));
}

}  // namespace lockstep
