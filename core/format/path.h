// Path: where a value stands in a remote document: "model.temperature", "model.messages[role=system].content", "tools[0].name".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"

namespace lockstep {

/// A dotted path. A step is a key, `[key=value]` (the first element of an array whose member is that text), `[index]` (from 0) or `*`
/// (every element; only in the lists of a Resource: it finds and reaches nothing). The first step is a key.
/// A key that holds a dot, a bracket, a slash or a blank is quoted, a."b.c", a["b.c"], a['b.c'], or has a backslash before each: a.b\.c.
class Path {
 public:
  struct Step {
    enum class Kind { Key, Select, Index, Each } kind = Kind::Key;
    std::string key;    ///< of Key; the member's name of Select
    std::string value;  ///< of Select
    std::size_t index = 0;
    friend bool operator==(const Step&, const Step&) = default;
  };

  Path() = default;
  /// Throws Error{Invalid} that quotes the text and says what is wrong at which character.
  static Path parse(std::string_view text);

  /// The path of one top-level member, whatever its name holds.
  static Path of_key(std::string key);

  const std::vector<Step>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }
  const std::string& top() const { return steps_.front().key; }
  std::string text() const;
  /// True when `other` lies inside what this path names (or is the same). `*` contains every key and element.
  bool contains(const Path& other) const;
  /// The rest of this path behind `outer`, which contains it; empty when they are the same.
  Path below(const Path& outer) const;
  /// True when a document may exist in which the two name the same place, or one a place inside the other's:
  /// `a[role=system].x` and `a[0].x`, but not `a[role=system].x` and `a[role=user].x`. The member that selects an element counts as
  /// written with it: `a[role=system].x` and `a[0].role`.
  bool may_overlap(const Path& other) const;
  /// True when the path ends at the member that selects its element, `a[role=system].role`: what is written there unselects it.
  bool ends_at_selector() const;
  /// True when a step is `*`.
  bool has_each() const;

  const Json* find(const Json& document) const;
  /// True when what the last step goes into is there: reach() adds a member at the most. Of an element: when the element is.
  bool has_holder(const Json& document) const;
  /// Makes what is missing on the way (a null counts as missing); a selected element that is missing is appended with its member.
  /// Error{Conflict} when something other than an object or array stands in the way, an index lies behind the end, or the document has
  /// one member whose name is several steps of this path ("a.b" where the path says a, then b).
  Json& reach(Json& document) const;
  /// Removes what the path names, when it is there: a member, a selected element; an indexed element becomes null, so that the others keep
  /// their places. A selected element of which nothing but the selecting member is left goes too: it is what reach() had made.
  void erase(Json& document) const;
  /// As erase(), with `*`: what it names is removed from every element or member. Elements that the path ends at stay.
  void erase_each(Json& document) const;

  friend bool operator==(const Path&, const Path&) = default;

 private:
  std::vector<Step> steps_;
};

/// The keys of a path through members alone, "*" for every element or member. Throws Error{Invalid} as Path::parse(), and for a path with
/// another kind of step.
std::vector<std::string> path_keys(std::string_view text);

}  // namespace lockstep
