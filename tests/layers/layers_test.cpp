// The floors of core/: a file includes only its own floor and those below it. Each upward include is named.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
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
    {"app", {"engine", "http", "rest", "sql"}},
};

std::set<std::string> allowed(const std::string& floor) {
  std::set<std::string> out = {floor};
  for (const std::string& below : kBelow.at(floor)) out.merge(allowed(below));
  return out;
}

/// "file:line: floor includes upper" for each include of `text` that looks upward.
std::vector<std::string> upward(const std::string& file, const std::string& floor, std::istream& text) {
  static const std::regex include("^\\s*#\\s*include\\s*\"([a-z]+)/");
  std::vector<std::string> found;
  const std::set<std::string> permitted = allowed(floor);
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    std::smatch match;
    if (!std::regex_search(line, match, include) || !kBelow.contains(match[1]) || permitted.contains(match[1])) continue;
    found.push_back(file + ":" + std::to_string(number) + ": " + floor + " includes " + match[1].str());
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
  const std::map<std::string, std::set<std::string>> homes = {{"lua.hpp|lua.h>|lauxlib.h", {"hook"}},
                                                              {"Poco/Net/", {"http", "rest", "app"}},
                                                              {"Poco/Data/", {"sql"}},
                                                              {"CLI/", {"app"}},
                                                              {"spdlog/", {"common"}},
                                                              {"sqlite3.h", {}},
                                                              {"boost/dll", {"engine"}},
                                                              {"yaml-cpp", {"format"}}};
  for (const auto& [floor, below] : kBelow) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / "core" / floor)) {
      std::ifstream text(entry.path());
      const std::string content((std::istreambuf_iterator<char>(text)), std::istreambuf_iterator<char>());
      for (const auto& [library, home] : homes) {
        if (home.contains(floor)) continue;
        EXPECT_FALSE(std::regex_search(content, std::regex("#\\s*include\\s*<(" + library + ")")))
            << entry.path() << " includes " << library;
      }
    }
  }
}

}  // namespace
