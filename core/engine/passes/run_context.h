// RunContext: what all passes of a run share: what the run was asked for, both sides as they are known, the state, and the report.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/engine.h"
#include "engine/passes/tally.h"
#include "engine/sides/account.h"
#include "engine/sides/facts.h"
#include "engine/sides/fault.h"
#include "engine/sides/host.h"
#include "engine/sides/item.h"
#include "engine/sides/local.h"
#include "engine/sides/natural_key.h"
#include "engine/sides/neighbours.h"
#include "engine/sides/reader.h"
#include "engine/sides/rejections.h"
#include "engine/sides/secrets.h"
#include "engine/sides/shaper.h"
#include "engine/sides/target.h"
#include "engine/write/chronicle.h"
#include "engine/write/dry_writer.h"
#include "sdk/call.h"

namespace lockstep {

/// So many items are matched, mapped, decided and written at a time.
inline constexpr std::size_t kChunk = 128;

struct RunContext {
  RunContext(const Clock& clock, std::stop_token stop, Sync& sync, const RunOptions& options, Observer& observer);
  ~RunContext();
  RunContext(const RunContext&) = delete;
  RunContext& operator=(const RunContext&) = delete;

  /// Throws Error{Interrupted} once a stop is requested.
  void check_stop() const;
  /// Fingerprint of all that turns a record into a row: when it changes, every record is mapped again.
  std::uint64_t seed() const;
  /// The run undoes another.
  bool undoing() const { return options.undone() != nullptr; }
  /// The list alone says that an item is gone: the mapping says what becomes of its row.
  bool list_concludes() const;
  /// Nothing limits it to some records.
  bool whole() const { return options.ids.empty() && options.rows.empty() && !options.owner && !options.open_create(); }

  const Clock& clock;
  std::stop_token stop;
  Sync& sync;
  const RunOptions& options;
  Observer& observer;
  const Mapping& mapping;
  Policy policy;
  SyncReport report;
  Tally tally;

  State state;
  SyncEntry entry;
  std::string former_name;  ///< of the sync, where its name has changed since its last run
  DatabaseEntry database;
  std::unique_ptr<Lease> own_lease;
  Lease* lease = nullptr;  ///< own_lease, or the caller's; null in a dry run
  RunEntry run;
  std::unique_ptr<Writer> writer = std::make_unique<DryWriter>();

  Links links;
  SecretPaths secrets;
  Target target;
  RowScope scope;
  LocalRows locals;
  Host host;
  Shaper shaper;
  References references;
  NaturalKeys natural;
  FactsBuilder facts;
  Chronicle chronicle;
  Accounts accounts;
  Neighbours neighbours;
  Rejections rejections;

  Meter meter;
  Call call;
  Reachability reachability;
  std::unique_ptr<PageStream> stream;
  IdStream* id_stream = nullptr;  ///< `stream`, when only some ids are asked for
  std::uint64_t remote_count = 0;
  std::vector<bool> seen;                             ///< links that the remote named
  std::unordered_set<std::uint32_t> links_set_aside;  ///< what became of their items was told: nothing is concluded about them
};

}  // namespace lockstep
