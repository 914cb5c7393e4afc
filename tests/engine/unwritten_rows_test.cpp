// Rows that do not get what the remote edited, while an edit of theirs goes out: refused by the table, or edited meanwhile by the
// application. What was sent is agreed on, and the remote's edit is still one.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class UnwrittenRows : public testing::Test {
 protected:
  UnwrittenRows() {
    world_.sql(
        "CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT UNIQUE, name TEXT, slot INTEGER CHECK (slot < 100), seen TEXT)");
    world_.put("a", R"("name":"Ada","slot":1,"seen":"s")");
    world_.run(Mode::Import);
  }
  SyncReport full(OnConflict on_conflict = OnConflict::Manual) {
    return world_.run(Mode::Full, [&](RunOptions& options) { options.on_conflict = on_conflict; });
  }

  TwoWayWorld world_;
};

TEST_F(UnwrittenRows, AreToldOfUntilTheyTakeTheEdit) {
  world_.put("a", R"("name":"Ada","slot":500,"seen":"s")");
  world_.edit("a", "name", Value::text("Eva"));
  for (int run = 0; run < 3; ++run) {
    EXPECT_EQ(full().exit_code(), 2) << "the row still lacks 500";
    EXPECT_EQ(world_.things(), (Lines{"a|Eva|1"}));
    EXPECT_EQ(world_.items.items["a"].text_at("name"), "Eva");
    EXPECT_EQ(world_.items.updates, 1);
  }
  world_.put("a", R"("name":"Eva","slot":50,"seen":"s")");
  EXPECT_EQ(full().exit_code(), 0);
  EXPECT_EQ(world_.things(), (Lines{"a|Eva|50"}));
}

TEST_F(UnwrittenRows, KeepTheEditFromBeingOverwritten) {
  world_.put("a", R"("name":"Ada","slot":500,"seen":"s")");
  world_.edit("a", "name", Value::text("Eva"));
  full();
  world_.edit("a", "slot", Value::integer(7));
  EXPECT_EQ(full().conflicts, 1U) << "both sides edited it";
  EXPECT_EQ(json::to_text(*world_.items.items["a"].find("slot")), "500");
}

TEST_F(UnwrittenRows, ThatAreEditedMeanwhileMeetTheEditAsAConflict) {
  world_.edit("a", "name", Value::text("Eva"));
  world_.items.on_update = [&](const std::string&) { world_.sql("UPDATE things SET slot = 7"); };
  world_.put("a", R"("name":"Ada","slot":2,"seen":"s")");
  full();
  world_.items.on_update = nullptr;
  EXPECT_EQ(world_.things(), (Lines{"a|Eva|7"}));
  EXPECT_EQ(full().conflicts, 1U);
  EXPECT_EQ(json::to_text(*world_.items.items["a"].find("slot")), "2");
  EXPECT_EQ(world_.things(), (Lines{"a|Eva|7"}));
}

}  // namespace
}  // namespace lockstep::test
