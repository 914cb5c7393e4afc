// YAML configuration with places: a tree whose every node knows file:line:column, read by yaml-cpp under strict rules.
// Duplicate keys, merge keys, aliases, custom tags, several documents, tabs and depth over 64 are problems, not surprises.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::yaml {

/// Where something stands. Lines and columns count from 1.
struct Place {
  std::string file;  ///< as the user would name it
  int line = 0;
  int column = 0;
  std::string text() const;  ///< "config/lockstep.yaml:12:5"
};

/// Collects the mistakes of a configuration, so that all are told at once, in the order of files and lines.
class Problems {
 public:
  void add(const Place& place, std::string message);
  /// A mistake that is reported but does not stop a run ("file is readable by others").
  void warn(const Place& place, std::string message);
  /// All of another list, behind those that are here.
  void add(const Problems& others);
  bool empty() const { return errors_.empty(); }
  std::vector<std::string> errors() const;  ///< "file:line:column: message", sorted by place, without repeats
  std::vector<std::string> warnings() const;
  /// Throws one Error{Invalid} with every line, when there is any.
  void raise() const;

 private:
  struct Entry {
    Place place;
    std::string message;
  };
  static std::vector<std::string> lines(const std::vector<Entry>& entries);

  std::vector<Entry> errors_;
  std::vector<Entry> warnings_;
};

class Node {
 public:
  enum class Kind { Missing, Null, Scalar, Sequence, Map };
  Kind kind = Kind::Missing;
  Place place;
  std::string scalar;                  ///< text of a scalar, `${…}` already expanded
  bool quoted = false;                 ///< "true" against true
  bool from_environment = false;       ///< the scalar held a `${…}`
  std::vector<std::string> variables;  ///< whose values it holds
  std::vector<Node> items;             ///< of a sequence
  struct Member;
  std::vector<Member> members;  ///< of a map, in order

  explicit operator bool() const { return kind != Kind::Missing; }
  /// The member, or a Missing node placed where this map is.
  const Node& operator[](std::string_view key) const;

  std::shared_ptr<const Node> absent;  ///< of a map: what operator[] answers for a key it lacks
};
struct Node::Member {
  std::string key;
  Place place;
  Node value;
};

/// Value of a variable, or nullopt. `${NAME}`, `${NAME:-default}`, `${file:/path}` are expanded after parsing, inside values only (not
/// keys); a missing variable without default expands to nothing and is noted in `from_environment`. A default stands in for an empty
/// variable too and may hold `${…}` itself; what a variable or file gives is not expanded again. `$${` writes a plain `${`. A file is read
/// without the line end at its end, and a relative path starts at the folder of the YAML file.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

/// Reads a file. Mistakes go to `problems`; what could be read comes back. `shown` is the name used in places.
Node load_file(const std::string& path, const std::string& shown, const Environment& environment, Problems& problems);
Node load_text(std::string_view text, const std::string& shown, const Environment& environment, Problems& problems);

// Typed access. Each adds a problem ("expected an integer") and returns nullopt when the node is something else; Missing gives nullopt
// silently.
std::optional<std::string> as_text(const Node& node, Problems& problems);
std::optional<std::int64_t> as_integer(const Node& node, Problems& problems);
std::optional<double> as_real(const Node& node, Problems& problems);
std::optional<bool> as_boolean(const Node& node, Problems& problems);  ///< true and false only
/// Adds `unknown option "x"; did you mean "y"?` for every key not in `allowed`.
void only_keys(const Node& map, std::span<const std::string> allowed, Problems& problems);

}  // namespace lockstep::yaml
