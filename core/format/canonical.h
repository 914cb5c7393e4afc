// CanonicalWriter: canonical JSON as it is met. Members are written in the order of the text, and moved only when their object ends and was
// not sorted: most values are copied once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/tokens.h"

namespace lockstep::json {

class CanonicalWriter {
 public:
  explicit CanonicalWriter(Tokens& tokens) : tokens_(&tokens) {}

  /// What was written since clear(). Positions are stable until the object around them closes.
  const std::string& text() const { return out_; }
  void clear();

  /// Copies the value at the cursor, whatever it is. Throws Error{Corrupt} for what is no JSON, duplicate keys and depth over kMaxDepth.
  void value(std::size_t depth);
  /// Copies the scalar at the cursor and returns its token.
  std::string_view scalar();

  /// An object, member by member: open(), then for each member key() and its value, then close().
  struct Object {
    std::size_t first = 0;  ///< of members_
    std::size_t begin = 0;  ///< of out_
    bool sorted = true;
  };
  Object open_object();
  /// Copies a name; returns its literal as it was spelled.
  std::string_view key(Object& object);
  /// Takes back the member that was written last.
  void drop_member(Object& object);
  bool is_empty(const Object& object) const { return members_.size() == object.first; }
  void close_object(Object& object);

  void open_array() { out_ += '['; }
  void element_done() { out_ += ','; }
  void close_array() { close(']'); }

 private:
  struct Member {
    std::size_t begin = 0;
    std::size_t key_size = 0;
  };
  std::string_view key_of(const Member& member) const { return std::string_view(out_).substr(member.begin, member.key_size); }
  void end_member(Object& object);
  void sort_members(const Object& object);
  void close(char bracket);

  Tokens* tokens_;
  std::string out_;
  std::string moved_;
  std::vector<Member> members_;
};

}  // namespace lockstep::json
