// Path: where a value stands in a remote document: "model.temperature", "model.messages[role=system].content", "tools[0].name".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"

namespace lockstep {

/// A dotted path. A step is a key, `[key=value]` (the first element of an array whose member is that text) or `[index]` (from 0).
class Path {
 public:
  struct Step {
    enum class Kind { Key, Select, Index } kind = Kind::Key;
    std::string key;    ///< of Key; the member's name of Select
    std::string value;  ///< of Select
    std::size_t index = 0;
    friend bool operator==(const Step&, const Step&) = default;
  };

  Path() = default;
  /// Throws Error{Invalid} that quotes the text and says what is wrong at which character. Keys with dots or brackets are quoted: a."b.c".
  static Path parse(std::string_view text);

  const std::vector<Step>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }
  const std::string& top() const { return steps_.front().key; }
  std::string text() const;
  /// True when `other` lies inside what this path names (or is the same).
  bool contains(const Path& other) const;

  const Json* find(const Json& document) const;
  /// Makes what is missing on the way. Error{Conflict} when something other than an object or array stands in the way.
  Json& reach(Json& document) const;
  /// Removes the last key, when it is there.
  void erase(Json& document) const;

  friend bool operator==(const Path&, const Path&) = default;

 private:
  std::vector<Step> steps_;
};

}  // namespace lockstep
