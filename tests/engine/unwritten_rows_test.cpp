// Rows that do not get what the remote edited, while an edit of theirs goes out: refused by the table, or edited meanwhile by the
// application. What was sent is agreed on, and the remote's edit is still one.
#include <algorithm>

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

TEST_F(UnwrittenRows, CostTheOthersOfTheirPageNoCallEach) {
  constexpr int kMany = 128, kRefused = 77;
  const auto put_all = [&](int slot, int refused) {
    for (int i = 0; i < kMany; ++i) {
      const std::string name = "n" + std::to_string(i);
      world_.put(name, R"("name":")" + name + R"(","slot":)" + std::to_string(i == refused ? 500 : slot));
    }
  };
  const auto calls_of = [&](auto run) {
    const int before = world_.fault.calls;
    run();
    return world_.fault.calls - before;
  };
  const auto import = [&] { EXPECT_EQ(world_.run(Mode::Import).exit_code(), 2); };
  put_all(1, kRefused);
  EXPECT_LT(calls_of(import), kMany) << "inserts";
  EXPECT_EQ(world_.things().size(), std::size_t{kMany}) << "one row from the beginning, and all but the refused one";
  put_all(2, -1);
  world_.run(Mode::Import);
  put_all(3, kRefused);
  EXPECT_LT(calls_of(import), kMany) << "updates";
  const Lines now = world_.things();
  EXPECT_EQ(std::count_if(now.begin(), now.end(), [](const std::string& row) { return row.ends_with("|3"); }), kMany - 1);
  EXPECT_EQ(std::count(now.begin(), now.end(), "n77|n77|2"), 1);
}

}  // namespace
}  // namespace lockstep::test
