// Parts: what a workspace is made of, each made on first use: providers, mappings, hooks, the options of stores. A mistake stays with the
// part that has it, so that it stops what needs that part and nothing else.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/plugin_options.h"
#include "config/plugin_source.h"
#include "engine/engine.h"

namespace lockstep {

/// How a store is opened: by its plugin, with these options.
struct StoreRecipe {
  const StorePlugin* plugin = nullptr;
  std::string name;
  OptionValues options;

  /// A connection of its own. It waits for no lock once `stop` is requested. Throws when it cannot be opened. Any thread.
  std::unique_ptr<Store> open(std::stop_token stop) const;
};

/// One thread at a time; what it answers never changes and may be used by any.
class Parts {
 public:
  Parts(Configuration configuration, yaml::Problems problems, PluginSource& plugins, yaml::Environment environment);
  ~Parts();

  /// See workspace.h.
  void set_doubt(yaml::Environment doubt) { doubt_ = std::move(doubt); }
  void set_timeout(std::string timeout) { timeout_ = std::move(timeout); }

  const Configuration& configuration() const { return configuration_; }
  const yaml::Environment& environment() const { return environment_; }

  /// Found so far: all of them; those of these syncs, their providers and stores, with those of the configuration itself.
  yaml::Problems problems() const;
  yaml::Problems problems_of(std::span<const std::string> syncs) const;

  /// nullptr when it cannot be made, or there is no such entry. One with wrong options is made without these.
  Provider* provider(std::string_view name);
  /// With a hook that nobody may call, only ask for another(). nullptr when there are mistakes, or there is no such entry.
  const Sync* load(std::string_view name);
  /// Throws Error{Invalid} with its mistakes, or when there is no such entry.
  const StoreRecipe& store(std::string_view name);
  void check_store(std::string_view name);
  /// Of a SQLite database in `file`, which no entry of the configuration names.
  StoreRecipe scratch_store(const std::string& file) const;

  /// A mistake for each of these that pairs the same rows with the same items as another sync does, and those of a sync that may do so
  /// and cannot be loaded.
  yaml::Problems clashes_of(std::span<const std::string> names);
  /// Of a sync that there is.
  std::vector<SyncIdentity> neighbours_of(std::string_view sync);
  /// Without loading its provider; empty when it cannot be read.
  const std::string& table_of(std::string_view sync);

 private:
  struct ProviderPart {
    std::unique_ptr<Provider> provider;
    yaml::Problems problems;
  };
  struct StorePart {
    StoreRecipe recipe;
    yaml::Problems problems;
  };
  struct SyncPart {
    std::unique_ptr<const Sync> sync;
    yaml::Problems problems;
  };

  OptionRules option_rules() const { return {configuration_.directory, doubt_, timeout_}; }
  void make_provider(const PluginUse& use, ProviderPart& part);
  const StorePart& store_part(const PluginUse& use);
  void make_sync(const SyncUse& entry, SyncPart& part);
  void load_hooks(const SyncUse& entry, Sync& sync, yaml::Problems& problems) const;
  Json load_data(const SyncUse& entry, yaml::Problems& problems) const;
  void load_mapping(const SyncUse& entry, Sync& sync, yaml::Problems& problems) const;
  bool same_account(const SyncUse& one, const SyncUse& other);
  bool may_meet(const SyncUse& one, const SyncUse& other);
  void compare(const SyncUse& one, const SyncUse& other, yaml::Problems& found);

  const Configuration configuration_;
  const yaml::Problems mistakes_;  ///< of the configuration itself
  PluginSource& plugins_;
  const yaml::Environment environment_;
  yaml::Environment doubt_;
  std::string timeout_;
  std::map<std::string, ProviderPart, std::less<>> providers_;
  std::map<std::string, StorePart, std::less<>> stores_;
  std::map<std::string, SyncPart, std::less<>> syncs_;
  std::map<std::string, std::string, std::less<>> tables_;  ///< of the syncs that were asked about
};

}  // namespace lockstep
