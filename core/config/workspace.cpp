#include "config/workspace.h"

#include <algorithm>
#include <filesystem>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "config/same_pairs.h"
#include "hook/lua.h"
#include "mapping/field_reader.h"

namespace lockstep {
namespace {

std::span<const Option> options_of(const PluginHead& head) { return {head.options, head.option_count}; }

std::vector<std::string> names_of(std::span<const Option> table) {
  std::vector<std::string> names;
  for (const Option& option : table) names.emplace_back(option.name);
  return names;
}

const Option* find_option(std::span<const Option> table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Option& option) { return name == option.name; });
  return found == table.end() ? nullptr : &*found;
}

std::vector<std::string> resource_names(std::span<const Resource> resources) {
  std::vector<std::string> names;
  for (const Resource& resource : resources) names.push_back(resource.name);
  return names;
}

/// A factory owes a reason.
std::string failed_to_make(const std::string& plugin, const std::string& failure) {
  return failure.empty() ? "the factory of plugin " + plugin + " failed and does not say why" : failure;
}

}  // namespace

Workspace::Workspace(Configuration configuration, yaml::Problems problems, PluginSource& plugins, yaml::Environment environment)
    : configuration_(std::move(configuration)), plugins_(plugins), environment_(std::move(environment)), problems_(std::move(problems)) {}

Workspace::~Workspace() = default;

void Workspace::read_option(const yaml::Node::Member& member, const PluginUse& use, std::span<const Option> table,
                            std::map<std::string, std::string, std::less<>>& given, bool& good) {
  const Option* option = find_option(table, member.key);
  const yaml::Node& node = member.value;
  const auto refuse = [&](const yaml::Place& place, std::string message) {
    problems_.add(place, std::move(message));
    good = false;
  };
  if (option == nullptr) {
    refuse(member.place,
           "unknown option " + in_quotes(member.key) + " of plugin " + use.plugin + did_you_mean(member.key, names_of(table)));
  } else if (node.kind == yaml::Node::Kind::Map || node.kind == yaml::Node::Kind::Sequence) {
    refuse(node.place, member.key + ": expected a single value");
  } else if (!node.scalar.empty()) {
    if (option->secret) register_secret(node.scalar);
    if (const auto problem = option_problem(*option, node.scalar)) {
      refuse(node.place, member.key + ": " + *problem + (option->secret || node.from_environment ? "" : ", not " + in_quotes(node.scalar)));
    }
    for (const std::string& name : option->secret || !doubt_ ? std::vector<std::string>() : node.variables) {
      if (const auto doubt = doubt_(name))
        refuse(node.place, member.key + ": " + *doubt + "; set it in the environment, or beside the configuration");
    }
    given[member.key] = option->type == OptionType::Path ? resolve_path(configuration_.directory, node) : node.scalar;
  }
}

OptionValues Workspace::read_options(const PluginUse& use, const PluginHead& head, bool& good) {
  const std::span<const Option> table = options_of(head);
  std::map<std::string, std::string, std::less<>> given;
  for (const yaml::Node::Member& member : use.options) read_option(member, use, table, given, good);
  if (!timeout_.empty() && find_option(table, "timeout") != nullptr) given["timeout"] = timeout_;
  for (const Option& option : table) {
    if (!option.required || given.contains(option.name)) continue;
    problems_.add(use.place, use.name + " lacks \"" + std::string(option.name) + "\"" +
                                 (option.env == nullptr ? "" : "; set " + std::string(option.env)));
    good = false;
  }
  return {table, std::move(given)};
}

std::unique_ptr<Provider> Workspace::make_provider(const PluginUse& use) {
  if (use.plugin.empty()) return nullptr;
  try {
    const ProviderPlugin& plugin = plugins_.provider(use.plugin);
    bool good = true;
    // With wrong options left out it is made all the same: its resources let the mappings be checked too. problems() keeps it from running.
    const OptionValues options = read_options(use, plugin.head, good);
    std::string failure;
    std::unique_ptr<Provider> provider(plugin.create(use.name, options, failure));
    // A file of the plugin's own may have several mistakes, each on a line.
    if (!provider && good) {
      for (const std::string& line : split(failed_to_make(use.plugin, failure), '\n')) problems_.add(use.place, line);
    }
    return provider;
  } catch (const Error& failure) {
    problems_.add(use.plugin_place, failure.what());
    return nullptr;
  }
}

