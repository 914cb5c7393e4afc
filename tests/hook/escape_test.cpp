// Attempts to break out: each ends within its budget, costs at most the record at hand, and is reported with the script's line.
#include <gmock/gmock.h>

#include "hook/attack.h"

namespace lockstep::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HookEscape : public testing::TestWithParam<Attack> {};

TEST_P(HookEscape, EndsAndHarmsOneRecord) { expect_harmless(GetParam()); }

const Attack kAttacks[] = {
    {"EndlessLoop", "while true do end", kBudget},
    {"EndlessRecursionInTailCalls", "local function f() return f() end f()", kBudget},
    {"LoopInsidePcall", "local function spin() while true do end end while true do pcall(spin) end", kBudget},
    {"NestedPcalls", "local function f() while true do pcall(f) end end f()", kBudget},
    {"PcallAsTheLastWord", "return pcall(function() while true do end end)", kBudget},
    {"EndlessErrorHandler", "xpcall(function() while true do end end, function() while true do end end)", kBudget},
    {"ErrorHandlerThatFails", "local h h = function() h() end while true do xpcall(error, h) end", kBudget},
    {"Finalizer", "setmetatable({}, { __gc = function() while true do end end })", "__gc is not available in hooks"},
    {"FinalizerAddedLater", "local m = {} setmetatable({}, m) m.__gc = function() while true do end end for i = 1, 1e9 do local t = {} end",
     kBudget},
    {"CloseVariable",
     "local function f() local x <close> = setmetatable({}, { __close = function() while true do end end }) error('x') end while true do "
     "pcall(f) end",
     kBudget},
    {"CoroutineFarm", "for i = 1, 1e9 do coroutine.wrap(function() while true do end end)() end", "'coroutine' is not available in hooks"},
    {"YieldAcrossTheBoundary", "coroutine.yield(record)", "'coroutine' is not available in hooks"},
    {"RepBomb", "local s = string.rep('x', 1e12)", "the result of string.rep is too long"},
    {"RepOverflow", "local s = ('xx'):rep(math.maxinteger, 'y')", "the result of string.rep is too long"},
    {"RepOfNothing", "local s = string.rep('', math.maxinteger) .. string.rep('', 5, '') error('length ' .. #s)", "length 0"},
    {"ConcatBomb", "local s = 'x' while true do s = s .. s end", kMemory},
    {"CaughtConcatBomb", "local s = ('x'):rep(400000) while true do pcall(function() return s .. s end) end", kBudget},
    {"TableConcatBomb", "local t = {} for i = 1, 700 do t[i] = ('x'):rep(1000) end local s = table.concat(t)", kMemory},
    {"TableBomb", "local t = {} for i = 1, 1e9 do t[i] = { i } end", "scripts/x.lua:2: "},
    {"FormatBomb", "local s = ('%s'):rep(40000) local a = {} for i = 1, 40000 do a[i] = ('y'):rep(90) end s = s:format(table.unpack(a))",
     "scripts/x.lua:2: "},
    {"UpperMill", "local s = ('x'):rep(500000) while true do local t = s:upper() end", kBudget},
    {"DeepRecursion", "local function f(n) return 1 + f(n + 1) end f(1)", "scripts/x.lua:2: "},
    {"DeepRecursionThroughC", "local function f() return (pcall(f)) end local function g(s) return (s:gsub('.', g)) end g('x')",
     "scripts/x.lua:2: "},
    {"DeepMetamethods", "local t = setmetatable({}, {}) getmetatable(t).__index = function(s, k) return s[k .. 'x'] end return t.a",
     "scripts/x.lua:2: "},
    {"PathologicalPattern", "local s = ('a'):rep(5000) s:find(('a*'):rep(30) .. 'b')", kBudget},
    {"PathologicalPatternCaught", "local s = ('a'):rep(5000) while true do pcall(s.match, s, ('.-'):rep(20) .. 'b') end", kBudget},
    {"PathologicalGsub", "local s = ('a'):rep(5000) s:gsub(('a-'):rep(20) .. 'b', '')", kBudget},
    {"PathologicalGmatch", "for m in (('a'):rep(5000)):gmatch(('a?'):rep(60) .. ('a*'):rep(20) .. 'b') do end", kBudget},
    {"BalanceAtEachPlace", "local s = ('('):rep(60000) s:find('%b()')", kBudget},
    {"PatternNesting", "local s = ('x'):rep(40) s:find(('(x'):rep(33))", "too many captures"},
    {"GsubBomb", "local s = ('x'):rep(1000) s = s:gsub('x', s)", "the result of gsub is too long"},
    {"PlainFindMill", "local s = ('a'):rep(400000) local n = ('a'):rep(200000) .. 'b' while true do s:find(n, 1, true) end", kBudget},
    {"TableMoveForEver", "table.move({}, 1, math.maxinteger - 1, 2)", kBudget},
    {"TableInsertWithLength", "table.insert(setmetatable({}, { __len = function() return math.maxinteger - 1 end }), 1, 1)",
     "do not take tables with __len"},
    {"TableRemoveForEver", "table.remove(setmetatable({}, { __len = function() return 1e15 // 1 | 0 end }), 1)",
     "do not take tables with __len"},
    {"TableConcatForEver", "table.concat(setmetatable({}, { __index = function() return '' end }), '', 1, math.maxinteger)", kBudget},
    {"TableUnpackForEver", "local t = {} while true do pcall(table.unpack, t, 1, 900000) end", kBudget},
    {"SortMill", "local t = {} for i = 1, 9000 do t[i] = i end while true do table.sort(t) end", kBudget},
    {"MetatableOfStrings", "getmetatable('').__index = function() return print end", "attempt to index a boolean value"},
    {"SetmetatableOfStrings", "setmetatable('', {})", "bad argument #1 to 'setmetatable'"},
    {"MetatableOfGlobals", "setmetatable(_G, { __index = function() return 1 end })", "cannot change a protected metatable"},
    {"MetatableOfLibrary", "local m = getmetatable(string) m.__index = {}", "attempt to index a boolean value"},
    {"OverwrittenGlobal", "string = nil", "the global 'string' cannot be set while a hook runs"},
    {"NewGlobal", "count = 1", "the global 'count' cannot be set while a hook runs"},
    {"OverwrittenLibrary", "table.concat = function() return 'evil' end", "the library 'table' cannot be changed"},
    {"RawsetLibrary", "rawset(table, 'concat', nil) rawset(string, 'rep', nil)", "a read-only table cannot be changed"},
    {"RawsetGlobals", "rawset(_G, 'tostring', nil)", "a read-only table cannot be changed"},
    {"InsertIntoLibrary", "table.insert(string, 1, 2)", "the library 'string' cannot be changed"},
    {"OverwrittenContext", "ctx.log = nil", "ctx cannot be changed"},
    {"ErrorNil", "error(nil)", "failed with error(nil), which has no message"},
    {"ErrorNothing", "error()", "failed with error(nil), which has no message"},
    {"ErrorNumber", "error(42)", "42"},
    {"ErrorBoolean", "error(false)", "false"},
    {"ErrorTable", "error({ code = 5, message = 'five' })", "five"},
    {"ErrorTableWithoutMessage", "error({})", "failed with an error object that has neither __tostring nor a message"},
    {"ErrorObject", "error(setmetatable({}, { __tostring = function() return 'my object' end }))", "my object"},
    {"ErrorObjectThatFails", "error(setmetatable({}, { __tostring = function() error('again') end }))", "whose __tostring fails"},
    {"ErrorObjectThatLoops", "error(setmetatable({}, { __tostring = function() while true do end end }))", kBudget},
    {"ErrorObjectThatIsNoText", "error(setmetatable({}, { __tostring = function() return {} end }))", "whose __tostring fails"},
    {"ErrorWithoutPosition", "error('plain', 0)", "scripts/x.lua:2: plain"},
    {"ErrorThatIsNotUtf8", "error('bad \\xff')", "bad "},
    {"LoadText", "load('return 1')()", "'load' is not available in hooks"},
    {"LoadBinary", "load('\\27Lua')", "'load' is not available in hooks"},
    {"DumpFunction", "string.dump(print)", "attempt to call a nil value (field 'dump')"},
    {"Io", "io.open('/etc/passwd')", "'io' is not available in hooks"},
    {"Os", "os.execute('true')", "'os' is not available in hooks; ctx.now"},
    {"Debug", "debug.sethook()", "'debug' is not available in hooks"},
    {"Require", "require('os')", "'require' is not available in hooks"},
    {"Package", "return package.loaded", "'package' is not available in hooks"},
    {"Dofile", "dofile('/etc/passwd')", "'dofile' is not available in hooks"},
    {"Collector", "collectgarbage('stop')", "'collectgarbage' is not available in hooks"},
    {"LogFlood", "while true do ctx.log.info('x') end", kBudget},
    {"FindFlood", "while true do pcall(ctx.db.find, ctx.db, 'x') end", kBudget},
    {"JsonUnfolding", "local t = {} for i = 1, 60 do t = { t, t } end record.x = t", "scripts/x.lua:"},
    {"JsonEncodeUnfolding", "local t = {} for i = 1, 60 do t = { t, t } end ctx.json.encode(t)", kBudget},
    {"JsonTextUnfolding", "local s = ('x'):rep(500000) local t = {} for i = 1, 40 do t[i] = s end record.x = t", "scripts/x.lua:"},
    {"JsonDecodeBomb", "ctx.json.decode(('['):rep(100000))", "scripts/x.lua:2: "},
    {"JsonCycle", "record.x = {} record.x.y = record.x", "nested deeper than 200 levels"},
    {"RecordInItself", "record.x = record return record", "nested deeper than 200 levels"},
    {"RecordInATableOfItself", "record.x = { y = { record } } return record", "nested deeper than 200 levels"},
    {"RecordThatUnfolds", "record.x = record record.y = record return record", "scripts/x.lua:"},
    {"RecordInItselfEncoded", "record.x = record ctx.json.encode(record)", "nested deeper than 200 levels"},
    {"RecordInItselfEncodedInATable", "local t = { record } record.x = t ctx.json.encode(t)", "nested deeper than 200 levels"},
    {"RecordAsACondition", "record.x = record ctx.db:find('t', record.x)", "find: where must be a table"},
    {"RecordInACondition", "record.x = record ctx.db:find('t', { a = record })", "nested deeper than 200 levels"},
    {"RecordManyTimesOver", "local s = ('x'):rep(400000) record.s = s local t = {} for i = 1, 60 do t[i] = record end record.x = t",
     kBudget},
    {"RecordManyTimes", "local s = ('x'):rep(400000) record.s = s local t = {} for i = 1, 60 do t[i] = record end ctx.json.encode(t)",
     "the value is larger than a text of 524288 bytes can tell"},
};

