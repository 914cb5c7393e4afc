// A run that must do what its dry run said.
#pragma once

#include "engine/two_way_world.h"

namespace lockstep::test {

/// Time passes, then the run is foreseen and carried out; both must count the same.
inline SyncReport run_as_foreseen(TwoWayWorld& world, Mode mode, const std::function<void(RunOptions&)>& adjust = {}) {
  world.later();
  const SyncReport foreseen = world.run(mode, [&](RunOptions& options) {
    options.dry_run = true;
    if (adjust) adjust(options);
  });
  SyncReport report = world.run(mode, adjust);
  EXPECT_EQ(report.failure.value_or(""), "");
  EXPECT_EQ(foreseen.updated_local, report.updated_local);
  EXPECT_EQ(foreseen.updated_remote, report.updated_remote);
  EXPECT_EQ(foreseen.awaiting_fields, report.awaiting_fields);
  return report;
}

}  // namespace lockstep::test
