// Two columns that exchanged their names and got other rules at the same time: what was agreed on, and what awaits a person, goes with the
// cells. Where the cells stayed, it stays with the names.
#include "engine/foreseen.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

class ExchangedTypes : public testing::Test {
 protected:
  ExchangedTypes() {
    world_.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, a TEXT, b TEXT)");
    world_.fields = "  a: text\n  b: text\n";
    for (const std::string n : {"1", "2", "3"}) world_.put("i" + n, R"("name":"n","a":"a)" + n + R"(","b":"b)" + n + '"');
    world_.run(Mode::Full);
    world_.on_conflict = OnConflict::Manual;
    world_.sql("UPDATE things SET a = 'mine' WHERE remote_id = 'i1'");
    world_.items.items["i1"]["a"] = Json("theirs");
    EXPECT_EQ(world_.run(Mode::Full).awaiting_fields, 1U);
  }
  static constexpr char kSwapped[] = "  a: {type: text, from: b, transform: trim}\n  b: {type: text, from: a, transform: trim}\n";
  static constexpr char kStraight[] = "  a: {type: text, transform: trim}\n  b: {type: text, transform: trim}\n";
  Lines open_conflicts() {
    Lines open;
    for (const std::string& line : world_.rows("lockstep_conflict", {"field", "here", "there", "closed_at"})) {
      if (line.ends_with("|-")) open.push_back(line.substr(0, line.size() - 2));
    }
    return open;
  }

  TwoWayWorld world_;
};

TEST_F(ExchangedTypes, AnOpenConflictGoesWithItsCells) {
  world_.sql("ALTER TABLE things RENAME a TO t; ALTER TABLE things RENAME b TO a; ALTER TABLE things RENAME t TO b");
  world_.fields = kSwapped;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run_as_foreseen(world_, Mode::Full).awaiting_fields, 1U);
    EXPECT_EQ(world_.items.items["i1"].text_at("a"), "theirs");
    EXPECT_EQ(open_conflicts(), Lines{R"(b|"mine"|"theirs")"});
  }
  world_.sql("UPDATE things SET b = 'edited' WHERE remote_id = 'i2'");
  run_as_foreseen(world_, Mode::Full);
  EXPECT_EQ(world_.items.items["i2"].text_at("a"), "edited");
  EXPECT_EQ(world_.rows("things", {"a", "b"}, "remote_id"), (Lines{"b1|mine", "b2|edited", "b3|a3"}));
}

TEST_F(ExchangedTypes, WithoutAnExchangeItStaysWithTheNames) {
  world_.fields = kStraight;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run_as_foreseen(world_, Mode::Full).awaiting_fields, 1U);
    EXPECT_EQ(world_.items.items["i1"].text_at("a"), "theirs");
    EXPECT_EQ(open_conflicts(), Lines{R"(a|"mine"|"theirs")"});
  }
}

}  // namespace
}  // namespace lockstep::test
