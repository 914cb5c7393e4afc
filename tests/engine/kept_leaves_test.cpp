// Leaves beside an object that is sent: what the remote holds at their places stays there as it is, also what their columns cannot hold.
#include "engine/two_way_world.h"

namespace lockstep::test {
namespace {

constexpr char kFields[] = R"(  name: text
  j: {from: cfg, type: json}
  low: {from: cfg.low, type: text, transform: lower}
  trim: {from: cfg.trim, type: text, transform: trim}
  some: {from: cfg.some, type: text, transform: empty_to_null}
  at: {from: cfg.at, type: timestamp}
  text: {from: cfg.text, type: text}
  phone: {from: cfg.phone, type: text, transform: e164}
  rate: {from: cfg.rate, type: real}
  count: {from: cfg.count, type: integer}
  flag: {from: cfg.flag, type: boolean}
  kind: {from: cfg.kind, type: enum, values: [a, b]}
  prompt: {from: "cfg.messages[role=system].content", type: text}
)";

struct Edit {
  const char* place;
  const char* value;
};

constexpr Edit kEdits[] = {{"low", R"("XyZ")"},
                           {"trim", R"("  new  ")"},
                           {"some", R"("")"},
                           {"at", R"("2026-02-02T00:00:00.123456789+01:00")"},
                           {"text", "7"},
                           {"phone", R"("+1 415 555 0199")"},
                           {"rate", R"("fast")"},
                           {"count", "1.5"},
                           {"flag", R"("perhaps")"},
                           {"kind", R"("staging")"},
                           {"messages", R"([{"role":"system","content":[{"type":"text","text":"NEW"}]},{"role":"user","content":"hi"}])"}};

using Case = std::tuple<Edit, Mode>;

class KeptLeaves : public ::testing::TestWithParam<Case> {
 protected:
  KeptLeaves() {
    world_.sql("DROP TABLE IF EXISTS things");
    world_.sql(
        "CREATE TABLE things (id INTEGER PRIMARY KEY, remote_id TEXT, name TEXT, j TEXT, low TEXT, trim TEXT, some TEXT, at TEXT, text "
        "TEXT, "
        "phone TEXT, rate REAL, count INTEGER, flag BOOLEAN, kind TEXT, prompt TEXT)");
    world_.fields = kFields;
    world_.put("a", R"("name":"A","cfg":{"low":"AbC","trim":" a ","some":"x","at":"2026-01-01T00:00:00+01:00","text":"t",)"
                    R"("phone":"(415) 555-0100","rate":0.5,"count":5,"flag":true,"kind":"a",)"
                    R"("messages":[{"role":"system","content":"OLD"},{"role":"user","content":"hi"}]})");
    EXPECT_EQ(world_.run(Mode::Import).exit_code(), 0);
  }
  std::vector<std::string> rows() {
    return world_.rows("things", {"name", "low", "trim", "some", "at", "text", "phone", "rate", "count", "flag", "kind", "prompt"});
  }
  Json& cfg() { return world_.items.items["a"]["cfg"]; }

  TwoWayWorld world_;
};

TEST_P(KeptLeaves, StayAsTheRemoteHasThemBesideAnObjectThatIsSent) {
  const auto& [edit, mode] = GetParam();
  world_.sql("UPDATE things SET j = json_set(j, '$.local', 'L')");
  cfg()[edit.place] = json::parse(edit.value);
  Json expected = cfg();
  expected["local"] = Json("L");
  const SyncReport plan = world_.run(mode, [](RunOptions& options) { options.dry_run = options.want_fields = true; });
  const auto sent =
      std::find_if(plan.changes.begin(), plan.changes.end(), [](const RecordChange& each) { return each.side == Side::Remote; });
  ASSERT_NE(sent, plan.changes.end());
  EXPECT_EQ(sent->columns, std::vector<std::string>{"j"});
  EXPECT_EQ(json::canonical(sent->fields.at(0).after), json::canonical(expected)) << "as it is sent";
  const std::vector<std::string> rows = this->rows();
  for (int run = 0; run < 3; ++run) {
    EXPECT_EQ(world_.run(mode).exit_code(), 0);
    EXPECT_EQ(json::canonical(cfg()), json::canonical(expected)) << run;
    EXPECT_EQ(mode == Mode::Export ? this->rows() : rows, rows) << run;
  }
  EXPECT_EQ(world_.items.updates, 1);
}

/// The answer was lost: what was sent stands there beside what was kept, and nobody else has edited it.
TEST_P(KeptLeaves, AreNoEditOfAnybodyAfterALostAnswer) {
  const auto& [edit, mode] = GetParam();
  world_.sql("UPDATE things SET j = json_set(j, '$.local', 'L')");
  cfg()[edit.place] = json::parse(edit.value);
  Json expected = cfg();
  expected["local"] = Json("L");
  world_.items.bent = [](const Json&) -> std::string { throw Error(ErrorKind::Unreachable, "nobody answers").with_effect(Effect::Maybe); };
  world_.run(mode);
  world_.items.bent = {};
  EXPECT_EQ(json::canonical(cfg()), json::canonical(expected));
  for (int run = 0; run < 2; ++run) {
    const SyncReport report = world_.run(mode, [](RunOptions& options) { options.on_conflict = OnConflict::Manual; });
    EXPECT_EQ(report.exit_code(), 0);
    EXPECT_EQ(report.conflicts, 0U);
    EXPECT_EQ(json::canonical(cfg()), json::canonical(expected)) << run;
  }
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  return std::string(std::get<0>(info.param).place) + "_" + std::string(to_string(std::get<1>(info.param)));
}

INSTANTIATE_TEST_SUITE_P(Each, KeptLeaves, ::testing::Combine(::testing::ValuesIn(kEdits), ::testing::Values(Mode::Export, Mode::Full)),
                         name_of);

}  // namespace
}  // namespace lockstep::test
