// ForwardingStore: a store that passes every call to a real one. A test derives from it to count calls, or to spoil one.
#pragma once

#include <memory>
#include <utility>

#include "sdk/store.h"

namespace lockstep {

class ForwardingStore : public Store {
 public:
  explicit ForwardingStore(std::unique_ptr<Store> real) : real_(std::move(real)) {}

  std::optional<TableInfo> inspect(std::string_view table) override { return real_->inspect(table); }
  std::vector<std::string> prepare(const Table& table, bool dry_run) override { return real_->prepare(table, dry_run); }
  Rows read(const Table& table, const Shape& columns, const Filter& filter) override { return real_->read(table, columns, filter); }
  std::uint64_t count(const Table& table, const Filter& filter) override { return real_->count(table, filter); }
  StoreTraits traits() const override { return real_->traits(); }
  std::optional<std::uint64_t> mark(const Table& table) override { return real_->mark(table); }
  std::vector<std::string> prepare_leases(bool dry_run) override { return real_->prepare_leases(dry_run); }
  std::vector<std::string> watch(const Table& table, bool dry_run) override { return real_->watch(table, dry_run); }
  std::unique_ptr<Lease> lease(std::string_view name) override { return real_->lease(name); }
  std::unique_ptr<Transaction> begin(const Lease& lease) override { return real_->begin(lease); }
  std::string describe() const override { return real_->describe(); }
  std::string check() override { return real_->check(); }
  void stop_on(std::stop_token stop) override { real_->stop_on(std::move(stop)); }

 protected:
  std::unique_ptr<Store> real_;
};

class ForwardingTransaction : public Transaction {
 public:
  explicit ForwardingTransaction(std::unique_ptr<Transaction> real) : real_(std::move(real)) {}

  std::vector<RowKey> insert(const Table& table, const Shape& shape, const Rows& rows, Keys keys) override {
    return real_->insert(table, shape, rows, keys);
  }
  std::vector<Outcome> update(const Table& table, const Shape& shape, std::span<const Guarded> changes) override {
    return real_->update(table, shape, changes);
  }
  void upsert(const Table& table, const Shape& shape, const Rows& rows) override { real_->upsert(table, shape, rows); }
  void group(const std::function<void()>& work) override { real_->group(work); }
  void commit() override { real_->commit(); }

 protected:
  std::unique_ptr<Transaction> real_;
};

}  // namespace lockstep
