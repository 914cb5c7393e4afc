// Json: a mutable JSON tree that keeps key order and spells numbers as they came. Built only for merges, hooks and request bodies;
// reading and writing text is format/json.h. Own code because the libraries at hand turn 12345678901234567890 or 1e400 into doubles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lockstep {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  /// In the order of the text; keys are unique (the reader refuses duplicates).
  using Object = std::vector<Member>;
  /// A number that is neither a 64-bit integer nor exactly a double, as written.
  struct Verbatim {
    std::string digits;
    friend bool operator==(const Verbatim&, const Verbatim&) = default;
  };

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool value) : node_(value) {}
  Json(int value) : node_(std::int64_t{value}) {}
  Json(std::int64_t value) : node_(value) {}
  Json(double value) : node_(value) {}
  Json(Verbatim value) : node_(std::move(value)) {}
  Json(std::string value) : node_(std::move(value)) {}
  Json(std::string_view value) : node_(std::string(value)) {}
  Json(const char* value) : node_(std::string(value)) {}
  Json(Array value) : node_(std::move(value)) {}
  Json(Object value) : node_(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(node_); }
  const bool* boolean() const { return std::get_if<bool>(&node_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&node_); }
  const double* real() const { return std::get_if<double>(&node_); }
  const Verbatim* verbatim() const { return std::get_if<Verbatim>(&node_); }
  const std::string* text() const { return std::get_if<std::string>(&node_); }
  const Array* array() const { return std::get_if<Array>(&node_); }
  Array* array() { return std::get_if<Array>(&node_); }
  const Object* object() const { return std::get_if<Object>(&node_); }
  Object* object() { return std::get_if<Object>(&node_); }

  /// The member of an object; nullptr when this is no object or has none of that name.
  const Json* find(std::string_view key) const;
  Json* find(std::string_view key);
  /// Makes this an object when it is null, and returns the member, added as null at the end when it was missing.
  Json& operator[](std::string_view key);
  /// True when a member was removed.
  bool erase(std::string_view key);
  /// The text of a string member, else `fallback`.
  std::string text_at(std::string_view key, std::string_view fallback = {}) const;

  /// Structure and spelling alike (1 and 1.0 differ, key order counts). Equality of meaning is canonical text (format/json.h).
  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, Verbatim, std::string, Array, Object> node_;
};

}  // namespace lockstep
