// Host: what the engine lends hooks: reading the user's tables (remembered within a run), warnings, the time.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/time.h"
#include "hook/hook.h"
#include "sdk/store.h"

namespace lockstep {

class Host : public HookHost {
 public:
  using Say = std::function<void(log::Level, std::string_view)>;
  /// `patience`: with one question to the database.
  Host(Store& store, const Clock& clock, Say say, Millis patience = Millis(5000))
      : store_(store), clock_(clock), say_(std::move(say)), patience_(patience) {}

  /// Throws Error{Invalid} for an unknown table or column, with a suggestion, and for an answer of too many rows; Error{Busy} when the
  /// database takes too long.
  std::vector<Json> find(std::string_view table, const Json& where, bool ignore_case) override;
  void log(log::Level level, std::string_view message) override;
  Micros now() override { return clock_.now(); }
  /// While muted, messages are dropped: a hook that runs again over a record that it has already spoken of.
  void mute(bool on) { muted_ = on; }

 private:
  const TableInfo& info(std::string_view table);

  Store& store_;
  const Clock& clock_;
  Say say_;
  Millis patience_;
  bool muted_ = false;
  std::map<std::string, TableInfo, std::less<>> tables_;
  std::map<std::string, std::vector<Json>, std::less<>> found_;
};

/// One row as an object column → value.
Json row_object(const Shape& shape, Row row);
/// The same as state tables keep it: see json::to_kept().
Json kept_row_object(const Shape& shape, Row row);

}  // namespace lockstep
