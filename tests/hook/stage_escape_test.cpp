// A hook that fails, at every stage: it is told with script and line, nothing of what it was about gets through, and the next call works.
#include "hook/attack.h"

#include <rapidcheck.h>

#include "data/row.h"

namespace lockstep::test {
namespace {

/// One stage called with the text "in" wherever it takes a value; what came out, or "rejected: …".
using Call = std::function<std::string(Hook&, const HookSubject&)>;

struct Stage {
  const char* name;
  const char* source;  ///< of the member of the script's table; `fail()` fails when it is told to
  const char* good;    ///< what comes out of an innocent call
  Call call;
};

std::ostream& operator<<(std::ostream& out, const Stage& stage) { return out << stage.name; }

std::string shown(const HookVerdict& verdict, const std::string& out) { return verdict ? "rejected: " + *verdict : out; }

std::string call_record(Hook& hook, const HookSubject& subject) {
  std::optional<std::string> changed;
  const HookVerdict verdict = hook.record(subject, R"({"a":"in"})", changed);
  EXPECT_FALSE(verdict && changed);
  return shown(verdict, changed.value_or("unchanged"));
}

std::string call_transform(Hook& hook, const HookSubject&) {
  Arena arena;
  Value out;
  const HookVerdict verdict = hook.transform("t", Value::text("in"), out, arena);
  EXPECT_TRUE(!verdict || out.is_absent());
  return shown(verdict, to_display(out));
}

std::string call_owner(Hook& hook, const HookSubject& subject) {
  std::vector<std::pair<std::string, Json>> columns;
  const HookVerdict verdict = hook.assign_owner(subject, R"({"a":"in"})", columns);
  EXPECT_TRUE(!verdict || columns.empty());
  return shown(verdict, columns.empty() ? "" : columns[0].first + "=" + json::to_text(columns[0].second));
}

std::string call_row(Hook& hook, const HookSubject& subject) {
  Arena arena;
  const Shape shape({"id", "a"});
  std::vector<Value> row{Value::text("a-1"), Value::text("in")};
  const HookVerdict verdict = hook.row(subject, shape, row, R"({"a":"in"})", arena);
  EXPECT_TRUE(!verdict || to_display(row[1]) == "in");
  return shown(verdict, to_display(row[1]));
}

std::string call_match(Hook& hook, const HookSubject& subject) {
  std::optional<std::size_t> chosen;
  const HookVerdict verdict = hook.match(subject, R"({"a":"in"})", {json::parse(R"({"a":"x"})"), json::parse(R"({"a":"in"})")}, chosen);
  EXPECT_FALSE(verdict && chosen);
  return shown(verdict, chosen ? std::to_string(*chosen) : "none");
}

std::string call_conflict(Hook& hook, const HookSubject& subject) {
  std::optional<Json> winner;
  const HookVerdict verdict = hook.conflict(subject, "a", "in", "there", nullptr, winner);
  EXPECT_FALSE(verdict && winner);
  return shown(verdict, winner ? json::to_text(*winner) : "nobody");
}

std::string call_payload(Hook& hook, const HookSubject& subject) {
  Json body = json::parse(R"({"a":"in"})");
  const HookVerdict verdict = hook.payload(subject, body, json::parse(R"({"id":1})"));
  EXPECT_TRUE(!verdict || json::to_text(body) == R"({"a":"in"})");
  return shown(verdict, json::to_text(body));
}

std::string call_changed(Hook& hook, const HookSubject& subject) {
  return shown(hook.changed(subject, json::parse(R"({"action":"created"})")), "told");
}

const Stage kStages[] = {
    {"record", "record = function(record, ctx) record.a = 'half' fail(ctx, record) record.a = 'out' return record end", R"({"a":"out"})",
     call_record},
    {"transform", "transform = { t = function(value, ctx) fail(ctx) return value .. ' out' end }", "in out", call_transform},
    {"assign_owner", "assign_owner = function(record, ctx) fail(ctx) return { a = 1 } end", "a=1", call_owner},
    {"row", "row = function(row, record, ctx) row.a = 'half' fail(ctx) row.a = 'out' return row end", "out", call_row},
    {"match", "match = function(record, candidates, ctx) fail(ctx) return candidates[2] end", "1", call_match},
    {"conflict", "conflict = function(field, here, there, base, ctx) fail(ctx) return here end", "\"in\"", call_conflict},
    {"payload", "payload = function(body, row, ctx) body.a = 'half' fail(ctx) body.a = 'out' return body end", R"({"a":"out"})",
     call_payload},
    {"changed", "changed = function(change, ctx) fail(ctx) end", "told", call_changed},
};

/// What `fail` does, and what the verdict holds.
const std::pair<const char*, const char*> kFailures[] = {
    {"error('no luck')", "no luck"},
    {"error(nil)", "error(nil)"},
    {"error({})", "an error object"},
    {"while true do pcall(function() end) end", kBudget},
    {"local s = 'x' while true do s = s .. s end", kMemory},
    {"local function f() return 1 + f() end f()", "scripts/x.lua"},
    {"return nil + 1", "attempt to perform arithmetic"},
    {"coroutine.yield(1)", "'coroutine' is not available in hooks"},
    {"kept = {}", "cannot be set while a hook runs"},
    {"helper = nil error('spoilt')", "spoilt"},
    {"_ENV = {} print('x')", "attempt to call a nil value"},
};

class HookStageEscape : public testing::TestWithParam<Stage> {};

TEST_P(HookStageEscape, NothingGetsThroughAndTheNextCallWorks) {
  const Stage& stage = GetParam();
  for (const auto& [failure, expected] : kFailures) {
    SCOPED_TRACE(failure);
    Script script(std::string("local helper = function(ctx) return ctx.now < 0 end\nlocal function fail(ctx) if helper(ctx) then\n") +
                      failure + "\nend end\nreturn { " + stage.source + " }",
                  small_limits());
    ASSERT_TRUE(script.loaded()) << script.first_error();
    for (int i = 0; i < 2; ++i) {
      script.host.time = 1;
      EXPECT_EQ(stage.call(script.hook(), script.subject), stage.good);
      script.host.time = -1'000'000;
      const std::string verdict = stage.call(script.hook(), script.subject);
      EXPECT_THAT(verdict, testing::StartsWith("rejected: scripts/x.lua:3: "));
      EXPECT_THAT(verdict, testing::HasSubstr(expected));
    }
  }
}

/// A type that no stage takes for a result; `changed` has none.
TEST_P(HookStageEscape, AResultOfNoTypeRejects) {
  const Stage& stage = GetParam();
  if (std::string(stage.name) == "changed") return;
  for (const char* result :
       {"print", "0/0", "ctx", "'\\xff'", "{ print }", "{ 1, a = 2 }", "setmetatable({}, { __index = ctx })[1] or print"}) {
    SCOPED_TRACE(result);
    std::string source = stage.source;
    source.replace(source.rfind("return ") + 7, source.rfind(" end") - source.rfind("return ") - 7, result);
    Script script("local function fail() end\nreturn {\n" + source + " }", small_limits());
    ASSERT_TRUE(script.loaded()) << script.first_error() << source;
    EXPECT_THAT(stage.call(script.hook(), script.subject), testing::StartsWith("rejected: scripts/x.lua:3: "));
  }
}

INSTANTIATE_TEST_SUITE_P(Stages, HookStageEscape, testing::ValuesIn(kStages),
                         [](const auto& stage) { return std::string(stage.param.name); });

/// A clock that stands still until it is told to run away.
class StrangeClock : public Clock {
 public:
  Micros now() const override { return 0; }
  SteadyTime steady() const override { return SteadyTime{} + (runs_away ? Millis(10'000) * ++looks : Millis(0)); }
  bool sleep(Millis, std::stop_token) const override { return true; }
  bool runs_away = false;
  mutable int looks = 0;
};

// A script is loaded again after a failure. When that fails too, its stages are lost, and a record must not pass for want of them.
TEST_P(HookStageEscape, AScriptThatCannotBeLoadedAgainRejects) {
  const Stage& stage = GetParam();
  StrangeClock clock;
  Script script(std::string("local function fail(ctx) if ctx.now < 0 then error('x') end end\nfor i = 1, 5000 do end\nreturn { ") +
                    stage.source + " }",
                {}, clock);
  ASSERT_TRUE(script.loaded());
  script.host.time = -1'000'000;
  EXPECT_THAT(stage.call(script.hook(), script.subject), testing::StartsWith("rejected: scripts/x.lua:1: x"));
  script.host.time = 1;
  clock.runs_away = true;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(stage.call(script.hook(), script.subject), "rejected: scripts/x.lua:2: ran longer than 5000 ms");
    EXPECT_TRUE(script.hook().has(Hook::Stage::Record) || std::string(stage.name) != "record");
    EXPECT_EQ(script.hook().transforms().size(), std::string(stage.name) == "transform" ? 1U : 0U);
  }
  clock.runs_away = false;
  EXPECT_EQ(stage.call(script.hook(), script.subject), stage.good);
}

}  // namespace
}  // namespace lockstep::test
