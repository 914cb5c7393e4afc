// From text to Json trees and Values.
#include <algorithm>
#include <unordered_set>

#include "format/canonical.h"
#include "format/escape.h"
#include "format/json.h"
#include "format/number.h"
#include "format/tokens.h"

namespace lockstep::json {
namespace {

class Reader {
 public:
  Json read(std::string_view text) {
    tokens_.open(text);
    Json out = value(1);
    tokens_.finish();
    return out;
  }

 private:
  Json value(std::size_t depth) {
    if (depth > kMaxDepth) tokens_.fail("the nesting is too deep");
    if (tokens_.skip('{')) return object(depth);
    if (tokens_.skip('[')) return array(depth);
    return scalar();
  }

  Json object(std::size_t depth) {
    Json::Object members;
    if (tokens_.skip('}')) return members;
    do {
      const std::string_view literal = tokens_.key();
      std::string name = text(literal);
      members.emplace_back(std::move(name), value(depth + 1));
    } while (tokens_.more('}'));
    refuse_twins(members);
    return members;
  }

  Json array(std::size_t depth) {
    Json::Array items;
    if (tokens_.skip(']')) return items;
    do items.push_back(value(depth + 1));
    while (tokens_.more(']'));
    return items;
  }

  Json scalar() {
    const std::string_view token = tokens_.scalar();
    switch (token.front()) {
      case '"': return text(token);
      case 't': return true;
      case 'f': return false;
      case 'n': return nullptr;
      default: return number(token);
    }
  }

  static Json number(std::string_view token) {
    if (const auto integer = plain_integer(token)) return *integer;
    if (const auto real = exact_double(token)) return *real;
    return Json::Verbatim{std::string(token)};
  }

  std::string text(std::string_view literal) {
    if (is_plain(literal)) return std::string(body_of(literal));
    std::string out;
    if (!append_unescaped(out, literal)) tokens_.fail_at(literal, "a string holds a bad escape");
    return out;
  }

  void refuse_twins(const Json::Object& members) {
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string& name = members[i].first;
      const bool twin = members.size() <= 8 ? std::any_of(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i),
                                                          [&](const Json::Member& other) { return other.first == name; })
                                            : !seen.insert(name).second;
      if (twin) tokens_.fail("the object before holds the key " + quote(name).substr(0, 80) + " twice");
    }
  }

  Tokens tokens_;
};

Value number_value(std::string_view digits, Arena& arena) {
  if (const auto integer = plain_integer(digits)) return Value::integer(*integer);
  if (const auto real = exact_double(digits)) return Value::real(*real);
  return Value::number(arena.copy(digits));
}

}  // namespace

Json parse(std::string_view text) {
  thread_local Reader reader;
  return reader.read(text);
}

std::string canonical(std::string_view text) {
  thread_local Tokens tokens;
  CanonicalWriter writer(tokens);
  tokens.open(text);
  writer.value(1);
  tokens.finish();
  return writer.text();
}

std::string canonical(const Json& json) { return canonical(std::string_view(to_text(json))); }

Value to_value(const Json& json, Arena& arena) {
  if (json.is_null()) return Value::null();
  if (const bool* boolean = json.boolean()) return Value::boolean(*boolean);
  if (const std::int64_t* integer = json.integer()) return Value::integer(*integer);
  if (const double* real = json.real()) return Value::real(*real);
  if (const Json::Verbatim* verbatim = json.verbatim()) return number_value(verbatim->digits, arena);
  if (const std::string* text = json.text()) return Value::text(arena.copy(*text));
  return Value::json(arena.copy(canonical(json)));
}

}  // namespace lockstep::json
