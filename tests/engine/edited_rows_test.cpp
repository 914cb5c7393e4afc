// Rows that were edited while their items stayed the same: the list has shown the items, and nothing more is asked for.
#include <latch>

#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

/// Calls `then` when a run comes to this pass.
class AtPass : public Observer {
 public:
  AtPass(RunPass pass, std::function<void()> then) : pass_(pass), then_(std::move(then)) {}
  void pass(RunPass pass) override {
    if (pass == pass_) then_();
  }

 private:
  RunPass pass_;
  std::function<void()> then_;
};

/// Two items a page; of a, c and d the rows are edited. What the state keeps of an item is not all of it.
class EditedRows : public testing::Test {
 protected:
  EditedRows() {
    world_.items.resource().secret = {"extra.token"};
    world_.items.page_size = 2;
    world_.local_edits = LocalEdits::Replace;
    for (const char* id : {"a", "b", "c", "d", "e"}) world_.put(id, R"("name":"Ada","slot":1,"extra":{"token":"s3cret"})");
    world_.run(Mode::Import);
    for (const char* id : {"a", "c", "d"}) world_.edit(id, "name", Value::text("mine"));
    world_.items.gets = 0;
  }
  void expect_replaced(int gets) {
    EXPECT_EQ(world_.run(Mode::Import).exit_code(), 0);
    EXPECT_EQ(world_.items.gets, gets);
    EXPECT_EQ(world_.rows("things", {"name"}, "remote_id"), std::vector<std::string>(5, "Ada"));
  }

  TwoWayWorld world_;
};

TEST_F(EditedRows, WhatTheListShowsOfTheirItemsIsNotAskedForAgain) {
  std::latch looked_at(1);
  AtPass rows(RunPass::Read, [&] { looked_at.count_down(); });
  world_.observer = &rows;
  world_.items.on_later_page = [&] { looked_at.wait(); };
  expect_replaced(0);
}

// A list that is faster than the database does not wait for it.
TEST_F(EditedRows, WhatWasReadBeforeTheyWereLookedAtIsAskedForBehindTheFirstPage) {
  std::latch listed(1);
  int pages = 1;
  world_.items.on_later_page = [&] {
    if (++pages == 3) listed.count_down();
  };
  AtPass rows(RunPass::Scan, [&] { listed.wait(); });
  world_.observer = &rows;
  expect_replaced(2);
}

}  // namespace
}  // namespace lockstep::test
