// Configuration: lockstep.yaml as data. Reading it loads no plugin, so only what the file itself can tell is checked here; the rest is
// checked where a plugin is opened (workspace.h).
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"
#include "config/alerts.h"
#include "config/schedule.h"
#include "config/serve_settings.h"
#include "config/webhooks.h"
#include "engine/decide/mass_change.h"
#include "engine/decide/policy.h"
#include "format/yaml.h"

namespace lockstep {

/// An entry of `stores:` or `providers:`.
struct PluginUse {
  std::string name;
  yaml::Place place;
  std::string plugin;
  yaml::Place plugin_place;
  std::string label;                      ///< of a provider, as people read it: "Vapi"
  std::vector<std::string> environments;  ///< of a provider: values of LOCKSTEP_ENV in which it is there; empty: all
  std::vector<yaml::Node::Member> options;
};

/// An entry of `syncs:`.
struct SyncUse {
  std::string name;
  yaml::Place place;
  std::string provider, store;  ///< names of entries that exist
  std::string resource;
  yaml::Place resource_place;
  std::string mapping, hooks;  ///< paths, made relative to the working directory; hooks may be empty
  yaml::Place mapping_place, hooks_place;
  std::string one, many;  ///< nouns; empty: from the resource
  bool is_default = false;
  std::string group;      ///< name for several syncs together; may be empty
  bool optional = false;  ///< left out, unless it is named itself, while its provider has no credentials
  Millis fresh_for{0};    ///< commands of style catalogue leave it alone for so long
  struct DataFile {
    std::string name, path;
    yaml::Place place;
  };
  std::vector<DataFile> data;  ///< what its hooks may look up: ctx.data:find(name, …)
  OnConflict on_conflict = OnConflict::Remote;
  yaml::Place on_conflict_place;
  LocalEdits local_edits = LocalEdits::Keep;
  bool leave_gone = false;
  std::size_t page_size = 0;
  MassChange mass_change;
  std::optional<Schedule> schedule = {};  ///< when `lockstep serve` runs it by itself
  bool watch = false;                     ///< `lockstep serve` exports rows as soon as they change
};

/// An entry of `commands:`.
struct CommandEntry {
  std::string name;
  yaml::Place place;
  std::string run;         ///< "import", "export" or "full"
  bool catalogue = false;  ///< style: catalogue; see catalogue.h
  std::vector<std::string> syncs;
  std::map<std::string, std::string> aliases;  ///< "user-id" → "owner"
  std::optional<Schedule> schedule = {};
};

/// What an error offers in place of a name that is none of them.
template <class Entry>
std::vector<std::string> entry_names(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.push_back(entry.name);
  return names;
}

struct Configuration {
  std::string file;                 ///< as the user named it
  std::filesystem::path directory;  ///< where relative paths start
  std::vector<PluginUse> providers, stores;
  std::vector<SyncUse> syncs;
  std::vector<CommandEntry> commands;
  ServeSettings serve;
  std::vector<WebhookUse> webhooks;
  std::vector<AlertUse> alerts;

  const PluginUse* provider(std::string_view name) const;
  const PluginUse* store(std::string_view name) const;
  const SyncUse* sync(std::string_view name) const;
  const CommandEntry* command(std::string_view name) const;
  std::vector<std::string> sync_names() const;
  /// The syncs of a group, or the one of that name; empty when there is neither.
  std::vector<std::string> members(std::string_view name) const;
  std::vector<std::string> group_names() const;
  /// Marked `default: true`.
  std::vector<std::string> default_syncs() const;
};

/// Names that the program's own command line gives a meaning: the configuration cannot give them another.
struct OwnNames {
  std::vector<std::string> commands;
  std::vector<std::string> options;  ///< that every command has
};

/// Reads the file; each mistake goes to `problems` with its place, what could be read comes back.
/// Throws Error{Invalid} naming `lockstep init` when there is no such file.
Configuration read_configuration(const std::string& file, const yaml::Environment& environment, const OwnNames& own,
                                 yaml::Problems& problems);
Configuration parse_configuration(const yaml::Node& root, const std::string& file, const OwnNames& own, yaml::Problems& problems);

/// `; did you mean "config/lockstep.yaml"?` when a file beside the missing `file` has a name like it, else "".
std::string near_file(const std::string& file);

/// `path` as the file that names it means it: relative to `directory`, but as it is when it came from the environment
/// (a person who sets a variable thinks of the working directory) and when it is absolute or no path (":memory:").
std::string resolve_path(const std::filesystem::path& directory, const yaml::Node& node);

}  // namespace lockstep
