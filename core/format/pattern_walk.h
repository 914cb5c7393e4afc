// PatternWalk: finds the places of PathPatterns in JSON texts in one pass over their tokens, without a tree. It learns the shapes of
// documents: a name that was met at a place before is not held against the patterns again.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/path_patterns.h"
#include "format/tokens.h"

namespace lockstep {

/// Reused for text after text; not for several threads at once.
class PatternWalk {
 public:
  /// `patterns` must outlive the walk. `starts`: the places where texts may stand.
  PatternWalk(const PathPatterns& patterns, const std::vector<PathPatterns::Place>& starts);
  ~PatternWalk();

  /// A string outside all named places, as its literal, that is wanted too.
  using AlsoWanted = std::function<bool(std::string_view literal)>;
  struct Found {
    std::string_view value;   ///< a slice of the text
    std::string_view member;  ///< name of the member of the text's object that it lies in; empty where the text is none
  };
  /// The values at the outermost named places of `json`, which stands at the start of this number, in its order, without null. `also` may be
  /// empty. Throws as json::parse() does, for the whole text; what was found stays valid until the next call.
  const std::vector<Found>& find(std::string_view json, std::size_t start, const AlsoWanted& also);

 private:
  struct Node;

  void value(Node* here, std::size_t depth);
  void object(Node* here, std::size_t depth);
  void array(Node* here, std::size_t depth);
  void scalar(bool outside);
  void member(Node* here, std::string_view name, std::uint64_t number, std::size_t depth);
  Node* known(Node& here, std::string_view name);
  void enter(Node* inner, std::size_t depth);
  void check_escapes(std::string_view literal);
  std::string_view name_of(std::string_view literal);
  void refuse_twins(std::size_t first);

  const PathPatterns& patterns_;
  std::vector<std::unique_ptr<Node>> starts_;
  std::size_t nodes_ = 0;
  json::Tokens tokens_;
  const AlsoWanted* also_ = nullptr;
  std::uint64_t objects_ = 0;            ///< that were opened so far
  std::vector<std::string_view> names_;  ///< of open objects, those that no node stands for
  std::deque<std::string> spelled_;      ///< names that were written with escapes
  std::string room_;
  std::string_view member_;
  std::vector<Found> found_;
};

}  // namespace lockstep
