// jsondb: an example of a store. Its database is one JSON file, held in memory while it is used and replaced as a whole by each commit.
#pragma once

#include "files.h"
#include "sdk/store.h"

namespace jsondb {

class JsonStore;

class JsonLease : public Lease {
 public:
  JsonLease(std::unique_ptr<FileLock> lock, std::string name, std::uint64_t token)
      : lock_(std::move(lock)), name_(std::move(name)), token_(token) {}
  std::uint64_t token() const override { return token_; }
  const std::string& name() const { return name_; }

 private:
  std::unique_ptr<FileLock> lock_;
  std::string name_;
  std::uint64_t token_;
};

/// Works on a copy of the model; commit() makes it the file.
class JsonTransaction : public Transaction {
 public:
  JsonTransaction(JsonStore& store, std::unique_ptr<FileLock> lock, Model model);
  ~JsonTransaction() override;
  std::vector<RowKey> insert(const Table& table, const Shape& shape, const Rows& rows, Keys keys) override;
  std::vector<Outcome> update(const Table& table, const Shape& shape, std::span<const Guarded> changes) override;
  void upsert(const Table& table, const Shape& shape, const Rows& rows) override;
  void group(const std::function<void()>& work) override;
  void commit() override;
  const Model& model() const { return model_; }

 private:
  TableData& table_of(const Table& table);
  /// Runs `work` on the table; what it throws leaves the table as it was.
  template <class Work>
  auto guarded(const Table& table, Work work);

  JsonStore& store_;
  std::unique_ptr<FileLock> lock_;
  Model model_;
  bool over_ = false;
};

class JsonStore : public Store {
 public:
  explicit JsonStore(std::string path) : database_(std::move(path)) {}
  std::optional<TableInfo> inspect(std::string_view table) override;
  std::vector<std::string> prepare(const Table& table, bool dry_run) override;
  Rows read(const Table& table, const Shape& columns, const Filter& filter) override;
  std::uint64_t count(const Table& table, const Filter& filter) override;
  std::unique_ptr<Lease> lease(std::string_view name) override;
  std::unique_ptr<Transaction> begin(const Lease& lease) override;
  std::string describe() const override { return "JSON file " + database_.path(); }

 private:
  friend class JsonTransaction;
  const Model& model();
  const TableData& table_of(const Table& table);
  /// Throws Error{Busy} when another program writes.
  std::unique_ptr<FileLock> writer();

  Database database_;
  JsonTransaction* open_ = nullptr;
};

/// The error for a table that is not there.
Error no_table(const Table& table, const std::string& path);

}  // namespace jsondb
