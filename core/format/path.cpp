#include "format/path.h"

#include <algorithm>
#include <charconv>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

using Step = Path::Step;
using StepKind = Path::Step::Kind;

class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  std::vector<Step> read() {
    std::vector<Step> steps{at_ < text_.size() && text_[at_] == '[' ? bracket() : key()};
    while (at_ < text_.size()) {
      if (steps.size() == json::kMaxDepth) fail("no document is nested deeper than " + std::to_string(json::kMaxDepth) + " levels");
      if (text_[at_] == '[') {
        steps.push_back(bracket());
      } else if (text_[at_] == '.') {
        ++at_;
        steps.push_back(key());
      } else {
        fail("a dot or a bracket is missing");
      }
    }
    if (steps.front().kind != StepKind::Key) fail("a path starts with a key");
    return steps;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw Error(ErrorKind::Invalid,
                "path \"" + printable(ellipsize(text_, 200)) + "\": " + std::string(what) + " at character " + std::to_string(at_ + 1));
  }

  bool at_quote() const { return at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\''); }

  Step key() {
    Step step;
    if (at_quote()) {
      step.key = quoted();
      return step;
    }
    const std::size_t begin = at_;
    step.key = plain();
    if (at_ == begin) fail("a key is missing");
    if (text_.substr(begin, at_ - begin) == "*") step = {StepKind::Each, {}, {}, 0};
    return step;
  }

  /// A backslash takes the next byte as it is. Names with a slash usually hold dots too, so that they are asked to be plain about it.
  std::string plain() {
    std::string out;
    for (; at_ < text_.size() && std::string_view(".[]\"'= ").find(text_[at_]) == std::string_view::npos; ++at_) {
      if (text_[at_] == '/') fail("put quotes around a key that holds a slash: a.\"b.c/d\";");
      if (text_[at_] == '\\' && ++at_ == text_.size()) fail("a backslash at the end");
      out += text_[at_];
    }
    return out;
  }

  std::string quoted() {
    std::string out;
    const char quote = text_[at_];
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    if (at_ == text_.size()) fail("a quote is not closed");
    ++at_;
    return out;
  }

  Step bracket() {
    ++at_;
    const std::size_t stop = text_.find_first_of("]=", at_);
    const bool selects = stop < text_.size() && text_[stop] == '=';
    Step step = at_quote() ? named() : selects ? selection(key()) : index();
    if (at_ >= text_.size() || text_[at_] != ']') fail("a bracket is not closed");
    ++at_;
    return step;
  }

  /// ["key"] or ["key"=value].
  Step named() {
    Step step = key();
    return at_ < text_.size() && text_[at_] == '=' ? selection(std::move(step)) : step;
  }

  Step selection(Step step) {
    if (step.kind == StepKind::Each) {
      --at_;
      fail("* selects no element; put quotes around a key of that name");
    }
    step.kind = StepKind::Select;
    if (at_ >= text_.size() || text_[at_] != '=') fail("an equals sign is missing");
    ++at_;
    step.value = selected();
    return step;
  }

  Step index() {
    Step step;
    step.kind = StepKind::Index;
    const std::size_t stop = std::min(text_.find(']', at_), text_.size());
    const auto result = std::from_chars(text_.data() + at_, text_.data() + stop, step.index);
    if (result.ec != std::errc() || result.ptr != text_.data() + stop) fail("[\"key\"], [key=value] or [number] is missing");
    at_ = stop;
    return step;
  }

  std::string selected() {
    if (at_quote()) return quoted();
    const std::size_t stop = std::min(text_.find(']', at_), text_.size());
    if (stop == at_) fail("a value is missing");
    std::string out(text_.substr(at_, stop - at_));
    at_ = stop;
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// What a key that is not quoted cannot hold.
constexpr std::string_view kSpecial = ".[]\"'= \\/";

std::string spelled(const std::string& name, std::string_view special) {
  if (!name.empty() && name != "*" && name.find_first_of(special) == std::string::npos) return name;
  std::string out = "\"";
  for (const char byte : name) {
    if (byte == '"' || byte == '\\') out += '\\';
    out += byte;
  }
  return out += '"';
}

/// The element that a Select or Index step names.
const Json* element(const Json::Array& items, const Step& step) {
  if (step.kind == StepKind::Index) return step.index < items.size() ? &items[step.index] : nullptr;
  for (const Json& item : items) {
    const Json* member = item.find(step.key);
    if (member != nullptr && member->text() != nullptr && *member->text() == step.value) return &item;
  }
  return nullptr;
}

const Json* follow(const Json& from, const Step& step) {
  if (step.kind == StepKind::Key) return from.find(step.key);
  if (step.kind == StepKind::Each || from.array() == nullptr) return nullptr;
  return element(*from.array(), step);
}

/// What a step names, each of many for `*`.
void follow_all(Json& from, const Step& step, std::vector<Json*>& out) {
  if (step.kind != StepKind::Each) {
    if (const Json* one = follow(from, step)) out.push_back(const_cast<Json*>(one));
    return;
  }
  if (Json::Array* items = from.array()) {
    for (Json& item : *items) out.push_back(&item);
  } else if (Json::Object* members = from.object()) {
    for (Json::Member& member : *members) out.push_back(&member.second);
  }
}

[[noreturn]] void in_the_way(const Path& path, const Step& step, std::string_view what) {
  const std::string name =
      step.kind == StepKind::Key ? step.key : "[" + (step.kind == StepKind::Select ? step.key : std::to_string(step.index)) + "]";
  throw Error(ErrorKind::Conflict, path.text() + " cannot be set: at \"" + name + "\" " + std::string(what));
}

Json& reach_element(Json& array, const Step& step, const Path& path) {
  if (array.is_null()) array = Json::Array{};
  Json::Array* items = array.array();
  if (items == nullptr || step.kind == StepKind::Each) in_the_way(path, step, "the document holds no list");
  if (const Json* found = element(*items, step)) return const_cast<Json&>(*found);
  if (step.kind == StepKind::Index && step.index != items->size()) in_the_way(path, step, "the list is shorter");
  items->emplace_back();
  if (step.kind == StepKind::Select) items->back()[step.key] = step.value;
  return items->back();
}

void remove(Json& from, const Step& step) {
  if (step.kind == StepKind::Key) {
    from.erase(step.key);
    return;
  }
  Json::Array* items = from.array();
  const Json* found = items == nullptr || step.kind == StepKind::Each ? nullptr : element(*items, step);
  if (found == nullptr) return;
  if (step.kind == StepKind::Index)
    const_cast<Json&>(*found) = nullptr;
  else
    items->erase(items->begin() + (found - items->data()));
}

/// Refuses to make what step `i` names beside a member whose name is that of several steps: it is the one that was meant.
void refuse_split_name(const Json& object, const Path& path, std::size_t i) {
  const std::vector<Step>& steps = path.steps();
  std::string name = steps[i].key;
  for (std::size_t next = i + 1; next < steps.size() && steps[next].kind == StepKind::Key; ++next) {
    name += '.' + steps[next].key;
    if (object.find(name) == nullptr) continue;
    throw Error(ErrorKind::Conflict, path.text() + " cannot be set: the document has one member " + in_quotes(name) + " there",
                "put quotes around the name in the path");
  }
}

/// True when what comes after step `i` of `other` writes the member by which `step` selects.
bool selects_by_next(const Step& step, const std::vector<Step>& other, std::size_t i) {
  return step.kind == StepKind::Select && i + 1 < other.size() && other[i + 1].kind == StepKind::Key && other[i + 1].key == step.key;
}

bool only_selects(const Json& element, const Step& step) {
  return step.kind == StepKind::Select && element.object() != nullptr && element.object()->size() == 1;
}

}  // namespace

