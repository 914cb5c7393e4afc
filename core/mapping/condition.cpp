#include "mapping/condition.h"

#include <algorithm>
#include <charconv>

#include "common/text.h"
#include "common/time.h"
#include "data/row.h"
#include "format/json.h"

namespace lockstep {
namespace {

std::string spelled(const Json& value) { return value.text() != nullptr ? *value.text() : json::to_text(value); }

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Databases keep a boolean as a number.
std::string_view as_number(std::string_view text) { return text == "true" ? "1" : text == "false" ? "0" : text; }

/// Less than 0, 0, greater than 0: `cell` against `bound`.
int compare(const std::string& cell, const std::string& bound) {
  const auto order = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  const auto a = number_of(cell), b = number_of(bound);
  if (a && b) return order(*a, *b);
  const auto then = parse_time(cell), limit = parse_time(bound);
  return then && limit ? order(*then, *limit) : order(cell, bound);
}

bool equals(const Value& cell, const Json& value) {
  if (cell.is_nothing() || value.is_null()) return cell.is_nothing() && value.is_null();
  const std::string here = to_display(cell), wanted = spelled(value);
  if (here == wanted) return true;
  if (value.text() != nullptr) return false;
  const auto a = number_of(as_number(here)), b = number_of(as_number(wanted));
  return a && b && *a == *b;
}

std::string listed(const std::vector<Json>& values) {
  std::vector<std::string> texts;
  for (const Json& value : values) texts.push_back(value.is_null() ? "nothing" : spelled(value));
  return join(texts, ", ");
}

}  // namespace

bool RowCondition::holds(const Value& cell) const {
  const auto is = [&](const Json& value) { return equals(cell, value); };
  if (!among.empty() && std::none_of(among.begin(), among.end(), is)) return false;
  if (std::any_of(not_among.begin(), not_among.end(), is)) return false;
  if (!from && !to) return true;
  if (cell.is_nothing()) return false;
  const std::string text = to_display(cell);
  return (!from || compare(text, spelled(*from)) >= 0) && (!to || compare(text, spelled(*to)) <= 0);
}

std::string RowCondition::text() const {
  std::vector<std::string> parts;
  if (!among.empty()) parts.push_back((among.size() > 1 ? "is one of " : "is ") + listed(among));
  if (!not_among.empty()) parts.push_back((not_among.size() > 1 ? "is none of " : "is not ") + listed(not_among));
  if (from) parts.push_back("is from " + spelled(*from) + " on");
  if (to) parts.push_back("is up to " + spelled(*to));
  return column + " " + join(parts, " and ");
}

}  // namespace lockstep
