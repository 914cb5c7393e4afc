// Fields: what a request's body or its parameters may hold, as a table: read and checked by it, and described by it in the OpenAPI document.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "serve/problem.h"
#include "web/request.h"

namespace lockstep::serve {

struct Field {
  enum class Kind { Text, Flag, Number, Texts, Any };
  std::string_view name;
  Kind kind = Kind::Text;
  std::string_view help;
  bool required = false;
  std::vector<std::string> choices = {};  ///< of a Text, or of each of Texts
};

/// What was given, checked.
class Given {
 public:
  /// Nothing.
  Given() : json_(Json::Object()) {}
  /// The body of a request, which is a JSON object, or nothing at all where no field is required. Throws Problem{400} for what is no JSON,
  /// {415} for another Content-Type, {422} with every mistake.
  static Given body(const web::Request& request, std::span<const Field> fields);
  /// The parameters of its address. Throws Problem{400} for an unknown one and for mistakes.
  static Given parameters(const web::Request& request, std::span<const Field> fields);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::optional<std::string> text(std::string_view name) const;
  std::string text_or(std::string_view name, std::string fallback = {}) const { return text(name).value_or(std::move(fallback)); }
  bool flag(std::string_view name) const;
  std::optional<std::int64_t> number(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  /// nullptr when it was not given, or is null.
  const Json* find(std::string_view name) const;

 private:
  explicit Given(Json json) : json_(std::move(json)) {}
  Json json_;
};

/// The JSON Schema of a body with these fields.
Json schema_of(std::span<const Field> fields);
/// Of one of them.
Json schema_of(const Field& field);

}  // namespace lockstep::serve
