// All functions in C or C++ that a script can reach, and why each of them ends: what it costs in instructions before or while it works, and
// what bounds its recursion. tests/hook/audit_test.cpp walks through everything that a script has and fails at a function that is not here;
// tests/hook/cost_test.cpp and the fuzz target `hook` call them with their worst arguments.
//
// What holds for all: a call costs one instruction, wherever it comes from, and after each thousand that are charged the clock is looked at
// (LuaState::charge). Texts have at most a sixteenth of the memory, which bounds what one operator does (`<` on 4 MiB of zero bytes: 40
// ms); a script with long texts or tables is looked at more often (LuaState::look_often). C calls Lua at most 200 levels deep
// (LUAI_MAXCCALLS), and Lua has a stack of a million values. Lua is compiled as C++: its errors are exceptions, so each passes destructors;
// ours become Lua errors in guarded(). No function calls back while it holds anything that an error would leave half done.
#pragma once

#include <string_view>

namespace lockstep::hook {

struct AuditedGroup {
  std::string_view functions;  ///< as scripts spell them; "pairs()" is what the function gives, "record.__index" a metamethod
  std::string_view work;       ///< what is charged
  std::string_view bound;      ///< what keeps it from recursing, or from running on
};

inline constexpr AuditedGroup kAuditedFunctions[] = {
    {"assert error getmetatable ipairs ipairs() pairs rawget rawlen select tostring type", "each argument",
     "constant, or a metamethod in Lua"},
    {"next pairs()", "each argument", "the slots of one table, at most 64 MiB of them: 4 ms"},
    {"rawequal tonumber", "the bytes of its texts", "none"},
    {"rawset setmetatable", "the call", "constant"},
    {"pcall xpcall", "the call, and 100 for an error that is caught", "200 levels of C"},
    {"print", "10000, and each argument", "__tostring in Lua"},
    {"_G.__index _G.__newindex string.__newindex table.__newindex math.__newindex utf8.__newindex", "the call", "constant"},
    {"string.byte utf8.codepoint utf8.len", "the bytes of the part", "none"},
    {"string.char utf8.char", "15 for each argument", "a million arguments"},
    {"string.len", "the call", "constant"},
    {"string.lower string.reverse string.sub string.upper", "an eighth of the bytes, and those of the result", "none"},
    {"string.rep", "an eighth of the count, and the bytes of the result", "the length of a text, seen before"},
    {"string.format", "its form, and each argument by its type and length", "__tostring in Lua"},
    {"string.find string.match string.gmatch string.gmatch() string.gsub",
     "each step of the matcher, as it goes; a plain search an eighth of the bytes, 256 KiB at a time",
     "200 levels of the matcher; gsub calls Lua between matches"},
    {"string.__add string.__sub string.__mul string.__mod string.__pow string.__div string.__idiv string.__unm",
     "operators on texts: nothing but the instruction", "the length of a text: 10 ms"},
    {"table.concat", "each item, numbers as what they take to be spelled", "texts alone are taken; an __index in Lua"},
    {"table.insert table.move table.remove table.unpack", "each item that moves", "an __index or __newindex in Lua; no __len"},
    {"table.pack", "each argument", "a million arguments"},
    {"table.sort", "n log n comparisons by what a text of the table takes", "log n levels; a comparator in Lua; no __len"},
    {"math.abs math.acos math.asin math.atan math.ceil math.cos math.deg math.exp math.floor math.fmod math.log math.max math.min "
     "math.modf "
     "math.rad math.sin math.sqrt math.tan math.tointeger math.type math.ult",
     "each argument, the bytes of its texts", "a million arguments"},
    {"utf8.codes utf8.codes()", "each argument, the bytes of its texts", "none"},
    {"utf8.offset", "the characters to pass", "the length of a text"},
    {"ctx.__index ctx.__newindex ctx.log.__newindex ctx.data.__newindex ctx.db.__newindex ctx.json.__newindex", "the call", "constant"},
    {"ctx.log.info ctx.log.warn ctx.log.error", "10000", "__tostring in Lua; 4000 characters are kept"},
    {"ctx.data.find", "the members it looks through, the nodes it gives", "the depth of the data file"},
    {"ctx.db.find", "500, the nodes of the condition and of the rows it gives",
     "200 levels; the database has five seconds for a question (engine/sides/host.h)"},
    {"ctx.json.encode", "the nodes and bytes of the value", "200 levels, and what one text may have"},
    {"ctx.json.decode", "the nodes and bytes of the text, before it is read", "200 levels"},
    {"ctx.json.array ctx.uuid", "the call", "constant"},
    {"null.__tostring number.__tostring number.__eq", "the call", "the digits of one number"},
    {"record.__index", "the members it looks through, the nodes it gives", "200 levels"},
    {"record.__newindex record.__tostring", "the call", "constant; what is assigned is read when the call is over, 200 levels"},
    {"record.__pairs record.__pairs()", "the members", "200 levels"},
    {"row.__index row.__len row.__pairs row.__pairs() row.__tostring", "the nodes it gives", "200 levels"},
    {"row.__newindex", "the nodes and bytes of the value", "200 levels"},
};

}  // namespace lockstep::hook
