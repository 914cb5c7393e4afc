// NameGlobs: many names with stars, looked up at once. Most names of a document are none of them, and their last letter tells.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// Appends the plain name to `out`; what it is: see plain_name().
void append_plain_name(std::string& out, std::string_view name);
/// A member's name as patterns compare it: "X-Api-Key", "x_api_key" and "xApiKey" are one.
std::string plain_name(std::string_view name);
/// `glob` and `name` are plain; "*" in the glob stands for any text, the empty one too.
bool glob_matches(std::string_view glob, std::string_view name);

class NameGlobs {
 public:
  /// `glob` is plain. Later ones have higher numbers.
  void add(std::string glob, int number);
  /// The highest number of a glob that fits; -1: none does.
  int find(std::string_view plain) const;
  /// False when find() certainly gives -1 for a name, not plain yet, with this last byte.
  bool may_end_with(char last) const;

 private:
  struct Glob {
    std::string text;
    int number;
    bool suffix;  ///< a star and then none
  };
  std::array<std::vector<Glob>, 256> by_last_;  ///< by the last byte of the glob, where it is no star
  std::vector<Glob> others_;
};

}  // namespace lockstep
