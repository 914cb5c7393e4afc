// No call outlasts its budget: each function is called over and over with the arguments that cost most, and the stage ends within 50 ms of
// its patience. The clock is this thread's processor time, so that a busy machine makes no difference.
#include <gmock/gmock.h>

#include <ctime>
#include <set>

#include "hook/lua_audit.h"
#include "hook/support.h"
#include "support/processor_clock.h"

namespace lockstep::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSlower = 20;
#else
constexpr int kSlower = 2;  // whoever else is at work shares the caches
#endif

struct Work {
  const char* name;
  const char* functions;  ///< of lua_audit.h, whose price is tried
  const char* before;     ///< runs when the script is loaded
  const char* again;      ///< runs over and over
};

std::ostream& operator<<(std::ostream& out, const Work& work) { return out << work.again; }

#define NUMBERS "local t = {} for i = 1, 600000 do t[i] = (i * 7919) % 600011 end "
#define EMPTIED "local t = {} for i = 1, 1 << 20 do t[i] = 1 end for i = 2, 1 << 20 do t[i] = nil end "
#define TEXTS "local N = 4 << 20 local x, d = ('x'):rep(N), ('1'):rep(N) local y = x:sub(1, -2) .. 'y' "
#define ZEROS "local N = 4 << 20 local z = ('\\0'):rep(N) local w = z:sub(1, -2) .. 'y' "
#define ALMOST "local s = ('a'):rep(1 << 20) "

