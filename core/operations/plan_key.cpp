#include "operations/plan_key.h"

#include "engine/sides/keyed_hash.h"
#include "state/state.h"

namespace lockstep {
namespace {

/// Each use of a secret has a key of its own.
std::string key_of(const std::string& secrets) { return keyed_hash(secrets, "lockstep plan"); }

DatabaseEntry ensure_secret(Sync& sync, const Clock& clock) {
  State state(*sync.store);
  if (const auto known = state.find_database()) return *known;
  const std::unique_ptr<Lease> lease = take_lease(sync);
  state.prepare_database();
  return state.ensure_database(*lease, clock.now());
}

}  // namespace

std::optional<std::string> find_plan_key(std::span<Sync* const> syncs) {
  std::string secrets;
  for (const Sync* sync : syncs) {
    const auto known = State(*sync->store).find_database();
    if (!known) return std::nullopt;
    secrets += known->secret;
  }
  return key_of(secrets);
}

std::string ensure_plan_key(std::span<Sync* const> syncs, const Clock& clock) {
  std::string secrets;
  for (Sync* sync : syncs) secrets += ensure_secret(*sync, clock).secret;
  return key_of(secrets);
}

}  // namespace lockstep
