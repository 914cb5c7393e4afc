// Typed access to a YAML tree: what a scalar may mean is said here, not by YAML's guesses ("010" is not 8, "no" is not false).
#include <charconv>
#include <cmath>

#include "common/text.h"
#include "format/yaml.h"

namespace lockstep::yaml {
namespace {

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Missing:
    case Node::Kind::Null: return "nothing";
    case Node::Kind::Sequence: return "a list";
    case Node::Kind::Map: return "a map";
    case Node::Kind::Scalar: break;
  }
  if (node.from_environment) return node.scalar.empty() ? "an empty variable" : "what the variable holds";
  return (node.quoted ? "the text \"" : "\"") + printable(node.scalar) + "\"";
}

void expected(std::string_view what, const Node& node, Problems& problems, std::string_view hint = {}) {
  problems.add(node.place, "expected " + std::string(what) + ", not " + describe(node) + std::string(hint));
}

/// A scalar whose text may be read as something other than text.
bool is_plain(const Node& node) { return node.kind == Node::Kind::Scalar && (!node.quoted || node.from_environment); }

bool has_leading_zero(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

template <class Number>
std::optional<Number> number(const Node& node, std::string_view what, Problems& problems) {
  if (!node) return std::nullopt;
  Number value{};
  const char* const end = node.scalar.data() + node.scalar.size();
  const auto result = std::from_chars(node.scalar.data(), end, value);
  const bool read = is_plain(node) && !node.scalar.empty() && result.ec == std::errc() && result.ptr == end;
  const bool finite = read && std::isfinite(static_cast<double>(value));
  if (finite && !has_leading_zero(node.scalar)) return value;
  expected(what, node, problems,
           read && finite                   ? "; leave out the leading zero"
           : node.quoted && !is_plain(node) ? "; leave out the quotes"
                                            : "");
  return std::nullopt;
}

}  // namespace

const Node& Node::operator[](std::string_view key) const {
  static const Node nowhere;
  for (const Member& member : members) {
    if (member.key == key) return member.value;
  }
  return absent ? *absent : nowhere;
}

std::optional<std::string> as_text(const Node& node, Problems& problems) {
  if (!node) return std::nullopt;
  if (node.kind == Node::Kind::Scalar) return node.scalar;
  expected("a text", node, problems);
  return std::nullopt;
}

std::optional<std::int64_t> as_integer(const Node& node, Problems& problems) { return number<std::int64_t>(node, "an integer", problems); }

std::optional<double> as_real(const Node& node, Problems& problems) { return number<double>(node, "a number", problems); }

std::optional<bool> as_boolean(const Node& node, Problems& problems) {
  if (!node) return std::nullopt;
  if (is_plain(node) && node.scalar == "true") return true;
  if (is_plain(node) && node.scalar == "false") return false;
  expected("true or false", node, problems, node.quoted && !is_plain(node) ? "; leave out the quotes" : "");
  return std::nullopt;
}

void only_keys(const Node& map, std::span<const std::string> allowed, Problems& problems) {
  for (const Node::Member& member : map.members) {
    bool known = false;
    for (const std::string& name : allowed) known = known || name == member.key;
    if (!known) problems.add(member.place, "unknown option " + in_quotes(member.key) + did_you_mean(member.key, allowed));
  }
}

}  // namespace lockstep::yaml
