// Rows → documents: each rule read backwards.
#include <algorithm>
#include <numeric>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "format/number.h"
#include "mapping/convert.h"
#include "mapping/mapping.h"
#include "mapping/transform.h"

namespace lockstep {
namespace {

/// The cell as its type has it. Throws Error{Invalid} when it is not of the type.
Value checked(const Field& field, const Value& value, Arena& arena) {
  const Value cell = normalise(field, value, arena);
  if (cell.is_unreadable()) throw Error(ErrorKind::Invalid, field.column + ": " + unreadable_problem(field, cell));
  if (field.lookup) return cell;
  std::string problem;
  const auto out = convert(field, cell, arena, problem);
  if (!out) throw Error(ErrorKind::Invalid, field.column + ": " + problem);
  return *out;
}

/// A text column that was filled from a number or a boolean goes back as one, while the text still reads as one.
Json like_standing(const std::string_view text, const Json* standing) {
  if (standing != nullptr && standing->boolean() != nullptr && (text == "true" || text == "false")) return text == "true";
  const bool number =
      standing != nullptr && (standing->integer() != nullptr || standing->real() != nullptr || standing->verbatim() != nullptr);
  if (number && json::is_number(text)) return json::parse(text);
  return text;
}

Json to_json(const Field& field, const Value& value, const Json* standing, const Transformer& transformer) {
  Arena arena;
  Value cell = checked(field, value, arena);
  // Another spelling of the number that stands there is no news.
  if (field.phone && standing != nullptr && standing->text() != nullptr && same(field, value, Value::text(*standing->text())))
    return *standing;
  // Nor is what a converter makes the same cell of.
  if (!field.transforms.empty() && standing != nullptr) {
    const std::optional<Value> read = read_place(field, *standing, arena);
    if (read && same(field, *read, cell)) return *standing;
  }
  if (field.transforms.empty()) {
    if (cell.tag() == Value::Tag::Text)
      return field.type == FieldType::Text ? like_standing(cell.as_view(), standing) : Json(cell.as_view());
  }
  // A converter works on the text itself, not on its JSON spelling.
  if (!field.transforms.empty() && cell.tag() == Value::Tag::Json) cell = json::to_value(json::from_value(cell), arena);
  for (auto name = field.transforms.rbegin(); name != field.transforms.rend(); ++name) {
    cell = transform::is_builtin(*name) ? transform::backward(*name, cell, arena) : transformer(*name + "_inverse", cell, arena);
  }
  // An integral real is sent as an integer: 1, not 1.0, is what people and APIs write.
  if (cell.tag() == Value::Tag::Real) return json::parse(json::canonical(json::from_value(cell)));
  return json::from_value(cell);
}

/// The row is null not because there is nothing, but because the field could not take what there is, or takes it for nothing.
bool reads_as_nothing(const Field& field, const Json& standing) {
  Arena arena;
  std::string problem;
  try {
    Value value = json::to_value(standing, arena);
    for (const std::string& name : field.transforms) {
      if (!transform::is_builtin(name)) return false;
      value = transform::forward(name, value, arena);
    }
    return convert(field, value, arena, problem).value_or(Value::null()).is_nothing();
  } catch (const Error&) {
    return true;
  }
}

/// The place of a field, with the objects on the way to it made from what the mapping says they hold.
Json& reach(const Mapping& mapping, const Path& place, Json& document) {
  for (const Starter& starter : mapping.starters()) {
    if (!starter.path.contains(place) || starter.path == place) continue;
    const Json* standing = starter.path.find(document);
    if (standing == nullptr || standing->is_null()) starter.path.reach(document) = starter.object;
  }
  return place.reach(document);
}

/// Throws Error{Invalid} where the path selects an element and another one would be read in its place: nothing would be empty then.
void clear(const Field& field, const Path& place, Json& document, const Json* standing) {
  if (standing == nullptr || standing->is_null() || reads_as_nothing(field, *standing)) return;
  if (place.steps().size() == 1) {
    document[place.top()] = nullptr;
    return;
  }
  place.erase(document);
  const Json* next = place.find(document);
  if (next == nullptr || next->is_null() || reads_as_nothing(field, *next)) return;
  throw Error(ErrorKind::Invalid, field.column + ": cannot be emptied, for " + place.text() + " would name another element then",
              "edit the column that holds all of " + place.top() + ", or empty it where the API is administered");
}

bool is_fallback(const Field& field, const Value& value) {
  if (!field.fallback) return false;
  Arena arena;
  return same(field, value, cell_of(field, *field.fallback, arena));
}

std::string refusal(const Field& field, const Value& value) {
  Arena arena;
  const Value cell = normalise(field, value, arena);
  if (cell.is_nothing()) return field.required && !field.fallback ? "is required" : "";
  if (cell.is_unreadable()) return unreadable_problem(field, cell);
  if ((cell.tag() == Value::Tag::Text || cell.tag() == Value::Tag::Json) && !is_utf8(cell.as_view())) return "the text is not valid UTF-8";
  if (field.lookup) return {};
  std::string problem;
  const auto typed = convert(field, cell, arena, problem);
  return typed ? bound_problem(field, *typed) : problem;
}

}  // namespace

void lay(const Mapping& mapping, std::size_t ordinal, const Value& value, Json& document, const Transformer& transformer) {
  const Field& field = mapping.fields()[ordinal];
  const Path place = mapping.place_in(ordinal, document);
  const Json* standing = place.find(document);
  if (value.is_nothing()) return clear(field, place, document, standing);
  if (field.legacy && standing == nullptr) return;
  const bool nothing_stands = standing == nullptr || standing->is_null();
  if (nothing_stands && is_fallback(field, value)) return;
  Json json = to_json(field, value, standing, transformer);
  reach(mapping, place, document) = std::move(json);
}

Json to_document(const Mapping& mapping, Row row, const Transformer& transformer) {
  std::vector<std::size_t> order(mapping.fields().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Parents before their leaves, so that a leaf is laid into its parent.
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return mapping.fields()[a].from.steps().size() < mapping.fields()[b].from.steps().size();
  });
  Json document{Json::Object{}};
  for (const std::size_t ordinal : order) {
    const Field& field = mapping.fields()[ordinal];
    if (field.remote_owned() || field.legacy || row[ordinal].is_nothing()) continue;
    Json json = to_json(field, row[ordinal], nullptr, transformer);
    reach(mapping, mapping.place_in(ordinal, document), document) = std::move(json);
  }
  return document;
}

std::vector<FieldProblem> validate(const Mapping& mapping, Row row) {
  std::vector<FieldProblem> problems;
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    const Field& field = mapping.fields()[ordinal];
    if (field.remote_owned()) continue;
    const std::string problem = refusal(field, row[ordinal]);
    if (!problem.empty()) problems.push_back({ordinal, field.column + ": " + problem});
  }
  return problems;
}

}  // namespace lockstep
