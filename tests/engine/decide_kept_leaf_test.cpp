// Leaves beside an object that is sent, and objects that were edited alike on both sides or say nothing of a place.
#include <gtest/gtest.h>

#include "decide_world.h"
#include "engine/decide/merge.h"

namespace lockstep::test {
namespace {

std::string item(const std::string& model, const std::string& temperature) {
  return R"({"item_id":"r1","model":)" + model + R"(,"model_prompt":"p","model_temperature":)" + temperature + "}";
}
const std::string kBase = item(R"({"extra":"e","prompt":"p","temperature":0.5})", "0.5");

Decision decided(Policy policy, const std::string& here, const std::string& there, World& world) {
  world.here = here;
  world.there = there;
  world.base = kBase;
  return decide(item_mapping(), policy, world.build());
}

TEST(KeptLeaf, IsWhatTheRemoteHasBesideItsObject) {
  World world;
  const Policy full = under(Mode::Full, OnConflict::Manual);
  const Decision both = decided(full, item(R"({"extra":"L","prompt":"p","temperature":0.5})", "0.5"),
                                item(R"({"extra":"e","prompt":"p","temperature":0.8})", "0.8"), world);
  ASSERT_EQ(both.remote_fields.size(), 2U);
  EXPECT_FALSE(merging::keeps_leaf(item_mapping(), both, both.remote_fields[0]));
  EXPECT_TRUE(merging::keeps_leaf(item_mapping(), both, both.remote_fields[1]));
  Decision alone = both;
  alone.remote_fields.erase(alone.remote_fields.begin());
  EXPECT_FALSE(merging::keeps_leaf(item_mapping(), alone, alone.remote_fields[0])) << "it is sent as it was";
}

TEST(KeptLeaf, AnObjectEditedAlikeOnBothSidesIsNoConflictWhateverItsLeavesSay) {
  World world;
  const Policy full = under(Mode::Full, OnConflict::Manual);
  const Decision taken = decided(full, item(R"({"extra":"X","prompt":"p","temperature":0.5})", "0.5"),
                                 item(R"({"extra":"X","prompt":"p","temperature":0.8})", "0.8"), world);
  EXPECT_TRUE(taken.conflicts.empty());
  EXPECT_TRUE(taken.remote_fields.empty());
  const Decision sent = decided(full, item(R"({"extra":"X","prompt":"p","temperature":0.9})", "0.5"),
                                item(R"({"extra":"X","prompt":"p","temperature":0.5})", "0.5"), world);
  EXPECT_TRUE(sent.conflicts.empty());
  EXPECT_EQ(sent.remote_fields.size(), 1U);
}

TEST(KeptLeaf, AnObjectThatSaysNothingOfAPlaceLeavesItToTheColumn) {
  World world;
  const Policy full = under(Mode::Full, OnConflict::Manual);
  const Decision sent = decided(full, item(R"({"extra":"L","prompt":"p"})", "0.9"), kBase, world);
  EXPECT_TRUE(sent.conflicts.empty());
  EXPECT_EQ(sent.remote_fields.size(), 2U);
  const Decision emptied = decided(full, item(R"({"extra":"L","prompt":"p","temperature":0.7})", "null"), kBase, world);
  EXPECT_EQ(emptied.conflicts.size(), 2U) << "the column is empty, and the object says something";
  const Decision gone = decided(full, item(R"({"extra":"L","prompt":"p"})", "null"), kBase, world);
  EXPECT_TRUE(gone.conflicts.empty()) << "both say that it is gone";
}

}  // namespace
}  // namespace lockstep::test
