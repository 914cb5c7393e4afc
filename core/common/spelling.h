// Spellings: the forms in which one text appears inside others: a JSON string, a URL, a line for a terminal.
// Used by the log to write and by redact() to find.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// The inside of a JSON string literal. Control characters and marks that steer a terminal as \uNNNN; a byte that is no UTF-8 as U+FFFD.
std::string json_escaped(std::string_view text);
/// JSON text that says the same and in which whatever printable() makes visible is \uNNNN. Newlines stay.
std::string visible_json(std::string_view json);
/// RFC 3986: all but unreserved characters as %NN, upper-case digits.
std::string percent_encoded(std::string_view text);
/// Every spelling of `text` that tools usually write, itself first, none twice.
std::vector<std::string> spellings(std::string_view text);

/// What base64 (both alphabets) and hexadecimal make of `text`. In base64 the part that does not depend on what stands around it, at each
/// of the three places that a byte may have.
std::vector<std::string> encodings(std::string_view text);

}  // namespace lockstep
