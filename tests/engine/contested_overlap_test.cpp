// Conflicts about an object and the columns of its leaves: what is written for one of them decides none of the others.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

/// Row and item "a" with the object cfg in column j, and a column for cfg.x.
class ContestedOverlap : public testing::Test {
 protected:
  ContestedOverlap() {
    world_.on_conflict = OnConflict::Manual;
    world_.fields = "  name: text\n  j: {from: cfg, type: json}\n  x: {from: cfg.x, type: text}\n  z: {from: cfg.z, type: text}\n";
    there(R"({"x":"x0","y":"y0","z":"z0"})");
    world_.run(Mode::Full);
  }

  void there(const std::string& cfg) { world_.put("a", R"("name":"A","cfg":)" + cfg); }
  void here(const std::string& assignments) { world_.sql("UPDATE things SET " + assignments); }
  std::string row() { return world_.rows("things", {"j", "x"}, "remote_id").front(); }
  std::string cfg() { return json::to_text(*world_.items.items["a"].find("cfg")); }
  std::vector<ConflictEntry> open() {
    State state(world_.store());
    std::vector<ConflictEntry> open = state.conflicts();
    std::sort(open.begin(), open.end(), [](const ConflictEntry& a, const ConflictEntry& b) { return a.field < b.field; });
    return open;
  }
  /// "j x"
  std::string asked() {
    std::string fields;
    for (const ConflictEntry& one : open()) fields += (fields.empty() ? "" : " ") + one.field;
    return fields;
  }
  std::string seen_there(const std::string& field) {
    for (const ConflictEntry& one : open()) {
      if (one.field == field) return json::to_text(one.there);
    }
    return "not asked";
  }
  /// A dry run, and the run; both say the same.
  SyncReport run(Mode mode) {
    const SyncReport dry = world_.run(mode, [](RunOptions& options) { options.dry_run = true; });
    const SyncReport wet = world_.run(mode);
    EXPECT_EQ(dry.exit_code(), wet.exit_code());
    EXPECT_EQ(dry.updated_local, wet.updated_local);
    EXPECT_EQ(dry.updated_remote, wet.updated_remote);
    EXPECT_EQ(dry.awaiting_fields, wet.awaiting_fields);
    return wet;
  }
  /// A person's word on the conflict as it is shown to them.
  int resolve(const std::string& field, Resolution::Take take) {
    for (const ConflictEntry& one : open()) {
      if (one.field != field) continue;
      return world_
          .run(Mode::Full,
               [&](RunOptions& options) {
                 options.ids = {"a"};
                 options.existing_only = true;
                 options.task = Resolution{field, take, {}, one.here, one.there};
               })
          .exit_code();
    }
    return -1;
  }
  void meet_in_both() {
    here(R"(x = 'LX', j = json_set(j, '$.y', 'LY'))");
    there(R"({"x":"RX","y":"RY","z":"z0"})");
    run(Mode::Full);
    EXPECT_EQ(asked(), "j x");
  }

  TwoWayWorld world_;
};

constexpr auto kLocal = Resolution::Take::Local;
constexpr auto kRemote = Resolution::Take::Remote;

TEST_F(ContestedOverlap, ALeafThatAnImportLeftToAPersonStaysWhereItsObjectIsSentLater) {
  here(R"(x = 'LOCAL', j = json_set(j, '$.y', 'LY'))");
  there(R"({"x":"REMOTE","y":"y0","z":"z0"})");
  EXPECT_EQ(run(Mode::Import).exit_code(), 2);
  EXPECT_EQ(asked(), "x");
  for (const Mode mode : {Mode::Export, Mode::Export, Mode::Full}) {
    EXPECT_EQ(run(mode).exit_code(), 2);
    EXPECT_EQ(row(), R"({"x":"REMOTE","y":"LY","z":"z0"}|LOCAL)");
    EXPECT_EQ(cfg(), R"({"x":"REMOTE","y":"LY","z":"z0"})");
    EXPECT_EQ(asked(), "x");
  }
  EXPECT_EQ(resolve("x", kLocal), 0);
  EXPECT_EQ(row(), R"({"x":"LOCAL","y":"LY","z":"z0"}|LOCAL)");
  EXPECT_EQ(cfg(), R"({"x":"LOCAL","y":"LY","z":"z0"})");
  EXPECT_EQ(run(Mode::Full).exit_code(), 0);
}

