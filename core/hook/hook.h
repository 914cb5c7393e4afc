// Hook: the user's code at named stages, as the engine sees it. Lua is behind it (hook/lua.h) and nowhere else.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/log.h"
#include "common/time.h"
#include "common/uuid.h"
#include "data/arena.h"
#include "data/json.h"
#include "data/row.h"

namespace lockstep {

/// What the engine lends a hook. All on the thread that calls the hook.
class HookHost {
 public:
  virtual ~HookHost() = default;
  /// `ctx.db:find(table, where)`: rows as objects column → value, in primary-key order; `where` is column → scalar (equality),
  /// text compared ignoring ASCII case when the column's name is listed under `ignore_case`. Remembered by the engine within a run.
  virtual std::vector<Json> find(std::string_view table, const Json& where, bool ignore_case) = 0;
  /// `ctx.log.info/warn/error`. A warning is shown to the user as "Warning: …".
  virtual void log(log::Level level, std::string_view message) = 0;
  virtual Micros now() = 0;
  /// `ctx.uuid()`: a fresh one of version 4.
  virtual std::string uuid() { return make_uuid(); }
};

/// What a hook may know of the record at hand: also the name in its error messages.
struct HookSubject {
  std::string_view id;     ///< remote id, may be empty
  std::string_view label;  ///< what people call it
  std::string_view noun;   ///< "assistant"
  /// Literals of the record's top-level keys in its order, where they are known: finding a member then costs next to nothing.
  std::span<const std::string_view> keys = {};
};

/// Each stage answers nullopt when all went well, or the reason why this one record is rejected:
/// the text that the hook gave ("nil, reason"), or "scripts/x.lua:12: message" when it failed, ran over its budget or returned a wrong
/// type.
using HookVerdict = std::optional<std::string>;

class Hook {
 public:
  enum class Stage { Record, Transform, AssignOwner, MappedRow, Match, Conflict, Payload, Changed, SkipWhen };
  virtual ~Hook() = default;

  /// One of the same script that shares no state with this one: for another thread. Any thread may ask for it, as for what is const below.
  virtual std::unique_ptr<Hook> another() const = 0;
  virtual bool has(Stage stage) const = 0;
  /// Names of the functions under `transform`.
  virtual std::vector<std::string> transforms() const = 0;
  /// Of the script's text: part of what decides whether a record must be mapped again.
  virtual Hash128 fingerprint() const = 0;
  /// Lends the host until the next call; nullptr takes it back. A run begins with it: what failed before is forgotten.
  virtual void attach(HookHost* host) = 0;
  /// Whose values the transforms that follow are given: the name of a record.
  virtual void turn_to(std::string_view record) = 0;
  /// The failure that kMostFailures different records in a row came to at one stage: the next will hardly fare better. A rejection that the
  /// script gave a reason for is no failure. Empty while there is none.
  virtual std::string hopeless() const = 0;
  static constexpr int kMostFailures = 50;

  /// Before mapping. `raw` is the record's JSON text; when the hook changed it, `changed` gets the new text.
  virtual HookVerdict record(const HookSubject& subject, std::string_view raw, std::optional<std::string>& changed) = 0;
  virtual HookVerdict transform(std::string_view name, const Value& in, Value& out, Arena& arena) = 0;
  /// Owned columns of a new row: column → scalar.
  virtual HookVerdict assign_owner(const HookSubject& subject, std::string_view raw,
                                   std::vector<std::pair<std::string, Json>>& columns) = 0;
  /// After mapping; may change cells of `row`. Bytes of new cells go into `arena`.
  virtual HookVerdict row(const HookSubject& subject, const Shape& shape, std::span<Value> row, std::string_view raw, Arena& arena) = 0;
  /// Which of `candidates` (local rows without an id) is this record's? Its index, or nullopt for none.
  virtual HookVerdict match(const HookSubject& subject, std::string_view raw, const std::vector<Json>& candidates,
                            std::optional<std::size_t>& chosen) = 0;
  /// The winning value of a conflict; nullopt in `winner` leaves it to a person.
  virtual HookVerdict conflict(const HookSubject& subject, std::string_view field, const Json& here, const Json& there, const Json& base,
                               std::optional<Json>& winner) = 0;
  /// Before a remote write; may change the body.
  virtual HookVerdict payload(const HookSubject& subject, Json& body, const Json& row) = 0;
  /// Does the sync leave this row alone? `row`: every column of the table.
  virtual HookVerdict skip_when(const HookSubject& subject, const Json& row, bool& skip) = 0;
  /// After a commit. Its failure is logged and changes nothing.
  virtual HookVerdict changed(const HookSubject& subject, const Json& change) = 0;
};

}  // namespace lockstep
