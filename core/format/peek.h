// Peek: one scalar of a JSON text, without reading the rest into a tree.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "format/tokens.h"

namespace lockstep::json {

/// Finds the scalar at a path of keys. Reused for text after text; one thread at a time.
class Peek {
 public:
  /// The text of a string, the digits of a number, "true" or "false". nullopt where there is none, where null, an object or an array
  /// stands, and in what is no JSON.
  std::optional<std::string> scalar(std::string_view text, std::span<const std::string> keys);

 private:
  bool enter(std::string_view literal);
  void pass(std::size_t depth);

  Tokens tokens_;
};

}  // namespace lockstep::json
