// Where the database ends a transaction because of somebody else's, what belonged together is done again as a whole: the run ends as if
// nothing had been, and nothing that it did beside the transaction is done twice.
#include "common/text.h"
#include "engine/counters.h"
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

constexpr int kMostEnded = 400;
constexpr const char* kEvents =
    "events:\n  table: thing_events\n  copy: [remote_id]\n  rules:\n    added: {on: insert}\n    changed: {on: change}\n";

/// What is run, from which beginning.
struct Course {
  std::string name;
  std::function<void(TwoWayWorld&)> prepare;
  std::function<SyncReport(TwoWayWorld&)> run;
  int least = 10;  ///< calls of the store
};

/// Rows that an application had, items that nobody knows, both sides of some edited, two values exchanged: each kind of write is made.
void edit_both_sides(TwoWayWorld& world) {
  int slot = 0;
  for (const char* id : {"a", "b", "c", "d", "x", "y"})
    world.put(id, R"("name":")" + std::string(id) + R"(","slot":)" + std::to_string(++slot));
  EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
  world.sql("CREATE UNIQUE INDEX one_slot ON things (slot)");
  world.put("e", R"("name":"new","slot":15)");
  world.put("a", R"("name":"changed there","slot":1)");
  world.put("x", R"("name":"x","slot":6)");
  world.put("y", R"("name":"y","slot":5)");
  world.edit("b", "name", Value::text("changed here"));
  world.edit("c", "slot", Value::integer(7));
  world.items.items.erase("d");
  world.edit("d", "name", Value::text("goes on"));
  world.edit("", "name", Value::text("made here"));
}

SyncReport run_full(TwoWayWorld& world) { return world.run(Mode::Full); }

SyncReport undo_the_full_run(TwoWayWorld& world) {
  const Lines runs = world.rows("lockstep_run", {"run"});
  return world.run(Mode::Full, [&](RunOptions& options) { options.task = UndoneRun{runs.at(1)}; });
}

const Course kCourses[] = {
    {"FirstImport",
     [](TwoWayWorld& world) {
       for (const char* id : {"a", "b", "c"}) world.put(id, R"("name":")" + std::string(id) + "\"");
     },
     [](TwoWayWorld& world) { return world.run(Mode::Import); }},
    {"FullRun", edit_both_sides, run_full, 25},
    {"Export", edit_both_sides, [](TwoWayWorld& world) { return world.run(Mode::Export); }, 20},
    {"Rollback",
     [](TwoWayWorld& world) {
       edit_both_sides(world);
       EXPECT_EQ(run_full(world).exit_code(), 0);
     },
     undo_the_full_run},
};

