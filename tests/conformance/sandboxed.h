// A plugin that is linked into the test, with the sandbox as its service.
#pragma once

#include <map>
#include <set>
#include <string>

#include "conformance/provider_suite.h"
#include "sandbox/sandbox.h"
#include "sdk/plugin.h"

extern "C" const lockstep::ProviderPlugin lockstep_provider_v1;

namespace lockstep::conformance {

/// `path`: of the API below the sandbox's address. `options` come besides those that every HTTP provider takes.
inline ProviderUnderTest sandboxed(const std::string& path, const std::string& resource, std::set<std::string> skipped = {},
                                   std::map<std::string, std::string, std::less<>> options = {}) {
  const auto start = [=]() -> ProviderBench {
    // Nothing is written to it, so one serves all checks. Its threads end before what they use does.
    static sandbox::Sandbox sandbox;
    ProviderBench bench{&lockstep_provider_v1, options, resource};
    bench.options.insert({{"api_key", sandbox.key()}, {"base_url", sandbox.url() + path}, {"retries", "0"}, {"rate", "0"}});
    return bench;
  };
  return {start, std::move(skipped)};
}

}  // namespace lockstep::conformance
