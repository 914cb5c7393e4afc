// Checks of a provider: what every remote API must do behind the Provider door, against a real service. Between the two stands a gateway
// (gateway.h) that lets everything through and, for one check at a time, alters an answer: that is how any provider that knows `base_url`
// meets faults and odd values without a server that can be told to misbehave. Nothing but GET passes it: the service is never written to.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "conformance/check.h"
#include "sdk/plugin.h"

namespace lockstep::conformance {

/// A provider and where it works.
struct ProviderBench {
  const ProviderPlugin* plugin = nullptr;
  /// Options that reach a service with at least four items of `resource`: for an HTTP provider the key and `base_url`.
  std::map<std::string, std::string, std::less<>> options;
  std::string resource = {};               ///< empty: the first
  std::shared_ptr<void> server = nullptr;  ///< kept as long as the checks run
};

class ProviderTrial;

struct ProviderCheck {
  const char* name;  ///< "ABadKeyIsRefused"
  void (*run)(ProviderTrial&);
};

/// Every check of the suite.
std::span<const ProviderCheck> provider_checks();
/// Never throws.
Finding run_provider_check(const ProviderCheck& check, const ProviderBench& bench);

}  // namespace lockstep::conformance
