// PathPatterns: places of a document that are named by kind, wherever they stand: "**.apiKey", "server.headers", "**.*Token",
// "!**.publicKey".
//
// A pattern is dotted. A step is a name, in which "*" stands for any text; "*" alone, one element or member of any name; or "**", any
// number of them, none too. Names are compared without case, "_" and "-". Lists are passed through: "tools.url" is the member of each tool,
// as "tools.*.url" is. A step with a dot in it is quoted as in a Path. A pattern names all that lies inside its places. "!" takes out what
// patterns before it name; of those that fit a place the last one counts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "format/name_globs.h"
#include "format/path.h"

namespace lockstep {

class PathPatterns {
 public:
  PathPatterns() = default;
  /// Throws Error{Invalid} for a text that is no pattern.
  explicit PathPatterns(std::span<const std::string> texts);

  /// Where a walk through a document is: for each pattern the steps that may come next.
  class Place {
    friend class PathPatterns;
    std::vector<std::uint64_t> next_;
    bool named_ = false;

   public:
    /// A pattern names this place, or one around it.
    bool is_named() const { return named_; }
  };

  Place root() const;
  Place member(const Place& here, std::string_view name) const;
  Place element(const Place& here) const;
  /// The place of a field.
  Place at(const Path& path) const;

  /// The way to a place: names of members, "*" for an element.
  using Steps = std::vector<std::string>;
  /// What is done with a named place: its value is not null, and places inside it are not visited. True: it is removed.
  using Visit = std::function<bool(Json& value, const Steps& steps)>;
  /// Visits the outermost named places of a value that stands `here`; the steps begin there.
  void visit(Json& value, const Place& here, const Visit& visit) const;

  /// False when JSON certainly has no member that could be, or hold, a named place: one quick look at the text, no parsing.
  bool may_name_in(std::string_view json) const;
  /// A word of bytes that need not be JSON is the name of such a member.
  bool may_name_in_bytes(std::string_view bytes) const;
  /// False when no pattern could name anything inside `here`.
  bool may_name_inside(const Place& here) const;
  bool empty() const { return patterns_.empty(); }

 private:
  struct Step {
    enum class Kind { Any, One, Name } kind = Kind::Name;
    std::string glob;
  };
  struct Pattern {
    std::vector<Step> steps;
    bool out = false;  ///< "!"
  };

  static Pattern parse(std::string_view text);
  void add(Pattern pattern);
  /// Opens the steps behind each "**", which may stand for nothing.
  std::uint64_t settled(const Pattern& pattern, std::uint64_t next) const;
  Place judged(Place place, int number) const;
  /// `plain` is memory to reuse.
  bool may_be_named(std::string_view name, std::string& plain) const;
  void walk(Json& value, const Place& here, Steps& steps, const Visit& visit) const;

  std::vector<Pattern> patterns_;
  NameGlobs anywhere_;         ///< patterns of the form "**.name", which need no steps
  NameGlobs last_names_;       ///< the last name of every other pattern that names something
  bool everywhere_ = false;    ///< a pattern has no name
  std::vector<int> stepwise_;  ///< numbers of the patterns that are walked step by step
};

/// The top-level member that a path or pattern leads through; nullopt where it may be any, and for a pattern that takes out.
std::optional<std::string> top_member(std::string_view pattern);

}  // namespace lockstep
