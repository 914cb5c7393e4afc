#include "format/path_patterns.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/error.h"
#include "common/text.h"

namespace lockstep {
namespace {

/// Steps are bits of a word, and one more says that all are done.
constexpr std::size_t kMostSteps = 63;

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::Invalid, "pattern " + in_quotes(ellipsize(text, 200)) + ": " + std::string(why));
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The name that ends before the colon at `colon`, without quotes; empty data when no name ends there.
std::string_view name_before(std::string_view json, std::size_t colon) {
  std::size_t end = colon;
  while (end > 0 && is_blank(json[end - 1])) --end;
  if (end < 2 || json[end - 1] != '"' || json[end - 2] == '\\') return {};
  const void* quote = memrchr(json.data(), '"', end - 1);
  if (quote == nullptr) return {};
  const auto begin = static_cast<std::size_t>(static_cast<const char*>(quote) - json.data());
  // An escape in the name is kept in the answer.
  return begin > 0 && json[begin - 1] == '\\' ? json.substr(begin - 1, end - begin) : json.substr(begin + 1, end - begin - 2);
}

bool is_null_at(std::string_view json, std::size_t at) {
  while (at < json.size() && is_blank(json[at])) ++at;
  return json.substr(at, 4) == "null";
}

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

PathPatterns::PathPatterns(std::span<const std::string> texts) {
  for (const std::string& text : texts) add(parse(text));
}

PathPatterns::Pattern PathPatterns::parse(std::string_view text) {
  Pattern pattern;
  pattern.out = text.starts_with('!');
  const Path path = Path::parse(text.substr(pattern.out ? 1 : 0));
  for (const Path::Step& step : path.steps()) {
    using Kind = Path::Step::Kind;
    if (step.kind == Kind::Each) {
      pattern.steps.push_back({Step::Kind::One, {}});
    } else if (step.kind != Kind::Key) {
      refuse(text, "every element of a list is meant; leave the brackets out");
    } else if (step.key == "**") {
      pattern.steps.push_back({Step::Kind::Any, {}});
    } else {
      pattern.steps.push_back({Step::Kind::Name, plain_name(step.key)});
    }
  }
  if (pattern.steps.size() > kMostSteps) refuse(text, "it has more than " + std::to_string(kMostSteps) + " steps");
  return pattern;
}

void PathPatterns::add(Pattern pattern) {
  const int number = static_cast<int>(patterns_.size());
  const auto is_name = [](const Step& step) { return step.kind == Step::Kind::Name; };
  if (pattern.steps.size() == 2 && pattern.steps[0].kind == Step::Kind::Any && is_name(pattern.steps[1])) {
    anywhere_.add(pattern.steps[1].glob, number);
  } else {
    stepwise_.push_back(number);
    const auto last = std::find_if(pattern.steps.rbegin(), pattern.steps.rend(), is_name);
    if (!pattern.out && last == pattern.steps.rend()) everywhere_ = true;
    if (!pattern.out && last != pattern.steps.rend()) last_names_.add(last->glob, number);
  }
  patterns_.push_back(std::move(pattern));
}

std::uint64_t PathPatterns::settled(const Pattern& pattern, std::uint64_t next) const {
  for (std::size_t i = 0; i < pattern.steps.size(); ++i) {
    if ((next >> i & 1U) != 0 && pattern.steps[i].kind == Step::Kind::Any) next |= std::uint64_t{1} << (i + 1);
  }
  return next;
}

/// `number`: the last pattern that names this place by its name alone, or -1.
PathPatterns::Place PathPatterns::judged(Place place, int number) const {
  for (std::size_t i = 0; i < stepwise_.size(); ++i) {
    const Pattern& pattern = patterns_[static_cast<std::size_t>(stepwise_[i])];
    if ((place.next_[i] >> pattern.steps.size() & 1U) != 0) number = std::max(number, stepwise_[i]);
  }
  place.named_ = place.named_ || (number >= 0 && !patterns_[static_cast<std::size_t>(number)].out);
  return place;
}

PathPatterns::Place PathPatterns::root() const {
  Place place;
  for (const int number : stepwise_) place.next_.push_back(settled(patterns_[static_cast<std::size_t>(number)], 1));
  return place;
}

PathPatterns::Place PathPatterns::member(const Place& here, std::string_view name) const {
  const std::string plain = plain_name(name);
  Place place;
  place.named_ = here.named_;
  place.next_.reserve(stepwise_.size());
  for (std::size_t i = 0; i < stepwise_.size(); ++i) {
    const Pattern& pattern = patterns_[static_cast<std::size_t>(stepwise_[i])];
    std::uint64_t next = 0;
    for (std::size_t step = 0; here.next_[i] >> step != 0 && step < pattern.steps.size(); ++step) {
      if ((here.next_[i] >> step & 1U) == 0) continue;
      const Step& wanted = pattern.steps[step];
      if (wanted.kind == Step::Kind::Any) next |= std::uint64_t{1} << step;
      if (wanted.kind == Step::Kind::One || (wanted.kind == Step::Kind::Name && glob_matches(wanted.glob, plain)))
        next |= std::uint64_t{1} << (step + 1);
    }
    place.next_.push_back(settled(pattern, next));
  }
  return judged(std::move(place), anywhere_.find(plain));
}

PathPatterns::Place PathPatterns::element(const Place& here) const {
  Place place;
  place.named_ = here.named_;
  place.next_.reserve(stepwise_.size());
  for (std::size_t i = 0; i < stepwise_.size(); ++i) {
    const Pattern& pattern = patterns_[static_cast<std::size_t>(stepwise_[i])];
    std::uint64_t next = 0;
    for (std::size_t step = 0; step < pattern.steps.size(); ++step) {
      if ((here.next_[i] >> step & 1U) == 0) continue;
      next |= std::uint64_t{1} << (pattern.steps[step].kind == Step::Kind::One ? step + 1 : step);
    }
    place.next_.push_back(settled(pattern, next));
  }
  return judged(std::move(place), -1);
}

PathPatterns::Place PathPatterns::at(const Path& path) const {
  Place place = root();
  for (const Path::Step& step : path.steps()) place = step.kind == Path::Step::Kind::Key ? member(place, step.key) : element(place);
  return place;
}

void PathPatterns::walk(Json& value, const Place& here, Steps& steps, const Visit& visit) const {
  const auto enter = [&](Json& inner, const Place& place, const std::string& step) {
    if (inner.is_null()) return false;
    steps.push_back(step);
    bool removed = false;
    if (place.is_named()) {
      removed = visit(inner, steps);
    } else {
      walk(inner, place, steps, visit);
    }
    steps.pop_back();
    return removed;
  };
  if (Json::Array* elements = value.array()) {
    const Place place = element(here);
    for (Json& each : *elements) {
      if (enter(each, place, "*")) each = Json();
    }
  } else if (Json::Object* members = value.object()) {
    for (std::size_t i = 0; i < members->size();) {
      Json::Member& each = (*members)[i];
      const bool removed = enter(each.second, member(here, each.first), each.first);
      if (removed) members->erase(members->begin() + static_cast<std::ptrdiff_t>(i));
      i += removed ? 0 : 1;
    }
  }
}

void PathPatterns::visit(Json& value, const Place& here, const Visit& visit) const {
  if (value.is_null()) return;
  Steps steps;
  if (!here.is_named()) return walk(value, here, steps, visit);
  if (visit(value, steps)) value = Json();
}

bool PathPatterns::may_be_named(std::string_view name, std::string& plain) const {
  if (!name.empty() && !anywhere_.may_end_with(name.back()) && !last_names_.may_end_with(name.back())) return false;
  plain.clear();
  append_plain_name(plain, name);
  const int number = anywhere_.find(plain);
  return (number >= 0 && !patterns_[static_cast<std::size_t>(number)].out) || last_names_.find(plain) >= 0;
}

bool PathPatterns::may_name_in(std::string_view json) const {
  if (everywhere_) return true;
  std::string plain;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const void* found = std::memchr(json.data() + at, ':', json.size() - at);
    if (found == nullptr) return false;
    at = static_cast<std::size_t>(static_cast<const char*>(found) - json.data());
    const std::string_view name = name_before(json, at);
    if (name.data() == nullptr) continue;
    if (name.find('\\') != std::string_view::npos) return true;
    if (may_be_named(name, plain) && !is_null_at(json, at + 1)) return true;
  }
  return false;
}

bool PathPatterns::may_name_in_bytes(std::string_view bytes) const {
  if (everywhere_) return true;
  std::string plain;
  while (!bytes.empty()) {
    const auto end = std::find_if_not(bytes.begin(), bytes.end(), in_name);
    const std::string_view word = bytes.substr(0, static_cast<std::size_t>(end - bytes.begin()));
    if (may_be_named(word, plain)) return true;
    bytes.remove_prefix(std::min(bytes.size(), word.size() + 1));
  }
  return false;
}

std::optional<std::string> top_member(std::string_view pattern) {
  if (pattern.starts_with('!')) return std::nullopt;
  const Path path = Path::parse(pattern);
  return path.top().find('*') == std::string::npos && !path.top().empty() ? std::optional(path.top()) : std::nullopt;
}

bool PathPatterns::may_name_inside(const Place& here) const {
  if (patterns_.size() > stepwise_.size()) return true;
  return std::any_of(here.next_.begin(), here.next_.end(), [](std::uint64_t next) { return next != 0; });
}

}  // namespace lockstep
