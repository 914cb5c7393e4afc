// SqliteDialect: how SQLite spells what Lockstep sends.
#pragma once

#include "sql/dialect.h"

namespace lockstep::sqlite {

class SqliteDialect final : public sql::Dialect {
 public:
  std::string quote(std::string_view name) const override;
  std::string placeholder(std::size_t position) const override;
  std::string_view column_type(ColumnType type) const override;
  std::string generated_key(const Table& table) const override;
  bool same_name(std::string_view a, std::string_view b) const override;
  std::string_view insert_into() const override;
  std::string_view update() const override;
  std::string identical(std::string_view column, std::string_view placeholder, const sql::ColumnFacts* stored) const override;
  std::string equal_ignore_case(std::string_view column, std::string_view placeholder) const override;
  std::string on_conflict_update(std::string_view quoted_key, std::string_view assignments) const override;
  std::string proposed(std::string_view quoted_column) const override;
  std::string_view begin() const override;
  std::size_t max_parameters() const override;
};

}  // namespace lockstep::sqlite
