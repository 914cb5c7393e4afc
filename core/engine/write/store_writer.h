// StoreWriter: writes what a run asks for into the user's store. Of each record, row, link, base, promise and journal entry are one unit.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/sides/facts.h"
#include "engine/sides/secrets.h"
#include "engine/sides/target.h"
#include "engine/write/agreement.h"
#include "engine/write/cells.h"
#include "engine/write/parking.h"
#include "engine/write/unit_of_work.h"
#include "engine/write/writer.h"

namespace lockstep {

class StoreWriter : public Writer {
 public:
  struct Parts : Agreement::Parts {
    Store& store;
    State& state;
    Chronicle& chronicle;
    std::stop_token stop = {};
  };
  /// `fields_id`: the set of rules that bases are made under.
  StoreWriter(Parts parts, const Lease& lease, std::int64_t sync_id, std::int64_t fields_id, RunEntry run, UnitOfWork::Tell tell);

  void know_rows() override;
  void know_rules(std::int64_t fields_id) override { agreement_.know_rules(fields_id); }
  void know_conflicts(std::vector<ConflictEntry> open) override;
  void change_columns(const std::function<bool(Json&)>& change, const std::map<std::string, std::string>& renamed) override;

  void insert(std::span<Insertion> insertions, std::span<RecordChange> events) override;
  void update(std::span<Overwrite> overwrites, std::span<RecordChange> events) override;
  void update_in_exchange(std::span<Overwrite> overwrites, std::span<RecordChange> events) override;
  void agree(const Item& item) override;
  void put_scope(std::size_t link, std::int64_t scope) override;
  void put_sync(const SyncEntry& sync) override;
  void put_account(std::size_t link, std::string_view account) override;
  void mark_gone(const Item& item, Micros at) override;

  void open_intent(IntentEntry& intent) override;
  void close_intent(const IntentEntry& intent) override;
  void arrived(Arrival& arrival) override;
  void journal_late(const Item& item, const IntentEntry& intent, const Json& fields) override;
  void reject(const Item& item, const std::string& reason) override;
  void close_rejection(const RejectedEntry& entry) override;
  void part(std::optional<std::size_t> link, std::span<const ConflictEntry> conflicts) override;

  void together(const std::function<void()>& work) override { work_.together(work); }
  void flush() override { work_.flush(); }
  void commit_if_due() override { work_.commit_if_due(); }
  void commit() override { work_.commit(); }
  void fall_back(bool storage_failed) override { work_.fall_back(storage_failed); }
  void finish(RunEntry outcome, const SyncEntry& sync) override { work_.finish(std::move(outcome), sync); }

 private:
  void inserted(const Insertion& insertion, const RowKey& key, RecordChange& event);
  Guarded guard(const Item& item) const;
  Value cell_after(const Item& item, const FieldChange& change) const;
  void updated(const Item& item, const RecordChange& event);
  void exchange(std::span<Overwrite> overwrites, std::span<const RecordChange> events, std::span<const std::size_t> rows, Parking& parking);
  std::optional<Outcome> try_update(const Guarded& change, std::string* reason = nullptr);
  Row stored_after(Row written, const RowKey& key, Rows& reread);
  std::vector<Value> fields_after(const Item& item) const;
  Outcome write_back(Arrival& arrival);
  void take_in(Arrival& arrival, bool with_row);
  Json journal_fields(const Item& item) const;
  Json written_fields(const Item& item) const { return item.decision.local == Action::Insert ? Json() : journal_fields(item); }
  void journal(const Link& link, const RecordChange& event, Json fields);
  /// Closes an earlier rejection of this record, unless this run cannot know that it is well.
  void settle(const Item& item);

  Parts parts_;
  const Lease& lease_;
  std::int64_t sync_id_;
  std::vector<RejectedEntry> rejected_;
  UnitOfWork work_;
  Agreement agreement_;
};

}  // namespace lockstep
