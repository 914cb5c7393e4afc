#include "engine/sides/apart.h"

#include "sdk/repeating.h"
#include "state/document.h"

namespace lockstep {
namespace {

constexpr std::string_view kAskedMember = "asked";

}  // namespace

Json asked_entry() { return Json::Object{{std::string(kAskedMember), Json(true)}}; }

Json moved_entry() { return Json::Object{{"moved", Json(true)}}; }

bool is_asked(const Json& entry) { return entry.find(kAskedMember) != nullptr; }

void close_apart(State& state, StateBatch& batch, const Links& links, std::optional<std::size_t> link,
                 std::span<const ConflictEntry> conflicts, Micros at, Arena& arena) {
  for (const ConflictEntry& conflict : conflicts) batch.close_conflict(conflict, at);
  if (!link) return;
  const std::int64_t ids[] = {links[*link].id};
  const auto bases = state.load_bases(ids);
  if (bases.empty()) return;
  const Base& base = bases.begin()->second;
  Json held = base.held;
  for (const ConflictEntry& conflict : conflicts) held[conflict.field] = asked_entry();
  Link known = links[*link];
  known.remote_hash = {};
  batch.put_link(known);
  DocumentPacker packer;
  batch.put_base(known.id, packer.pack(arena.copy(base.document), arena), held, arena.copy(base.cells));
}

void close_unclaimed(Store& store, const ConflictEntry& conflict, const Clock& clock) {
  const std::unique_ptr<Lease> lease = store.lease("sync " + conflict.sync);
  State state(store);
  Links links = state.load_links(conflict.sync_id);
  std::optional<std::size_t> link;
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (links[i].id == conflict.link_id) link = i;
  }
  Arena arena;
  StateBatch batch(conflict.sync_id, links);
  close_apart(state, batch, links, link, std::span(&conflict, 1), clock.now(), arena);
  in_transaction(store, *lease, [&](Transaction& transaction) { batch.write(transaction); });
}

}  // namespace lockstep
