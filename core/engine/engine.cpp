#include "engine/engine.h"

#include "engine/passes/run.h"

namespace lockstep {

const Words<RunPass>& run_pass_words() {
  static constexpr Words<RunPass> kWords(
      {{RunPass::Ask, "ask", "the remote is asked for its list"},
       {RunPass::Open, "open", "the sync is leased, its tables and its state are read"},
       {RunPass::Scan, "scan", "the local rows are read"},
       {RunPass::Read, "read", "the list is read, and what can be decided is written"},
       {RunPass::Missing, "missing", "what the list does not name is looked at, and the guards are asked"},
       {RunPass::Apply, "apply", "what has waited is written on both sides"},
       {RunPass::RollBack, "roll_back", "what an earlier run wrote is undone"},
       {RunPass::Close, "close", "the state and the journal are brought up to date"}});
  return kWords;
}

std::uint64_t SyncReport::synced() const {
  return unchanged + created_local + updated_local + linked + created_remote + updated_remote + recreated_remote - both_sides;
}

std::string SyncReport::failure_text() const {
  const std::string& reason = failure.value_or("");
  if (failure_hint.empty()) return reason;
  // A missing key reads as one sentence with its remedy.
  return reason + (failure_code == "credentials" ? ": " : "; ") + failure_hint;
}

int SyncReport::exit_code() const {
  if (interrupted) return 130;
  if (failure) return written ? 2 : 1;
  return failed + rejected + awaiting + skipped.size() > 0 ? 2 : 0;
}

std::unique_ptr<Lease> take_lease(const Sync& sync) { return sync.store->lease("sync " + sync.name); }

SyncIdentity identity_of(const Sync& sync) {
  std::string rows;
  std::vector<std::pair<std::string, std::string>> constants;
  for (const Constant& constant : sync.mapping->constants()) constants.emplace_back(constant.column, constant.value);
  for (const Constant& constant : sync.mapping->constants()) rows += (rows.empty() ? "" : ", ") + constant.column + ": " + constant.value;
  return {sync.name,       sync.resource->address, sync.resource->name, sync.mapping->table_name(),
          std::move(rows), sync.configured,        std::move(constants)};
}

SyncReport Engine::run(Sync& sync, const RunOptions& options, Observer& observer) {
  return Run(clock_, stop_, sync, options, observer).execute();
}

}  // namespace lockstep
