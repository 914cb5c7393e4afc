// What a script may call: Lua's own libraries without what reaches outside, and with a price on each function, since no instruction is
// counted in C. lua_audit.h is the list of them all.
#pragma once

struct lua_State;
using lua_CFunction = int (*)(lua_State*);

namespace lockstep::hook {

/// Builds the environment of a script and pushes it: read only once the script has loaded.
void push_environment(lua_State* lua);

/// Replaces the table at the top by a read-only stand-in; `name` is what a message calls it ("the library 'string'").
void protect_table(lua_State* lua, const char* name);

// Each pushes a fresh library table, not protected yet.
void push_string_library(lua_State* lua);
void push_table_library(lua_State* lua);
void push_math_library(lua_State* lua);
void push_utf8_library(lua_State* lua);
void push_base_library(lua_State* lua);
/// find, match, gmatch and gsub on PatternMatcher, set into the table at the top.
void set_pattern_functions(lua_State* lua);
/// Replaces the function `name` of the table at the top by `wrapper`, which reaches the original by call_original().
void wrap(lua_State* lua, const char* name, lua_CFunction wrapper);
/// Calls the function that a wrapper stands for, on the stack as it is.
int call_original(lua_State* lua);
/// A wrapper for a function that reads its texts from end to end and looks at each argument once: charges both.
int read_texts(lua_State* lua);
/// Replaces each of the named functions of the table at the top by a wrapper that charges like read_texts().
void price_alike(lua_State* lua, const char* const* names);
/// Copies the named functions of the table at `from` into the table at the top.
void copy_functions(lua_State* lua, int from, const char* const* names);

}  // namespace lockstep::hook
