#include "format/pattern_walk.h"

#include <algorithm>

#include "format/escape.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// What is learned has bounds: members may be named by data.
constexpr std::size_t kMostNodes = 4096;
constexpr std::size_t kMostMembers = 256;
/// More names than this are sorted to be compared.
constexpr std::size_t kFewNames = 12;

std::string_view slice(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

struct PatternWalk::Node {
  struct Member {
    std::string name;
    std::unique_ptr<Node> node;
  };

  explicit Node(PathPatterns::Place at) : place(std::move(at)) {}

  PathPatterns::Place place;
  std::vector<Member> members;
  std::size_t next = 0;  ///< the member that comes next when this object is like the one before
  std::unique_ptr<Node> element;
  std::uint64_t seen = 0;  ///< number of the object in which this member was met last
};

PatternWalk::PatternWalk(const PathPatterns& patterns, const std::vector<PathPatterns::Place>& starts) : patterns_(patterns) {
  for (const PathPatterns::Place& start : starts) starts_.push_back(std::make_unique<Node>(start));
}

PatternWalk::~PatternWalk() = default;

const std::vector<PatternWalk::Found>& PatternWalk::find(std::string_view json, std::size_t start, const AlsoWanted& also) {
  also_ = also ? &also : nullptr;
  found_.clear();
  member_ = {};
  names_.clear();
  spelled_.clear();
  tokens_.open(json);
  enter(starts_.at(start).get(), 1);
  tokens_.finish();
  return found_;
}

/// Moves past the value that stands at a place, and keeps it when the place is named.
void PatternWalk::enter(Node* inner, std::size_t depth) {
  if (inner == nullptr || !inner->place.is_named()) return value(inner, depth);
  const char* begin = tokens_.at();
  value(nullptr, depth);
  const std::string_view named = slice(begin, tokens_.behind());
  if (named != "null") found_.push_back({named, member_});
}

/// `here` is null inside of what is named.
void PatternWalk::value(Node* here, std::size_t depth) {
  if (depth > json::kMaxDepth) tokens_.fail("the nesting is too deep");
  if (tokens_.skip('{')) return object(here, depth);
  if (tokens_.skip('[')) return array(here, depth);
  scalar(here != nullptr);
}

void PatternWalk::scalar(bool outside) {
  const std::string_view literal = tokens_.scalar();
  if (literal.front() != '"') return;
  check_escapes(literal);
  if (outside && also_ != nullptr && (*also_)(literal)) found_.push_back({literal, member_});
}

void PatternWalk::array(Node* here, std::size_t depth) {
  if (tokens_.skip(']')) return;
  if (here != nullptr && !here->element) here->element = std::make_unique<Node>(patterns_.element(here->place));
  Node* const element = here == nullptr ? nullptr : here->element.get();
  do enter(element, depth + 1);
  while (tokens_.more(']'));
}

void PatternWalk::object(Node* here, std::size_t depth) {
  if (tokens_.skip('}')) return;
  const std::uint64_t number = ++objects_;
  const std::size_t first = names_.size();
  if (here != nullptr) here->next = 0;
  do {
    const std::string_view literal = tokens_.key();
    member(here, name_of(literal), number, depth);
  } while (tokens_.more('}'));
  refuse_twins(first);
}

void PatternWalk::member(Node* here, std::string_view name, std::uint64_t number, std::size_t depth) {
  if (depth == 1) member_ = name;
  Node* const inner = here == nullptr ? nullptr : known(*here, name);
  if (inner != nullptr) {
    if (inner->seen == number) tokens_.fail("an object holds a key twice");
    inner->seen = number;
    return enter(inner, depth + 1);
  }
  names_.push_back(name);
  if (here == nullptr) return enter(nullptr, depth + 1);
  Node once(patterns_.member(here->place, name));
  enter(&once, depth + 1);
}

/// nullptr where no more is learned.
PatternWalk::Node* PatternWalk::known(Node& here, std::string_view name) {
  const auto take = [&](std::size_t at) {
    here.next = at + 1;
    return here.members[at].node.get();
  };
  if (here.next < here.members.size() && here.members[here.next].name == name) return take(here.next);
  for (std::size_t i = 0; i < here.members.size(); ++i) {
    if (here.members[i].name == name) return take(i);
  }
  if (nodes_ >= kMostNodes || here.members.size() >= kMostMembers) return nullptr;
  ++nodes_;
  here.members.push_back({std::string(name), std::make_unique<Node>(patterns_.member(here.place, name))});
  return take(here.members.size() - 1);
}

/// Lives until the next text.
std::string_view PatternWalk::name_of(std::string_view literal) {
  if (json::is_plain(literal)) return json::body_of(literal);
  std::string& name = spelled_.emplace_back();
  if (!json::append_unescaped(name, literal)) tokens_.fail_at(literal, "a name holds a bad escape");
  return name;
}

void PatternWalk::check_escapes(std::string_view literal) {
  if (json::is_plain(literal)) return;
  room_.clear();
  if (!json::append_unescaped(room_, literal)) tokens_.fail_at(literal, "a string holds a bad escape");
}

/// Names that a node stands for are known to be met once.
void PatternWalk::refuse_twins(std::size_t first) {
  const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
  bool twins = false;
  if (names_.size() - first <= kFewNames) {
    for (auto one = begin; one != names_.end() && !twins; ++one) twins = std::find(begin, one, *one) != one;
  } else {
    std::sort(begin, names_.end());
    twins = std::adjacent_find(begin, names_.end()) != names_.end();
  }
  if (twins) tokens_.fail("an object holds a key twice");
  names_.erase(begin, names_.end());
}

}  // namespace lockstep
