// Attempts to break out through what runs in C, where no instruction is counted, and through metamethods.
#include "hook/attack.h"

namespace lockstep::test {
namespace {

class HookLibraryEscape : public testing::TestWithParam<Attack> {};

TEST_P(HookLibraryEscape, EndsAndHarmsOneRecord) { expect_harmless(GetParam()); }

const Attack kLibraries[] = {
    {"SortOfLongTexts", "local s, t = ('x'):rep(500000), {} for i = 1, 9000 do t[i] = s end table.sort(t)", kBudget},
    {"SortByAFunctionInC", "local s, t = ('x'):rep(500000), {} for i = 1, 900 do t[i] = s end table.sort(t, rawequal)", kBudget},
    {"SortWithEndlessComparator", "table.sort({3, 2, 1}, function() while true do end end)", kBudget},
    {"SortWithComparatorThatLies", "local t = {} for i = 1, 500 do t[i] = i end table.sort(t, function() return true end)",
     "invalid order function for sorting"},
    {"SortWithComparatorThatEmptiesTheTable",
     "local t = {} for i = 1, 500 do t[i] = i end table.sort(t, function(a, b) for k in pairs(t) do t[k] = nil end return a < b end)",
     "attempt to compare"},
    {"SortWithComparatorThatGrowsTheTable",
     "local t = {} for i = 1, 500 do t[i] = i end table.sort(t, function(a, b) while true do t[#t + 1] = a end end)", "scripts/x.lua:2: "},
    {"SortWithEndlessLessThan",
     "local m, t = { __lt = function() while true do end end }, {} for i = 1, 9 do t[i] = setmetatable({}, m) end table.sort(t)", kBudget},
    {"SortOfMixedTypes", "table.sort({ 1, 'a', {} })", "attempt to compare"},
    {"SortByYield", "table.sort({ 2, 1 }, coroutine.yield)", "'coroutine' is not available in hooks"},
    {"BorderFarBeyondTheItems",
     "local t = {} for i = 1, 9 do t[i] = 1 end for i = 0, 62 do t[1 << i] = 1 t[9 << i] = 1 end table.sort(t) error('border ' .. #t)",
     "scripts/x.lua:2: "},
    {"ConcatWithEndlessIndex", "table.concat(setmetatable({}, { __index = function() while true do end end }), '', 1, 2)", kBudget},
    {"ConcatOfATable", "table.concat({ 1, {}, 3 })", "invalid value (table) at index 2 in table for 'concat'"},
    {"ConcatWithHostileToString", "table.concat({ setmetatable({}, { __tostring = function() while true do end end }) })",
     "invalid value (table) at index 1"},
    {"InsertThroughNewindex", "local t = setmetatable({}, { __newindex = function() while true do end end }) table.insert(t, 1)", kBudget},
    {"MoveThroughNewindex", "table.move({ 1 }, 1, 1, 1, setmetatable({}, { __newindex = function() while true do end end }))", kBudget},
    {"FormatWidth", "local s = ('%1000000d'):format(1)", "invalid conversion"},
    {"FormatWithTooFewValues", "local s = ('%s%s'):format(1)", "to 'format' (no value)"},
    {"FormatOfWideNumbers", "local a = {} for i = 1, 4000 do a[i] = 1e308 end local s = ('%99.99f'):rep(4000):format(table.unpack(a))",
     "scripts/x.lua:2: "},
    {"FormatOfQuotes", "local s = ('%q'):format(('\\n'):rep(400000))", "scripts/x.lua:2: "},
    {"FormatWithEndlessToString", "local s = ('%s'):format(setmetatable({}, { __tostring = function() while true do end end }))", kBudget},
    {"FormatMill", "local s = ('x'):rep(500000) while true do local t = ('%.3s'):format(s) end", kBudget},
    {"ByteMill", "local s = ('x'):rep(500000) while true do pcall(s.byte, s, 1, -1) end", kBudget},
    {"LengthInCharactersMill", "local s = ('x'):rep(500000) while true do local n = utf8.len(s) end", kBudget},
    {"OffsetMill", "local s = ('x'):rep(500000) while true do local n = utf8.offset(s, 500000) end", kBudget},
    {"OffsetFromTheEndMill", "local s = ('x'):rep(500000) while true do pcall(utf8.offset, s, math.mininteger) end", kBudget},
    {"CodepointMill", "local s = ('x'):rep(500000) while true do pcall(utf8.codepoint, s, 1, -1) end", kBudget},
    {"TonumberMill", "local s = ('1'):rep(500000) while true do local n = tonumber(s) end", kBudget},
    {"TonumberWithBaseMill", "local s = ('1'):rep(500000) while true do local n = tonumber(s, 36) end", kBudget},
    {"MathOnTextsMill", "local s = ('1'):rep(500000) while true do pcall(math.max, s, s) end", kBudget},
    {"RawequalMill", "local a, b = ('x'):rep(500000), ('x'):rep(499999) .. 'y' while true do rawequal(a, b) end", kBudget},
    {"EncodeMill", "local s = ('x'):rep(500000) while true do ctx.json.encode({ s }) end", kBudget},
    {"NameOfAMissingPartMill", "local s = ('x'):rep(500000) while true do pcall(function() return ctx[s] end) end", kBudget},
    {"CoroutineOfEachKind", "return coroutine.create, coroutine.wrap, coroutine.running", "'coroutine' is not available in hooks"},
    {"CoroutineThroughIndexing", "return _G['coro' .. 'utine']", "'coroutine' is not available in hooks"},
    {"YieldInsideAMetamethod", "return setmetatable({}, { __index = function() coroutine.yield() end }).x", "'coroutine' is not available"},
    {"YieldInsideGsub", "return (('x'):gsub('.', coroutine.yield))", "'coroutine' is not available in hooks"},
};

INSTANTIATE_TEST_SUITE_P(Libraries, HookLibraryEscape, testing::ValuesIn(kLibraries),
                         [](const auto& attack) { return std::string(attack.param.name); });

const Attack kMetamethods[] = {
    {"IndexOfItself", "local t = {} setmetatable(t, { __index = t }) return t.x", "'__index' chain too long"},
    {"IndexInACircle", "local a, b = {}, {} setmetatable(a, { __index = b }) setmetatable(b, { __index = a }) return a.x",
     "'__index' chain too long"},
    {"NewindexOfItself", "local t = {} setmetatable(t, { __newindex = t }) t.x = 1", "'__newindex' chain too long"},
    {"LongChainOfCalls", "local f = function() end for i = 1, 3000 do f = setmetatable({}, { __call = f }) end f() error('through')",
     "scripts/x.lua:2: "},
    {"EndlessConcat", "local t = setmetatable({}, { __concat = function() while true do end end }) return t .. t", kBudget},
    {"EndlessEquality", "local m = { __eq = function() while true do end end } return setmetatable({}, m) == setmetatable({}, m)", kBudget},
    {"EndlessLength", "return #setmetatable({}, { __len = function() while true do end end })", kBudget},
    {"EndlessPairs", "for k in pairs(setmetatable({}, { __pairs = function() return function() return 1 end end })) do end", kBudget},
    {"EndlessUnm", "return -setmetatable({}, { __unm = function(t) return -t end })", "scripts/x.lua:2: "},
    {"ProtectedMetatable", "local t = setmetatable({}, { __metatable = {} }) setmetatable(t, {})", "cannot change a protected metatable"},
    {"FinalizerBehindAnIndex", "setmetatable({}, setmetatable({ __gc = print }, {}))", "__gc is not available in hooks"},
    {"FinalizerThatIsNoFunction", "setmetatable({}, { __gc = true })", "__gc is not available in hooks"},
    {"FinalizerByRawset", "local m = {} rawset(m, '__gc', function() while true do end end) setmetatable({}, m)",
     "__gc is not available in hooks"},
    {"WeakTablesInTheCollector", "local t = setmetatable({}, { __mode = 'kv' }) for i = 1, 1e9 do t[{}] = {} end", kBudget},
    {"CloseThatFails", "local x <close> = setmetatable({}, { __close = function() error('closing') end })", "closing"},
    {"CloseBehindTheBudget", "local x <close> = setmetatable({}, { __close = function() while true do end end }) while true do end",
     kBudget},
    {"CloseOfALoop",
     "for i in function() return 1 end, nil, nil, setmetatable({}, { __close = function() while true do end end }) do error('x') end",
     kBudget},
    {"CloseOfWhatCannotBeClosed", "local x <close> = {}", "got a non-closable value"},
    {"ManyCloses",
     "local function f(n) local x <close> = setmetatable({}, { __close = function() error(n) end }) return f(n + 1) + 1 end f(1)",
     "scripts/x.lua:2: "},
    {"EnvironmentReplaced", "_ENV = {} error('x')", "scripts/x.lua:2: "},
    {"EnvironmentMasked", "local _ENV = {} string.rep('x', 1)", "attempt to index a nil value (global 'string')"},
    {"OwnVariableSpoilt", "calls = nil attack = nil", "cannot be set while a hook runs"},
    {"MetatableOfARecord", "setmetatable(record, {})", "bad argument #1 to 'setmetatable'"},
    {"MetatableOfNull", "getmetatable(null).__index = {}", "attempt to index a boolean value"},
    {"MetatableOfAnArray", "setmetatable(ctx.json.array({}), { __index = 1 })", "cannot change a protected metatable"},
    {"ArrayWithNames", "record.x = ctx.json.array({}) record.x.y = 1", "has both positions and names"},
    {"RecordChangedThenFailed", "record.name = 'evil' record.attack = nil error('midway')", "midway"},
    {"BudgetSpentThenReturned", "pcall(function() while true do end end) return record", kBudget},
    {"ErrorMessageWithoutEnd", "error(('x'):rep(400000))", "xxx"},
    {"ErrorMessageThatSteersATerminal", "error('\\27[31mred\\r')", "red"},
    {"ErrorNameWithoutEnd", "error(setmetatable({}, { __name = ('x'):rep(400000) }))", "an error object that has neither"},
    {"ErrorObjectWithHostileMessage", "error(setmetatable({}, { __index = function() while true do end end }))",
     "an error object that has neither"},
};

INSTANTIATE_TEST_SUITE_P(Metamethods, HookLibraryEscape, testing::ValuesIn(kMetamethods),
                         [](const auto& attack) { return std::string(attack.param.name); });

// Operators work on whole texts within one instruction, and nothing can be put before them: there the clock is the net, and it is looked at
// often enough.
TEST(HookBudget, OperatorsOnLongTextsEndByTheClock) {
  const JumpingClock clock;
  LuaLimits limits;
  limits.patience = Millis(3500);
  for (const char* work : {"a < b", "a == b", "a + 1"}) {
    Script script(
        record_script(std::string("local a, b = ('1'):rep(3000000), ('1'):rep(2999999) .. '2' while true do local c = ") + work + " end"),
        limits, clock);
    clock.looks = 0;
    EXPECT_EQ(script.record("{}"), "rejected: scripts/x.lua:2: ran longer than 3500 ms") << work;
    EXPECT_LT(clock.looks, 10);
  }
}

}  // namespace
}  // namespace lockstep::test
