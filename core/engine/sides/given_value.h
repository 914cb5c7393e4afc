// A value as a person gives it to a command.
#pragma once

#include <string>

#include "common/error.h"
#include "format/json.h"
#include "mapping/mapping.h"

namespace lockstep {

/// As the field's type has it: a text column takes it as it is, every other reads it as JSON. Throws Error{Invalid}.
inline Json value_given(const Field& field, const std::string& given) {
  if (field.type == FieldType::Text || field.type == FieldType::Enum || field.type == FieldType::Timestamp) return Json(given);
  try {
    return json::parse(given);
  } catch (const Error& broken) {
    throw Error(ErrorKind::Invalid, "--value: column " + field.column + " takes JSON: " + broken.message());
  }
}

}  // namespace lockstep
