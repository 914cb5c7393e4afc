// string.find, match, gmatch and gsub answer as Lua's own do: the interpreter's library is the judge.
#include <rapidcheck.h>

#include <lua.hpp>
#include <memory>

#include "hook/support.h"

namespace lockstep::test {
namespace {

// Runs in both worlds; gives all results, or the error without its place, as one text.
constexpr const char* kProbe = R"(
local function show(...)
  local out = {}
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    out[i] = type(value) .. ":" .. tostring(value)
  end
  return table.concat(out, "|")
end
local function try(name, f)
  local result = table.pack(pcall(f))
  if not result[1] then return name .. " error " .. tostring(result[2]):gsub("^.-:%d+: ", "") end
  return name .. " " .. show(table.unpack(result, 2, result.n))
end
local function probe(s, p, r, i)
  local matches = {}
  return table.concat({
    try("find", function() return string.find(s, p, i) end),
    try("match", function() return string.match(s, p, i) end),
    try("plain", function() return string.find(s, p, i, true) end),
    try("gsub", function() return string.gsub(s, p, r) end),
    try("gsub1", function() return string.gsub(s, p, r, 1) end),
    try("function", function() return string.gsub(s, p, function(a, b) if b then return nil end return "<" .. tostring(a) .. ">" end) end),
    try("table", function() return string.gsub(s, p, { a = "A", b = false, [1] = "first" }) end),
    try("gmatch", function() for a, b in string.gmatch(s, p) do matches[#matches + 1] = show(a, b) end return table.unpack(matches) end),
  }, "\n")
end
)";

class PlainLua {
 public:
  PlainLua() : lua_(luaL_newstate(), lua_close) {
    luaL_openlibs(lua_.get());
    if (luaL_dostring(lua_.get(), (std::string(kProbe) + "return probe").c_str()) != LUA_OK)
      throw std::runtime_error(lua_tostring(lua_.get(), -1));
  }
  std::string probe(const std::string& subject, const std::string& pattern, const std::string& replacement, int init) {
    lua_State* lua = lua_.get();
    lua_pushvalue(lua, 1);
    for (const std::string& text : {subject, pattern, replacement}) lua_pushlstring(lua, text.data(), text.size());
    lua_pushinteger(lua, init);
    if (lua_pcall(lua, 4, 1, 0) != LUA_OK) throw std::runtime_error(lua_tostring(lua, -1));
    std::size_t size = 0;
    const char* text = lua_tolstring(lua, -1, &size);
    std::string out(text, size);
    lua_settop(lua, 1);
    return out;
  }

 private:
  std::unique_ptr<lua_State, decltype(&lua_close)> lua_;
};

class Sandbox {
 public:
  Sandbox() : script_(std::string(kProbe) + "return { record = function(r) return { out = probe(r.s, r.p, r.r, r.i) } end }") {}
  std::string probe(const std::string& subject, const std::string& pattern, const std::string& replacement, int init) {
    Json record = Json::Object{};
    record["s"] = subject;
    record["p"] = pattern;
    record["r"] = replacement;
    record["i"] = init;
    return script_.text(json::to_text(record));
  }

 private:
  Script script_;
};

// Lua names the function in some messages where the sandbox cannot; the rest of the text is the same.
std::string normal(std::string text) {
  for (const char* noise : {" in replacement string", " in pattern"}) text = replace_all(std::move(text), noise, "");
  return text;
}

TEST(HookPatterns, KnownPatternsAnswerAsLuaDoes) {
  PlainLua plain;
  Sandbox sandbox;
  const char* subjects[] = {
      "",       "a",      "hello world from Lua", "  trim me  ", "key = value, k2=v2", "THE (quick) fox (f(o)x)", "aaab",
      "x\ty\n", "[a]-%b", "2025-11-21T02:24"};
  const char* patterns[] = {"",
                            "^",
                            "$",
                            "^$",
                            "a",
                            "^a",
                            "a*",
                            "a-",
                            "a+",
                            "a?",
                            ".",
                            "%a+",
                            "^%s*(.-)%s*$",
                            "(%w+)%s*=%s*(%w+)",
                            "%((%a+)%)",
                            "%b()",
                            "%f[%a]%a+",
                            "%f[%w]%w+%f[%W]",
                            "()",
                            "()a()",
                            "(.)%1",
                            "[a-f]+",
                            "[^%s]+",
                            "[]]",
                            "[^]]",
                            "[%]%-]",
                            "[a-]",
                            "%d%d%d%d%-%d%d",
                            "(a*(.)%w(%s*))",
                            "%",
                            "[",
                            "[a",
                            "[%",
                            "(",
                            ")",
                            "(()",
                            "%1",
                            "%b",
                            "%bx",
                            "%f",
                            "a**",
                            "*",
                            "%u+",
                            "%U",
                            "%p",
                            "%g*",
                            "%x+$",
                            "%c",
                            "$a",
                            "a$b",
                            "^^",
                            "(a)(b)?"};
  const char* replacements[] = {"", "<%0>", "%1", "%2", "%%", "%", "%x", "[%1%1]"};
  for (const char* subject : subjects) {
    for (const char* pattern : patterns) {
      for (const char* replacement : replacements) {
        for (const int init : {1, 3, -2, 0}) {
          ASSERT_EQ(normal(sandbox.probe(subject, pattern, replacement, init)), normal(plain.probe(subject, pattern, replacement, init)))
              << "subject \"" << subject << "\" pattern \"" << pattern << "\" replacement \"" << replacement << "\" init " << init;
        }
      }
    }
  }
}

TEST(HookPatterns, RandomPatternsAnswerAsLuaDoes) {
  PlainLua plain;
  Sandbox sandbox;
  const auto text = [](int longest) {
    std::string out;
    const int count = *rc::gen::inRange(0, longest);
    for (int i = 0; i < count; ++i) {
      out += *rc::gen::element<std::string>("a", "b", "A", "1", " ", "(", ")", "[", "]", "^", "$", "%", "*", "+", "-", "?", ".", "%a", "%d",
                                            "%s", "%1", "%b()", "%f[a]", "[^b]", "[a-b]", "()", "(a)");
    }
    return out;
  };
  EXPECT_TRUE(rc::check([&] {
    const std::string subject = text(14);
    const std::string pattern = text(9);
    const std::string replacement = text(4);
    const int init = *rc::gen::inRange(-6, 12);
    RC_ASSERT(normal(sandbox.probe(subject, pattern, replacement, init)) == normal(plain.probe(subject, pattern, replacement, init)));
  }));
}

}  // namespace
}  // namespace lockstep::test
