// The store checks (core/conformance) as GoogleTest cases. A store passes them in about 20 lines:
//
//   class MyDatabase : public Database {…};            // open(), and whatever else can be done from outside
//   StoreUnderTest mine() { return {[] { return std::make_unique<MyDatabase>(); }}; }
//   INSTANTIATE_TEST_SUITE_P(Mine, StoreSuite, store_cases(mine()), case_name);
//   const bool child = run_child_if_asked([](const std::string& address) { return open_my_store(address); });      // holder.h
//
// Compile store_suite.cpp, report.cpp and holder.cpp into the test and link lockstep_conformance.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "conformance/store_checks.h"

namespace lockstep::conformance {

struct StoreUnderTest {
  std::function<std::unique_ptr<Database>()> make;
  /// Checks that cannot be made here. Any other one that is skipped fails, and so does one of these that is not.
  std::set<std::string> skipped = {};
};

struct StoreCase {
  StoreCheck check;
  StoreUnderTest store;
};

inline std::ostream& operator<<(std::ostream& out, const StoreCase& one) { return out << one.check.name; }
/// One case a check.
testing::internal::ParamGenerator<StoreCase> store_cases(const StoreUnderTest& store);
inline std::string case_name(const testing::TestParamInfo<StoreCase>& info) { return info.param.check.name; }

class StoreSuite : public testing::TestWithParam<StoreCase> {};

}  // namespace lockstep::conformance