INSTANTIATE_TEST_SUITE_P(Attacks, HookEscape, testing::ValuesIn(kAttacks),
                         [](const auto& attack) { return std::string(attack.param.name); });

TEST(HookBudget, TimeIsTheNetBelowInstructions) {
  const JumpingClock clock;
  LuaLimits limits;
  limits.instructions = std::uint64_t{1} << 60U;
  limits.patience = Millis(3500);
  Script script(record_script("while true do pcall(function() while true do end end) end"), limits, clock);
  EXPECT_EQ(script.record("{}"), "rejected: scripts/x.lua:2: ran longer than 3500 ms");
  EXPECT_LT(clock.looks, 10);
}

TEST(HookBudget, IsThatOfOneCallNotOfAll) {
  LuaLimits limits;
  limits.instructions = 50'000;
  Script script(record_script("for i = 1, 10000 do end return record"), limits);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(script.record("{}"), "{}") << i;
}

TEST(HookBudget, MemoryThatAScriptHoardsIsGivenBack) {
  LuaLimits limits;
  limits.memory_bytes = 4U << 20U;
  Script script("local kept = {}\nreturn { record = function(record)\n kept[#kept + 1] = ('x'):rep(200000)\n return record end }", limits);
  int rejected = 0;
  int after = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string verdict = script.record("{}");
    if (verdict != "{}") {
      EXPECT_THAT(verdict, StartsWith("rejected: scripts/x.lua:3: "));
      ++rejected;
    } else if (rejected > 0) {
      ++after;
    }
  }
  EXPECT_GT(rejected, 0);
  EXPECT_GT(after, 10 * rejected) << "a state that ran full is made afresh";
}

