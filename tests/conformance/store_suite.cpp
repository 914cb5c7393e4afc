#include "conformance/store_suite.h"

#include "conformance/report.h"

namespace lockstep::conformance {

TEST_P(StoreSuite, Holds) {
  const auto database = GetParam().store.make();
  const Finding outcome = run_store_check(GetParam().check, *database);
  report(outcome, GetParam().check.name, GetParam().store.skipped);
  if (outcome.state == Finding::State::Skipped) GTEST_SKIP() << outcome.reasons.at(0);
}

testing::internal::ParamGenerator<StoreCase> store_cases(const StoreUnderTest& store) {
  std::vector<StoreCase> cases;
  for (const StoreCheck& check : store_checks()) cases.push_back({check, store});
  return testing::ValuesIn(cases);
}

}  // namespace lockstep::conformance