/// Nothing of the row can win while it says two things of one place: the policy that left it to a person leaves it there each time.
TEST_F(ContestedOverlap, APolicyLeavesARowThatSaysTwoThingsToAPersonEachTime) {
  here(R"(x = 'ONE', j = json_set(j, '$.x', 'TWO'))");
  const auto decide = [&](OnConflict policy) {
    return world_.run(Mode::Full, [&](RunOptions& options) { options.on_conflict = policy; }).exit_code();
  };
  for (int time = 0; time < 3; ++time) {
    EXPECT_EQ(decide(OnConflict::Local), 2) << time;
    EXPECT_EQ(row(), R"({"x":"TWO","y":"y0","z":"z0"}|ONE)") << time;
    EXPECT_EQ(cfg(), R"({"x":"x0","y":"y0","z":"z0"})") << time;
    EXPECT_EQ(asked(), "j x") << time;
  }
  EXPECT_EQ(decide(OnConflict::Remote), 0);
  EXPECT_EQ(row(), R"({"x":"x0","y":"y0","z":"z0"}|x0)");
  EXPECT_EQ(asked(), "");
}

/// Who writes the object anew without a place, and the column of that place, has said one thing.
TEST_F(ContestedOverlap, AnObjectThatSaysNothingOfAPlaceLeavesItToItsColumn) {
  here(R"(j = '{"z":"z0","y":"LY"}', x = 'LX')");
  for (const Mode mode : {Mode::Export, Mode::Full}) {
    EXPECT_EQ(run(mode).exit_code(), 0);
    EXPECT_EQ(json::canonical(json::parse(cfg())), R"({"x":"LX","y":"LY","z":"z0"})");
    EXPECT_EQ(row(), R"({"x":"LX","y":"LY","z":"z0"}|LX)");
  }
  EXPECT_EQ(asked(), "");
  here(R"(j = '{"y":"LY2","z":"z0"}', x = NULL)");
  EXPECT_EQ(run(Mode::Full).exit_code(), 0) << "both say that it is gone";
  EXPECT_EQ(cfg(), R"({"y":"LY2","z":"z0"})");
}

