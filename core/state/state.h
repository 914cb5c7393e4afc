// State: links, bases, journal, intents, rejections, conflicts: lockstep_* tables as ordinary Tables in the user's own store.
// They travel through the Store door like any other table; nothing here is ever deleted, entries are closed by a mark.
//
//   lockstep_database  id (1), database_id (ULID, made once), secret (32 random bytes in hexadecimal, for keyed hashes), created_at
//   lockstep_sync      id, name, checked_at, remote_count, local_count, names: JSON object column → "camel", "snake" or "both", address,
//                      resource, table_name, row_scope (what it pairs: a sync is found by these, and its name is kept up to date; null in
//                      states of version 0.1.0), drops_markers, definition: JSON object (of the table: engine/sides/target.h),
//                      keeps_markers
//   lockstep_fields    id, sync_id, fields: JSON object column → rule fingerprint, or {"rule": …} with any of "now" (the name that the
//                      column bears by now), "kept" (it was not mapped), "moved" (its place in the table has changed since) and "doubt"
//                      (nobody can tell whether it is the same column still); which rules a base was made under
//   lockstep_link      id (number of the sync that made it << 40 | n), sync_id (whose it is; 0: given up for another), remote_id,
//                      local_key, remote_hash, row_hash, fields_id, gone_at, scope, left_at, account ("ADDRESS ORGANISATION":
//                      engine/sides/account.h)
//   lockstep_base      link_id, document (as the server answered it, packed: document.h), held: JSON object column → {"here": …, "there":
//                      …} (what a side that is left out holds is what the document says), null (nothing is agreed on), {"asked": true}
//                      (neither, and it was left to a person), {"moved": true} (neither, and both sides were edited) or {"new": true}
//                      (the column was not there), cells: a print of each cell of the row as the agreement left it
//                      (engine/decide/cell_prints.h)
//   lockstep_run       id, run (ULID), command, mode, dry_run, by, started_at, finished_at, exit, report (JSON)
//   lockstep_change    id, run_id, sync_id, link_id, local_key, remote_id, label, side, action, case_number (the row of the decision
//                      table; null for what a rollback restored), at, fields: JSON object column → {"before": …, "after": …, and
//                      "stored": …, where the remote made something else of what was sent, "raw": …, what stood in the document,
//                      where the rules do not make it of "before" again, "unconfirmed": true, where the answer was lost and nothing has
//                      shown since that it took effect}; null for an insert
//   lockstep_rejected  id (of sync and remote id), sync_id, remote_id, local_key, label, reason, since, closed_at, mode
//   lockstep_conflict  id, sync_id, link_id, local_key, remote_id, label, field, base, here, there, since, closed_at
//   lockstep_intent    id, run_id, sync_id, local_key, remote_id, action, marker, body, opened_at, closed_at, until (when
//                      the request cannot be at work any more; null: not known)
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/hash.h"
#include "common/random.h"
#include "common/time.h"
#include "data/arena.h"
#include "data/json.h"
#include "data/side.h"
#include "sdk/store.h"
#include "state/undoable.h"

namespace lockstep {

/// Identity of a pair. Texts are borrowed from the Links that hold it.
struct Link {
  std::int64_t id = 0;  ///< 0: not stored yet
  std::string_view remote_id;
  std::string_view local_key;  ///< key_text() of the row's primary key; empty: no row known
  Hash128 remote_hash;         ///< of the raw record, seeded; zero: must be mapped again
  Hash128 row_hash;            ///< of the mapped columns as the store answers them
  std::int64_t fields_id = 0;  ///< which rules its base was made under
  Micros gone_at = 0;          ///< when a 404, or a list that concludes, said that the remote item is gone; 0: it is not
  Micros left_at = 0;          ///< when a person said that what is gone of it stays gone; 0: never
  std::string_view account;    ///< whose the remote item is (engine/sides/account.h); empty: not known
  std::int64_t scope = 0;      ///< of the list that named it last, where lists conclude (mapping/standing.h); 0: not known
};

/// A primary key as text: an integer in decimal, text as it is, a composite key as a JSON array.
std::string key_text(Row key);
/// The inverse; `types` are those of the key columns.
OwnedRow key_values(std::string_view text, std::span<const ColumnType> types);

/// All links of a sync, compact (about 150 bytes each): the set of ids that a run holds in memory.
class Links {
 public:
  std::size_t size() const { return links_.size(); }
  const Link& operator[](std::size_t index) const { return links_[index]; }
  std::optional<std::size_t> by_remote(std::string_view remote_id) const;
  std::optional<std::size_t> by_key(std::string_view local_key) const;
  /// Adds or replaces by remote id; copies the texts. Returns the index. A replaced link keeps its index.
  std::size_t put(const Link& link);
  /// Changes the remote id of a link (a recreated item).
  void relink(std::size_t index, std::string_view remote_id);
  /// The highest id that the sync has given, also to a link that is another's by now; 0: none.
  std::int64_t last_id() const { return last_id_; }
  void know_id(std::int64_t id) { last_id_ = std::max(last_id_, id); }

