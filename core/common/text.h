// Text: small helpers on UTF-8 strings that several floors need.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

std::string_view trim(std::string_view text);
constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
/// ASCII only; other bytes stay.
std::string to_lower(std::string_view text);
bool starts_with_ignore_case(std::string_view text, std::string_view prefix);
bool equal_ignore_case(std::string_view a, std::string_view b);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// True when `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view text);
/// Number of code points of well-formed UTF-8.
std::size_t utf8_length(std::string_view text);
/// At most `max_characters` code points, "…" for what was cut.
std::string ellipsize(std::string_view text, std::size_t max_characters);
/// Control characters (but tab and newline when `multiline`), marks of direction and what nobody sees made visible as \xNN, so that foreign
/// text can neither steer a terminal nor look like another.
std::string printable(std::string_view text, bool multiline = false);
/// `text` made printable, between double quotes.
std::string in_quotes(std::string_view text);

/// First letter in upper case (ASCII).
std::string capitalised(std::string_view text);
/// "1 assistant", "2 assistants".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);
/// Columns padded to their widest cell, two blanks between them, no blanks at line ends. The first row is the heading.
std::string align(const std::vector<std::vector<std::string>>& rows);

/// The candidate nearest to `word` (Damerau-Levenshtein, at most a third of its length off), for "did you mean".
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);
/// `; did you mean "x"?` or "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace lockstep
