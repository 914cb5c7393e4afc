// Records as a script sees them: an object that reads its JSON on first use, member by member, and collects what is changed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "data/json.h"
#include "hook/lua_place.h"
#include "hook/members.h"

struct lua_State;

namespace lockstep::hook {

class Walk;

/// Where a record comes from. Lives as long as the call that lends it; the script's handle dies with the call.
class RecordSource {
 public:
  /// `name` is what messages call it ("record", "body"). `changeable`: false makes an assignment a mistake.
  RecordSource(std::string_view name, std::string_view raw, bool changeable) : name_(name), raw_(raw), changeable_(changeable) {}
  /// The same where the keys' places in `raw` are known already; an empty list says nothing.
  RecordSource(std::string_view name, std::string_view raw, std::span<const std::string_view> keys) : RecordSource(name, raw, false) {
    if (!keys.empty()) members_.emplace(raw, keys);
  }
  RecordSource(std::string_view name, const Json& json, bool changeable) : name_(name), given_(&json), changeable_(changeable) {}

  const std::string& name() const { return name_; }
  bool changeable() const { return changeable_; }
  /// The whole, parsed on the first call. Throws Error{Corrupt} for text that is no JSON, Mistake for what is no object.
  const Json& json();
  /// How many it has.
  std::size_t members();
  /// One member, which costs far less than the whole; the pointer is good until the next call. Throws like json().
  const Json* find(std::string_view key);

 private:
  std::string name_;
  std::string_view raw_;
  const Json* given_ = nullptr;
  std::optional<Json> parsed_;
  std::optional<Members> members_;
  std::optional<Json> found_;
  bool changeable_;
};

/// Makes the metatable. Once a state.
void open_records(lua_State* lua);
/// Pushes a handle of `source`, which is good until the call is over.
void push_record(lua_State* lua, RecordSource& source);
bool is_record(lua_State* lua, int index);
/// Which source the handle at `index` has; nullptr when it is none.
const RecordSource* record_source(lua_State* lua, int index);
/// The record as it is now, with what the script changed, as the part of a larger value that `walk` is at. Throws Mistake for a handle of
/// an earlier call.
Json record_json(lua_State* lua, int index, Walk& walk, const Place& what);
/// Lays the script's changes into `out`, a copy of the record; nullopt when nothing differs.
std::optional<Json> changed_record(lua_State* lua, int index);

}  // namespace lockstep::hook
