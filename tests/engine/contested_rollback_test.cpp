// Rollbacks while a conflict awaits a person: the row goes back to before it, and nobody's edit is overwritten for that.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

class ContestedRollback : public testing::TestWithParam<Mode> {
 protected:
  ContestedRollback() {
    world_.on_conflict = OnConflict::Manual;
    world_.put("a", R"("name":"base","slot":1)");
    world_.run(Mode::Import);
  }
  void there(const std::string& name) { world_.items.items["a"]["name"] = Json(name); }
  std::string last_run() { return world_.rows("lockstep_run", {"run"}).back(); }
  void undo(const std::string& run, int exit_code = 0) {
    EXPECT_EQ(world_.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{run}; }).exit_code(), exit_code);
  }
  std::string sides() { return world_.rows("things", {"name"}, "remote_id").front() + " " + world_.items.items["a"].text_at("name"); }

  TwoWayWorld world_;
};

TEST_P(ContestedRollback, OfARollbackLetsTheItemsEditIn) {
  there("first");
  world_.run(Mode::Full);
  const std::string imported = last_run();
  undo(imported);
  const std::string undone = last_run();
  there("edited");
  EXPECT_EQ(world_.run(GetParam()).awaiting_fields, 1U);
  undo(undone);
  EXPECT_EQ(sides(), "first edited");
  EXPECT_EQ(world_.run(Mode::Full).exit_code(), 0);
  EXPECT_EQ(sides(), "edited edited");
}

TEST_P(ContestedRollback, WhatARollbackLeavesStaysAConflict) {
  there("first");
  world_.run(Mode::Import);
  const std::string imported = last_run();
  world_.edit("a", "name", Value::text("mine"));
  there("edited");
  EXPECT_EQ(world_.run(GetParam()).awaiting_fields, 1U);
  undo(imported, 2);
  EXPECT_EQ(world_.run(Mode::Full).awaiting_fields, 1U);
  EXPECT_EQ(sides(), "mine edited");
}

INSTANTIATE_TEST_SUITE_P(Modes, ContestedRollback, testing::Values(Mode::Import, Mode::Export, Mode::Full));

}  // namespace
}  // namespace lockstep::test