/// All that a run leaves behind and tells, by name where ids are given in the order of the answers.
Lines left_by(TwoWayWorld& world, const SyncReport& report) {
  Lines out;
  const auto add = [&](const std::string& what, const Lines& lines) {
    for (const std::string& line : lines) out.push_back(what + ": " + line);
  };
  add("row", world.rows("things", {"id", "remote_id", "name", "slot"}));
  add("link", world.rows("lockstep_link", {"remote_id", "local_key"}));
  add("base", world.rows("lockstep_base", {"held"}, "link_id"));
  add("change", world.rows("lockstep_change", {"run_id", "local_key", "remote_id", "side", "action", "fields"}));
  add("run", world.rows("lockstep_run", {"mode", "exit"}));
  add("intent", world.rows("lockstep_intent", {"action", "local_key"}));
  add("conflict", world.rows("lockstep_conflict", {"local_key", "field"}));
  add("rejected", world.rows("lockstep_rejected", {"local_key", "reason"}));
  add("event", world.rows("thing_events", {"remote_id", "event", "field", "old_value", "new_value"}));
  for (const auto& [id, item] : world.items.items) out.push_back("item " + id + ": " + item.text_at("name"));
  out.push_back("requests: " + std::to_string(world.items.creates) + " creates, " + std::to_string(world.items.updates) + " updates");
  for (const Counter& each : kCounters) out.push_back(std::string(each.name) + ": " + std::to_string(report.*each.member));
  for (const Problem& each : report.problems) out.push_back("told: " + each.message);
  out.push_back("exit " + std::to_string(report.exit_code()) + ", " + report.failure.value_or("no failure"));
  for (const auto& [id, item] : world.items.items) {
    if (!id.starts_with("new-")) continue;
    for (std::string& line : out) line = replace_all(line, id, "what was made of " + item.text_at("name"));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Both sides, and what was sent.
Lines both_ends(TwoWayWorld& world) {
  Lines out = world.rows("things", {"name", "slot"}, "name");
  for (const auto& [id, item] : world.items.items) out.push_back("item: " + item.text_at("name"));
  std::sort(out.begin(), out.end());
  out.push_back(std::to_string(world.items.creates) + " creates, " + std::to_string(world.items.updates) + " updates");
  return out;
}

class RepeatedGroups : public testing::TestWithParam<Course> {
 protected:
  static void begin(TwoWayWorld& world) {
    GetParam().prepare(world);
    world.end_transactions();
  }
  /// Where nothing is ended.
  static Lines undisturbed() {
    TwoWayWorld world(kEvents);
    begin(world);
    const SyncReport report = GetParam().run(world);
    EXPECT_FALSE(report.failure) << *report.failure;
    return left_by(world, report);
  }
};

/// Also where five tries fail, one after the other.
TEST_P(RepeatedGroups, WhatWasEndedIsDoneAgainAndNothingTwice) {
  const Lines expected = undisturbed();
  for (const int times : {1, Repeating::kMost}) {
    int at = 1;
    for (bool reached = true; reached && at < kMostEnded; at += times == 1 ? 1 : 3) {
      TwoWayWorld world(kEvents);
      begin(world);
      world.fault = {.what = FaultPoint::What::Ended, .at = at, .times = times};
      const SyncReport report = GetParam().run(world);
      reached = world.fault.reached;
      world.fault = {};
      EXPECT_EQ(left_by(world, report), expected) << "call " << at << ", " << times << " times";
      if (HasFailure()) return;
    }
    EXPECT_GT(at, GetParam().least) << "the run writes less than it should";
    EXPECT_LT(at, kMostEnded) << "not every call was reached";
  }
}

TEST_P(RepeatedGroups, WhatIsEndedTimeAndAgainFailsTheRunAndTheNextOneGoesOnFromThere) {
  TwoWayWorld calm(kEvents);
  begin(calm);
  const int exit = GetParam().run(calm).exit_code();
  const Lines expected = both_ends(calm);
  int at = 1;
  for (bool reached = true; reached && at < kMostEnded; ++at) {
    const std::string where = "call " + std::to_string(at);
    TwoWayWorld world(kEvents);
    begin(world);
    const auto written = [&] {
      return world.rows("lockstep_change", {"id"}).size() + static_cast<std::size_t>(world.items.creates + world.items.updates);
    };
    const std::size_t before = written();
    world.fault = {.what = FaultPoint::What::Ended, .at = at, .times = Repeating::kMost + 1};
    const SyncReport report = GetParam().run(world);
    reached = world.fault.reached;
    world.fault = {};
    if (reached) {
      EXPECT_EQ(report.failure_code, "busy") << where;
      EXPECT_EQ(report.exit_code(), written() > before ? 2 : 1) << where;
      EXPECT_EQ(report.failure.value_or(""), "deadlock detected; so it went 6 times in a row") << where;
    }
    world.later();
    EXPECT_EQ(GetParam().run(world).exit_code(), exit) << where;
    EXPECT_EQ(both_ends(world), expected) << where;
    if (HasFailure()) return;
  }
  EXPECT_GT(at, GetParam().least);
  EXPECT_LT(at, kMostEnded) << "not every call was reached";
}

INSTANTIATE_TEST_SUITE_P(Each, RepeatedGroups, testing::ValuesIn(kCourses), [](const auto& each) { return each.param.name; });

/// An import of many records begins no transaction for each of them.
TEST(RepeatedGroupsOfAnImport, AreAsFewAsItsChunks) {
  TwoWayWorld world;
  constexpr int kItems = 1000;
  for (int i = 0; i < kItems; ++i) world.put("item-" + std::to_string(i), R"("name":"n","slot":)" + std::to_string(i));
  world.end_transactions();
  EXPECT_EQ(world.run(Mode::Import).exit_code(), 0);
  EXPECT_EQ(world.rows("things", {"id"}).size(), kItems);
  EXPECT_LE(world.begun(), 30) << "8 chunks";
}

/// What is waited for a stop cuts short: the tries that are left are made at once.
TEST(Repeating, WaitsLongerAndLongerUntilAStop) {
  struct NotingClock : ClockAhead {
    bool sleep(Millis duration, std::stop_token stop) const override {
      slept.push_back(duration);
      return !stop.stop_requested();
    }
    mutable std::vector<Millis> slept;
  };
  const NotingClock clock;
  const auto ended = [] { throw Error(Error(ErrorKind::Busy, "deadlock detected").with_retry_after(Millis(50))); };
  EXPECT_THROW(Repeating(clock).run(ended), Error);
  EXPECT_EQ(clock.slept, (std::vector{Millis(50), Millis(100), Millis(200), Millis(400), Millis(800)}));
  int tries = 0;
  const auto busy = [&] {
    ++tries;
    throw Error(ErrorKind::Busy, "locked by another program");
  };
  EXPECT_THROW(Repeating(clock).run(busy), Error) << "what did not end the transaction has waited already";
  EXPECT_EQ(tries, 1);
  std::stop_source stop;
  stop.request_stop();
  tries = 0;
  const auto third = [&] {
    if (++tries < 3) throw Error(Error(ErrorKind::Busy, "deadlock detected").with_retry_after(Millis(60'000)));
  };
  const Deadline soon = Deadline::after(Millis(5000));
  Repeating(system_clock(), stop.get_token()).run(third);
  EXPECT_EQ(tries, 3);
  EXPECT_FALSE(soon.over());
}

}  // namespace
}  // namespace lockstep::test
