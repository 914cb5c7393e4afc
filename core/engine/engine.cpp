#include "engine/engine.h"

#include "engine/run.h"

namespace lockstep {

std::uint64_t SyncReport::synced() const {
  return unchanged + created_local + updated_local + linked + created_remote + updated_remote + recreated_remote - on_both_sides;
}

int SyncReport::exit_code() const {
  if (interrupted) return 130;
  if (failure) return 1;
  return failed + rejected + awaiting > 0 ? 2 : 0;
}

SyncReport Engine::run(Sync& sync, const RunOptions& options, Observer& observer) {
  return Run(clock_, stop_, sync, options, observer).execute();
}

}  // namespace lockstep
