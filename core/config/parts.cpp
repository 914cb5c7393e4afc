#include "config/parts.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "common/error.h"
#include "common/text.h"
#include "config/same_pairs.h"
#include "hook/lua.h"
#include "mapping/field_reader.h"

namespace lockstep {
namespace {

/// A factory owes a reason.
std::string failed_to_make(const std::string& plugin, const std::string& failure) {
  return failure.empty() ? "the factory of plugin " + plugin + " failed and does not say why" : failure;
}

const Resource* find_resource(const SyncUse& entry, Provider& provider, yaml::Problems& problems) {
  const auto resources = provider.resources();
  const auto found =
      std::find_if(resources.begin(), resources.end(), [&](const Resource& resource) { return resource.name == entry.resource; });
  if (found != resources.end()) return &*found;
  if (entry.resource.empty()) return nullptr;
  std::vector<std::string> names;
  for (const Resource& resource : resources) names.push_back(resource.name);
  const std::string near = did_you_mean(entry.resource, names);
  problems.add(entry.resource_place, "provider " + entry.provider + " has no resource \"" + entry.resource + "\"" +
                                         (near.empty() ? "; it has " + join(names, ", ") : near));
  return nullptr;
}

/// Is there a file of that name? Its absence is a mistake.
bool is_there(const std::string& file, const yaml::Place& place, yaml::Problems& problems) {
  std::error_code failure;
  if (std::filesystem::exists(file, failure)) return true;
  problems.add(place, "there is no file " + file + near_file(file));
  return false;
}

Nouns nouns_of(const SyncUse& entry, const PluginUse* provider) {
  const std::string noun = replace_all(entry.resource, "_", " ");
  return {entry.one.empty() ? noun : entry.one, entry.many.empty() ? (entry.one.empty() ? noun : entry.one) + "s" : entry.many,
          provider == nullptr ? entry.provider : provider->label};
}

/// What a mapping says of its table, from its beginning alone; empty where only the whole of it can tell.
std::string table_at_top(const std::string& path, const yaml::Environment& environment) {
  std::ifstream file(path, std::ios::binary);
  std::string line, text;
  while (std::getline(file, line) && !line.starts_with("table:")) text += line + '\n';
  if (!line.starts_with("table:")) return {};
  text += line;
  // A line that is set in belongs to what stands before it.
  while (std::getline(file, line) && trim(line).empty()) {
  }
  if (line.starts_with(' ') || line.starts_with('\t')) return {};
  yaml::Problems problems;
  const yaml::Node root = yaml::load_text(text, path, environment, problems);
  return problems.errors().empty() ? root["table"].scalar : std::string();
}

/// Of two syncs of one account: is what the one reads what the other reads?
bool share_items(const Sync& one, const Sync& other) {
  return one.provider == other.provider || (!one.resource->address.empty() && one.resource->address == other.resource->address);
}

}  // namespace

std::unique_ptr<Store> StoreRecipe::open(std::stop_token stop) const {
  std::string failure;
  std::unique_ptr<Store> store(plugin->create(name, options, failure));
  if (!store) throw Error(ErrorKind::Storage, "store " + name + ": " + failed_to_make(plugin->head.name, failure));
  store->stop_on(std::move(stop));
  return store;
}

Parts::Parts(Configuration configuration, yaml::Problems problems, PluginSource& plugins, yaml::Environment environment)
    : configuration_(std::move(configuration)), mistakes_(std::move(problems)), plugins_(plugins), environment_(std::move(environment)) {}

Parts::~Parts() = default;

yaml::Problems Parts::problems() const {
  yaml::Problems all = mistakes_;
  for (const auto& [name, part] : providers_) all.add(part.problems);
  for (const auto& [name, part] : stores_) all.add(part.problems);
  for (const auto& [name, part] : syncs_) all.add(part.problems);
  return all;
}

yaml::Problems Parts::problems_of(std::span<const std::string> syncs) const {
  yaml::Problems all = mistakes_;
  const auto add = [&](const auto& parts, const std::string& name) {
    if (const auto part = parts.find(name); part != parts.end()) all.add(part->second.problems);
  };
  for (const std::string& name : syncs) {
    const SyncUse* entry = configuration_.sync(name);
    if (entry == nullptr) continue;
    add(providers_, entry->provider);
    add(syncs_, name);
    add(stores_, entry->store);
  }
  return all;
}

Provider* Parts::provider(std::string_view name) {
  const auto [part, fresh] = providers_.try_emplace(std::string(name));
  const PluginUse* use = fresh ? configuration_.provider(name) : nullptr;
  if (use != nullptr && !use->plugin.empty()) make_provider(*use, part->second);
  return part->second.provider.get();
}

void Parts::make_provider(const PluginUse& use, ProviderPart& part) {
  try {
    const ProviderPlugin& plugin = plugins_.provider(use.plugin);
    // With wrong options left out it is made all the same: its resources let the mappings be checked too. Its problems stop runs.
    const OptionValues options = read_options(use, options_of(plugin.head), option_rules(), part.problems);
    std::string failure;
    part.provider.reset(plugin.create(use.name, options, failure));
    if (part.provider || !part.problems.empty()) return;
    // A file of the plugin's own may have several mistakes, each on a line.
    for (const std::string& line : split(failed_to_make(use.plugin, failure), '\n')) part.problems.add(use.place, line);
  } catch (const Error& failure) {
    part.problems.add(use.plugin_place, failure.what());
  }
}

const Parts::StorePart& Parts::store_part(const PluginUse& use) {
  const auto [entry, fresh] = stores_.try_emplace(use.name);
  StorePart& part = entry->second;
  if (!fresh || use.plugin.empty()) return part;
  try {
    const StorePlugin& plugin = plugins_.store(use.plugin);
    part.recipe = {&plugin, use.name, read_options(use, options_of(plugin.head), option_rules(), part.problems)};
  } catch (const Error& failure) {
    part.problems.add(use.plugin_place, failure.what());
  }
  return part;
}

void Parts::check_store(std::string_view name) {
  if (const PluginUse* use = configuration_.store(name)) store_part(*use);
}

const StoreRecipe& Parts::store(std::string_view name) {
  const PluginUse* use = configuration_.store(name);
  if (use == nullptr) throw Error(ErrorKind::Invalid, "no store \"" + std::string(name) + "\" in " + configuration_.file);
  const StorePart& part = store_part(*use);
  yaml::Problems problems = mistakes_;
  problems.add(part.problems);
  problems.raise();
  return part.recipe;
}

StoreRecipe Parts::scratch_store(const std::string& file) const {
  const StorePlugin& plugin = plugins_.store("sqlite");
  return {&plugin, "scratch", OptionValues(options_of(plugin.head), {{"path", file}})};
}

const Sync* Parts::load(std::string_view name) {
  const SyncUse* entry = configuration_.sync(name);
  if (entry == nullptr) return nullptr;
  const auto [part, fresh] = syncs_.try_emplace(entry->name);
  if (fresh) make_sync(*entry, part->second);
  return part->second.sync.get();
}

void Parts::make_sync(const SyncUse& entry, SyncPart& part) {
  auto sync = std::make_unique<Sync>();
  sync->name = entry.name;
  sync->provider = provider(entry.provider);
  if (sync->provider != nullptr) sync->resource = find_resource(entry, *sync->provider, part.problems);
  sync->nouns = nouns_of(entry, configuration_.provider(entry.provider));
  load_hooks(entry, *sync, part.problems);
  load_mapping(entry, *sync, part.problems);
  check_store(entry.store);
  sync->on_conflict = entry.on_conflict;
  sync->local_edits = entry.local_edits;
  sync->leave_gone = entry.leave_gone;
  sync->page_size = entry.page_size;
  sync->mass_change = entry.mass_change;
  sync->configured = entry_names(configuration_.syncs);
  const bool whole = sync->provider != nullptr && sync->resource != nullptr && sync->mapping != nullptr;
  const auto store = stores_.find(entry.store);
  const bool good =
      part.problems.empty() && providers_.at(entry.provider).problems.empty() && (store == stores_.end() || store->second.problems.empty());
  if (whole && good) part.sync = std::move(sync);
}

void Parts::load_hooks(const SyncUse& entry, Sync& sync, yaml::Problems& problems) const {
  if (entry.hooks.empty() || !is_there(entry.hooks, entry.hooks_place, problems)) return;
  sync.hook_file = entry.hooks;
  sync.hook = load_lua(entry.hooks, entry.hooks, LuaLimits{}, problems, system_clock(), load_data(entry, problems));
  if (sync.hook && entry.on_conflict == OnConflict::Hook && !sync.hook->has(Hook::Stage::Conflict)) {
    problems.add(entry.on_conflict_place, "on_conflict: hook, but " + entry.hooks + " has no function \"conflict\"");
  }
}

/// The files under `data`, by their names; null when there is none.
Json Parts::load_data(const SyncUse& entry, yaml::Problems& problems) const {
  Json data;
  for (const SyncUse::DataFile& file : entry.data) {
    if (!is_there(file.path, file.place, problems)) continue;
    data[file.name] = read_json(yaml::load_file(file.path, file.path, environment_, problems), problems);
  }
  return data;
}

void Parts::load_mapping(const SyncUse& entry, Sync& sync, yaml::Problems& problems) const {
  if (entry.mapping.empty() || !is_there(entry.mapping, entry.mapping_place, problems)) return;
  const yaml::Node root = yaml::load_file(entry.mapping, entry.mapping, environment_, problems);
  if (root.kind == yaml::Node::Kind::Missing || sync.resource == nullptr) return;
  const std::vector<std::string> transforms = sync.hook ? sync.hook->transforms() : std::vector<std::string>();
  sync.mapping = std::make_shared<const Mapping>(Mapping::load(root, *sync.resource, transforms, problems));
}

const std::string& Parts::table_of(std::string_view sync) {
  const auto [table, fresh] = tables_.try_emplace(std::string(sync));
  const SyncUse* entry = fresh ? configuration_.sync(sync) : nullptr;
  if (entry == nullptr) return table->second;
  table->second = table_at_top(entry->mapping, environment_);
  yaml::Problems ignored;
  if (table->second.empty()) table->second = yaml::load_file(entry->mapping, entry->mapping, environment_, ignored)["table"].scalar;
  return table->second;
}

yaml::Problems Parts::clashes_of(std::span<const std::string> names) {
  const auto meant = [&](const SyncUse& sync) { return std::find(names.begin(), names.end(), sync.name) != names.end(); };
  const std::vector<SyncUse>& syncs = configuration_.syncs;
  yaml::Problems found;
  for (std::size_t i = 0; i < syncs.size(); ++i) {
    for (std::size_t before = 0; before < i; ++before) {
      if ((meant(syncs[i]) || meant(syncs[before])) && may_meet(syncs[before], syncs[i])) compare(syncs[before], syncs[i], found);
    }
  }
  return found;
}

/// Two that may meet. Of one that cannot be loaded nobody knows what it pairs.
void Parts::compare(const SyncUse& one, const SyncUse& other, yaml::Problems& found) {
  const Sync* first = load(one.name);
  const Sync* second = load(other.name);
  if (first == nullptr || second == nullptr) {
    const std::array<std::string, 2> both{one.name, other.name};
    return found.add(problems_of(both));
  }
  if (!share_items(*first, *second) || !may_share_rows(*first, *second)) return;
  found.add(other.place, "syncs " + one.name + " and " + other.name + " pair the same rows of table " + second->mapping->table_name() +
                             " with the same items, and neither would know what the other agreed on: keep one, with all columns in " +
                             "its mapping (import, export and full are commands), or give each rows of its own with `where`");
}

/// One store, resource, account and table, as far as the configuration tells.
bool Parts::may_meet(const SyncUse& one, const SyncUse& other) {
  if (one.store != other.store || one.resource != other.resource || !same_account(one, other)) return false;
  const std::string& table = table_of(one.name);
  return !table.empty() && table == table_of(other.name);
}

/// One entry of the configuration, or two of one plugin with the same keys.
bool Parts::same_account(const SyncUse& one, const SyncUse& other) {
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

std::vector<SyncIdentity> Parts::neighbours_of(std::string_view name) {
  std::vector<SyncIdentity> found;
  const SyncUse& one = *configuration_.sync(name);
  const Sync* mine = load(name);
  for (const SyncUse& other : configuration_.syncs) {
    if (mine == nullptr || other.name == name || !may_meet(one, other)) continue;
    if (const Sync* theirs = load(other.name); theirs != nullptr && share_items(*mine, *theirs)) found.push_back(identity_of(*theirs));
  }
  return found;
}

}  // namespace lockstep