Provider* Workspace::provider(std::string_view name) {
  const auto known = providers_.find(name);
  if (known != providers_.end()) return known->second.get();
  const PluginUse* use = configuration_.provider(name);
  return providers_.emplace(name, use == nullptr ? nullptr : make_provider(*use)).first->second.get();
}

std::optional<std::string> Workspace::out_of_place(std::string_view name) const {
  const PluginUse* use = configuration_.provider(name);
  if (use == nullptr || use->environments.empty()) return std::nullopt;
  const std::string given = environment_ ? environment_("LOCKSTEP_ENV").value_or("") : "";
  const std::string here = given.empty() ? "production" : given;
  if (std::find(use->environments.begin(), use->environments.end(), here) != use->environments.end()) return std::nullopt;
  return "it is for LOCKSTEP_ENV=" + join(use->environments, " or ") + ", and this is " + here;
}

std::optional<std::string> Workspace::unavailable(std::string_view name) {
  const PluginUse* use = configuration_.provider(name);
  if (use == nullptr) return "there is no such provider in " + configuration_.file;
  if (auto why = out_of_place(name)) return why;
  Provider* made = provider(name);
  if (made == nullptr) return std::nullopt;  // its mistakes are told of elsewhere
  const Credentials credentials = made->credentials();
  if (credentials.present) return std::nullopt;
  return use->label + " API key not configured: set " + credentials.missing;
}

void Workspace::check_store(std::string_view name) {
  const PluginUse* use = configuration_.store(name);
  if (use == nullptr || use->plugin.empty() || stores_.contains(name)) return;
  try {
    bool good = true;
    read_options(*use, plugins_.store(use->plugin).head, good);
  } catch (const Error& failure) {
    problems_.add(use->plugin_place, failure.what());
  }
}

Store& Workspace::store(std::string_view name) {
  const auto known = stores_.find(name);
  if (known != stores_.end()) return *known->second;
  const PluginUse* use = configuration_.store(name);
  if (use == nullptr) throw Error(ErrorKind::Invalid, "no store \"" + std::string(name) + "\" in " + configuration_.file);
  check_store(name);
  problems_.raise();
  const StorePlugin& plugin = plugins_.store(use->plugin);
  bool good = true;
  std::string failure;
  std::unique_ptr<Store> store(plugin.create(use->name, read_options(*use, plugin.head, good), failure));
  if (!store) throw Error(ErrorKind::Storage, "store " + use->name + ": " + failed_to_make(use->plugin, failure));
  store->stop_on(stop_);
  return *stores_.emplace(name, std::move(store)).first->second;
}

std::unique_ptr<Store> Workspace::scratch_store(const std::string& file) {
  const StorePlugin& plugin = plugins_.store("sqlite");
  std::string failure;
  std::unique_ptr<Store> store(plugin.create("scratch", OptionValues(options_of(plugin.head), {{"path", file}}), failure));
  if (!store) throw Error(ErrorKind::Storage, "scratch database: " + failed_to_make("sqlite", failure));
  store->stop_on(stop_);
  return store;
}

const Resource* Workspace::find_resource(const SyncUse& entry, Provider& provider) {
  const auto resources = provider.resources();
  const auto found =
      std::find_if(resources.begin(), resources.end(), [&](const Resource& resource) { return resource.name == entry.resource; });
  if (found != resources.end()) return &*found;
  if (!entry.resource.empty()) {
    const std::vector<std::string> names = resource_names(resources);
    const std::string near = did_you_mean(entry.resource, names);
    problems_.add(entry.resource_place, "provider " + entry.provider + " has no resource \"" + entry.resource + "\"" +
                                            (near.empty() ? "; it has " + join(names, ", ") : near));
  }
  return nullptr;
}

