// No SQL that Lockstep can send removes data: the sources are read, and the words that would are named.
#include <Poco/RegularExpression.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/files.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// The string literals of C++ source, comments left out.
std::vector<std::string> literals(const std::string& source) {
  static const Poco::RegularExpression token(
      R"re(//[^\n]*|/\*(?s:.*?)\*/|R"([a-z]*)\(((?s:.*?))\)\1"|"((?:[^"\\\n]|\\.)*+)"|'(?:[^'\\]|\\.)+')re");
  std::vector<std::string> out;
  Poco::RegularExpression::MatchVec groups;
  for (std::size_t at = 0; token.match(source, at, groups) > 0; at = groups[0].offset + groups[0].length) {
    for (const std::size_t group : {std::size_t{2}, std::size_t{3}}) {
      if (groups.size() > group && groups[group].offset != std::string::npos)
        out.push_back(source.substr(groups[group].offset, groups[group].length));
    }
  }
  return out;
}

bool removes(const std::string& text) {
  static const Poco::RegularExpression words(
      R"(\b(DELETE\s+FROM|DROP\s+(TABLE|COLUMN|INDEX|VIEW|TRIGGER|DATABASE|SCHEMA)|(?<!OR )TRUNCATE|(INSERT|UPDATE)\s+OR\s+REPLACE|REPLACE\s+INTO)\b)",
      Poco::RegularExpression::RE_CASELESS);
  Poco::RegularExpression::Match match;
  return words.match(text, 0, match) > 0;
}

TEST(NoRemoval, IsSeenWhereItIs) {
  EXPECT_TRUE(removes("delete  from x"));
  EXPECT_TRUE(removes("DROP TABLE x"));
  EXPECT_TRUE(removes("TRUNCATE x"));
  EXPECT_TRUE(removes("INSERT OR REPLACE INTO x"));
  EXPECT_FALSE(removes("never dropped; ON CONFLICT DO UPDATE"));
  EXPECT_FALSE(removes("CREATE TRIGGER x AFTER DELETE OR TRUNCATE ON y")) << "what a trigger hears of";
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
      for (const std::string& text : literals(test::file_text(entry.path()))) EXPECT_FALSE(removes(text)) << entry.path() << ": " << text;
    }
  }
  EXPECT_GT(files, 50U) << "the sources were not found";
}

}  // namespace
}  // namespace lockstep
