// A hook that calls functions of its libraries with large arguments, chosen by the bytes of the input: one for the function, one for how
// many arguments, two for each of them. Whatever it calls, the stage ends within 50 ms of its patience, by the processor's time.
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "fuzz/law.h"
#include "hook/hook.h"
#include "hook/lua.h"
#include "support/processor_clock.h"

namespace lockstep::fuzz {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSlower = 20;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int kSlower = 20;
#else
constexpr int kSlower = 1;
#endif
#else
constexpr int kSlower = 1;
#endif

/// Results are arguments of later calls.
constexpr const char* kScript = R"lua(
local N = 1 << 19
local texts = { "", "a", "%b()", "[^a-z]", "(a*)(.-)%1", "%99.99f%q%s%a", ("%1"):rep(1000), ("x"):rep(N), ("x"):rep(N - 1) .. "y", ("\0"):rep(N),
  ("1"):rep(N), ("\x80"):rep(N), ("("):rep(N), ("a*"):rep(30) .. "b", "[" .. ("b"):rep(N) .. "]", "%f[" .. ("b"):rep(N) .. "]", ("[],"):rep(N // 4), "x" }
local numbers = { 0, 1, -1, 2, 255, N, -N, math.maxinteger, math.mininteger, 1e308, -1e-308, 0 / 0, math.huge, 36, 0.5, 200000 }
local function tables()
  local many, emptied, names, chain = {}, {}, {}, {}
  for i = 1, 50000 do many[i] = (i * 7919) % 50021 end
  for i = 1, N // 8 do emptied[i] = i end
  for i = 2, N // 8 do emptied[i] = nil end
  for i = 1, 20000 do names["k" .. i] = texts[i % #texts + 1] end
  for i = 1, 300 do chain = { chain } end
  local itself = {}
  itself[1] = itself
  return { {}, { 3, 1, 2 }, many, emptied, names, chain, itself, setmetatable({}, { __index = next }), setmetatable({}, { __index = rawget }), texts, numbers,
    setmetatable(emptied, { __index = next }) }
end
local function functions(ctx, record)
  local all = { ctx.log.info }
  local function take(library, names)
    for name in names:gmatch("%a+") do all[#all + 1] = library[name] end
  end
  take(_G, "assert error getmetatable ipairs next pairs pcall print rawequal rawget rawlen rawset select setmetatable tonumber tostring type xpcall")
  take(string, "byte char find format gmatch gsub len lower match rep reverse sub upper")
  take(table, "concat insert move pack remove sort unpack")
  take(utf8, "char codepoint codes len offset")
  take(math, "abs fmod log max min tointeger ult")
  take(ctx.json, "encode decode array")
  all[#all + 1] = function(key, value) record[key] = value end
  all[#all + 1] = function(key) return record[key] end
  all[#all + 1] = function(a, b) return a < b end
  all[#all + 1] = function(a, b) return a == b end
  all[#all + 1] = function(a, b) return a .. b end
  all[#all + 1] = function(a, b) return a + b end
  return all
end
local lists = tables()
return {
  record = function(record, ctx) lists = lists or tables() local all, results, program, at = functions(ctx, record), {record, ctx},
  record.program, 1 local function byte() at = at + 1 return program[at - 1] or 0 end local function argument() local kind,
  which = byte() % 5,
  byte() if kind == 0 then return texts[which % #texts + 1] end if kind == 1 then return numbers[which % #numbers + 1] end if kind ==
      2 then return lists[which % #lists + 1] end if kind ==
      3 then return all[which % #all + 1] end return results[which % #results + 1] end while at <= #program do local f,
  arguments = all[byte() % #all + 1], {}
    local count = byte() % 6
    for i = 1, count do arguments[i] = argument() end
    local fine, result = pcall(f, table.unpack(arguments, 1, count))
    if fine and result ~= nil then results[#results % 16 + 1] = result end
  end
  return record
end })lua";

class Quiet : public HookHost {
 public:
  std::vector<Json> find(std::string_view, const Json&, bool) override { return {}; }
  void log(log::Level, std::string_view) override {}
  Micros now() override { return 0; }
};

std::unique_ptr<Hook> load(const LuaLimits& limits, const Clock& clock) {
  const auto path = std::filesystem::temp_directory_path() / ("lockstep-fuzz-" + std::to_string(::getpid()) + ".lua");
  std::ofstream(path) << kScript;
  yaml::Problems problems;
  auto hook = load_lua(path.string(), "x.lua", limits, problems, clock);
  std::filesystem::remove(path);
  law(hook != nullptr, "the script loads", problems.errors().empty() ? std::string() : problems.errors().front());
  return hook;
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  using namespace lockstep::fuzz;
  static test::ProcessorClock clock;
  static Quiet host;
  LuaLimits limits;
  limits.patience = Millis(100 * kSlower);
  clock.runs = false;
  // A fresh one each time: an input has to do the same whatever came before it.
  const std::unique_ptr<Hook> hook = load(limits, clock);
  hook->attach(&host);
  std::string raw = R"({"name":"n","program":[)";
  for (std::size_t i = 0; i < std::min<std::size_t>(size, 200); ++i) raw += (i == 0 ? "" : ",") + std::to_string(data[i]);
  raw += "]}";
  clock.runs = true;
  const SteadyTime begin = clock.steady();
  std::optional<std::string> changed;
  const HookVerdict verdict = hook->record({"a-1", "n", "item"}, raw, changed);
  const auto spent = std::chrono::duration_cast<Millis>(clock.steady() - begin);
  law(spent <= limits.patience + Millis(50) * kSlower, "a hook ends within its patience",
      std::to_string(spent.count()) + " ms: " + verdict.value_or("fine"));
  law(!verdict || verdict->size() < 1300, "a reason is short", verdict.value_or(""));
  return 0;
}
