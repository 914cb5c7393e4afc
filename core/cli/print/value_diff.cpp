#include "cli/print/value_diff.h"

#include <algorithm>
#include <cctype>
#include <dtl/dtl.hpp>

#include "cli/print/items_reporter.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep {
namespace {

constexpr std::size_t kShortText = 60;        // longer ones are shown one below the other
constexpr std::size_t kContextLines = 2;      // around a change
constexpr std::size_t kComparedLines = 2000;  // of both texts together; the comparison takes the square of it at worst
constexpr std::size_t kShownLeaf = 160;

struct Step {
  char sign;           // ' ', '-' or '+'
  std::size_t before;  // index on that side
  std::size_t after;
};

/// What leads from one sequence to the other.
template <class Element>
std::vector<Step> steps_between(const std::vector<Element>& before, const std::vector<Element>& after) {
  dtl::Diff<Element> diff(before, after);
  diff.onHuge();
  diff.compose();
  std::vector<Step> steps;
  std::size_t a = 0, b = 0;
  for (const auto& [element, info] : diff.getSes().getSequence()) {
    if (info.type == dtl::SES_DELETE) {
      steps.push_back({'-', a++, b});
    } else if (info.type == dtl::SES_ADD) {
      steps.push_back({'+', a, b++});
    } else {
      steps.push_back({' ', a++, b++});
    }
  }
  // What goes away is shown before what comes in its place.
  for (auto first = steps.begin(); first != steps.end();) {
    const auto last = std::find_if(first, steps.end(), [](const Step& step) { return step.sign == ' '; });
    std::stable_partition(first, last, [](const Step& step) { return step.sign == '-'; });
    first = last == steps.end() ? last : last + 1;
  }
  return steps;
}

std::string member_path(const std::string& path, const std::string& key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
  if (!plain) return path + "[" + json::quote(key) + "]";
  return path.empty() ? key : path + "." + key;
}

bool same_meaning(const Json& a, const Json& b) { return a == b || json::canonical(a) == json::canonical(b); }

class LeafWalk {
 public:
  void walk(const std::string& path, const Json& before, const Json& after) {
    if (same_meaning(before, after)) return;
    if (before.object() != nullptr && after.object() != nullptr) {
      objects(path, before, after);
    } else if (before.array() != nullptr && after.array() != nullptr) {
      arrays(path, *before.array(), *after.array());
    } else {
      leaves_.push_back({path, &before, &after});
    }
  }
  std::vector<LeafChange> leaves_;

 private:
  void objects(const std::string& path, const Json& before, const Json& after) {
    for (const auto& [key, value] : *before.object()) {
      const Json* other = after.find(key);
      if (other != nullptr) walk(member_path(path, key), value, *other);
      if (other == nullptr) leaves_.push_back({member_path(path, key), &value, nullptr});
    }
    for (const auto& [key, value] : *after.object()) {
      if (before.find(key) == nullptr) leaves_.push_back({member_path(path, key), nullptr, &value});
    }
  }

