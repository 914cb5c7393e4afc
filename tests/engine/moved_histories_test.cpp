// Random histories of two syncs of one table: rows move between them and out of both, sides are edited, creates lose their answers. Each
// value is edited on one side at a time: no run may take it back, and both syncs come to rest with one item for each row.
// LOCKSTEP_HISTORIES and LOCKSTEP_SEED say how many and from where.
#include <random>

#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

const std::vector<std::string> kRegions{"us", "eu", "closed"};

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {
    world_.configured = {"us", "eu"};
    world_.sql("CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, slot INTEGER, seen TEXT, region TEXT)");
    for (const char* id : {"a", "b", "c"}) world_.put(id, R"("name":"Item )" + std::string(id) + R"(","slot":0)");
    run("us", Mode::Full);
  }

  void play(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) step();
    world_.sql("UPDATE things SET region = 'us' WHERE region = 'closed'");
    for (int i = 0; i < 2; ++i) run_both();
    const Lines before = rows();
    const int sent = world_.items.creates + world_.items.updates;
    run_both();
    EXPECT_EQ(rows(), before);
    EXPECT_EQ(world_.items.creates + world_.items.updates, sent);
    EXPECT_EQ(before.size(), world_.items.items.size());
    expect_values();
  }
  const std::string& said() const { return said_; }

 private:
  using Lines = std::vector<std::string>;

  std::size_t any(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  Lines rows() { return world_.rows("things", {"remote_id", "name", "slot", "region"}); }
  void say(const std::string& what) { said_ += what + "\n"; }
  void sql(const std::string& statement) {
    say(statement);
    world_.sql(statement);
  }
  void step() {
    const Lines names = world_.rows("things", {"name"});
    if (names.empty()) return run_both();
    const std::string name = names[any(names.size())], where = " WHERE name = '" + name + "'";
    switch (any(9)) {
      case 0:
      case 1: return sql("UPDATE things SET region = '" + kRegions[any(3)] + "'" + where);
      case 2: return edit_here(name);
      case 3: return edit_there(name);
      case 4: return add();
      case 5: return empty_id(where);
      case 6: return sql("UPDATE things SET id = (SELECT max(id) + 1 FROM things)" + where + " AND remote_id IS NOT NULL");
      default: return run(kRegions[any(2)], any(3) == 0 ? Mode::Export : Mode::Full);
    }
  }
  /// Of a row whose key is known: else it would be a new one.
  void empty_id(const std::string& where) {
    run_both();
    sql("UPDATE things SET remote_id = NULL" + where + " AND region <> 'closed'");
  }
  void edit_here(const std::string& name) {
    if (std::exchange(meant_[name].there, false)) meet(name);
    meant_[name] = {++value_, false};
    sql("UPDATE things SET slot = " + std::to_string(value_) + " WHERE name = '" + name + "'");
  }
  void meet(const std::string& name) {
    sql("UPDATE things SET region = 'us' WHERE name = '" + name + "' AND region = 'closed'");
    run_both();
  }
  /// A side that was edited before the other has heard of it would be a conflict.
  void edit_there(const std::string& name) {
    meet(name);
    for (auto& [id, item] : world_.items.items) {
      if (item.text_at("name") != name) continue;
      meant_[name] = {++value_, true};
      item["slot"] = Json(value_);
      say(name + " there: " + std::to_string(value_));
    }
  }
  void add() {
    const std::string region = kRegions[any(2)], name = "Row " + std::to_string(++made_);
    sql("INSERT INTO things (name, slot, region) VALUES ('" + name + "', 0, '" + region + "')");
    if (any(2) == 0) return;
    say("no answer to a create");
    world_.items.on_create = [] { throw Error(ErrorKind::Unreachable, "no answer").with_effect(Effect::Maybe); };
    attempt(region, Mode::Export, false);
    world_.items.on_create = {};
  }
  SyncReport attempt(const std::string& region, Mode mode, bool dry_run) {
    const std::string other = region == "us" ? "eu" : "us";
    world_.name = region;
    world_.extra = "label: name\nwhere: {region: " + region + "}\n";
    world_.neighbours = {{other, "", "thing", "things", "region: " + other, world_.configured, {{"region", other}}}};
    return world_.run(mode, [&](RunOptions& options) { options.dry_run = dry_run; });
  }
  void run(const std::string& region, Mode mode) {
    say(std::string(mode == Mode::Full ? "full " : "export ") + region);
    world_.later();
    const SyncReport foreseen = attempt(region, mode, true), done = attempt(region, mode, false);
    EXPECT_EQ(done.failure.value_or(""), "");
    EXPECT_EQ(foreseen.created_local, done.created_local);
    EXPECT_EQ(foreseen.created_remote, done.created_remote);
    EXPECT_EQ(foreseen.updated_local, done.updated_local);
    EXPECT_EQ(foreseen.updated_remote, done.updated_remote);
    EXPECT_EQ(foreseen.exit_code(), done.exit_code());
    EXPECT_EQ(done.conflicts, 0U);
    for (const Problem& problem : done.problems) say("  " + problem.message);
  }
  void run_both() {
    for (const char* region : {"us", "eu"}) run(region, Mode::Full);
  }
  void expect_values() {
    for (const auto& [name, meant] : meant_) {
      const std::string value = std::to_string(meant.value);
      EXPECT_EQ(world_.rows("things", {"name", "slot"}), with(name, value)) << name;
      for (auto& [id, item] : world_.items.items) {
        if (item.text_at("name") == name) {
          EXPECT_EQ(json::to_text(*item.find("slot")), value) << name;
        }
      }
    }
  }
  /// The rows as they are, this one with that value.
  Lines with(const std::string& name, const std::string& value) {
    Lines lines = world_.rows("things", {"name", "slot"});
    for (std::string& line : lines) {
      if (line.starts_with(name + "|")) line = name + "|" + value;
    }
    return lines;
  }

  struct Meant {
    int value = 0;
    bool there = false;  ///< edited there, and the row may not have heard of it
  };
  std::mt19937_64 random_;
  TwoWayWorld world_;
  std::map<std::string, Meant> meant_;
  std::string said_;
  int made_ = 0, value_ = 0;
};

TEST(MovedHistories, NoValueIsTakenBackAndBothComeToRest) {
  const std::uint64_t first = number_from("LOCKSTEP_SEED", 1), count = number_from("LOCKSTEP_HISTORIES", 5);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    History history(seed);
    history.play(25);
    ASSERT_FALSE(testing::Test::HasFailure()) << "LOCKSTEP_HISTORIES=1 LOCKSTEP_SEED=" << seed << "\n" << history.said();
  }
}

}  // namespace
}  // namespace lockstep::test
