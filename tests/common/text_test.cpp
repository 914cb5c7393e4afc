// The helpers on UTF-8 strings.
#include "common/text.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

using Words = std::vector<std::string>;

TEST(Text, TrimsWhiteSpaceAtBothEndsOnly) {
  EXPECT_EQ(trim(" \t\r\n a b \v\f"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, LowersAsciiAndLeavesTheRest) {
  EXPECT_EQ(to_lower("AbZ[É]"), "abz[É]");
  EXPECT_TRUE(equal_ignore_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(equal_ignore_case("a", "ab"));
  EXPECT_FALSE(equal_ignore_case("[", "{"));
  EXPECT_TRUE(starts_with_ignore_case("BEARER x", "bearer "));
  EXPECT_FALSE(starts_with_ignore_case("bear", "bearer"));
}

TEST(Text, SplitsAndJoinsWithoutLosingEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (Words{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), Words{""});
  EXPECT_EQ(join(Words{"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(join(Words{}, ","), "");
}

TEST(Text, ReplacesEveryOccurrenceOnce) {
  EXPECT_EQ(replace_all("aaa", "a", "aa"), "aaaaaa");
  EXPECT_EQ(replace_all("x--y--", "--", ""), "xy");
  EXPECT_EQ(replace_all("same", "", "!"), "same");
  EXPECT_EQ(replace_all("same", "q", "!"), "same");
}

TEST(Text, KnowsWellFormedUtf8) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain ASCII that is longer than one machine word"));
  EXPECT_TRUE(is_utf8("Grüße aus Köln \xF0\x9F\x98\x80 und mehr Text danach"));
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_utf8("\xC3"));              // cut
  EXPECT_FALSE(is_utf8("12345678\x80"));      // continuation without a beginning, after a whole word
  EXPECT_FALSE(is_utf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  EXPECT_FALSE(is_utf8("\xFF"));
}

TEST(Text, CountsCodePoints) {
  EXPECT_EQ(utf8_length("Köln"), 4U);
  EXPECT_EQ(utf8_length("\xF0\x9F\x98\x80!"), 2U);
  EXPECT_EQ(utf8_length(""), 0U);
}

TEST(Text, EllipsizeCountsTheEllipsis) {
  EXPECT_EQ(ellipsize("Köln", 4), "Köln");
  EXPECT_EQ(ellipsize("Kölner", 4), "Köl…");
  EXPECT_EQ(ellipsize("abc", 1), "…");
  EXPECT_EQ(ellipsize("abc", 0), "");
  EXPECT_EQ(ellipsize("", 3), "");
}

TEST(Text, PrintableShowsWhatWouldSteerATerminal) {
  EXPECT_EQ(printable("a\x1B[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("a\nb\tc\x7F"), "a\\x0ab\\x09c\\x7f");
  EXPECT_EQ(printable("a\nb\tc\r", true), "a\nb\tc\\x0d");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "\\xc2\\x9b31m");                                   // the one-character CSI
  EXPECT_EQ(printable("x\xE2\x80\xAEy"), "x\\xe2\\x80\\xaey");  // right-to-left override
  EXPECT_EQ(printable("a\u200Bb\u2028\u2029c\uFEFF\u00AD\U000E0041"),
            "a\\xe2\\x80\\x8bb\\xe2\\x80\\xa8\\xe2\\x80\\xa9c\\xef\\xbb\\xbf\\xc2\\xad\\xf3\\xa0\\x81\\x81");
  EXPECT_EQ(printable("a\u200Db\u200C"), "a\u200Db\u200C");  // joiners
  EXPECT_EQ(printable("bad\xFFok"), "bad\\xffok");
  EXPECT_EQ(printable("Köln \xF0\x9F\x98\x80"), "Köln \xF0\x9F\x98\x80");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Text, SuggestsTheNearestWithinAThirdOfTheLength) {
  const Words options{"api_key", "base_url", "timeout"};
  EXPECT_EQ(nearest("api_kye", options), "api_key");  // neighbours swapped: one step
  EXPECT_EQ(nearest("TIMEOUT", options), "timeout");
  EXPECT_EQ(nearest("tmeot", options), std::nullopt);  // two steps of five
  EXPECT_EQ(nearest("zzzzzzz", options), std::nullopt);
  EXPECT_EQ(nearest("", options), std::nullopt);
  EXPECT_EQ(nearest("cat", Words{"cart", "cats"}), "cart");     // the first of equals
  EXPECT_EQ(nearest("abcdef", Words{"badcfe"}), std::nullopt);  // three swaps
  EXPECT_EQ(did_you_mean("api_kye", options), "; did you mean \"api_key\"?");
  EXPECT_EQ(did_you_mean("zzzzzzz", options), "");
}

}  // namespace
}  // namespace lockstep
