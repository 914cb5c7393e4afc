// From JSON values to typed cells: strict on the way in from a document, forgiving towards what a database makes of a cell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/arena.h"
#include "data/value.h"
#include "mapping/mapping.h"

namespace lockstep {

/// "text", "integer", …: the word of the configuration.
std::string_view to_string(FieldType type);
std::optional<FieldType> field_type(std::string_view word);
/// The words of all types.
std::vector<std::string_view> field_type_words();

/// A value as a document has it (Text, Int, Real, Number, Bool, canonical Json) → the cell of the field's type. On refusal the answer is
/// nullopt and `problem` says "expected an integer, not \"x\"". Null gives Null.
std::optional<Value> convert(const Field& field, const Value& value, Arena& arena, std::string& problem);

/// What the field's built-in converters and its type make of what stands at its place, null included; nullopt where they refuse it, or
/// where only the hook knows.
std::optional<Value> read_place(const Field& field, const Json& place, Arena& arena);

/// True when an object's column holds the field's value whole, so that nothing is lost when the field cannot take it.
inline bool is_told_by_parent(const Field& field) { return !field.parents.empty() && !field.required && field.type != FieldType::Enum; }

/// The value as a message may show it: quoted and cut; nothing of a secret.
std::string shown(const Field& field, const Value& value);

/// As plans and conflicts show it: what is kept; of a reference that leads to no item the row that it names, "row 5".
Json shown_side(const Field& field, const Value& value);

/// What is wrong with an unreadable cell of the field: "not JSON at byte 1: …"; nothing of a secret.
std::string unreadable_problem(const Field& field, const Value& value);

/// What bounds, lengths and enum refuse of a typed value: "5 is less than 10"; empty when nothing.
std::string bound_problem(const Field& field, const Value& value);

/// Canonical spelling of a scalar as a text column holds it: "5", "0.5", "true".
std::string_view spelled(const Value& value, Arena& arena);

/// The number in E.164; `text` itself when it is none.
std::string_view phone_text(std::string_view text, std::string_view country_code, Arena& arena);

/// `value` as canonical JSON text; scalars too.
Value as_json(const Value& value, Arena& arena);

}  // namespace lockstep