void Workspace::load_hooks(const SyncUse& entry, Sync& sync) {
  if (entry.hooks.empty()) return;
  std::error_code failure;
  if (!std::filesystem::exists(entry.hooks, failure)) {
    problems_.add(entry.hooks_place, "there is no file " + entry.hooks + near_file(entry.hooks));
    return;
  }
  sync.hook_file = entry.hooks;
  sync.hook = load_lua(entry.hooks, entry.hooks, LuaLimits{}, problems_, system_clock(), load_data(entry));
  if (sync.hook && entry.on_conflict == OnConflict::Hook && !sync.hook->has(Hook::Stage::Conflict)) {
    problems_.add(entry.on_conflict_place, "on_conflict: hook, but " + entry.hooks + " has no function \"conflict\"");
  }
}

/// The files under `data`, by their names; null when there is none.
Json Workspace::load_data(const SyncUse& entry) {
  Json data;
  for (const SyncUse::DataFile& file : entry.data) {
    std::error_code failure;
    if (!std::filesystem::exists(file.path, failure)) {
      problems_.add(file.place, "there is no file " + file.path + near_file(file.path));
      continue;
    }
    data[file.name] = read_json(yaml::load_file(file.path, file.path, environment_, problems_), problems_);
  }
  return data;
}

void Workspace::load_mapping(const SyncUse& entry, Sync& sync) {
  if (entry.mapping.empty()) return;
  std::error_code failure;
  if (!std::filesystem::exists(entry.mapping, failure)) {
    problems_.add(entry.mapping_place, "there is no file " + entry.mapping + near_file(entry.mapping));
    return;
  }
  const yaml::Node root = yaml::load_file(entry.mapping, entry.mapping, environment_, problems_);
  if (root.kind == yaml::Node::Kind::Missing || sync.resource == nullptr) return;
  const std::vector<std::string> transforms = sync.hook ? sync.hook->transforms() : std::vector<std::string>();
  sync.mapping = std::make_shared<const Mapping>(Mapping::load(root, *sync.resource, transforms, problems_));
}

std::unique_ptr<Sync> Workspace::make_sync(const SyncUse& entry) {
  const std::size_t mistakes = problems_.errors().size();
  auto sync = std::make_unique<Sync>();
  sync->name = entry.name;
  sync->provider = provider(entry.provider);
  if (sync->provider != nullptr) sync->resource = find_resource(entry, *sync->provider);
  const PluginUse* use = configuration_.provider(entry.provider);
  const std::string noun = replace_all(entry.resource, "_", " ");
  sync->nouns = {entry.one.empty() ? noun : entry.one, entry.many.empty() ? (entry.one.empty() ? noun : entry.one) + "s" : entry.many,
                 use == nullptr ? entry.provider : use->label};
  load_hooks(entry, *sync);
  load_mapping(entry, *sync);
  check_store(entry.store);
  sync->on_conflict = entry.on_conflict;
  sync->local_edits = entry.local_edits;
  sync->leave_gone = entry.leave_gone;
  sync->page_size = entry.page_size;
  sync->mass_change = entry.mass_change;
  sync->configured = entry_names(configuration_.syncs);
  const bool whole = sync->provider != nullptr && sync->resource != nullptr && sync->mapping != nullptr;
  return whole && problems_.errors().size() == mistakes ? std::move(sync) : nullptr;
}

Sync* Workspace::load(std::string_view name) {
  const auto known = syncs_.find(name);
  if (known != syncs_.end()) return known->second.get();
  const SyncUse* entry = configuration_.sync(name);
  if (entry == nullptr) return nullptr;
  return syncs_.emplace(name, make_sync(*entry)).first->second.get();
}

std::string Workspace::table_of(std::string_view sync) const {
  const SyncUse* entry = configuration_.sync(sync);
  if (entry == nullptr) return {};
  yaml::Problems ignored;
  return yaml::load_file(entry->mapping, entry->mapping, environment_, ignored)["table"].scalar;
}