Path Path::parse(std::string_view text) {
  Path out;
  out.steps_ = PathReader(text).read();
  return out;
}

std::string Path::text() const {
  std::string out;
  for (const Step& step : steps_) {
    if (step.kind == StepKind::Index) {
      out += '[' + std::to_string(step.index) + ']';
    } else if (step.kind == StepKind::Select) {
      out += '[' + spelled(step.key, kSpecial) + '=' + spelled(step.value, "]\"'\\") + ']';
    } else {
      if (!out.empty()) out += '.';
      out += step.kind == StepKind::Each ? "*" : spelled(step.key, kSpecial);
    }
  }
  return out;
}

bool Path::contains(const Path& other) const {
  if (steps_.empty() || steps_.size() > other.steps_.size()) return false;
  return std::equal(steps_.begin(), steps_.end(), other.steps_.begin(),
                    [](const Step& mine, const Step& theirs) { return mine.kind == StepKind::Each || mine == theirs; });
}

Path Path::of_key(std::string key) {
  Path path;
  path.steps_.push_back({Step::Kind::Key, std::move(key), {}, 0});
  return path;
}

Path Path::below(const Path& outer) const {
  Path rest;
  rest.steps_.assign(steps_.begin() + static_cast<std::ptrdiff_t>(std::min(outer.steps_.size(), steps_.size())), steps_.end());
  return rest;
}

