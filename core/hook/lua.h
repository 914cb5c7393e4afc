// Hooks in Lua 5.4, sandboxed: no io, os, debug, load, package or coroutine; an instruction budget and a memory cap that pcall cannot
// escape. A script returns one table of functions, named as the stages of hook.h; `transform` is a table of functions by name.
//
// What a script has: the base functions (without load, require, dofile, collectgarbage; print writes to the log), `table`, `string`
// (without dump and pack; patterns run in counted steps), `math` (without random, so that a preview and the run agree), `utf8`, `null`.
// lua_audit.h lists every function with its price and what bounds it.
// Its globals are those it defines while it loads; during a call globals and libraries are read only. When a call fails or runs out of
// a budget the script starts afresh for the next one: its own variables are then as they were when it was loaded.
//
// Values: JSON null is `null` (a value, not nil; nil is "absent"). Integers have 64 bits, 1.0 stays a float, a number beyond both is an
// object with its digits (tostring). Tables decoded from JSON arrays stay arrays, also when empty; for a new empty one use
// ctx.json.array({}). A table is an array when its keys are 1..n, else an object.
//
// ctx: id, label, noun (of the record, nil when there is none), stage; now (epoch seconds, real), now_iso; log.info/warn/error(text);
// data:find(name, key, …) → what the sync's data file of that name holds there, or nil;
// db:find(table, where, {ignore_case = true}) → array of row tables, read only; json.encode(value), json.decode(text),
// json.array(table), json.null; uuid() → a fresh one of version 4.
//
// Results: the value, or `nil, "reason"` to reject the record. record: the record, changed in place or another table. transform(value,
// ctx): the value, nil for absent. assign_owner: table column → scalar. row: the row, or a table of the columns to set. match(record,
// candidates, ctx): a candidate or its position, nil for none. conflict(field, here, there, base, ctx): the winning value; nil leaves it
// to a person. payload: the body. changed: nothing. skip_when(row, ctx): true for a row of the table that is not meant.
//
// What is not a hook's to change: ids and the mark of a create (what it sets there is undone, whatever the stage), columns that the mapping
// does not own (assign_owner) or does not have (row). A payload that leaves nothing of a body sends nothing and settles nothing: the record
// is rejected, and its edit stays one.
//
// Failures: a reason has at most 300 characters, and nothing is as deep as json::kMaxDepth, itself least of all. A stage that fails on
// Hook::kMostFailures records in a row in the same way ends the run.
#pragma once

#include <memory>
#include <string>

#include "common/time.h"
#include "data/json.h"
#include "format/yaml.h"
#include "hook/hook.h"

namespace lockstep {

struct LuaLimits {
  std::uint64_t instructions = 10'000'000;        ///< of one call of a stage; work done in C is counted too
  std::size_t memory_bytes = 64U << 20U;          ///< of the whole state; one text may have a sixteenth
  std::size_t pattern_subject_bytes = 1U << 20U;  ///< longest subject of string.find and its kin with a pattern
  Millis patience{5000};                          ///< of one call: the net below the instruction budget
};

/// Loads a script. Mistakes (missing file, syntax error, not a table, unknown stage with a suggestion, a stage that is no function)
/// go to `problems` with "file:line"; nullptr then. `shown` is the file's name in messages. The hook is used by one thread at a time.
/// `data`: an object, what ctx.data:find looks in.
std::unique_ptr<Hook> load_lua(const std::string& path, const std::string& shown, const LuaLimits& limits, yaml::Problems& problems,
                               const Clock& clock = system_clock(), Json data = {});

}  // namespace lockstep