TEST(HookBudget, PcallAsTheLastWordIsNoResult) {
  for (const char* call : {"pcall(spin)", "xpcall(spin, tostring)"}) {
    Script script(
        std::string("local function spin() while true do end end\nreturn { transform = { t = function() return ") + call + " end } }",
        small_limits());
    Arena arena;
    Value out;
    EXPECT_EQ(script.hook().transform("t", Value::integer(1), out, arena), std::string("scripts/x.lua:1: ") + kBudget);
    EXPECT_TRUE(out.is_absent());
  }
}

TEST(HookBudget, SubjectsOfPatternsAreBounded) {
  LuaLimits limits;
  limits.pattern_subject_bytes = 1000;
  Script script(record_script("local s = ('x'):rep(1001) assert(s:find('x', 1, true)) s:find('x+')"), limits);
  EXPECT_EQ(script.record("{}"), "rejected: scripts/x.lua:2: a pattern's subject may have 1000 bytes, not 1001");
}

TEST(HookFailure, NeverLetsTheRecordPassRaw) {
  for (const char* body :
       {"error('x')", "while true do end", "return 1", "local s = 'x' while true do s = s .. s end", "record.f = print return record"}) {
    Script script(record_script(body), small_limits());
    std::optional<std::string> changed;
    EXPECT_TRUE(script.hook().record(script.subject, R"({"a":1})", changed)) << body;
    EXPECT_EQ(changed, std::nullopt) << body;
  }
}

TEST(HookFailure, CaughtErrorsAreTheScriptsOwnBusiness) {
  Script script(record_script("local ok, why = pcall(error, { code = 7 }) record.code = why.code record.ok = ok return record"));
  EXPECT_EQ(script.record("{}"), R"({"code":7,"ok":false})");
}

TEST(HookFailure, XpcallHandsTheErrorOverAndPassesResults) {
  Script script(record_script(R"(
    local a = { xpcall(function(x, y) return x, y, nil, 4 end, print, 1, 2) }
    assert(a[1] == true and a[2] == 1 and a[3] == 2 and a[5] == 4)
    local ok, text = xpcall(function() error("x", 0) end, function(e) return "handled " .. e end)
    return nil, tostring(ok) .. " " .. text)"));
  EXPECT_EQ(script.record("{}"), "rejected: false handled x");
}

}  // namespace
}  // namespace lockstep::test
