// Numbers of JSON: their grammar, what they fit into, and their one canonical spelling.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep::json {

/// RFC 8259's grammar of a number, whole token.
bool is_number(std::string_view token);
/// A number without fraction and exponent that fits 64 bits; nullopt for "1.0".
std::optional<std::int64_t> plain_integer(std::string_view token);
/// The double that says what a fraction or power of ten says, up to the shortest digits that name it; nullopt where digits would be lost,
/// the range is left (1e400), or the token is a plain integer.
std::optional<double> exact_double(std::string_view token);
/// The integer that the token means ("600.0", "6e2" → 600), when it fits 64 bits.
std::optional<std::int64_t> integral(std::string_view token);
/// Appends the canonical spelling: integers of 64 bits as digits, a fraction as the shortest digits of its double, an integer too long for
/// a double as all its digits, what is beyond a double as "digits e exponent". Equal numbers, equal bytes.
void append_canonical_number(std::string& out, std::string_view token);
/// Shortest digits; an integral double keeps ".0". Throws Error{Invalid} for what is not finite: JSON has no spelling for it.
void append_double(std::string& out, double value);

}  // namespace lockstep::json
