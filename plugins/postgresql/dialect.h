// PostgresDialect: how PostgreSQL spells what Lockstep sends.
#pragma once

#include "sql/dialect.h"

namespace lockstep::postgresql {

class PostgresDialect final : public sql::Dialect {
 public:
  /// Throws Error{Invalid} also for a name of more than 63 bytes, which PostgreSQL would cut with no more than a notice.
  std::string quote(std::string_view name) const override;
  /// "schema.table": each part for itself. A table whose own name has a dot cannot be named.
  std::string quote_table(std::string_view name) const override;
  std::string placeholder(std::size_t position) const override;
  std::string_view column_type(ColumnType type) const override;
  std::string generated_key(const Table& table) const override;
  /// Lockstep's own tables hold documents that are compressed already: rows are moved apart and compressed again only where no page holds them.
  std::string_view table_options(const Table& table) const override {
    return table.name.starts_with("lockstep_") ? " WITH (toast_tuple_target = 8160)" : "";
  }
  bool same_name(std::string_view a, std::string_view b) const override { return a == b; }
  std::string_view insert_into() const override { return "INSERT INTO"; }
  std::string_view update() const override { return "UPDATE"; }
  std::string identical(std::string_view column, std::string_view placeholder, const sql::ColumnFacts* stored) const override;
  std::string equal_ignore_case(std::string_view column, std::string_view placeholder) const override;
  std::string_view null_order(bool descending) const override { return descending ? " NULLS LAST" : " NULLS FIRST"; }
  std::string on_conflict_update(std::string_view quoted_key, std::string_view assignments) const override;
  std::string proposed(std::string_view quoted_column) const override;
  /// The lease's row: its next holder waits for the transaction of the last one.
  std::string_view locking_read() const override { return " FOR UPDATE"; }
  /// One lock of the database, held to the end of the transaction.
  std::string_view lock_schema() const override { return "SELECT pg_advisory_xact_lock(7164218553220183)"; }
  std::string_view begin() const override { return "BEGIN ISOLATION LEVEL READ COMMITTED"; }
  std::size_t max_parameters() const override { return 65535; }
};

}  // namespace lockstep::postgresql