  /// From here on changes can be taken back: undo() goes back to begin(), keep() ends it.
  void begin();
  void keep();
  void undo();

 private:
  void rekey(std::size_t index, std::string_view local_key);
  void remember(std::size_t index);

  using Indexes = state::Undoable<std::unordered_map<std::string_view, std::size_t>>;
  std::vector<Link> links_;
  std::set<std::string, std::less<>> accounts_;  ///< few, and each said by many links
  Arena texts_;
  Indexes by_remote_, by_key_;
  std::size_t count_at_begin_ = 0;
  std::int64_t last_id_ = 0;
  std::vector<std::pair<std::size_t, Link>> changed_;  ///< since begin(): index and what was there
  bool recording_ = false;
};

struct Base {
  std::int64_t link_id = 0;
  std::string document;
  Json held;          ///< null, or column → {"here", "there", "not_taken", "sent"}, null or {"new"}
  std::string cells;  ///< empty: not known
};

struct RunEntry {
  std::int64_t id = 0;
  std::string run;  ///< ULID
  std::string command;
  std::string mode;
  bool dry_run = false;
  std::string by;  ///< user@host
  Micros started_at = 0;
  Micros finished_at = 0;  ///< 0: still running or interrupted
  int exit = 0;
  Json report;
};

struct ChangeEntry {
  std::int64_t id = 0;
  std::int64_t run_id = 0;
  std::string run;  ///< filled on reading
  std::int64_t sync_id = 0;
  std::string sync;  ///< filled on reading
  std::int64_t link_id = 0;
  std::string local_key;
  std::string remote_id;
  std::string label;
  Side side = Side::Local;  ///< where it was written
  std::string action;       ///< "insert", "update", "link", …
  int case_number = 0;
  Micros at = 0;
  Json fields;  ///< null for an insert
};

struct RejectedEntry {
  std::int64_t id = 0;
  std::int64_t sync_id = 0;
  std::string sync;
  std::string remote_id;
  std::string local_key;
  std::string label;
  std::string reason;
  std::string mode;  ///< of the run that refused it: "import", "export", "full", "rollback"; empty: not known
  Micros since = 0;
};

struct ConflictEntry {
  std::int64_t id = 0;
  std::int64_t sync_id = 0;
  std::string sync;
  std::int64_t link_id = 0;
  std::string local_key, remote_id, label, field;
  Json base, here, there;
  Micros since = 0;
};

struct IntentEntry {
  std::int64_t id = 0;
  std::int64_t run_id = 0;
  std::int64_t sync_id = 0;
  std::string local_key, remote_id, action, marker;
  Json body;
  Micros opened_at = 0;
  Micros until = 0;  ///< until then the request may be at work; 0: not known
};

/// What sets this database apart from every other. A copy of it has the same.
struct DatabaseEntry {
  std::string database_id;  ///< ULID
  std::string secret;       ///< 32 bytes: keys hashes of secrets; shown and logged nowhere
  Micros created_at = 0;

