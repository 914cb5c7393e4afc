#include "engine/sides/marker.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Marker, NamesDatabaseTableRowAndPromise) {
  const Marker marker{"01DB", "agents", "[\"a:b\",\"50%\"]", "01NONCE"};
  EXPECT_EQ(marker.text(), "lockstep:01DB:agents:[\"a%3Ab\",\"50%25\"]:01NONCE");
  const auto back = Marker::parse(marker.text());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->database, marker.database);
  EXPECT_EQ(back->table, marker.table);
  EXPECT_EQ(back->key, marker.key);
  EXPECT_EQ(back->nonce, marker.nonce);
}

TEST(Marker, IsNothingElse) {
  for (const char* text : {"", "01JX", "lockstep:1:2:3", "lockstep:1:2:3:4:5", "other:1:2:3:4"}) EXPECT_FALSE(Marker::parse(text)) << text;
}

TEST(Marker, IsKnownInAnotherCaseAndCut) {
  const std::string sent = Marker{"01DB", "agents", "4", "01NONCE"}.text();
  EXPECT_TRUE(is_altered("lockstep:01db:agents:4:01nonce", sent));
  EXPECT_TRUE(is_altered("LOCKSTEP:01DB:AGENTS:4:01NONCE", sent));
  EXPECT_TRUE(is_altered(sent.substr(0, 20), sent));
  EXPECT_TRUE(is_altered(sent + "…", sent));
  EXPECT_FALSE(is_altered(sent, sent));
  EXPECT_FALSE(is_altered("lockstep:01DB:agents:4:01OTHER", sent));
  EXPECT_FALSE(is_altered(sent, ""));
}

}  // namespace
}  // namespace lockstep
