// What a script can reach is a list, and nothing of it makes a coroutine: whatever Lua brings besides stays out until somebody adds it
// here.
#include <gmock/gmock.h>

#include <lua.hpp>
#include <set>

#include "hook/support.h"

namespace lockstep::test {
namespace {

/// Every name that Lua's own libraries have: "pcall", "string.rep", …
std::set<std::string> names_of_lua() {
  std::set<std::string> names;
  const std::unique_ptr<lua_State, void (*)(lua_State*)> state(luaL_newstate(), &lua_close);
  lua_State* lua = state.get();
  luaL_openlibs(lua);
  lua_pushglobaltable(lua);
  for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
    const std::string name = lua_tostring(lua, -2);
    names.insert(name);
    if (!lua_istable(lua, -1) || name == "_G" || name == "package") continue;
    const int library = lua_gettop(lua);
    for (lua_pushnil(lua); lua_next(lua, library) != 0; lua_pop(lua, 1)) names.insert(name + "." + lua_tostring(lua, -2));
  }
  return names;
}

/// Those of `names` that the script finds.
std::set<std::string> reachable(const std::set<std::string>& names) {
  Json::Array all;
  for (const std::string& name : names) all.emplace_back(name);
  Json record = Json::Object{};
  record["names"] = std::move(all);
  Script script(record_script(R"(
    local found = {}
    for _, name in ipairs(record.names) do
      local fine = pcall(function()
        local at = _G
        for part in name:gmatch("[^.]+") do at = at[part] end
        assert(at ~= nil)
      end)
      if fine then found[#found + 1] = name end
    end
    return { out = table.concat(found, " ") })"));
  const std::vector<std::string> found = split(script.text(json::to_text(record)), ' ');
  return {found.begin(), found.end()};
}

TEST(HookSurface, IsThisListAndNothingElse) {
  std::set<std::string> expected;
  const auto add = [&](const std::string& prefix, const std::string& names) {
    for (const std::string& name : split(names, ' ')) expected.insert(prefix + name);
  };
  add("",
      "_G _VERSION assert error getmetatable ipairs math next pairs pcall print rawequal rawget rawlen rawset select setmetatable string "
      "table tonumber tostring type utf8 xpcall");
  add("math.",
      "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad sin sqrt tan tointeger type ult");
  add("string.", "byte char find format gmatch gsub len lower match rep reverse sub upper");
  add("table.", "concat insert move pack remove sort unpack");
  add("utf8.", "char charpattern codepoint codes len offset");
  EXPECT_EQ(reachable(names_of_lua()), expected);
}

// Everything that a stage can get hold of, followed as far as it goes.
TEST(HookSurface, HoldsNoThreadAndNoMetatable) {
  Script script(R"(
    local seen, threads, metatables, count = {}, 0, 0, 0
    local function follow(value)
      if seen[value] then return end
      seen[value] = true
      count = count + 1
      if type(value) == "thread" then threads = threads + 1 end
      if type(getmetatable(value)) == "table" then metatables = metatables + 1 end
      if type(value) ~= "table" and type(value) ~= "userdata" then return end
      pcall(function() for key, item in pairs(value) do follow(key) follow(item) end end)
    end
    return { record = function(record, ctx)
      for _, value in ipairs({ _G, record, ctx, ctx.db, ctx.log, ctx.json, null, "", string, table, math, utf8, print }) do follow(value) end
      return nil, count > 15 and threads .. " threads, " .. metatables .. " metatables" or "nothing was seen: " .. count
    end })");
  EXPECT_EQ(script.record(R"({"a":[1,{"b":null}],"big":12345678901234567890})"), "rejected: 0 threads, 0 metatables");
}

}  // namespace
}  // namespace lockstep::test