TEST_F(ContestedOverlap, AFullRunAfterAnImportKeepsTheLeafTheSame) {
  here(R"(x = 'LOCAL', j = json_set(j, '$.y', 'LY'))");
  there(R"({"x":"REMOTE","y":"y0","z":"z0"})");
  run(Mode::Import);
  EXPECT_EQ(run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(row(), R"({"x":"REMOTE","y":"LY","z":"z0"}|LOCAL)");
  EXPECT_EQ(asked(), "x");
}

TEST_F(ContestedOverlap, AWordOnTheObjectIsNoneOnItsLeaf) {
  meet_in_both();
  EXPECT_EQ(resolve("j", kLocal), 0);
  EXPECT_EQ(row(), R"({"x":"RX","y":"LY","z":"z0"}|LX)");
  EXPECT_EQ(cfg(), R"({"x":"RX","y":"LY","z":"z0"})");
  EXPECT_EQ(asked(), "x");
  EXPECT_EQ(run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(resolve("x", kLocal), 0);
  EXPECT_EQ(row(), R"({"x":"LX","y":"LY","z":"z0"}|LX)");
  EXPECT_EQ(cfg(), R"({"x":"LX","y":"LY","z":"z0"})");
  EXPECT_EQ(run(Mode::Full).exit_code(), 0);
}

TEST_F(ContestedOverlap, TheObjectCanBeDecidedAfterItsLeaf) {
  for (const auto& [take, y] : {std::pair(kLocal, "LY"), std::pair(kRemote, "RY")}) {
    there(R"({"x":"x0","y":"y0","z":"z0"})");
    here(R"(x = 'x0', j = '{"x":"x0","y":"y0","z":"z0"}')");
    run(Mode::Full);
    meet_in_both();
    EXPECT_EQ(resolve("x", kLocal), 0);
    EXPECT_EQ(seen_there("j"), R"({"x":"LX","y":"RY","z":"z0"})") << "what was sent is no edit that a person has to be told of";
    EXPECT_EQ(run(Mode::Full).exit_code(), 2);
    EXPECT_EQ(resolve("j", take), 0);
    const std::string both = R"({"x":"LX","y":")" + std::string(y) + R"(","z":"z0"})";
    EXPECT_EQ(row(), both + "|LX");
    EXPECT_EQ(cfg(), both);
    EXPECT_EQ(asked(), "");
    EXPECT_EQ(run(Mode::Full).exit_code(), 0);
  }
}

TEST_F(ContestedOverlap, TheObjectCanBeDecidedAfterAnotherLeafOfItWasSent) {
  meet_in_both();
  here("z = 'LZ'");
  EXPECT_EQ(run(Mode::Export).exit_code(), 2);
  EXPECT_EQ(cfg(), R"({"x":"RX","y":"RY","z":"LZ"})");
  EXPECT_EQ(seen_there("j"), R"({"x":"RX","y":"RY","z":"LZ"})");
  EXPECT_EQ(resolve("j", kLocal), 0);
  EXPECT_EQ(cfg(), R"({"x":"RX","y":"LY","z":"LZ"})");
  EXPECT_EQ(asked(), "x");
}

TEST_F(ContestedOverlap, AnObjectThatIsAskedAboutWhileItsLeafIsSentCanBeDecided) {
  here(R"(z = 'LZ', j = json_set(j, '$.y', 'LY'))");
  there(R"({"x":"x0","y":"RY","z":"z0"})");
  EXPECT_EQ(run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(asked(), "j");
  EXPECT_EQ(cfg(), R"({"x":"x0","y":"RY","z":"LZ"})");
  EXPECT_EQ(resolve("j", kLocal), 0);
  EXPECT_EQ(cfg(), R"({"x":"x0","y":"LY","z":"LZ"})");
  EXPECT_EQ(row(), R"({"x":"x0","y":"LY","z":"LZ"}|x0)");
  EXPECT_EQ(run(Mode::Full).exit_code(), 0);
}

/// The word went out and nobody answered: what the remote shows of it is no edit of the object.
TEST_F(ContestedOverlap, AWordOnTheLeafWhoseAnswerWasLostIsNoneOnTheObject) {
  meet_in_both();
  world_.items.bent = [](const Json&) -> std::string { throw Error(ErrorKind::Unreachable, "nobody answers").with_effect(Effect::Maybe); };
  resolve("x", kLocal);
  world_.items.bent = {};
  EXPECT_EQ(cfg(), R"({"x":"LX","y":"RY","z":"z0"})");
  EXPECT_EQ(run(Mode::Full).exit_code(), 2);
  EXPECT_EQ(row(), R"({"x":"x0","y":"LY","z":"z0"}|LX)");
  EXPECT_EQ(asked(), "j");
  EXPECT_EQ(resolve("j", kLocal), 0);
  EXPECT_EQ(row(), R"({"x":"LX","y":"LY","z":"z0"}|LX)");
}

/// Whoever moved the remote since is not passed over with what was sent at the same time.
TEST_F(ContestedOverlap, AnEditOfAnotherIsShownBeforeTheObjectIsDecided) {
  meet_in_both();
  there(R"({"x":"RX","y":"RY2","z":"z0"})");
  EXPECT_EQ(resolve("x", kLocal), 0);
  EXPECT_EQ(resolve("j", kLocal), 1);
  EXPECT_EQ(cfg(), R"({"x":"LX","y":"RY2","z":"z0"})");
  run(Mode::Full);
  EXPECT_EQ(resolve("j", kLocal), 0);
  EXPECT_EQ(cfg(), R"({"x":"LX","y":"LY","z":"z0"})");
}

/// What the row says of the leaf's place in its object is part of what the person chose.
TEST_F(ContestedOverlap, TheObjectThatWonIsSentWithWhatItSaysOfItsLeaf) {
  here(R"(x = 'LX', j = '{"x":"JX","y":"LY","z":"z0"}')");
  there(R"({"x":"RX","y":"RY","z":"z0"})");
  run(Mode::Full);
  EXPECT_EQ(asked(), "j x");
  EXPECT_EQ(resolve("j", kLocal), 0);
  EXPECT_EQ(cfg(), R"({"x":"JX","y":"LY","z":"z0"})");
  EXPECT_EQ(row(), R"({"x":"JX","y":"LY","z":"z0"}|LX)");
  EXPECT_EQ(asked(), "x");
  EXPECT_EQ(seen_there("x"), R"("JX")");
  EXPECT_EQ(resolve("x", kRemote), 0);
  EXPECT_EQ(row(), R"({"x":"JX","y":"LY","z":"z0"}|JX)");
  EXPECT_EQ(run(Mode::Full).exit_code(), 0);
}

}  // namespace
}  // namespace lockstep::test
