// The form of a mapping file: what the reader of mappings accepts, and the JSON Schema for editors says.
#pragma once

#include <optional>
#include <string_view>

#include "data/table.h"
#include "format/form.h"

namespace lockstep {

/// Its parts by name: key(mapping_form(), "owner").form.
const yaml::Form& mapping_form();
/// What stands behind a column under `fields`: a type, or a map of options.
const yaml::Form& field_form();
/// What stands behind a column under `owned`.
const yaml::Form& owned_form();
/// The type of an owned column by its word.
/// The type of an owned column that gets a fresh UUID where no hook gives it a value.
inline constexpr std::string_view kUuidType = "uuid";
std::optional<ColumnType> owned_type(std::string_view word);

}  // namespace lockstep
