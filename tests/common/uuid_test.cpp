// UUIDs of version 4.
#include "common/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace lockstep {
namespace {

TEST(Uuid, SaysVersionAndVariantWhateverTheBits) {
  EXPECT_EQ(make_uuid(0, 0), "00000000-0000-4000-8000-000000000000");
  EXPECT_EQ(make_uuid(~0ULL, ~0ULL), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(make_uuid(0x0123456789abcdefULL, 0x0123456789abcdefULL), "01234567-89ab-4def-8123-456789abcdef");
}

TEST(Uuid, NoTwoAreAlike) {
  std::set<std::string> made;
  for (int i = 0; i < 1000; ++i) made.insert(make_uuid());
  EXPECT_EQ(made.size(), 1000U);
}

}  // namespace
}  // namespace lockstep
