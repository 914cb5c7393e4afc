// Writer: what a run asks to be written, on the store's side: rows, links, bases, promises and journal entries. Two kinds: StoreWriter writes
// them, and DryWriter, that of a dry run, writes nothing.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/sides/item.h"
#include "state/state.h"

namespace lockstep {

/// A new row: the record and what the hook assigned to its owned columns.
struct Insertion {
  Item* item;
  std::vector<std::pair<std::string, Json>> owned;
  std::string refused;  ///< filled when the database refused the row
};

/// An overwrite of a row.
struct Overwrite {
  Item* item;
  Outcome outcome = Outcome::Gone;
  std::string refused;
};

/// What a remote write brought.
struct Arrival {
  Item* item = nullptr;
  IntentEntry intent;
  Json remote_fields;         ///< column → {"before", "after"} of what was sent; null for a create
  RecordChange remote_event;  ///< told after the commit
  RecordChange local_event;
  std::vector<std::size_t> news;  ///< columns that were to get what the remote edited
  std::string_view replaces;      ///< the id that the record had before: the link goes on with the new one
  bool tell_local = false;  ///< the row was to be written anyway; what merely comes back with the answer is told of nowhere but the journal
  std::string refused;      ///< filled when the database refused the row's new values; the promise of a create stays open then
};

class Writer {
 public:
  virtual ~Writer() = default;

  /// Reads what the events of this run need of the rows as they are before it.
  virtual void know_rows() = 0;
  /// The set of rules that bases are made under from now on.
  virtual void know_rules(std::int64_t fields_id) = 0;
  /// The open conflicts of the sync, where their columns bear other names by now.
  virtual void know_conflicts(std::vector<ConflictEntry> open) = 0;
  /// Changes the sets of rules for which `change` says that it did, and all that is open about columns that bear another name now, in a
  /// transaction of its own. `renamed`: former name in lower case → present one.
  virtual void change_columns(const std::function<bool(Json&)>& change, const std::map<std::string, std::string>& renamed) = 0;

  /// Inserts what can be inserted; a row that the database refuses costs that row only and says why in `refused`.
  virtual void insert(std::span<Insertion> insertions, std::span<RecordChange> events) = 0;
  /// Writes the local_fields of each decision where the row is still as `item.stored` has it.
  virtual void update(std::span<Overwrite> overwrites, std::span<RecordChange> events) = 0;
  /// The same for rows that the database refused one by one, as one unit: values that must be unique are set aside first, so that rows may
  /// exchange them. What is refused even then is left out, and says why.
  virtual void update_in_exchange(std::span<Overwrite> overwrites, std::span<RecordChange> events) = 0;
  /// Brings link and base of an item up to what both sides hold now; writes nothing when they already say so.
  virtual void agree(const Item& item) = 0;
  /// Remembers under which scope a list has named a record.
  virtual void put_scope(std::size_t link, std::int64_t scope) = 0;
  virtual void put_sync(const SyncEntry& sync) = 0;
  virtual void put_account(std::size_t link, std::string_view account) = 0;
  /// Remembers that a 404 confirmed the remote item to be gone.
  virtual void mark_gone(const Item& item, Micros at) = 0;

  /// Promises a remote write; the promise is in the database after the next commit(). Fills in the entry's id and run.
  virtual void open_intent(IntentEntry& intent) = 0;
  virtual void close_intent(const IntentEntry& intent) = 0;
  /// Takes in what a remote write brought. `arrival.item` is as the server answered (id, raw, hash, there); its decision.local_fields are
  /// what comes back into the row. What another program changed in the row meanwhile is left alone.
  virtual void arrived(Arrival& arrival) = 0;
  /// Puts a remote write into the journal that a run did not live to see confirmed.
  virtual void journal_late(const Item& item, const IntentEntry& intent, const Json& fields) = 0;
  virtual void reject(const Item& item, const std::string& reason) = 0;
  virtual void close_rejection(const RejectedEntry& entry) = 0;
  /// Closes these conflicts of one link, whose sides are no pair any more: nothing is agreed on about their fields from now on.
  virtual void part(std::optional<std::size_t> link, std::span<const ConflictEntry> conflicts) = 0;

  // When what was asked for is sent: see UnitOfWork.
  virtual void together(const std::function<void()>& work) = 0;
  virtual void flush() = 0;
  virtual void commit_if_due() = 0;
  virtual void commit() = 0;
  virtual void fall_back(bool storage_failed) = 0;
  virtual void finish(RunEntry outcome, const SyncEntry& sync) = 0;
};

}  // namespace lockstep
