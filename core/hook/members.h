// Members: where each member of a JSON object stands in its text. A hook that asks a record of 7 KB for one e-mail pays for finding it,
// not for a tree of all the rest.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "data/json.h"

namespace lockstep::hook {

class Members {
 public:
  /// `text` must outlive this. Throws Error{Corrupt} for what is no JSON, Error{Invalid} for what is no object. Twins are found only by
  /// reading the whole text (json::parse).
  explicit Members(std::string_view text);
  /// `names`: literals of all keys of `text` in its order, as a Mapper has found them.
  Members(std::string_view text, std::span<const std::string_view> names) : text_(text), names_(names.begin(), names.end()) {}
  std::size_t size() const { return names_.size(); }
  /// The member's value, read now.
  std::optional<Json> find(std::string_view key) const;

 private:
  std::string_view text_;
  std::vector<std::string_view> names_;  ///< literals, in the order of the text
};

}  // namespace lockstep::hook
