#include "engine/sides/moved_rows.h"

#include "sdk/repeating.h"

namespace lockstep {
namespace {

/// Kept, for nothing is ever deleted, and nobody's.
void give_up(const Handover& what, Transaction& transaction) {
  Links links;
  StateBatch nobodys(0, links);
  for (const Link& link : what.given_up) nobodys.put_link(link);
  nobodys.flush(transaction);
}

void close_former(const Handover& what, std::int64_t former, Micros at, Transaction& transaction) {
  Links links;
  StateBatch batch(former, links);
  batch.know(what.rejected, {});
  for (const RejectedEntry& entry : what.rejected) batch.close_rejected(entry.remote_id, entry.local_key, at);
  batch.flush(transaction);
}

}  // namespace

void write_handover(Store& store, const Handover& what, std::int64_t sync_id, std::int64_t former, Links& links, Micros at,
                    const Lease& lease) {
  StateBatch batch(sync_id, links);
  for (const Link& link : what.links) batch.put_link(link);
  for (const ConflictEntry& conflict : what.conflicts) batch.put_conflict(conflict);
  for (const RejectedEntry& entry : what.rejected) batch.put_rejected(entry);
  for (IntentEntry intent : what.intents) batch.open_intent(intent);
  in_transaction(store, lease, [&](Transaction& transaction) {
    give_up(what, transaction);
    close_former(what, former, at, transaction);
    batch.write(transaction);
  });
}

}  // namespace lockstep
