#include "conformance/report.h"

#include <gtest/gtest.h>

namespace lockstep::conformance {

void report(const Finding& outcome, const std::string& name, const std::set<std::string>& skipped) {
  const bool was_skipped = outcome.state == Finding::State::Skipped;
  if (was_skipped != skipped.contains(name)) {
    ADD_FAILURE() << name << (was_skipped ? " was skipped: " + outcome.reasons.at(0) : std::string(" was expected to be skipped"));
  }
  if (outcome.state != Finding::State::Failed) return;
  for (const std::string& reason : outcome.reasons) ADD_FAILURE() << reason;
}

}  // namespace lockstep::conformance