const Work kWork[] = {
    {"FindPlainLong", "string.find", TEXTS "local n = ('x'):rep(N // 2) .. 'y'", "x:find(n, 1, true)"},
    {"FindPlainShort", "", TEXTS "local n = ('x'):rep(200) .. 'y'", "x:find(n, 1, true)"},
    {"FindPlainMiddle", "", TEXTS "local n = ('x'):rep(100) .. 'y' .. ('x'):rep(100)", "x:find(n, 1, true)"},
    {"FindPlainTiny", "", TEXTS, "x:find('xxy', 1, true)"},
    {"FindLongPattern", "", TEXTS, "x:find(x)"},
    {"FindBackAndForth", "", ALMOST, "pcall(s.find, s, ('a*'):rep(30) .. 'b')"},
    {"FindSet", "", ALMOST "local p = '[' .. ('b'):rep(4000000) .. ']'", "s:find(p)"},
    {"FindFrontier", "", ALMOST "local p = '%f[' .. ('b'):rep(4000000) .. ']'", "s:find(p)"},
    {"FindBalance", "", "local s = ('('):rep(1 << 20)", "s:find('%b()')"},
    {"FindReference", "", ALMOST, "s:find('(.-)%1b')"},
    {"Match", "string.match", ALMOST, "s:match('.-b')"},
    {"Gmatch", "string.gmatch string.gmatch()", ALMOST, "for m in s:gmatch('a-b') do end"},
    {"GmatchEmpty", "", ALMOST, "for m in s:gmatch('()') do end"},
    {"GsubTemplate", "string.gsub", ALMOST "local r = ('%1'):rep(2000000)", "pcall(s.gsub, s, '(b-)', r)"},
    {"GsubTable", "", ALMOST "local r = setmetatable({}, { __index = rawget })", "s:gsub('a', r)"},
    {"GsubFunction", "", ALMOST, "s:gsub('a', type)"},
    {"GsubRecord", "", ALMOST "local m = {}", "setmetatable(m, { __index = record }) s:gsub('a', m)"},
    {"GsubNothing", "", ALMOST, "s:gsub('b', '')"},
    {"Rep", "string.rep", "", "('x'):rep(4 << 20)"},
    {"RepOfGaps", "", "", "(''):rep(4 << 20, 'x')"},
    {"Format", "string.format", "local f, a = ('%99.99f'):rep(240), {} for i = 1, 240 do a[i] = -1e308 end", "f:format(table.unpack(a))"},
    {"FormatSmall", "", "local f, a = ('%99.99f'):rep(9000), {} for i = 1, 9000 do a[i] = 1e-308 end", "f:format(table.unpack(a))"},
    {"FormatManyWays", "", "local f, a = ('%a%g%e%d'):rep(60), {} for i = 1, 240 do a[i] = i % 4 == 0 and i or 1.1e300 end",
     "f:format(table.unpack(a))"},
    {"FormatQuoted", "", ZEROS, "pcall(string.format, '%q', z)"},
    {"FormatText", "", TEXTS, "('%s%s%s%s'):format('a', 'b', 'c', '') pcall(string.format, '%.5s', x)"},
    {"FormatLongForm", "", "local f = ('%%'):rep(2000000)", "f:format()"},
    {"Lower", "string.lower", TEXTS, "x:lower()"},
    {"Upper", "string.upper", TEXTS, "x:upper()"},
    {"Reverse", "string.reverse", TEXTS, "x:reverse()"},
    {"Sub", "string.sub", TEXTS, "x:sub(2)"},
    {"Len", "string.len", TEXTS, "x:len()"},
    {"Byte", "string.byte", TEXTS, "pcall(x.byte, x, 1, 900000)"},
    {"Char", "string.char", TEXTS, "pcall(function() return string.char(x:byte(1, 500000)) end)"},
    {"CharInUtf8", "utf8.char", TEXTS, "pcall(function() return utf8.char(x:byte(1, 500000)) end)"},
    {"Codepoint", "utf8.codepoint", TEXTS, "pcall(utf8.codepoint, x, 1, 900000)"},
    {"LenInUtf8", "utf8.len", TEXTS, "utf8.len(x)"},
    {"Offset", "utf8.offset", TEXTS, "utf8.offset(x, N)"},
    {"Codes", "utf8.codes utf8.codes()", "local s = 'a' .. ('\\x80'):rep(4000000) local f = utf8.codes('')", "pcall(f, s, 1)"},
    {"Concat", "table.concat", NUMBERS, "table.concat(t)"},
    {"ConcatOfReals", "", "local t = {} for i = 1, 600000 do t[i] = i + 0.1 end", "table.concat(t)"},
    {"ConcatOfTexts", "", "local t = {} for i = 1, 900000 do t[i] = 'a' end", "table.concat(t, ',')"},
    {"ConcatThroughIndex", "", EMPTIED "setmetatable(t, { __index = next })", "pcall(table.concat, t, '', 1, 1000000)"},
    {"Insert", "table.insert", NUMBERS, "table.insert(t, 1, 0)"},
    {"Remove", "table.remove", NUMBERS, "table.remove(t, 1)"},
    {"Move", "table.move", NUMBERS, "table.move(t, 1, #t, 2)"},
    {"MoveThroughIndex", "", EMPTIED "setmetatable(t, { __index = next })", "table.move(t, 1, 1000000, 1, {})"},
    {"Pack", "table.pack", NUMBERS, "table.pack(table.unpack(t, 1, 200000))"},
    {"Unpack", "table.unpack", NUMBERS, "pcall(table.unpack, t, 1, 600000)"},
    {"Select", "select", NUMBERS, "pcall(function() return select(-1, table.unpack(t, 1, 600000)) end)"},
    {"Sort", "table.sort", NUMBERS, "table.sort(t)"},
    {"SortOfHalf", "", "local t = {} for i = 1, 60000 do t[i] = (i * 7919) % 60013 end",
     "table.sort(t) for i = 1, 60000 do t[i] = (i * 7919) % 60013 end"},
    {"SortOfTexts", "", "local t = {} for i = 1, 60000 do t[i] = tostring((i * 7919) % 60013) end", "table.sort(t)"},
    {"SortOfZeros", "", ZEROS "local t = { z, w, z, w }", "table.sort(t)"},
    {"SortOfLongTexts", "", TEXTS "local t = { x, y, x, y, x }", "table.sort(t)"},
    {"SortByFunctionInC", "", NUMBERS, "pcall(table.sort, t, rawequal)"},
    {"Tonumber", "tonumber", TEXTS, "tonumber(d)"},
    {"TonumberWithBase", "", TEXTS, "tonumber(d, 36)"},
    {"Tostring", "tostring", "", "tostring(1.1)"},
    {"Rawequal", "rawequal", TEXTS, "rawequal(x, y)"},
    {"Next", "next", EMPTIED, "next(t, 1)"},
    {"Pairs", "pairs pairs()", EMPTIED, "for k in pairs(t) do end"},
    {"Ipairs", "ipairs ipairs()", NUMBERS, "for i in ipairs(t) do end"},
    {"Max", "math.max math.min", TEXTS, "pcall(math.max, d, d) pcall(function() return math.max(x:byte(1, 600000)) end)"},
    {"Pcall", "pcall", NUMBERS, "pcall(pcall, error, t)"},
    {"Xpcall", "xpcall error assert", TEXTS, "xpcall(error, tostring, x)"},
    {"Simple", "getmetatable rawget rawlen rawset setmetatable type", "local t = {}",
     "type(t) rawlen(t) rawget(t, 1) rawset(t, 1, 1) setmetatable(t, getmetatable(t) or nil)"},
    {"Print", "print", TEXTS, "print(x, x)"},
    {"Log", "ctx.log.info ctx.log.warn ctx.log.error", TEXTS, "ctx.log.info(x) ctx.log.warn(x) ctx.log.error(x)"},
    {"Encode", "ctx.json.encode", NUMBERS, "pcall(ctx.json.encode, t)"},
    {"EncodeEscapes", "", ZEROS, "pcall(ctx.json.encode, { z })"},
    {"EncodeSharedTexts", "", TEXTS "local t = {} for i = 1, 200000 do t[i] = x end", "pcall(ctx.json.encode, t)"},
    {"EncodeNames", "", "local t = {} for i = 1, 100000 do t['k' .. i] = 1 end", "pcall(ctx.json.encode, t)"},
    {"EncodeLongNames", "", TEXTS "local t = {} for i = 1, 190 do t = { [x] = t } end", "pcall(ctx.json.encode, t)"},
    {"EncodeUnfolding", "", "local t = {} for i = 1, 60 do t = { t, t } end", "pcall(ctx.json.encode, t)"},
    {"Decode", "ctx.json.decode", "local s = '[' .. ('[],'):rep(1000000) .. '[]]'", "pcall(ctx.json.decode, s)"},
    {"DecodeText", "", TEXTS "local s = '\"' .. x:sub(3) .. '\"'", "pcall(ctx.json.decode, s)"},
    {"DecodeEscapes", "", "local s = '\"' .. ('\\\\u0001'):rep(600000) .. '\"'", "pcall(ctx.json.decode, s)"},
    {"DecodeNames", "", "local t = {} for i = 1, 50000 do t[i] = '\"k' .. i .. '\":1' end local s = '{' .. table.concat(t, ',') .. '}'",
     "pcall(ctx.json.decode, s)"},
    {"Array", "ctx.json.array ctx.uuid", "", "ctx.json.array({}) ctx.uuid()"},
    {"FindRows", "ctx.db.find ctx.data.find", TEXTS, "pcall(ctx.db.find, ctx.db, 'none', { a = x }) pcall(ctx.data.find, ctx.data, x)"},
    {"RecordOfManyNames", "", "", "for i = 1, 100000 do record['k' .. i] = i end ctx.json.encode(record)"},
    {"RecordUnfolding", "", "", "record.x = record record.y = record pcall(ctx.json.encode, record)"},
    {"Math",
     "math.abs math.acos math.asin math.atan math.ceil math.cos math.deg math.exp math.floor math.fmod math.log math.modf math.rad "
     "math.sin math.sqrt math.tan math.tointeger math.type math.ult",
     TEXTS, "for name, f in next, { math.abs, math.floor, math.fmod, math.log, math.sin, math.tointeger, math.ult } do pcall(f, d, d) end"},
    {"LessOfZeros", "", ZEROS, "local a = z < w"},
    {"LessOrEqual", "", TEXTS, "local a = x <= y"},
    {"Equal", "", TEXTS, "local a = x == y"},
    {"Arithmetic", "", TEXTS, "local a = d + 1"},
    {"Joining", "", TEXTS, "pcall(function() return x .. y end) local s = x:sub(1, N // 2) local a = s .. s"},
    {"ManyArguments", "", NUMBERS "local function f(...) return ... end", "pcall(function() f(f(table.unpack(t, 1, 150000))) end)"},
    {"Index", "", TEXTS "local t = {}", "local a = t[x] a = t[y]"},
};

