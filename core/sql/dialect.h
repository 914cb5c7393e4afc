// Dialect: how one database spells the few statements that Lockstep sends. Everything else about SQL is shared.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "data/table.h"

namespace lockstep::sql {

struct ColumnFacts;

/// Stateless; one object for all stores of a kind. No member ever spells a statement that removes data.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// `name` as an identifier, quoted so that spaces, quotes and keywords are only letters. Throws Error{Invalid} for an empty name or one
  /// with NUL.
  virtual std::string quote(std::string_view name) const = 0;
  /// The same for the name of a table, which may say where the table is ("crm.users").
  virtual std::string quote_table(std::string_view name) const { return quote(name); }
  /// The `position`-th parameter of a statement, from 1.
  virtual std::string placeholder(std::size_t position) const = 0;
  virtual std::string_view column_type(ColumnType type) const = 0;
  /// The whole definition, behind its name, of an integer primary key that the database generates.
  virtual std::string generated_key(const Table& table) const = 0;
  /// What stands behind the columns of a table that is made.
  virtual std::string_view table_options(const Table& /*table*/) const { return ""; }
  /// A column as an index names it. `stored`: of a column that is there; else it will be made as `declared`.
  virtual std::string indexed(std::string_view column, ColumnType /*declared*/, const ColumnFacts* /*stored*/, bool /*unique*/) const {
    return quote(column);
  }
  /// True when a column that is made as `declared` may be declared as a foreign key to `target`.
  virtual bool can_reference(ColumnType /*declared*/, const ColumnFacts& /*target*/) const { return true; }
  /// True when the database takes both names for the same column or table.
  virtual bool same_name(std::string_view a, std::string_view b) const = 0;

  /// "INSERT INTO", "UPDATE", with whatever keeps a table's own clauses from replacing or dropping rows silently.
  virtual std::string_view insert_into() const = 0;
  virtual std::string_view update() const = 0;
  /// A column as the conditions and the order of a query name it. Text of the columns that prepare() makes must equal only the same bytes
  /// there and be ordered by them; what a foreign column's own collation says may stand.
  virtual std::string exact(std::string_view column) const { return std::string(column); }
  /// Comparison in which null equals null, and text equals only the same bytes. `stored`: of the column; nullptr when it is not known.
  virtual std::string identical(std::string_view column, std::string_view placeholder, const ColumnFacts* stored) const = 0;
  /// Text comparison with ASCII case folded on both sides.
  virtual std::string equal_ignore_case(std::string_view column, std::string_view placeholder) const = 0;
  /// What is put behind a column in an order, so that nulls come first, or last where it is descending.
  virtual std::string_view null_order(bool /*descending*/) const { return ""; }
  /// What an insert says in place of columns and values when it names none.
  virtual std::string_view all_defaults() const { return "DEFAULT VALUES"; }
  /// Where a foreign key is declared: with its column, or at the end of the table for a database that ignores it there.
  virtual bool references_in_columns() const { return true; }
  /// The tail of an insert that overwrites the row with the same primary key. `columns`: the others, quoted; may be empty.
  virtual std::string on_conflict_update(std::string_view quoted_key, std::string_view assignments) const = 0;
  /// How an assignment in on_conflict_update() names the value that was to be inserted.
  virtual std::string proposed(std::string_view quoted_column) const = 0;

  /// The tail of a SELECT whose rows nobody else may change before the transaction ends; empty where begin() sees to that.
  virtual std::string_view locking_read() const { return ""; }
  /// The first statement of a transaction that makes tables, so that no two processes make the same one; empty where begin() sees to that.
  virtual std::string_view lock_schema() const { return ""; }
  /// Opens a transaction that holds the right to write from its start.
  virtual std::string_view begin() const = 0;
  /// Parameters that one statement may have.
  virtual std::size_t max_parameters() const = 0;
};

}  // namespace lockstep::sql