  static std::string element_path(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

  /// An element that was taken out where another was put in is that one, changed.
  void arrays(const std::string& path, const Json::Array& before, const Json::Array& after) {
    std::vector<std::string> left, right;
    for (const Json& element : before) left.push_back(json::canonical(element));
    for (const Json& element : after) right.push_back(json::canonical(element));
    const std::vector<Step> steps = steps_between(left, right);
    std::vector<std::size_t> gone, added;
    const auto flush = [&] {
      const std::size_t both = std::min(gone.size(), added.size());
      for (std::size_t i = 0; i < both; ++i) walk(element_path(path, added[i]), before[gone[i]], after[added[i]]);
      for (std::size_t i = both; i < gone.size(); ++i) leaves_.push_back({element_path(path, gone[i]), &before[gone[i]], nullptr});
      for (std::size_t i = both; i < added.size(); ++i) leaves_.push_back({element_path(path, added[i]), nullptr, &after[added[i]]});
      gone.clear();
      added.clear();
    };
    for (const Step& step : steps) {
      if (step.sign == '-') gone.push_back(step.before);
      if (step.sign == '+') added.push_back(step.after);
      if (step.sign == ' ') flush();
    }
    flush();
  }
};

bool is_long(const Json& value) {
  const std::string* text = value.text();
  return text != nullptr && (text->find('\n') != std::string::npos || utf8_length(*text) > kShortText);
}

bool is_tree(const Json& value) { return !json::is_unreadable(value) && (value.object() != nullptr || value.array() != nullptr); }

std::string shown(const Json* value) { return value == nullptr ? "(nothing)" : show_value(*value, kShownLeaf); }

std::string coloured(const std::string& line, std::string_view indent, const Palette& palette) {
  const std::string_view colour = line.starts_with('-') ? palette.bad : line.starts_with('+') ? palette.good : palette.dim;
  return std::string(indent) + std::string(colour) + line + std::string(palette.reset);
}

}  // namespace

std::vector<LeafChange> changed_leaves(const Json& before, const Json& after) {
  LeafWalk walk;
  walk.walk("", before, after);
  return std::move(walk.leaves_);
}

std::vector<std::string> changed_lines(std::string_view before, std::string_view after) {
  const std::vector<std::string> left = split(before, '\n'), right = split(after, '\n');
  std::vector<Step> steps;
  if (left.size() + right.size() <= kComparedLines) {
    steps = steps_between(left, right);
  } else {
    const std::size_t shorter = std::min(left.size(), right.size());
    std::size_t same = 0;
    while (same < shorter && left[same] == right[same]) steps.push_back({' ', same, same}), ++same;
    for (std::size_t i = same; i < left.size(); ++i) steps.push_back({'-', i, same});
    for (std::size_t i = same; i < right.size(); ++i) steps.push_back({'+', left.size(), i});
  }
  std::vector<bool> near(steps.size(), false);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].sign == ' ') continue;
    const std::size_t first = i > kContextLines ? i - kContextLines : 0;
    const std::size_t last = std::min(i + kContextLines, steps.size() - 1);
    for (std::size_t j = first; j <= last; ++j) near[j] = true;
  }
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (near[i]) {
      lines.push_back(std::string(1, steps[i].sign) + " " + (steps[i].sign == '+' ? right[steps[i].after] : left[steps[i].before]));
    } else if (lines.empty() || lines.back() != "…") {
      lines.emplace_back("…");
    }
  }
  return lines;
}

bool reads_as_difference(const Json& before, const Json& after) {
  const bool texts = before.text() != nullptr && after.text() != nullptr;
  return (texts && (is_long(before) || is_long(after))) || (is_tree(before) && is_tree(after));
}

std::vector<std::string> show_change(const FieldDelta& field, bool created, std::string_view indent, const Palette& palette) {
  const std::string head = std::string(indent) + printable(field.column) + ":";
  const std::string below = std::string(indent) + "  ";
  std::vector<std::string> lines;
  if (!created && field.before.text() != nullptr && reads_as_difference(field.before, field.after)) {
    lines.push_back(head);
    for (const std::string& line : changed_lines(*field.before.text(), *field.after.text())) {
      lines.push_back(coloured(printable(line), below, palette));
    }
  } else if (!created && reads_as_difference(field.before, field.after)) {
    lines.push_back(head);
    for (const LeafChange& leaf : changed_leaves(field.before, field.after)) {
      const bool texts = leaf.before != nullptr && leaf.after != nullptr && is_long(*leaf.before) && is_long(*leaf.after);
      const std::string path = leaf.path.empty() ? "(whole)" : leaf.path;
      if (texts) {
        for (std::string& line : show_change({path, *leaf.before, *leaf.after}, false, below, palette)) lines.push_back(std::move(line));
      } else {
        lines.push_back(below + printable(path) + ": " + shown(leaf.before) + " → " + shown(leaf.after));
      }
    }
  } else {
    lines.push_back(show_field(field, created, indent));
  }
  return lines;
}

}  // namespace lockstep
