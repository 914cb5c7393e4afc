// The identity of bytes: fixed for ever, because it is kept in state tables.
#include "common/hash.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace lockstep {
namespace {

TEST(Hash, OfTheEmptyTextIsTheOneThatXxhashPublishes) {
  EXPECT_EQ(hash128("").hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(hash128("", 1).hex() == hash128("").hex(), false);
}

TEST(Hash, HexIsItsInverse) {
  const Hash128 hash = hash128("Lockstep");
  EXPECT_EQ(Hash128::from_hex(hash.hex()), hash);
  EXPECT_EQ((Hash128{1, 2}).hex(), "00000000000000010000000000000002");
  EXPECT_EQ(Hash128::from_hex(""), std::nullopt);
  EXPECT_EQ(Hash128::from_hex("0000000000000001000000000000000"), std::nullopt);
  EXPECT_EQ(Hash128::from_hex("000000000000000g0000000000000002"), std::nullopt);
  EXPECT_EQ(Hash128::from_hex("0000000000000001000000000000000-"), std::nullopt);
}

TEST(Hash, ZeroStandsForNone) {
  EXPECT_FALSE(Hash128{});
  EXPECT_TRUE((Hash128{0, 1}));
  EXPECT_TRUE((Hash128{1, 0}));
}

TEST(Hash, OfPiecesIsTheHashOfTheWhole) {
  Hasher hasher;
  hasher.bytes("Lock").bytes("").bytes("step");
  EXPECT_EQ(hasher.digest(), hash128("Lockstep"));
  hasher.reset();
  EXPECT_EQ(hasher.digest(), hash128(""));
  EXPECT_EQ(Hasher(7).bytes("a").digest(), hash128("a", 7));
}

TEST(Hash, LengthsKeepPiecesApart) {
  EXPECT_NE(Hasher().text("ab").text("c").digest(), Hasher().text("a").text("bc").digest());
  EXPECT_NE(Hasher().number(1).digest(), Hasher().number(2).digest());
}

TEST(Hash, MovesWithItsState) {
  Hasher first;
  first.bytes("Lock");
  Hasher second = std::move(first);
  second.bytes("step");
  EXPECT_EQ(second.digest(), hash128("Lockstep"));
  Hasher third;
  third = std::move(second);
  EXPECT_EQ(third.digest(), hash128("Lockstep"));
}

TEST(Hash, CanBeAKey) {
  const std::unordered_set<Hash128, Hash128Hasher> set{hash128("a"), hash128("b"), hash128("a")};
  EXPECT_EQ(set.size(), 2U);
}

}  // namespace
}  // namespace lockstep