class HookCost : public testing::TestWithParam<Work> {};

TEST_P(HookCost, StaysWithinTheBudget) {
  const Work& work = GetParam();
  ProcessorClock clock;
  LuaLimits limits;
  limits.patience = Millis(30);
  Script script(std::string(work.before) +
                    "\nreturn { record = function(record, ctx) if not record.go then return record end while true do " + work.again +
                    " end end }",
                limits, clock);
  ASSERT_TRUE(script.loaded()) << script.first_error();
  clock.runs = true;
  const SteadyTime begin = clock.steady();
  const std::string verdict = script.record(R"({"go":true})").substr(0, 400);
  const auto spent = std::chrono::duration_cast<Millis>(clock.steady() - begin);
  EXPECT_THAT(verdict, testing::AnyOf(testing::HasSubstr("ran over its budget"), testing::HasSubstr("ran longer than"),
                                      testing::HasSubstr("used more memory")));
  EXPECT_LE(spent.count(), kSlower * (limits.patience.count() + 50)) << verdict;
}

INSTANTIATE_TEST_SUITE_P(Works, HookCost, testing::ValuesIn(kWork), [](const auto& work) { return std::string(work.param.name); });

TEST(HookCosts, AreTriedForEveryFunctionOfALibrary) {
  std::set<std::string> tried;
  for (const Work& work : kWork) {
    for (const std::string& name : split(work.functions, ' ')) tried.insert(name);
  }
  for (const hook::AuditedGroup& group : hook::kAuditedFunctions) {
    for (const std::string& name : split(group.functions, ' ')) {
      EXPECT_TRUE(name.find("__") != std::string::npos || tried.contains(name)) << name;
    }
  }
}

}  // namespace
}  // namespace lockstep::test
