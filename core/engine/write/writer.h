// Writer: everything that a run writes into the user's store: rows, links, bases and journal entries, together in one transaction.
// Events about written rows are told only after their commit.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/sides/facts.h"
#include "engine/sides/item.h"
#include "engine/sides/secrets.h"
#include "engine/sides/target.h"
#include "engine/write/chronicle.h"
#include "engine/write/parking.h"
#include "state/document.h"
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

/// Appends what an insert writes (Target::insert_shape).
void fill_row(Rows& rows, const Insertion& insertion, const Target& target, References& references);

/// What a change of the row writes: the decision holds masked values and remote references. Throws Error{Rejected} where a secret is not
/// known any more.
Value cell_after(const Item& item, const FieldChange& change, const Mapping& mapping, const Target& target, const SecretPaths& secrets,
                 References& references);

class Writer {
 public:
  struct Parts {
    Store& store;
    State& state;
    Links& links;
    const Mapping& mapping;
    const SecretPaths& secrets;
    const Target& target;
    FactsBuilder& facts;
    References& references;
    const Clock& clock;
    Chronicle& chronicle;
  };
  /// `tell` is called for each written record after its commit, in order.
  Writer(Parts parts, const Lease& lease, std::int64_t sync_id, std::int64_t fields_id, RunEntry run,
         std::function<void(const RecordChange&)> tell);
  ~Writer();

  /// The set of rules that bases are made under from now on.
  void know_rules(std::int64_t fields_id) { fields_id_ = fields_id; }
  /// The open conflicts of the sync, where their columns bear other names by now.
  void know_conflicts(std::vector<ConflictEntry> open);
  /// Inserts what can be inserted; a row that the database refuses costs that row only and says why in `refused`.
  void insert(std::span<Insertion> insertions, std::span<RecordChange> events);
  /// Writes the local_fields of each decision where the row is still as `item.stored` has it.
  void update(std::span<Overwrite> overwrites, std::span<RecordChange> events);
  /// The same for rows that the database refused one by one, as one unit: values that must be unique are set aside first, so that rows may
  /// exchange them. What is refused even then is left out, and says why.
  void update_in_exchange(std::span<Overwrite> overwrites, std::span<RecordChange> events);
  /// Brings link and base of an item up to what both sides hold now; writes nothing when they already say so.
  void agree(const Item& item);
  /// Remembers under which scope a list has named a record.
  void put_scope(std::size_t link, std::int64_t scope);
  void put_sync(const SyncEntry& sync);
  void put_account(std::size_t link, std::string_view account);
  /// Remembers that a 404 confirmed the remote item to be gone.
  void mark_gone(const Item& item, Micros at);
  /// Promises a remote write; the promise is in the database after the next commit(). Fills in the entry's id and run.
  void open_intent(IntentEntry& intent);
  void close_intent(const IntentEntry& intent);
  /// Takes in what a remote write brought. `arrival.item` is as the server answered (id, raw, hash, there); its decision.local_fields are
  /// what comes back into the row. What another program changed in the row meanwhile is left alone.
  void arrived(Arrival& arrival);
  /// Puts a remote write into the journal that a run did not live to see confirmed.
  void journal_late(const Item& item, const IntentEntry& intent, const Json& fields);
  void reject(const Item& item, const std::string& reason);
  void settle(const Item& item);  ///< closes an earlier rejection of this record, unless this run cannot know that it is well
  void close_rejection(const RejectedEntry& entry);
  /// Closes these conflicts of one link, whose sides are no pair any more: nothing is agreed on about their fields from now on.
  void part(std::optional<std::size_t> link, std::span<const ConflictEntry> conflicts);

  /// Runs `work`, whose collected changes count as one: when it throws, nothing of it is left. For what writes no row of the user's.
  void together(const std::function<void()>& work);
  /// Sends what has gathered into the open transaction: called before the items at hand go away, for their documents are borrowed.
  void flush();
  /// Commits when `bytes` have gathered or enough time has passed.
  void commit_if_due();
  void commit();
  /// After an error that ends the run: back to the last complete unit. `storage_failed`: back to the last commit, for the transaction may
  /// be over. Items and their documents need not be there any more.
  void fall_back(bool storage_failed);
  /// Writes the run's end. Opens the run when nothing was written before.
  void finish(RunEntry outcome, const SyncEntry& sync);
  const RunEntry& run() const { return run_; }

 private:
  Transaction& transaction();
  void drop_transaction();
  void unit(const std::function<void()>& work);
  void send_collected();
  std::optional<std::string> attempt(const std::function<void()>& work);
  void inserted(const Insertion& insertion, const RowKey& key, RecordChange& event);
  void tell_after_commit(RecordChange event) { untold_.push_back(std::move(event)); }
  Guarded guard(const Item& item) const;
  Value cell_after(const Item& item, const FieldChange& change) const;
  void updated(const Item& item, const RecordChange& event);
  void exchange(std::span<Overwrite> overwrites, std::span<const RecordChange> events, std::span<const std::size_t> rows, Parking& parking);
  std::optional<Outcome> try_update(const Guarded& change, std::string* reason = nullptr);
  Row stored_after(Row written, const RowKey& key, Rows& reread);
  void put_agreement(const Item& item, std::string_view local_key, Row stored, Row written);
  std::string_view known_document(const Item& item) const;
  std::string_view packed(const Item& item, std::string_view document);
  BaseField sides_after(const Item& item, Row stored, std::size_t ordinal);
  Json held_after(const Item& item, Row stored, Row written, bool& there_open, std::vector<CellPrint>& prints);
  void keep_unmapped(const Item& item, std::string_view document, Json& held) const;
  KeptPrints kept_prints(const Item& item, const Link& before) const;
  Json sent_until_now(const Item& item, std::size_t ordinal, const Value& base_here) const;
  void take_key_from_others(std::optional<std::size_t> link, std::string_view local_key);
  void settle_conflicts(const Item& item, const Link& link, Row stored, const Json& held);
  bool show_what_was_sent(const Item& item, std::size_t ordinal, Row stored, ConflictEntry& conflict);
  Happening happening(const Item& item, Happening written) const;
  Json journal_fields(const Item& item) const;
  void journal(const Link& link, const RecordChange& event, Json fields);
  Outcome write_back(Arrival& arrival);
  void take_in(Arrival& arrival, bool with_row);
  Json written_fields(const Item& item) const { return item.decision.local == Action::Insert ? Json() : journal_fields(item); }
  std::vector<Value> fields_after(const Item& item) const;

  Parts parts_;
  const Lease& lease_;
  std::int64_t sync_id_, fields_id_;
  RunEntry run_;
  std::function<void(const RecordChange&)> tell_;
  StateBatch batch_;
  std::vector<RejectedEntry> rejected_;
  std::vector<ConflictEntry> conflicts_;
  std::unique_ptr<Transaction> transaction_;
  bool in_unit_ = false;
  bool run_is_kept_ = false;  ///< the run's entry is committed
  std::vector<RecordChange> untold_;
  std::size_t bytes_ = 0;
  SteadyTime begun_at_{};
  Arena scratch_;
  DocumentPacker packer_;
};

}  // namespace lockstep
