#include "common/random.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Random, GivesSoManyBytesAndOthersEachTime) {
  EXPECT_EQ(system_random(0), "");
  EXPECT_EQ(system_random(1000).size(), 1000U);
  EXPECT_NE(system_random(32), system_random(32));
}

TEST(Random, HexadecimalDigitsComeBack) {
  const std::string bytes("\x00\x0f\xff\x80z", 5);
  EXPECT_EQ(to_hex(bytes), "000fff807a");
  EXPECT_EQ(from_hex("000fff807a"), bytes);
  for (const char* text : {"0", "0g", "0F", "00 0"}) EXPECT_EQ(from_hex(text), "") << text;
}

}  // namespace
}  // namespace lockstep
