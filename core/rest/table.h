// Table: a RestSpec written in YAML: a provider without code. What may stand in it is a Form, from which the reader, the JSON Schema and
// the reference of keys come.
#pragma once

#include <optional>
#include <string>

#include "format/form.h"
#include "rest/spec.h"

namespace lockstep::rest {

/// Every key that a table may hold.
const yaml::Form& table_form();

/// What the configuration gives for the places "{account}", "{organization}" and "{project}" of a table.
struct TablePlaces {
  std::string account, organization, project;
};

/// Reads a table. Mistakes go to `problems`, all of them; what comes back is of use only when there are none. An empty place leaves a
/// header out and is a mistake anywhere else.
RestSpec read_table(const yaml::Node& root, const TablePlaces& places, yaml::Problems& problems);
/// A file of it, called `path` in messages. Throws Error{Invalid} with every mistake, each with file, line and column.
RestSpec load_table(const std::string& path, const TablePlaces& places);

}  // namespace lockstep::rest
