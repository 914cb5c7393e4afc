#include "conformance/provider_suite.h"

#include "conformance/report.h"

namespace lockstep::conformance {

TEST_P(ProviderSuite, Holds) {
  const ProviderBench bench = GetParam().provider.start();
  const Finding outcome = run_provider_check(GetParam().check, bench);
  report(outcome, GetParam().check.name, GetParam().provider.skipped);
  if (outcome.state == Finding::State::Skipped) GTEST_SKIP() << outcome.reasons.at(0);
}

testing::internal::ParamGenerator<ProviderCase> provider_cases(const ProviderUnderTest& provider) {
  std::vector<ProviderCase> cases;
  for (const ProviderCheck& check : provider_checks()) cases.push_back({check, provider});
  return testing::ValuesIn(cases);
}

}  // namespace lockstep::conformance
