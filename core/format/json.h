// JSON text: reading into Json trees and Values, writing, canonical form. On simdjson, which reads 20 times faster than a DOM library.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/error.h"
#include "data/arena.h"
#include "data/json.h"
#include "data/value.h"

namespace lockstep::json {

/// Nesting deeper than this is refused everywhere.
inline constexpr std::size_t kMaxDepth = 200;

/// Reads one JSON text. Throws Error{Corrupt} with the byte offset for anything that RFC 8259 does not allow, for duplicate keys,
/// bad UTF-8, depth over kMaxDepth and anything behind the text. No padding is required.
Json parse(std::string_view text);
/// Compact text, keys in their order. Doubles as shortest digits; an integral double keeps ".0".
std::string to_text(const Json& json);
/// Two-space indented, for people.
std::string to_pretty(const Json& json);
/// Canonical text: no white space, keys sorted by bytes, integral numbers without fraction or exponent (1.0 and 1e0 are 1; within 64 bits),
/// numbers that are a double as its shortest digits, all others digit by digit; equal meaning, equal bytes.
std::string canonical(const Json& json);
/// Canonical form of a JSON text. Throws like parse().
std::string canonical(std::string_view text);
/// A scalar becomes its Value (Int, Real, Number, Text, Bool, Null); an array or object canonical Json. Bytes go into `arena`.
Value to_value(const Json& json, Arena& arena);
/// The inverse; Json and Number values are parsed, absent becomes null. What is unreadable, JSON that is none too, is as in to_kept().
Json from_value(const Value& value);
/// As journal, bases, plans and conflicts keep a value: what is unreadable is {"$unreadable": {"text": "{bad"}}, with "text_base64" for
/// text that is no UTF-8, "blob" (base64), "integer" or "real". An object that looks like it is kept with one more "$".
Json to_kept(const Value& value);
/// The inverse, as to_value() where nothing is unreadable. Bytes go into `arena`.
Value from_kept(const Json& json, Arena& arena);
/// As from_value(), for people and hooks: what is unreadable is a text, see to_display().
Json to_readable(const Value& value);
/// True for what to_kept() says of an unreadable value.
bool is_unreadable(const Json& kept);
/// A JSON string literal with quotes.
std::string quote(std::string_view text);

}  // namespace lockstep::json
