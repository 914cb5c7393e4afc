// Plugin source: where plugins come from: the registry, or a test.
#pragma once

#include <mutex>
#include <string_view>

#include "plugin/registry.h"

namespace lockstep {

/// Any thread. What it answers lives as long as the process.
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
  const ProviderPlugin& provider(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    return registry_.provider(name);
  }
  const StorePlugin& store(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    return registry_.store(name);
  }

 private:
  std::mutex mutex_;
  Registry& registry_;
};

}  // namespace lockstep
