#include "common/many_search.h"

#include <gtest/gtest.h>

#include <random>

namespace lockstep {
namespace {

TEST(ManySearch, FindsAWordWhereverItStands) {
  const ManySearch search({"\"secret\"", "\"credentials\"", "\"key\""});
  EXPECT_TRUE(search.any("\"key\""));
  EXPECT_TRUE(search.any("{\"a\":1,\"secret\":2}"));
  EXPECT_TRUE(search.any("xx\"credentials\""));
  EXPECT_FALSE(search.any("\"keys\" secret credentials \"key"));
  EXPECT_FALSE(search.any(""));
  EXPECT_FALSE(ManySearch().any("anything"));
  EXPECT_TRUE(ManySearch({"\""}).any("a\"b"));
}

TEST(ManySearch, AgreesWithAPlainSearch) {
  std::mt19937 random(7);
  const auto word = [&](std::size_t longest) {
    std::string out(1 + random() % longest, 'a');
    for (char& c : out) c = static_cast<char>('a' + random() % 3);
    return out;
  };
  for (int round = 0; round < 3000; ++round) {
    const std::vector<std::string> words = {word(6), word(6), word(9)};
    const std::string text = word(60);
    bool expected = false;
    for (const std::string& one : words) expected = expected || text.find(one) != std::string::npos;
    EXPECT_EQ(ManySearch(words).any(text), expected) << text << ": " << words[0] << ' ' << words[1] << ' ' << words[2];
  }
}

}  // namespace
}  // namespace lockstep