  friend bool operator==(const DatabaseEntry&, const DatabaseEntry&) = default;
};

struct SyncEntry {
  std::int64_t id = 0;
  std::string name;
  Micros checked_at = 0;  ///< when both sides were last counted completely
  std::optional<std::int64_t> remote_count, local_count;
  Json names;                                  ///< how the API was seen to spell its members (mapping/names.h); null: nothing to remember
  std::string address, resource, table, rows;  ///< as of SyncIdentity; empty `table`: of version 0.1.0, which knew the name alone
  bool drops_markers = false;                  ///< an item was once shown without the marker that it was created with
  Json definition;                             ///< of the table, as the last whole run met it (engine/sides/target.h); null: not known
  bool keeps_markers = false;                  ///< one was shown with it, and none without; neither: nothing is known yet

  friend bool operator==(const SyncEntry&, const SyncEntry&) = default;
};

/// What goes from one sync of a table to another with its rows (engine/sides/moved_rows.h). Links keep their ids, and so do bases and
/// journal.
struct Handover {
  std::vector<Link> links;
  std::vector<Link> given_up;  ///< another link is about the same item
  std::vector<IntentEntry> intents;
  std::vector<ConflictEntry> conflicts;
  std::vector<RejectedEntry> rejected;

  bool empty() const { return links.empty() && given_up.empty() && intents.empty(); }
};

/// What a sync pairs: it stays the same under another name, in another store's name or mapping file.
struct SyncIdentity {
  std::string name;
  std::string address, resource, table;
  std::string rows;                                                 ///< what every row of it holds, where a table has rows of several syncs
  std::vector<std::string> configured;                              ///< names of all syncs there are
  std::vector<std::pair<std::string, std::string>> constants = {};  ///< the same as `rows`: column → value
};

/// Which of the known entries is the one of this sync. `exists` says whether a table is there.
std::optional<std::size_t> match_sync(std::span<const SyncEntry> known, const SyncIdentity& sync,
                                      const std::function<bool(const std::string&)>& exists);

struct HistoryFilter {
  std::string run = {};     ///< ULID, whole or a unique beginning; empty: all
  std::string record = {};  ///< remote id or local key; empty: all
  std::string field = {};
  Micros since = 0;
  std::vector<std::string> syncs = {};  ///< names; empty: all
  std::size_t limit = 0;                ///< newest first; 0: no limit
  std::optional<Side> side = {};        ///< nullopt: both
  std::string before = {};              ///< of runs: only those that began before this one, by its ULID; empty: all
  std::int64_t after_run = 0;           ///< RunEntry::id: what later runs did alone; 0: all
};

/// Collects what one transaction writes to the state tables and sends it in a few calls on flush(), before commit().
class StateBatch;

/// The state of one store. Used by the thread that uses the store.
class State {
 public:
  explicit State(Store& store) : store_(store) {}

  static const std::vector<Table>& tables();
  /// True when every state table is there with every column.
  bool ready();
  /// Creates what is missing.
  void prepare();

  /// Creates the table of ensure_database() alone.
  void prepare_database();
  /// nullopt when nothing has made it yet.
  std::optional<DatabaseEntry> find_database();
  /// The same, made when missing. Throws Error{Corrupt} when its secret is damaged.
  DatabaseEntry ensure_database(const Lease& lease, Micros now, const RandomBytes& random = system_random);

  /// The sync's entry; nullopt when it never ran.
  std::optional<SyncEntry> find_sync(std::string_view name);
  /// The same by what it pairs; its name there may be an older one.
  std::optional<SyncEntry> find_sync(const SyncIdentity& sync);
  /// The same, added when missing, under its present name.
  SyncEntry ensure_sync(const SyncIdentity& sync, const Lease& lease);
  /// All that ever ran.
  std::vector<SyncEntry> syncs();
  /// Id of this set of rules (column → fingerprint), added when missing.
  std::int64_t ensure_fields(std::int64_t sync_id, const Json& fields, const Lease& lease);
  /// These columns of the sync's table are new: no set of rules says any more that they were there at an agreement, and the next
  /// ensure_fields() makes another set.
  void forget_columns(std::int64_t sync_id, std::span<const std::string> columns, const Lease& lease);
  /// The same in one set; false when it knew none of them.
  static bool forget_columns(Json& set, std::span<const std::string> columns);
  /// The conflict is about a column of this name from now on, by the former one in lower case; false: it stays what it was.
  static bool rename_column(ConflictEntry& conflict, const std::map<std::string, std::string>& renamed);
  /// Changes the sets for which `change` says that it did.
  void change_fields(std::int64_t sync_id, const Lease& lease, const std::function<bool(Json&)>& change);
  /// All known sets of the sync: id → object. A column that was dropped and made again is null.
  std::unordered_map<std::int64_t, Json> fields(std::int64_t sync_id);

