// What a hook gave, held against the mapping: a value of a wrong type rejects the record instead of reaching the table.
#pragma once

#include <string>

#include "data/json.h"
#include "mapping/mapping.h"

namespace lockstep {

/// A cell that a hook set, as the field's type has it: read as a database's cell is ("5" in an integer column is 5), but what is not of the
/// type, or missing where it is required, is told in `problem` ("name: expected a text, not {}"). Bytes go into `arena`.
Value take_cell(const Field& field, const Value& value, Arena& arena, std::string& problem);

/// What is wrong with the columns that assign_owner gave: one that the mapping does not own, or a value of another type. Empty when
/// nothing.
std::string refuse_owned(const Mapping& mapping, const Json::Object& columns);

}  // namespace lockstep
