// The provider checks (core/conformance) as GoogleTest cases. A provider passes them in about 20 lines: a function that starts the service
// and says with which options it is reached.
//
//   ProviderBench sandboxed() {
//     auto sandbox = std::make_shared<sandbox::Sandbox>();
//     return {&lockstep_provider_v1, {{"api_key", sandbox->key()}, {"base_url", sandbox->url()}}, "assistant", sandbox};
//   }
//   INSTANTIATE_TEST_SUITE_P(Mine, ProviderSuite, provider_cases({sandboxed}), provider_case_name);
//
// Compile provider_suite.cpp and report.cpp into the test and link lockstep_conformance.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <set>
#include <string>

#include "conformance/provider_checks.h"

namespace lockstep::conformance {

struct ProviderUnderTest {
  /// Called once for each check.
  std::function<ProviderBench()> start;
  /// Checks that cannot be made here. Any other one that is skipped fails, and so does one of these that is not.
  std::set<std::string> skipped = {};
};

struct ProviderCase {
  ProviderCheck check;
  ProviderUnderTest provider;
};

inline std::ostream& operator<<(std::ostream& out, const ProviderCase& one) { return out << one.check.name; }
/// One case a check.
testing::internal::ParamGenerator<ProviderCase> provider_cases(const ProviderUnderTest& provider);
inline std::string provider_case_name(const testing::TestParamInfo<ProviderCase>& info) { return info.param.check.name; }

class ProviderSuite : public testing::TestWithParam<ProviderCase> {};

}  // namespace lockstep::conformance
