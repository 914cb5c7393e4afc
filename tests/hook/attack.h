// Attack: Lua that tries to break out of a hook, and what must come of it.
#pragma once

#include <gmock/gmock.h>

#include "hook/support.h"

namespace lockstep::test {

inline LuaLimits small_limits() {
  LuaLimits limits;
  limits.instructions = 300'000;
  limits.memory_bytes = 8U << 20U;
  limits.patience = std::chrono::minutes(10);  // nothing here may depend on speed
  return limits;
}

inline constexpr const char* kBudget = "ran over its budget of 300000 instructions";
inline constexpr const char* kMemory = "used more memory than it may (8 MiB, a single text 512 KiB)";

struct Attack {
  const char* name;
  const char* body;      ///< of the function that is called with (record, ctx); line 2 of the script
  const char* expected;  ///< in the verdict
};

inline std::ostream& operator<<(std::ostream& out, const Attack& attack) { return out << attack.body; }

/// The attack runs for the record that says so, costs that record and is told with its line; the records before and behind it, at this
/// stage and at another, come out as if nothing had been.
inline void expect_harmless(const Attack& attack) {
  const std::string text = std::string("local function attack(record, ctx)\n") + attack.body +
                           "\nend\nlocal calls = 0\n"
                           "return { transform = { up = function(value) return (value:upper():gsub('B', 'C')) end },\n"
                           "record = function(record, ctx)\n"
                           "  if record.attack then attack(record, ctx) return record end\n"
                           "  record.seen = string.rep('x', 3) .. table.concat({1, 2}) .. ('q'):upper() .. tostring(next({}))\n"
                           "  return record\nend }";
  Script script(text, small_limits());
  ASSERT_TRUE(script.loaded()) << script.first_error();
  const auto expect_innocent = [&] {
    EXPECT_EQ(script.record(R"({"name":"a"})"), R"({"name":"a","seen":"xxx12Qnil"})");
    Arena arena;
    Value out;
    EXPECT_EQ(script.hook().transform("up", Value::text("abc"), out, arena), std::nullopt);
    EXPECT_EQ(out.tag() == Value::Tag::Text ? out.as_view() : "nothing", "ACC");
  };
  expect_innocent();
  const std::string verdict = script.record(R"({"attack":true,"name":"b"})");
  EXPECT_THAT(verdict, testing::StartsWith("rejected: scripts/x.lua:"));
  EXPECT_THAT(verdict, testing::HasSubstr(attack.expected));
  EXPECT_GE(std::atoi(verdict.c_str() + std::string("rejected: scripts/x.lua:").size()), 2) << verdict;
  EXPECT_LT(verdict.size(), 7000U) << "a reason is no place for a text without end";
  expect_innocent();
}

}  // namespace lockstep::test
