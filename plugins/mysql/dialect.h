// MysqlDialect: how MariaDB and MySQL spell what Lockstep sends.
#pragma once

#include "sql/dialect.h"

namespace lockstep::mysql {

class MysqlDialect final : public sql::Dialect {
 public:
  /// Said once the server is known: the two have different names for the collation in which texts equal only the same bytes.
  void speak_to(bool maria) { maria_ = maria; }

  /// Throws Error{Invalid} also for what the servers do not take: more than 64 characters, one beyond U+FFFF, a blank at the end.
  std::string quote(std::string_view name) const override;
  /// "database.table": each part for itself.
  std::string quote_table(std::string_view name) const override;
  std::string placeholder(std::size_t) const override { return "?"; }
  std::string_view column_type(ColumnType type) const override;
  std::string generated_key(const Table&) const override { return "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY"; }
  std::string_view table_options(const Table&) const override { return " ENGINE=InnoDB ROW_FORMAT=DYNAMIC"; }
  std::string indexed(std::string_view column, ColumnType declared, const sql::ColumnFacts* stored, bool unique) const override;
  bool can_reference(ColumnType declared, const sql::ColumnFacts& target) const override;
  bool same_name(std::string_view a, std::string_view b) const override;
  std::string_view insert_into() const override { return "INSERT INTO"; }
  std::string_view update() const override { return "UPDATE"; }
  std::string identical(std::string_view column, std::string_view placeholder, const sql::ColumnFacts* stored) const override;
  std::string equal_ignore_case(std::string_view column, std::string_view placeholder) const override;
  std::string_view all_defaults() const override { return "() VALUES ()"; }
  bool references_in_columns() const override { return false; }
  std::string on_conflict_update(std::string_view quoted_key, std::string_view assignments) const override;
  std::string proposed(std::string_view quoted_column) const override;
  /// The lease's row: its next holder waits for the transaction of the last one.
  std::string_view locking_read() const override { return " FOR UPDATE"; }
  std::string_view begin() const override { return "START TRANSACTION"; }
  std::size_t max_parameters() const override { return 65535; }

 private:
  bool maria_ = true;
};

}  // namespace lockstep::mysql
