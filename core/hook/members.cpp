#include "hook/members.h"

#include "common/error.h"
#include "common/text.h"
#include "format/escape.h"
#include "format/json.h"
#include "format/tokens.h"

namespace lockstep::hook {
namespace {

void pass_value(json::Tokens& tokens, std::size_t depth) {
  if (depth > json::kMaxDepth) tokens.fail("the nesting is too deep");
  if (tokens.skip('{')) {
    if (tokens.skip('}')) return;
    do {
      tokens.key();
      pass_value(tokens, depth + 1);
    } while (tokens.more('}'));
  } else if (tokens.skip('[')) {
    if (tokens.skip(']')) return;
    do pass_value(tokens, depth + 1);
    while (tokens.more(']'));
  } else {
    tokens.scalar();
  }
}

// A value lies between its name's colon and whatever separates it from the next name: spaces and one comma or bracket.
std::string_view value_between(const char* name_end, const char* next_name) {
  std::string_view text = trim({name_end, next_name});
  text.remove_prefix(1);
  text.remove_suffix(1);
  return trim(text);
}

bool is_name(std::string_view literal, std::string_view key) {
  if (json::is_plain(literal)) return json::body_of(literal) == key;
  std::string name;
  return json::append_unescaped(name, literal) && name == key;
}

}  // namespace

Members::Members(std::string_view text) : text_(text) {
  thread_local json::Tokens tokens;
  tokens.open(text);
  if (!tokens.skip('{')) throw Error(ErrorKind::Invalid, "the text is no JSON object");
  if (!tokens.skip('}')) {
    do {
      names_.push_back(tokens.key());
      pass_value(tokens, 2);
    } while (tokens.more('}'));
  }
  tokens.finish();
}

std::optional<Json> Members::find(std::string_view key) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!is_name(names_[i], key)) continue;
    const char* next = i + 1 < names_.size() ? names_[i + 1].data() : text_.data() + text_.size();
    return json::parse(value_between(names_[i].data() + names_[i].size(), next));
  }
  return std::nullopt;
}

}  // namespace lockstep::hook
