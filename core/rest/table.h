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

/// What a file of more resources may hold: `resources`, each as in a table and with `like`, the resource of the provider that it takes
/// after.
const yaml::Form& resources_form();
/// Adds the resources of such a tree to a provider that is known already. What an entry does not say of its key, its time of change, its
/// paging and the shape of its answers is as it is with the resource named by `like`, or with the provider's first.
void add_resources(const yaml::Node& root, RestSpec& spec, yaml::Problems& problems);
/// A file of them, called `path` in messages. Throws Error{Invalid} with every mistake, each with file, line and column.
void load_resources(const std::string& path, RestSpec& spec);

}  // namespace lockstep::rest
