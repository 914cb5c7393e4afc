// Workspace: a configuration come to life: plugins loaded, providers and stores made, mappings and hooks read. Each part on first use, so
// that a command pays only for the syncs it names.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "engine/engine.h"
#include "plugin/registry.h"

namespace lockstep {

/// Where plugins come from: the registry, or a test.
class PluginSource {
 public:
  virtual ~PluginSource() = default;
  /// Throws Error{Invalid} that says what was found and where it was looked for.
  virtual const ProviderPlugin& provider(std::string_view name) = 0;
  virtual const StorePlugin& store(std::string_view name) = 0;
};

class RegistryPlugins : public PluginSource {
 public:
  explicit RegistryPlugins(Registry& registry) : registry_(registry) {}
  const ProviderPlugin& provider(std::string_view name) override { return registry_.provider(name); }
  const StorePlugin& store(std::string_view name) override { return registry_.store(name); }

 private:
  Registry& registry_;
};

class Workspace {
 public:
  /// `problems`: what reading the configuration found. `plugins` is borrowed.
  Workspace(Configuration configuration, yaml::Problems problems, PluginSource& plugins, yaml::Environment environment);
  ~Workspace();

  /// Stores made from now on wait for no lock once `stop` is requested.
  void set_stop(std::stop_token stop) { stop_ = std::move(stop); }
  /// Answers why the value of a variable may be a secret, but must not say where data goes; nullopt: it may.
  void set_doubt(yaml::Environment doubt) { doubt_ = std::move(doubt); }
  /// Replaces the option `timeout` of every provider made from now on; empty: no.
  void set_timeout(std::string timeout) { timeout_ = std::move(timeout); }
  const Configuration& configuration() const { return configuration_; }
  /// Mistakes found so far, of the configuration and of every file that was opened.
  yaml::Problems& problems() { return problems_; }

  /// The sync with provider, mapping and hooks but without its store; nullptr when there are mistakes (see problems()) or no such entry.
  Sync* load(std::string_view name);
  /// All of these. Throws Error{Invalid} that tells the mistakes of all of them at once, or names an entry that does not exist.
  std::vector<Sync*> load_all(std::span<const std::string> names);
  /// The same for a run, which is refused where another sync of the configuration pairs the same rows with the same items.
  std::vector<Sync*> load_to_run(std::span<const std::string> names);
  /// A mistake for each of these that pairs the same rows with the same items as another sync does: see same_pairs.h.
  void check_apart(std::span<const std::string> names);
  /// "it is for LOCKSTEP_ENV=development, and this is production", where the configuration limits the provider to other environments.
  std::optional<std::string> out_of_place(std::string_view provider) const;
  /// Why this provider of the configuration cannot be used now: its key is missing, or LOCKSTEP_ENV names an environment in which it is
  /// not there; nullopt when it can.
  std::optional<std::string> unavailable(std::string_view provider);
  /// Gives a loaded sync its store and its neighbours. Throws what the store throws.
  void open(Sync& sync);

  /// The table that a sync's mapping names, without loading its provider; empty when it cannot be read.
  std::string table_of(std::string_view sync) const;

  /// nullptr when it cannot be made. Made without the options that are wrong; problems() has them.
  Provider* provider(std::string_view name);
  /// Checks the options of a store without opening it.
  void check_store(std::string_view name);
  /// Throws when it cannot be opened.
  Store& store(std::string_view name);
  /// A new SQLite database in `file`, which no entry of the configuration names: for trials. Throws when it cannot be opened.
  std::unique_ptr<Store> scratch_store(const std::string& file);

 private:
  std::unique_ptr<Provider> make_provider(const PluginUse& use);
  OptionValues read_options(const PluginUse& use, const PluginHead& head, bool& good);
  void read_option(const yaml::Node::Member& member, const PluginUse& use, std::span<const Option> table,
                   std::map<std::string, std::string, std::less<>>& given, bool& good);
  std::unique_ptr<Sync> make_sync(const SyncUse& entry);
  bool same_account(const SyncUse& one, const SyncUse& other);
  bool share_table_and_items(const SyncUse& one, const SyncUse& other);
  bool pair_the_same(const SyncUse& one, const SyncUse& other);
  std::vector<SyncIdentity> neighbours_of(const SyncUse& sync);
  [[noreturn]] void refuse_sync(const std::string& name) const;
  const Resource* find_resource(const SyncUse& entry, Provider& provider);
  void load_hooks(const SyncUse& entry, Sync& sync);
  Json load_data(const SyncUse& entry);
  void load_mapping(const SyncUse& entry, Sync& sync);

  Configuration configuration_;
  PluginSource& plugins_;
  yaml::Environment environment_, doubt_;
  std::string timeout_;
  std::stop_token stop_;
  yaml::Problems problems_;
  std::map<std::string, std::unique_ptr<Provider>, std::less<>> providers_;
  std::map<std::string, std::unique_ptr<Store>, std::less<>> stores_;
  std::map<std::string, std::unique_ptr<Sync>, std::less<>> syncs_;
};

}  // namespace lockstep
