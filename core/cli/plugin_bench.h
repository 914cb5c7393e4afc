// What `lockstep plugins test` gives the conformance checks: a provider where it works, a store in a place that may be filled.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/context.h"
#include "common/scratch_folder.h"
#include "conformance/provider_checks.h"
#include "conformance/store_checks.h"

namespace lockstep {

using OptionTexts = std::map<std::string, std::string, std::less<>>;

/// The NAME=VALUE texts of --option, checked against the plugin's table. Secret ones are registered.
/// Throws Error{Invalid} naming what the table has.
OptionTexts read_given_options(const PluginHead& head, const std::vector<std::string>& given);

/// The plugin that the configuration's provider of that name uses; without such a provider the name is a plugin's own.
std::string plugin_behind(Context& context, const std::string& name);

/// Options from the provider of the configuration that is called `name`, else from the first that uses the plugin, where there is a
/// configuration; then the variables that the plugin's table names; `given` on top. Without retries, unless they are given.
conformance::ProviderBench provider_bench(Context& context, const ProviderPlugin& plugin, const std::string& name,
                                          const OptionTexts& given);

/// The option for a key that the plugin has and the bench has no value for, else nullptr.
const Option* missing_key(const conformance::ProviderBench& bench);

/// Where the checks of a store make their tables. A required option of type path that is not given gets a new file in a temporary directory
/// for each check; else all checks share what the options name, each under names of its own. The configuration is never asked: its stores
/// hold data.
class StoreBench {
 public:
  /// `words`: the program and what it needs to find the plugin and the options again, for the process that holds a lease.
  /// Throws Error{Invalid} when the plugin's options do not say where the data goes.
  StoreBench(const StorePlugin& plugin, OptionTexts given, std::vector<std::string> words);
  ~StoreBench();
  StoreBench(const StoreBench&) = delete;
  StoreBench& operator=(const StoreBench&) = delete;

  std::unique_ptr<conformance::Database> make();
  std::unique_ptr<Store> open(const OptionTexts& options) const;

 private:
  class PluginDatabase;

  const StorePlugin& plugin_;
  OptionTexts given_;
  std::vector<std::string> words_;
  std::string path_option_;  ///< gets a file of its own; empty: shared
  std::optional<ScratchFolder> folder_;
  std::size_t made_ = 0;
};

}  // namespace lockstep
