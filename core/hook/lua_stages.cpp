#include "hook/lua_stages.h"

#include <algorithm>
#include <lua.hpp>

#include "format/json.h"
#include "hook/lua_context.h"
#include "hook/lua_record.h"
#include "hook/lua_row.h"
#include "hook/lua_values.h"

namespace lockstep::hook {
namespace {

/// Index of the first argument: below it lies what run() pushed.
constexpr int kFirstArgument = 2;

std::string_view name_of(Hook::Stage stage) { return stage_words().word(stage); }

[[noreturn]] void refuse_result(lua_State* lua, Hook::Stage stage, const char* expected, int index, int count) {
  throw Mistake(std::string(name_of(stage)) + " must return " + expected + "; it returned " +
                (count == 0 ? "nothing" : type_text(lua, index)));
}

// `nil, "reason"`.
std::optional<std::string> rejection(lua_State* lua, Hook::Stage stage, int first, int count) {
  if (count < 2 || !lua_isnil(lua, first) || lua_isnil(lua, first + 1)) return std::nullopt;
  if (lua_type(lua, first + 1) == LUA_TNUMBER) return lua_tostring(lua, first + 1);
  return cut_reason(to_text(lua, first + 1, "the reason that " + std::string(name_of(stage)) + " gives"));
}

// What the record is after the hook: the handle with its changes, or another table.
std::optional<Json> taken_object(lua_State* lua, Hook::Stage stage, RecordSource& source, int index, int count) {
  const std::string expected = "the " + source.name() + ", or nil and a reason";
  if (is_record(lua, index) && record_source(lua, index) == &source) return changed_record(lua, index);
  if (!lua_istable(lua, index)) refuse_result(lua, stage, expected.c_str(), index, count);
  Json out = source.json();
  const bool differs = merge_json(lua, index, out, source.name());
  if (out.object() == nullptr) throw Mistake(std::string(name_of(stage)) + " must return " + expected + "; it returned an array");
  if (!differs) return std::nullopt;
  return out;
}

void push_candidates(lua_State* lua, std::vector<RecordSource>& sources) {
  lua_createtable(lua, static_cast<int>(sources.size()), 0);
  lua_Integer position = 0;
  for (RecordSource& source : sources) {
    push_record(lua, source);
    lua_rawseti(lua, -2, ++position);
  }
  mark_array(lua);
}

std::optional<std::size_t> taken_candidate(lua_State* lua, const std::vector<RecordSource>& sources, int index, int count) {
  if (count == 0 || lua_toboolean(lua, index) == 0) return std::nullopt;
  if (const RecordSource* source = record_source(lua, index)) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (&sources[i] == source) return i;
    }
  }
  const lua_Integer position = lua_isinteger(lua, index) != 0 ? lua_tointeger(lua, index) : 0;
  if (position >= 1 && position <= static_cast<lua_Integer>(sources.size())) return static_cast<std::size_t>(position - 1);
  if (position != 0) throw Mistake("match must return a candidate or its position; there is no candidate " + std::to_string(position));
  refuse_result(lua, Hook::Stage::Match, "one of the candidates, its position, or nil", index, count);
}

/// Other data may shape a record otherwise.
Hash128 fingerprint_of(const LuaScript& script) {
  if (script.data().is_null()) return hash128(script.text());
  return Hasher().text(script.text()).text(json::canonical(script.data())).digest();
}

}  // namespace

LuaHook::LuaHook(std::unique_ptr<LuaScript> script) : script_(std::move(script)), fingerprint_(fingerprint_of(*script_)) {}

void LuaHook::attach(HookHost* host) {
  script_->host = host;
  if (host != nullptr) streaks_.forget();
}

HookVerdict LuaHook::call(Stage stage, const HookSubject* subject, const Step& push, const Take& take, std::string_view transform) {
  std::optional<std::string> failure;
  HookVerdict verdict = try_call(stage, subject, push, take, transform, failure);
  const std::string_view place = stage == Stage::Transform ? transform : name_of(stage);
  if (failure) {
    streaks_.failed(place, subject != nullptr ? *subject : HookSubject{record_, {}, {}}, *failure);
    return failure;
  }
  streaks_.went_well(place);
  return verdict;
}

/// Answers the reason that the script gave; what it failed by is `failure`.
HookVerdict LuaHook::try_call(Stage stage, const HookSubject* subject, const Step& push, const Take& take, std::string_view transform,
                              std::optional<std::string>& failure) {
  failure = script_->make_ready();
  if (failure) return std::nullopt;
  const LuaFunction* function = stage == Stage::Transform ? script_->transform(transform) : script_->stage(stage);
  if (function == nullptr) {
    if (script_->declares(stage)) failure = script_->lost();
    return std::nullopt;
  }
  LuaState& state = script_->state();
  state.subject = subject;
  state.stage = name_of(stage);
  std::optional<std::string> reason;
  failure = state.run(
      [&](lua_State* lua) {
        push(lua);
        const int arguments = lua_gettop(lua) - kFirstArgument + 1;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, function->reference);
        const int first = lua_gettop(lua);
        for (int i = 0; i < arguments; ++i) lua_pushvalue(lua, kFirstArgument + i);
        push_context(lua);
        lua_call(lua, arguments + 1, LUA_MULTRET);
        const int count = lua_gettop(lua) - first + 1;
        luaL_checkstack(lua, LUA_MINSTACK, nullptr);
        if (stage != Stage::Conflict) reason = rejection(lua, stage, first, count);
        if (!reason) take(lua, {first, count});
      },
      function->line);
  state.subject = nullptr;
  return reason;
}

