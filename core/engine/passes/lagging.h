// Lagging: lists that lag behind: an API that answers from a copy, or from a cache, may show an item as it was before this program, or
// anybody, changed it. What looks like that is asked for by its id before it is taken for an edit.
#pragma once

#include "engine/passes/pass.h"
#include "format/peek.h"

namespace lockstep {

class Chunk;
class Faults;
class OpenWork;

class Lagging : private Pass {
 public:
  Lagging(RunContext& run, Chunk& chunk, Faults& faults, OpenWork& open_work);

  /// A list that says by its own time of change that it is older than what is known.
  bool catch_up(Item& item);
  /// Older than what is known, and that is young: an answer from a copy that has not heard of it. A state that was put back is older, too,
  /// but stays so.
  bool is_stale(std::string_view document, std::string_view known);
  /// Items that are to be looked at once more, as their own answers show them.
  std::vector<Item> take_lagging(std::vector<Item>& items);

 private:
  std::optional<Micros> time_of(std::string_view document);
  bool ask_again(Item& item, std::string_view known);
  bool was_replaced_lately(std::string_view id, const std::string& column, const Json& value);
  bool may_lag(const Item& item);

  Chunk& chunk_;
  Faults& faults_;
  OpenWork& open_work_;
  std::vector<std::string> modified_path_ = keys_of(sync_.resource->modified);
  json::Peek peek_;
  std::optional<std::unordered_map<std::string, Json::Object>> sent_lately_;  ///< see was_replaced_lately()
};

}  // namespace lockstep
