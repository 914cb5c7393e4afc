#include "format/peek.h"

#include "common/error.h"
#include "format/escape.h"
#include "format/json.h"

namespace lockstep::json {

/// Moves behind the value that comes next.
void Peek::pass(std::size_t depth) {
  if (depth > kMaxDepth) tokens_.fail("nested too deeply");
  if (tokens_.skip('{')) {
    if (tokens_.skip('}')) return;
    do {
      tokens_.key();
      pass(depth + 1);
    } while (tokens_.more('}'));
  } else if (tokens_.skip('[')) {
    if (tokens_.skip(']')) return;
    do pass(depth + 1);
    while (tokens_.more(']'));
  } else {
    tokens_.scalar();
  }
}

/// Moves to the value of this member of the object that comes next.
bool Peek::enter(std::string_view literal) {
  if (!tokens_.skip('{') || tokens_.skip('}')) return false;
  do {
    if (tokens_.key() == literal) return true;
    pass(0);
  } while (tokens_.more('}'));
  return false;
}

std::optional<std::string> Peek::scalar(std::string_view text, std::span<const std::string> keys) {
  if (keys.empty()) return std::nullopt;
  // Most documents do not hold what is looked for.
  if (text.find(quote(keys.back())) == std::string_view::npos) return std::nullopt;
  try {
    tokens_.open(text);
    for (const std::string& key : keys) {
      if (!enter(quote(key))) return std::nullopt;
    }
    if (tokens_.peek() == '{' || tokens_.peek() == '[') return std::nullopt;
    const std::string_view literal = tokens_.scalar();
    if (literal == "null") return std::nullopt;
    if (literal.front() != '"') return std::string(literal);
    std::string value;
    return append_unescaped(value, literal) ? std::optional(value) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // whoever maps the record says what is wrong with it
  }
}

}  // namespace lockstep::json
