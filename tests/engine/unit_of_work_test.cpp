// A record reaches the database whole or not at all, whatever throws between its first write and the commit.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using What = FaultPoint::What;
using Lines = std::vector<std::string>;

constexpr int kMostCalls = 400;

/// Rows that an application had, items that nobody knows, both sides of some edited: each kind of write is made.
void set_up(TwoWayWorld& world) {
  for (const char* id : {"a", "b", "c", "d"}) world.put(id, R"("name":")" + std::string(id) + R"(","slot":1)");
  EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.put("e", R"("name":"new","slot":5)");
  world.put("a", R"("name":"changed there","slot":1)");
  world.edit("b", "name", Value::text("changed here"));
  world.edit("c", "slot", Value::integer(7));
  world.items.items.erase("d");
  world.edit("d", "name", Value::text("goes on"));
  world.edit("", "name", Value::text("made here"));
}

/// Every row with an id has its link and its base, and nothing else has one; what a run wrote into rows is in the journal.
void expect_whole(TwoWayWorld& world, const std::string& where) {
  Lines rows, links, bases;
  for (const std::string& line : world.rows("things", {"remote_id"}, "remote_id")) {
    if (line != "-") rows.push_back(line);
  }
  std::map<std::string, std::string> names;
  for (const std::string& line : world.rows("lockstep_link", {"id", "remote_id"}, "remote_id")) {
    links.push_back(line.substr(line.find('|') + 1));
    bases.push_back(line.substr(0, line.find('|')));
  }
  EXPECT_EQ(rows, links) << where;
  Lines kept = world.rows("lockstep_base", {"link_id"}, "link_id");
  std::sort(kept.begin(), kept.end());
  std::sort(bases.begin(), bases.end());
  EXPECT_EQ(kept, bases) << where;
  Lines journaled;
  for (const std::string& line : world.rows("lockstep_change", {"side", "remote_id"}, "remote_id")) {
    if (line.starts_with("local|")) journaled.push_back(line.substr(6));
  }
  journaled.erase(std::unique(journaled.begin(), journaled.end()), journaled.end());
  for (const std::string& id : rows)
    EXPECT_TRUE(std::find(journaled.begin(), journaled.end(), id) != journaled.end()) << where << ": " << id;
}

/// Where a run that nothing disturbs ends.
Lines settled() {
  TwoWayWorld world;
  set_up(world);
  world.run(Mode::Full);
  return world.rows("things", {"name", "slot"}, "name");
}

class UnitOfWork : public testing::TestWithParam<std::tuple<What, bool>> {};

TEST_P(UnitOfWork, EveryCallOfARunMayThrow) {
  const auto [what, after] = GetParam();
  const Lines end = settled();
  int at = 1;
  for (bool reached = true; reached && at < kMostCalls; ++at) {
    TwoWayWorld world;
    set_up(world);
    reached = world.run_struck(Mode::Full, {.what = what, .at = at, .after = after});
    const std::string where = "call " + std::to_string(at) + ", " + world.last.failure.value_or("no failure");
    expect_whole(world, where);
    world.run(Mode::Full);
    // What may have been sent is not sent again before it can be known.
    world.later();
    world.run(Mode::Full);
    EXPECT_EQ(world.run(Mode::Full).exit_code(), 0) << where;
    expect_whole(world, where + ", healed");
    EXPECT_EQ(world.rows("things", {"name", "slot"}, "name"), end) << where;
    EXPECT_EQ(world.items.items.size(), end.size()) << where << ": an item was made twice";
    EXPECT_EQ(
        world.rows("lockstep_intent", {"closed_at"}).size(),
        static_cast<std::size_t>(std::ranges::count_if(world.rows("lockstep_intent", {"closed_at"}), [](auto& l) { return l != "-"; })))
        << where << ": a promise is open";
    if (HasFailure()) break;
  }
  EXPECT_GT(at, 20) << "the run writes less than it should";
  EXPECT_LT(at, kMostCalls) << "not every call was reached";
}

INSTANTIATE_TEST_SUITE_P(Each, UnitOfWork,
                         testing::Values(std::tuple(What::Storage, true), std::tuple(What::Corrupt, false), std::tuple(What::Memory, false),
                                         std::tuple(What::Other, true)));

TEST(UnitOfWorkOfARollback, EveryCallMayThrow) {
  for (int at = 1; at < kMostCalls; ++at) {
    TwoWayWorld world;
    set_up(world);
    const SyncReport done = world.run(Mode::Full);
    world.fault = {.what = What::Other, .at = at};
    world.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{done.run}; });
    const bool reached = world.fault.reached;
    world.fault = {};
    expect_whole(world, "call " + std::to_string(at));
    if (!reached) return;
  }
  FAIL() << "not every call was reached";
}

}  // namespace
}  // namespace lockstep::test