std::vector<Sync*> Workspace::load_all(std::span<const std::string> names) {
  std::vector<Sync*> syncs;
  for (const std::string& name : names) {
    if (configuration_.sync(name) == nullptr && problems_.empty()) refuse_sync(name);
    syncs.push_back(load(name));
  }
  problems_.raise();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (syncs[i] == nullptr) refuse_sync(names[i]);
  }
  return syncs;
}

std::vector<Sync*> Workspace::load_to_run(std::span<const std::string> names) {
  std::vector<Sync*> syncs = load_all(names);
  check_apart(names);
  problems_.raise();
  return syncs;
}

void Workspace::check_apart(std::span<const std::string> names) {
  const auto meant = [&](const SyncUse& sync) { return std::find(names.begin(), names.end(), sync.name) != names.end(); };
  const std::vector<SyncUse>& syncs = configuration_.syncs;
  for (std::size_t i = 0; i < syncs.size(); ++i) {
    for (std::size_t before = 0; before < i; ++before) {
      if ((!meant(syncs[i]) && !meant(syncs[before])) || !pair_the_same(syncs[before], syncs[i])) continue;
      problems_.add(syncs[i].place,
                    "syncs " + syncs[before].name + " and " + syncs[i].name + " pair the same rows of table " +
                        load(syncs[i].name)->mapping->table_name() +
                        " with the same items, and neither would know what the other agreed on: keep one, with all columns in " +
                        "its mapping (import, export and full are commands), or give each rows of its own with `where`");
    }
  }
}

bool Workspace::pair_the_same(const SyncUse& one, const SyncUse& other) {
  return share_table_and_items(one, other) && may_share_rows(*load(one.name), *load(other.name));
}

/// Loads them only where nothing else tells them apart. False when one cannot be loaded.
bool Workspace::share_table_and_items(const SyncUse& one, const SyncUse& other) {
  if (one.store != other.store || one.resource != other.resource || !same_account(one, other)) return false;
  if (const std::string table = table_of(one.name); table.empty() || table != table_of(other.name)) return false;
  const Sync* first = load(one.name);
  const Sync* second = load(other.name);
  if (first == nullptr || second == nullptr) return false;
  return one.provider == other.provider || (!first->resource->address.empty() && first->resource->address == second->resource->address);
}

/// One entry of the configuration, or two of one plugin with the same keys.
bool Workspace::same_account(const SyncUse& one, const SyncUse& other) {
  if (one.provider == other.provider) return true;
  const PluginUse* first = configuration_.provider(one.provider);
  const PluginUse* second = configuration_.provider(other.provider);
  if (first == nullptr || second == nullptr || first->plugin != second->plugin || provider(one.provider) == nullptr) return false;
  const std::span<const Option> table = options_of(plugins_.provider(first->plugin).head);
  const auto secret = [&](const PluginUse& use, const Option& option) {
    const auto given = std::find_if(use.options.begin(), use.options.end(), [&](const auto& member) { return member.key == option.name; });
    return given == use.options.end() ? std::string() : given->value.scalar;
  };
  return std::all_of(table.begin(), table.end(),
                     [&](const Option& option) { return !option.secret || secret(*first, option) == secret(*second, option); });
}

void Workspace::refuse_sync(const std::string& name) const {
  const std::vector<std::string> known = configuration_.sync_names();
  throw Error(ErrorKind::Invalid, "no sync " + in_quotes(name) + " in " + configuration_.file + did_you_mean(name, known),
              known.empty() ? "declare one under syncs" : "the syncs are " + join(known, ", "));
}

std::vector<SyncIdentity> Workspace::neighbours_of(const SyncUse& sync) {
  std::vector<SyncIdentity> found;
  for (const SyncUse& other : configuration_.syncs) {
    if (other.name == sync.name || !share_table_and_items(sync, other)) continue;
    if (const Sync* loaded = load(other.name)) found.push_back(identity_of(*loaded));
  }
  return found;
}

void Workspace::open(Sync& sync) {
  const SyncUse& entry = *configuration_.sync(sync.name);
  sync.store = &store(entry.store);
  sync.neighbours = neighbours_of(entry);
}

}  // namespace lockstep
