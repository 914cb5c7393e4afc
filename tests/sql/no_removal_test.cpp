// No SQL that Lockstep can send removes data: the sources are read, and the words that would are named.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// The string literals of C++ source, comments left out.
std::vector<std::string> literals(const std::string& source) {
  static const std::regex token(R"re(//[^\n]*|/\*[^]*?\*/|R"([a-z]*)\(([^]*?)\)\1"|"((?:[^"\\\n]|\\.)*)"|'(?:[^'\\]|\\.)+')re");
  std::vector<std::string> out;
  for (auto match = std::sregex_iterator(source.begin(), source.end(), token); match != std::sregex_iterator(); ++match) {
    if ((*match)[2].matched) out.push_back((*match)[2]);
    if ((*match)[3].matched) out.push_back((*match)[3]);
  }
  return out;
}

bool removes(const std::string& text) {
  static const std::regex words(
      R"((^|[^A-Za-z_])(DELETE\s+FROM|DROP\s+(TABLE|COLUMN|INDEX|VIEW|TRIGGER|DATABASE|SCHEMA)|TRUNCATE(\s+TABLE)?|REPLACE\s+INTO|INSERT\s+OR\s+REPLACE|UPDATE\s+OR\s+REPLACE)($|[^A-Za-z_]))",
      std::regex::icase);
  return std::regex_search(text, words);
}

TEST(NoRemoval, IsSeenWhereItIs) {
  EXPECT_TRUE(removes("delete  from x"));
  EXPECT_TRUE(removes("DROP TABLE x"));
  EXPECT_TRUE(removes("TRUNCATE x"));
  EXPECT_TRUE(removes("INSERT OR REPLACE INTO x"));
  EXPECT_FALSE(removes("never dropped; ON CONFLICT DO UPDATE"));
  EXPECT_EQ(literals("// \"DROP TABLE a\"\nauto x = \"b\\\"c\"; /* \"d\" */ auto y = R\"(e)\"; char q = '\"';"),
            (std::vector<std::string>{"b\\\"c", "e"}));
}

TEST(NoRemoval, StandsInNoSource) {
  std::size_t files = 0;
  for (const char* folder : {"core", "plugins"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(LOCKSTEP_SOURCE_DIR) / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cpp" && extension != ".h") continue;
      ++files;
      std::stringstream source;
      source << std::ifstream(entry.path()).rdbuf();
      for (const std::string& text : literals(source.str())) EXPECT_FALSE(removes(text)) << entry.path() << ": " << text;
    }
  }
  EXPECT_GT(files, 50U) << "the sources were not found";
}

}  // namespace
}  // namespace lockstep