bool Path::may_overlap(const Path& other) const {
  const std::size_t common = std::min(steps_.size(), other.steps_.size());
  for (std::size_t i = 0; i < common; ++i) {
    const Step& a = steps_[i];
    const Step& b = other.steps_[i];
    if (a == b || a.kind == StepKind::Each || b.kind == StepKind::Each) continue;
    if (a.kind == StepKind::Key || b.kind == StepKind::Key) return false;
    if (a.kind == StepKind::Index && b.kind == StepKind::Index) return false;
    if (a.kind == StepKind::Select && b.kind == StepKind::Select && a.key == b.key) return false;
    if (selects_by_next(a, other.steps_, i) || selects_by_next(b, steps_, i)) return true;
  }
  return common > 0;
}

bool Path::ends_at_selector() const {
  if (steps_.size() < 2) return false;
  const Step& last = steps_.back();
  const Step& before = steps_[steps_.size() - 2];
  return before.kind == StepKind::Select && last.kind == StepKind::Key && last.key == before.key;
}

bool Path::has_each() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const Step& step) { return step.kind == StepKind::Each; });
}

const Json* Path::find(const Json& document) const {
  const Json* at = &document;
  for (const Step& step : steps_) {
    at = follow(*at, step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

bool Path::has_holder(const Json& document) const {
  if (steps_.back().kind != StepKind::Key) return find(document) != nullptr;
  const Json* at = &document;
  for (std::size_t i = 0; i + 1 < steps_.size() && at != nullptr; ++i) at = follow(*at, steps_[i]);
  return at != nullptr && at->object() != nullptr;
}

Json& Path::reach(Json& document) const {
  Json* at = &document;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    if (step.kind == StepKind::Key) {
      if (at->find(step.key) == nullptr) refuse_split_name(*at, *this, i);
      if (!at->is_null() && at->object() == nullptr) in_the_way(*this, step, "the document holds no object");
      at = &(*at)[step.key];
    } else {
      at = &reach_element(*at, step, *this);
    }
  }
  return *at;
}

void Path::erase_each(Json& document) const {
  std::vector<Json*> here{&document};
  for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
    std::vector<Json*> inside;
    for (Json* one : here) follow_all(*one, steps_[i], inside);
    here = std::move(inside);
  }
  for (Json* one : here) remove(*one, steps_.back());
}

void Path::erase(Json& document) const {
  std::vector<Json*> way{&document};
  for (std::size_t i = 0; i + 1 < steps_.size(); ++i) {
    const Json* next = follow(*way.back(), steps_[i]);
    if (next == nullptr) return;
    way.push_back(const_cast<Json*>(next));
  }
  remove(*way.back(), steps_.back());
  if (way.size() > 1 && only_selects(*way.back(), steps_[way.size() - 2])) remove(*way[way.size() - 2], steps_[way.size() - 2]);
}

std::vector<std::string> path_keys(std::string_view text) {
  std::vector<std::string> keys;
  const Path path = Path::parse(text);
  for (const Step& step : path.steps()) {
    if (step.kind == StepKind::Select || step.kind == StepKind::Index)
      throw Error(ErrorKind::Invalid, "path " + in_quotes(text) + " may go through members alone; * stands for every element");
    keys.push_back(step.kind == StepKind::Each ? "*" : step.key);
  }
  return keys;
}

}  // namespace lockstep
