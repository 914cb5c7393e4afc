// The floors of core/: a file includes only its own floor and those below it. Each upward include is named.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Floor → what it may include besides itself; the floors below those are included in the closure.
const std::map<std::string, std::set<std::string>> kBelow = {
    {"common", {}},
    {"data", {"common"}},
    {"format", {"data"}},
    {"sdk", {"data"}},
    {"http", {"sdk", "format"}},
    {"rest", {"http"}},
    {"sql", {"sdk", "format"}},
    {"mapping", {"data", "format"}},
    {"hook", {"data", "format"}},
    {"state", {"sdk", "format"}},
    {"engine", {"mapping", "hook", "state", "sdk"}},
    {"conformance", {"sdk", "http"}},
    {"web", {"http"}},
    {"plugin", {"sdk"}},
    {"config", {"engine", "plugin", "http"}},
    {"operations", {"config"}},
    {"rules", {"operations", "rest"}},
    {"serve", {"operations", "web"}},
    {"cli", {"rules", "conformance", "serve"}},
};

std::set<std::string> allowed(const std::string& floor) {
  std::set<std::string> out = {floor};
  for (const std::string& below : kBelow.at(floor)) out.merge(allowed(below));
  return out;
}

/// What a line includes, quotes or brackets stripped; empty when it includes nothing.
std::string included(std::string_view line) {
  const std::string_view kSpace = " \t";
  const auto skip = [&] { line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size())); };
  skip();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  skip();
  return line.size() < 2 ? std::string() : std::string(line.substr(1, line.find_first_of("\">", 1) - 1));
}

/// "file:line: floor includes upper" for each include of `text` that looks upward.
std::vector<std::string> upward(const std::string& file, const std::string& floor, std::istream& text) {
  std::vector<std::string> found;
  const std::set<std::string> permitted = allowed(floor);
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    const std::string path = included(line);
    const std::string folder = path.substr(0, path.find('/'));
    if (!kBelow.contains(folder) || permitted.contains(folder)) continue;
    found.push_back(file + ":" + std::to_string(number) + ": " + floor + " includes " + folder);
  }
  return found;
}

TEST(Layers, NoFileIncludesAFloorAboveItsOwn) {
  std::vector<std::string> found;
  std::size_t files = 0;
  for (const auto& [floor, below] : kBelow) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / "core" / floor)) {
      if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
      std::ifstream text(entry.path());
      for (std::string& line : upward(entry.path().string(), floor, text)) found.push_back(std::move(line));
      ++files;
    }
  }
  EXPECT_GT(files, 50U);
  EXPECT_TRUE(found.empty()) << [&] {
    std::ostringstream all;
    for (const std::string& line : found) all << line << '\n';
    return all.str();
  }();
}

/// The floors inside the engine, the lowest first. engine.h, its face, names what all of them speak of.
const std::vector<std::string> kEngine = {"decide", "sides", "write", "passes"};

TEST(Layers, TheEngineHasFloorsOfItsOwn) {
  std::vector<std::string> found;
  std::set<std::string> above(kEngine.begin(), kEngine.end());
  for (const std::string& floor : kEngine) {
    above.erase(floor);
    for (const auto& entry : fs::directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / "core/engine" / floor)) {
      std::ifstream text(entry.path());
      for (std::string line; std::getline(text, line);) {
        const std::string path = included(line);
        if (path.starts_with("engine/") && above.contains(path.substr(7, path.find('/', 7) - 7)))
          found.push_back(entry.path().string() + " includes " + path);
      }
    }
  }
  EXPECT_EQ(found, std::vector<std::string>{});
}

TEST(Layers, DecisionsAreValuesInAndValuesOut) {
  const std::vector<std::string> kept_out = {"sdk/store.h", "sdk/provider.h", "sdk/call.h", "hook/", "state/", "engine/engine.h"};
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / "core/engine/decide")) {
    std::ifstream text(entry.path());
    ++files;
    for (std::string line; std::getline(text, line);) {
      const std::string path = included(line);
      for (const std::string& door : kept_out) EXPECT_FALSE(path.starts_with(door)) << entry.path() << " includes " << path;
    }
  }
  EXPECT_GT(files, 10U);
}

// What a command would compute, a server could not ask for: it belongs to operations.
TEST(Layers, CommandsReadAndPrintAndNothingElse) {
  const std::vector<std::string> kept_out = {"state/", "sdk/", "engine/", "mapping/", "hook/"};
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / "core/cli/commands")) {
    std::ifstream text(entry.path());
    ++files;
    for (std::string line; std::getline(text, line);) {
      const std::string path = included(line);
      for (const std::string& door : kept_out) EXPECT_FALSE(path.starts_with(door)) << entry.path() << " includes " << path;
    }
  }
  EXPECT_GT(files, 15U);
}

TEST(Layers, AnUpwardIncludeIsNamed) {
  std::istringstream text("#include <vector>\n#include \"common/error.h\"\n#include \"engine/run.h\"\n");
  EXPECT_EQ(upward("core/data/x.h", "data", text), std::vector<std::string>{"core/data/x.h:3: data includes engine"});
}

TEST(Layers, EveryFolderOfCoreIsAFloor) {
  for (const auto& entry : fs::directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / "core")) {
    if (!entry.is_directory()) continue;
    EXPECT_TRUE(kBelow.contains(entry.path().filename())) << entry.path();
  }
}

// Lua is known to hook alone, database drivers to store plugins alone, HTTP to http and rest.
TEST(Layers, ALibraryStaysOnItsFloor) {
  const std::map<std::string, std::set<std::string>> homes = {
      {"lua.hpp", {"hook"}},   {"lua.h", {"hook"}},       {"Poco/Net/", {"http", "rest", "conformance", "web", "cli"}},
      {"Poco/Data/", {"sql"}}, {"CLI/", {"cli"}},         {"spdlog/", {"common"}},
      {"sqlite3.h", {}},       {"boost/dll", {"plugin"}}, {"yaml-cpp/", {"format"}}};
  for (const auto& [floor, below] : kBelow) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / "core" / floor)) {
      std::ifstream text(entry.path());
      for (std::string line; std::getline(text, line);) {
        const std::string path = included(line);
        for (const auto& [library, home] : homes) {
          EXPECT_TRUE(home.contains(floor) || !path.starts_with(library)) << entry.path() << " includes " << path;
        }
      }
    }
  }
}

}  // namespace
