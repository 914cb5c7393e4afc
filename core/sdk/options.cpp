#include "sdk/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "common/error.h"
#include "common/text.h"

namespace lockstep {
namespace {

template <class T>
std::optional<T> parse(std::string_view text) {
  T value{};
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A bound as one writes it: without fraction or exponent where it can do without.
std::string shown(double bound) {
  std::array<char, 32> digits{};
  auto written = std::to_chars(digits.data(), digits.data() + digits.size(), bound, std::chars_format::fixed);
  if (written.ec != std::errc()) written = std::to_chars(digits.data(), digits.data() + digits.size(), bound);
  return {digits.data(), written.ptr};
}

}  // namespace

std::optional<std::string> option_problem(OptionType type, std::string_view text) {
  switch (type) {
    case OptionType::Text:
    case OptionType::Path: return std::nullopt;
    case OptionType::Integer:
      if (!parse<std::int64_t>(text)) return "expected an integer";
      return std::nullopt;
    case OptionType::Real:
      if (const auto value = parse<double>(text); !value || !std::isfinite(*value)) return "expected a number";
      return std::nullopt;
    case OptionType::Boolean:
      if (text != "true" && text != "false") return "expected true or false";
      return std::nullopt;
    case OptionType::Duration:
      if (!parse_duration(text)) return "expected a duration such as 30s, 250ms, 2m or 11h";
      return std::nullopt;
  }
  return std::nullopt;
}

std::vector<std::string> choices_of(const Option& option) {
  return option.choices == nullptr ? std::vector<std::string>() : split(option.choices, '|');
}

std::optional<std::string> option_problem(const Option& option, std::string_view text) {
  if (auto problem = option_problem(option.type, text)) return problem;
  if (const auto choices = choices_of(option); !choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
    return "expected one of " + join(choices, ", ") + (option.secret ? "" : did_you_mean(text, choices));
  }
  if (option.type != OptionType::Integer && option.type != OptionType::Real) return std::nullopt;
  const double number = parse<double>(text).value_or(0);
  const bool above = number >= option.least;
  if (above && number <= option.most) return std::nullopt;
  const Option open{};
  if (option.least == open.least) return "must be at most " + shown(option.most);
  if (option.most == open.most) return "must be at least " + shown(option.least);
  return "must be between " + shown(option.least) + " and " + shown(option.most);
}

OptionValues::OptionValues(std::span<const Option> table, std::map<std::string, std::string, std::less<>> given)
    : table_(table), given_(std::move(given)) {}

const Option* OptionValues::option(std::string_view name) const {
  for (const Option& candidate : table_) {
    if (name == candidate.name) return &candidate;
  }
  return nullptr;
}

std::string OptionValues::text(std::string_view name) const {
  if (const auto found = given_.find(name); found != given_.end() && !found->second.empty()) return found->second;
  const Option* known = option(name);
  return known != nullptr && known->fallback != nullptr ? known->fallback : "";
}

bool OptionValues::has(std::string_view name) const { return !text(name).empty(); }

std::int64_t OptionValues::integer(std::string_view name) const { return parse<std::int64_t>(text(name)).value_or(0); }

double OptionValues::real(std::string_view name) const { return parse<double>(text(name)).value_or(0); }

bool OptionValues::boolean(std::string_view name) const { return text(name) == "true"; }

Millis OptionValues::duration(std::string_view name) const { return parse_duration(text(name)).value_or(Millis::zero()); }

}  // namespace lockstep
