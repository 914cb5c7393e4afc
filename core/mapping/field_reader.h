// One field rule, from YAML. Every mistake in it is told with its place.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "format/yaml.h"
#include "mapping/mapping.h"

namespace lockstep {

/// Reads `column: type` or `column: {…}`. What could be read comes back, so that the checks across fields still find their mistakes;
/// nullopt when there is no path. `hook_transforms`: names that the sync's Lua file offers.
/// `never_sent`: the mapping is read-only, so that no converter needs an inverse.
std::optional<Field> read_field(const yaml::Node::Member& member, std::span<const std::string> hook_transforms, bool never_sent,
                                yaml::Problems& problems);

/// The path written at `node`, which is no Missing one; nullopt, with a problem, when it is none.
std::optional<Path> read_path(const yaml::Node& node, yaml::Problems& problems);
/// "users.email" → {"users", "email"}, "crm.users.email" → {"crm.users", "email"}; nullopt, with a problem, when it is not of that form.
std::optional<std::pair<std::string, std::string>> read_reference(const yaml::Node& node, yaml::Problems& problems);
/// The node as JSON: unquoted numbers, true, false and null are what they look like.
Json read_json(const yaml::Node& node, yaml::Problems& problems);
/// A name that can stand in SQL without surprises: letters, digits and underscores. False, with a problem, otherwise.
bool check_name(std::string_view name, std::string_view what, const yaml::Place& place, yaml::Problems& problems);
/// The same of a table's, which may have a schema before it.
bool check_table_name(std::string_view name, const yaml::Place& place, yaml::Problems& problems);
/// "assistants_name_index", "numbers_tenant_number_unique" of crm.numbers: an index lies in the schema of its table.
std::string index_name(std::string_view table, const std::vector<std::string>& columns, bool unique);

}  // namespace lockstep