  Links load_links(std::int64_t sync_id);
  /// Bases by link id; those that have none are left out.
  std::unordered_map<std::int64_t, Base> load_bases(std::span<const std::int64_t> link_ids);

  /// Adds a run; its id is filled in.
  void open_run(RunEntry& run, Transaction& transaction);
  void close_run(const RunEntry& run, Transaction& transaction);
  /// The same in a transaction of its own.
  void open_run(RunEntry& run, const Lease& lease);
  void close_run(const RunEntry& run, const Lease& lease);

  /// Newest first, read from the journal's end as far as needed. Only complete after ready(). Throws Error{Corrupt} with table and row
  /// for a change of which the journal does not say on which side it was.
  std::vector<RunEntry> runs(const HistoryFilter& filter);
  /// The same, each by itself, until `visit` answers false; `record`, `field` and `limit` of the filter do not count.
  void each_run(const HistoryFilter& filter, const std::function<bool(RunEntry&&)>& visit);
  std::vector<ChangeEntry> changes(const HistoryFilter& filter);
  /// The same, each by itself and without the name of its run, until `visit` answers false.
  void each_change(const HistoryFilter& filter, const std::function<bool(ChangeEntry&&)>& visit);
  /// Those of many links at once, newest first, without the names of runs and syncs.
  std::vector<ChangeEntry> changes_of(std::span<const Link> links);
  /// Open ones, oldest first; `sync_id` 0: all syncs.
  std::vector<RejectedEntry> rejected(std::int64_t sync_id = 0);
  std::vector<ConflictEntry> conflicts(std::int64_t sync_id = 0);
  std::vector<IntentEntry> intents(std::int64_t sync_id);
  /// Items that were made anew under another id: remote id → local key. `sync_id` 0: of all syncs.
  std::unordered_map<std::string, std::string> remade(std::int64_t sync_id = 0);

 private:
  friend class StateBatch;
  Store& store_;
};

class StateBatch {
 public:
  /// `links`: the in-memory set, kept in step with what is written.
  StateBatch(std::int64_t sync_id, Links& links);
  ~StateBatch();

  /// New links get their id here; returns the link's index in `links`.
  std::size_t put_link(const Link& link);
  /// `packed`: the document as DocumentPacker made it; borrowed until flush() or discard(), for documents are most of what a run writes.
  void put_base(std::int64_t link_id, std::string_view packed, const Json& held, std::string_view cells = {});
  void add_change(const ChangeEntry& change);
  /// The same record rejected for the same reason keeps `since` and writes nothing.
  void put_rejected(const RejectedEntry& entry);
  void close_rejected(std::string_view remote_id, std::string_view local_key, Micros at);
  void put_conflict(const ConflictEntry& entry);
  void close_conflict(const ConflictEntry& entry, Micros at);
  /// One that has an id already is promised once more.
  void open_intent(IntentEntry& entry);
  void close_intent(const IntentEntry& entry, Micros at);
  void put_sync(const SyncEntry& entry);
  /// Tells the batch what is already open, so that it writes only what changed.
  void know(std::vector<RejectedEntry> rejected, std::vector<ConflictEntry> conflicts);

  bool empty() const;
  /// From here on what is collected can be taken back, from the links too: undo() goes back to begin(), keep() ends it. What was collected
  /// before begin() must not be flushed before undo().
  void begin();
  void keep();
  void undo();
  void flush(Transaction& transaction);
  /// flush() in two: what was collected is written, and as often as a transaction has to be done again, until it is forgotten.
  void write(Transaction& transaction);
  void forget();
  /// After a transaction that was rolled back, before or after flush(): forgets what was collected and what know() told. The caller
  /// loads the links again and calls know() again.
  void discard();

 private:
  struct Pending;
  std::int64_t sync_id_;
  Links& links_;
  std::unique_ptr<Pending> pending_;
};

}  // namespace lockstep
