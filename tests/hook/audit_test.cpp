// Everything that a script has is walked through, metatables and what functions give included: each function in C is one of lua_audit.h,
// and each of these is there.
#include <gmock/gmock.h>

#include <lua.hpp>
#include <set>

#include "common/text.h"
#include "data/arena.h"
#include "hook/lua_audit.h"
#include "hook/lua_context.h"
#include "hook/lua_libraries.h"
#include "hook/lua_record.h"
#include "hook/lua_row.h"
#include "hook/lua_state.h"
#include "hook/lua_values.h"
#include "hook/support.h"

namespace lockstep::test {
namespace {

std::set<std::string> audited() {
  std::set<std::string> names;
  for (const hook::AuditedGroup& group : hook::kAuditedFunctions) {
    EXPECT_FALSE(group.work.empty() || group.bound.empty()) << group.functions;
    for (const std::string& name : split(group.functions, ' ')) EXPECT_TRUE(names.insert(name).second) << name;
  }
  return names;
}

/// Follows values the way no script can: raw, and into metatables.
class Walker {
 public:
  explicit Walker(lua_State* lua) : lua_(lua) {}

  /// The value at the top, which is taken off.
  void follow(const std::string& name) {
    luaL_checkstack(lua_, 10, nullptr);
    const void* address = lua_topointer(lua_, -1);
    if (lua_iscfunction(lua_, -1) != 0) {
      functions.insert(name);
    } else if (address != nullptr && !lua_isstring(lua_, -1) && seen_.insert(address).second) {
      if (lua_istable(lua_, -1)) follow_members(name);
      follow_metatable(name);
    }
    lua_pop(lua_, 1);
  }

  /// What `code` gives, called with the value at the top, which stays.
  void follow_result(const char* code, const std::string& name) {
    ASSERT_EQ(luaL_loadstring(lua_, code), LUA_OK);
    hook::push_environment(lua_);
    lua_setupvalue(lua_, -2, 1);
    lua_pushvalue(lua_, -2);
    ASSERT_EQ(lua_pcall(lua_, 1, 1, 0), LUA_OK) << lua_tostring(lua_, -1);
    ASSERT_NE(lua_iscfunction(lua_, -1), 0);
    follow(name);
  }

  void follow_metatable(const std::string& name) {
    if (lua_getmetatable(lua_, -1) == 0) return;
    follow_members(name);
    lua_pop(lua_, 1);
  }

  std::set<std::string> functions;

 private:
  void follow_members(const std::string& name) {
    for (lua_pushnil(lua_); lua_next(lua_, -2) != 0;) {
      const std::string key = lua_type(lua_, -2) == LUA_TSTRING ? lua_tostring(lua_, -2) : "?";
      // A stand-in's table is what it stands for.
      follow(key == "__index" && lua_istable(lua_, -1) ? name : member_of(name, key));
    }
  }

  static std::string member_of(const std::string& name, const std::string& key) {
    return name == "_G" && !key.starts_with("__") ? key : name + "." + key;
  }

  lua_State* lua_;
  std::set<const void*> seen_;
};

TEST(HookAudit, NamesEveryFunctionThatAScriptCanReach) {
  hook::LuaState state({}, "scripts/x.lua", system_clock());
  Arena arena;
  const Shape shape({"id"});
  std::vector<Value> cells{Value::text("a-1")};
  hook::RecordSource source("record", std::string_view(R"({"a":1})"), true);
  hook::RowSource row(shape, cells, arena);
  std::set<std::string> found;
  const auto failure = state.run(
      [&](lua_State* lua) {
        hook::open_values(lua);
        hook::open_records(lua);
        hook::open_rows(lua);
        hook::open_context(lua);
        Walker walker(lua);
        hook::push_environment(lua);
        walker.follow("_G");
        lua_pushliteral(lua, "");
        walker.follow_metatable("string");
        hook::push_null(lua);
        walker.follow("null");
        hook::push_json(lua, Json(Json::Verbatim{"1e400"}));
        walker.follow("number");
        hook::push_context(lua);
        walker.follow("ctx");
        for (const auto& [code, name] :
             {std::pair("return (pairs({}))", "pairs()"), std::pair("return (ipairs({}))", "ipairs()"),
              std::pair("return (('x'):gmatch('x'))", "string.gmatch()"), std::pair("return (utf8.codes('x'))", "utf8.codes()")})
          walker.follow_result(code, name);
        hook::push_record(lua, source);
        walker.follow_result("return (pairs(...))", "record.__pairs()");
        walker.follow("record");
        hook::push_row(lua, row);
        walker.follow_result("return (pairs(...))", "row.__pairs()");
        walker.follow("row");
        found = walker.functions;
      },
      1);
  EXPECT_EQ(failure, std::nullopt);
  EXPECT_EQ(found, audited());
}

}  // namespace
}  // namespace lockstep::test
