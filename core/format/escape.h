// String literals of JSON: from escapes to text and back. Own code because simdjson's unescaper lets a lone low surrogate pass and
// writes only into buffers of its parser.
#pragma once

#include <string>
#include <string_view>

namespace lockstep::json {

/// The literal without its quotes.
inline std::string_view body_of(std::string_view literal) { return literal.substr(1, literal.size() - 2); }
/// True when the literal's body is its text: it holds no escape.
bool is_plain(std::string_view literal);
/// Writes the text of `literal` to `out`, which has room for literal.size() bytes. Returns the end, or nullptr for a bad escape or a lone
/// surrogate.
char* unescape(std::string_view literal, char* out);
/// The same, appended. False, with `out` as it was, for a bad escape. Half a surrogate pair, which JSON can write and UTF-8 cannot, becomes
/// three bytes that are no UTF-8 and that append_literal() spells back: no document is lost for a text that was cut in the middle.
bool append_unescaped(std::string& out, std::string_view literal);
/// `text` as a literal with quotes: only what must be escaped is, by the short forms where they exist. Other ill-formed UTF-8 becomes
/// U+FFFD, so that what is written is always JSON.
void append_literal(std::string& out, std::string_view text);
/// The literal spelled as append_literal() does. False for a bad escape.
bool append_canonical_literal(std::string& out, std::string_view literal);

}  // namespace lockstep::json