HookVerdict LuaHook::record(const HookSubject& subject, std::string_view raw, std::optional<std::string>& changed) {
  RecordSource source("record", raw, true);
  std::optional<std::string> text;
  HookVerdict verdict = call(
      Stage::Record, &subject, [&](lua_State* lua) { push_record(lua, source); },
      [&](lua_State* lua, Results results) {
        if (const auto json = taken_object(lua, Stage::Record, source, results.first, results.count)) text = json::to_text(*json);
      });
  if (!verdict && text) changed = std::move(text);
  return verdict;
}

HookVerdict LuaHook::transform(std::string_view name, const Value& in, Value& out, Arena& arena) {
  const std::vector<std::string>& known = script_->transforms();
  if (std::find(known.begin(), known.end(), name) == known.end()) return "no transform is named \"" + std::string(name) + "\"";
  Value taken;
  HookVerdict verdict = call(
      Stage::Transform, nullptr, [&](lua_State* lua) { push_value(lua, in); },
      [&](lua_State* lua, Results results) {
        const std::string what = "transform." + std::string(name);
        if (results.count == 0) throw Mistake(what + " must return a value, or nil for none; it returned nothing");
        taken = to_value(lua, results.first, arena, "the result of " + what);
      },
      name);
  if (!verdict) out = taken;
  return verdict;
}

HookVerdict LuaHook::assign_owner(const HookSubject& subject, std::string_view raw, std::vector<std::pair<std::string, Json>>& columns) {
  RecordSource source("record", raw, subject.keys);
  Json taken;
  HookVerdict verdict = call(
      Stage::AssignOwner, &subject, [&](lua_State* lua) { push_record(lua, source); },
      [&](lua_State* lua, Results results) {
        const int index = results.first;
        if (!lua_istable(lua, index))
          refuse_result(lua, Stage::AssignOwner, "a table of columns, or nil and a reason", index, results.count);
        taken = to_json(lua, index, "assign_owner");
        if (taken.object() == nullptr) throw Mistake("assign_owner must return a table column = value; it returned an array");
        for (const Json::Member& column : *taken.object()) {
          if (column.second.array() == nullptr && column.second.object() == nullptr) continue;
          throw Mistake("assign_owner." + column.first + " must be a scalar; it is a table");
        }
      });
  if (!verdict && taken.object() != nullptr) columns = std::move(*taken.object());
  return verdict;
}

HookVerdict LuaHook::row(const HookSubject& subject, const Shape& shape, std::span<Value> row, std::string_view raw, Arena& arena) {
  RecordSource source("record", raw, subject.keys);
  RowSource cells(shape, row, arena);
  HookVerdict verdict = call(
      Stage::MappedRow, &subject,
      [&](lua_State* lua) {
        push_row(lua, cells);
        push_record(lua, source);
      },
      [&](lua_State* lua, Results results) { take_row(lua, kFirstArgument, results.first, cells); });
  if (!verdict) cells.commit();
  return verdict;
}

HookVerdict LuaHook::match(const HookSubject& subject, std::string_view raw, const std::vector<Json>& candidates,
                           std::optional<std::size_t>& chosen) {
  RecordSource source("record", raw, subject.keys);
  std::vector<RecordSource> sources;
  sources.reserve(candidates.size());
  for (const Json& candidate : candidates) sources.emplace_back("candidate", candidate, false);
  std::optional<std::size_t> taken;
  HookVerdict verdict = call(
      Stage::Match, &subject,
      [&](lua_State* lua) {
        push_record(lua, source);
        push_candidates(lua, sources);
      },
      [&](lua_State* lua, Results results) { taken = taken_candidate(lua, sources, results.first, results.count); });
  if (!verdict) chosen = taken;
  return verdict;
}

HookVerdict LuaHook::conflict(const HookSubject& subject, std::string_view field, const Json& here, const Json& there, const Json& base,
                              std::optional<Json>& winner) {
  winner.reset();
  std::optional<Json> taken;
  HookVerdict verdict = call(
      Stage::Conflict, &subject,
      [&](lua_State* lua) {
        push_text(lua, field);
        push_json(lua, here);
        push_json(lua, there);
        push_json(lua, base);
      },
      [&](lua_State* lua, Results results) {
        // `nil`, with or without a reason, leaves the field to a person.
        if (results.count > 0 && !lua_isnil(lua, results.first)) taken = to_json(lua, results.first, "the result of conflict");
      });
  if (!verdict) winner = std::move(taken);
  return verdict;
}

HookVerdict LuaHook::payload(const HookSubject& subject, Json& body, const Json& row) {
  RecordSource source("body", body, true);
  RecordSource columns("row", row, false);
  std::optional<Json> taken;
  HookVerdict verdict = call(
      Stage::Payload, &subject,
      [&](lua_State* lua) {
        push_record(lua, source);
        push_record(lua, columns);
      },
      [&](lua_State* lua, Results results) { taken = taken_object(lua, Stage::Payload, source, results.first, results.count); });
  if (!verdict && taken) body = std::move(*taken);
  return verdict;
}

HookVerdict LuaHook::skip_when(const HookSubject& subject, const Json& row, bool& skip) {
  RecordSource source("row", row, false);
  return call(
      Stage::SkipWhen, &subject, [&](lua_State* lua) { push_record(lua, source); },
      [&](lua_State* lua, Results results) { skip = results.count > 0 && lua_toboolean(lua, results.first) != 0; });
}

HookVerdict LuaHook::changed(const HookSubject& subject, const Json& change) {
  RecordSource source("change", change, false);
  return call(
      Stage::Changed, &subject, [&](lua_State* lua) { push_record(lua, source); }, [](lua_State*, Results) {});
}

}  // namespace lockstep::hook
