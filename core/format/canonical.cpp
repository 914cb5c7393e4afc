#include "format/canonical.h"

#include <algorithm>

#include "format/escape.h"
#include "format/json.h"
#include "format/number.h"

namespace lockstep::json {
namespace {

/// Names are compared without their quotes: `a` is before `a!`, though the quote is behind the exclamation mark.
bool before(std::string_view a, std::string_view b) { return body_of(a) < body_of(b); }

}  // namespace

void CanonicalWriter::clear() {
  out_.clear();
  members_.clear();
}

std::string_view CanonicalWriter::scalar() {
  const std::string_view token = tokens_->scalar();
  const char first = token.front();
  if (first == '"') {
    if (!append_canonical_literal(out_, token)) tokens_->fail_at(token, "a string holds a bad escape");
  } else if (first == 't' || first == 'f' || first == 'n') {
    out_ += token;
  } else {
    append_canonical_number(out_, token);
  }
  return token;
}

void CanonicalWriter::value(std::size_t depth) {
  if (depth > kMaxDepth) tokens_->fail("the nesting is too deep");
  if (tokens_->skip('{')) {
    Object object = open_object();
    if (!tokens_->skip('}')) {
      do {
        key(object);
        value(depth + 1);
      } while (tokens_->more('}'));
    }
    close_object(object);
  } else if (tokens_->skip('[')) {
    open_array();
    if (!tokens_->skip(']')) {
      do {
        value(depth + 1);
        element_done();
      } while (tokens_->more(']'));
    }
    close_array();
  } else {
    scalar();
  }
}

CanonicalWriter::Object CanonicalWriter::open_object() {
  out_ += '{';
  return {members_.size(), out_.size(), true};
}

std::string_view CanonicalWriter::key(Object& object) {
  const std::string_view name = tokens_->key();
  end_member(object);
  const std::size_t begin = out_.size();
  if (!append_canonical_literal(out_, name)) tokens_->fail_at(name, "a name holds a bad escape");
  const Member member{begin, out_.size() - begin};
  if (members_.size() > object.first && !before(key_of(members_.back()), key_of(member))) object.sorted = false;
  members_.push_back(member);
  out_ += ':';
  return name;
}

void CanonicalWriter::end_member(Object& object) {
  if (members_.size() > object.first) out_ += ',';
}

void CanonicalWriter::drop_member(Object& object) {
  out_.resize(members_.back().begin);
  members_.pop_back();
  if (!is_empty(object)) out_.pop_back();  // the comma
}

void CanonicalWriter::close_object(Object& object) {
  if (!object.sorted) {
    out_ += ',';
    sort_members(object);
    out_.pop_back();
  }
  members_.resize(object.first);
  out_ += '}';
}

void CanonicalWriter::sort_members(const Object& object) {
  const std::size_t size = out_.size();
  const std::size_t count = members_.size() - object.first;
  Member* const first = members_.data() + object.first;
  // Each piece ends where the next one began, before the order changes.
  struct Piece {
    std::string_view key;
    std::string_view text;
  };
  thread_local std::vector<Piece> pieces;
  pieces.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t stop = i + 1 < count ? first[i + 1].begin : size;
    pieces.push_back({key_of(first[i]), std::string_view(out_).substr(first[i].begin, stop - first[i].begin)});
  }
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return before(a.key, b.key); });
  const auto twin = std::adjacent_find(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.key == b.key; });
  if (twin != pieces.end()) tokens_->fail("the object before holds the key " + std::string(twin->key.substr(0, 80)) + " twice");
  moved_.clear();
  for (const Piece& piece : pieces) moved_ += piece.text;
  out_.replace(object.begin, moved_.size(), moved_);
}

void CanonicalWriter::close(char bracket) {
  if (out_.back() == ',') out_.pop_back();
  out_ += bracket;
}

}  // namespace lockstep::json
