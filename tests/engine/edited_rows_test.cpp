// Rows that were edited while their items stayed the same: the list has shown the items, and nothing more is asked for.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

TEST(EditedRows, WhatTheListShowsOfTheirItemsIsNotAskedForAgain) {
  TwoWayWorld world{""};
  // What the state keeps of such an item is not all of it.
  world.items.resource().secret = {"extra.token"};
  for (const char* id : {"a", "b", "c"}) world.put(id, R"("name":"Ada","slot":1,"extra":{"token":"s3cret"})");
  ASSERT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.local_edits = LocalEdits::Replace;
  for (const char* id : {"a", "c"}) world.edit(id, "name", Value::text("mine"));
  world.items.gets = 0;
  EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
  EXPECT_EQ(world.items.gets, 0);
  EXPECT_EQ(world.rows("things", {"remote_id", "name"}, "remote_id"), (std::vector<std::string>{"a|Ada", "b|Ada", "c|Ada"}));
}

}  // namespace
}  // namespace lockstep::test
