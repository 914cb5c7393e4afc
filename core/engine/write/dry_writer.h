// DryWriter: the writer of a dry run, and of a run that may not write any more. It writes nothing.
#pragma once

#include "engine/write/writer.h"

namespace lockstep {

class DryWriter : public Writer {
 public:
  void know_rows() override {}
  void know_rules(std::int64_t) override {}
  void know_conflicts(std::vector<ConflictEntry>) override {}
  void change_columns(const std::function<bool(Json&)>&, const std::map<std::string, std::string>&) override {}

  void insert(std::span<Insertion>, std::span<RecordChange>) override {}
  void update(std::span<Overwrite>, std::span<RecordChange>) override {}
  void update_in_exchange(std::span<Overwrite>, std::span<RecordChange>) override {}
  void agree(const Item&) override {}
  void put_scope(std::size_t, std::int64_t) override {}
  void put_sync(const SyncEntry&) override {}
  void put_account(std::size_t, std::string_view) override {}
  void mark_gone(const Item&, Micros) override {}

  void open_intent(IntentEntry&) override {}
  void close_intent(const IntentEntry&) override {}
  void arrived(Arrival&) override {}
  void journal_late(const Item&, const IntentEntry&, const Json&) override {}
  void reject(const Item&, const std::string&) override {}
  void close_rejection(const RejectedEntry&) override {}
  void part(std::optional<std::size_t>, std::span<const ConflictEntry>) override {}

  void together(const std::function<void()>& work) override { work(); }
  void flush() override {}
  void commit_if_due() override {}
  void commit() override {}
  void fall_back(bool) override {}
  void finish(RunEntry, const SyncEntry&) override {}
};

}  // namespace lockstep
