// Statements: the SQL that Lockstep sends, built from tables, shapes and filters. Every name is quoted, every value is a parameter.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sql/connection.h"

namespace lockstep::sql {

/// `referable`: the columns whose `references` may be declared as foreign keys.
std::string create_table(const Dialect& dialect, const Table& table, std::span<const std::string> referable);
/// Always nullable: an existing table has rows.
std::string add_column(const Dialect& dialect, const Table& table, const Column& column);
/// `facts`: of the table, where it is there.
std::string create_index(const Dialect& dialect, const Table& table, const Index& index, const TableFacts* facts = nullptr);
/// How many values of the index's columns, none of them null, several rows share.
std::string shared_values(const Dialect& dialect, const Table& table, const Index& index);

/// Names are qualified by the table, so that no database takes a misspelt one for a text.
Query select(const Dialect& dialect, const Table& table, const Shape& columns, const Filter& filter);
Query count(const Dialect& dialect, const Table& table, const Filter& filter);

std::string insert(const Dialect& dialect, const Batch& batch);
/// By the primary key of `batch.table`; the columns that the batch does not write stay.
std::string upsert(const Dialect& dialect, const Batch& batch);

/// Sets the values where the key and the old values still hold.
Query guarded_update(const Dialect& dialect, const Table& table, const TableFacts& facts, const Shape& shape, const Guarded& change);
/// Finds the row of a key: "1" or nothing.
Query find_row(const Dialect& dialect, const Table& table, const Guarded& change);

}  // namespace lockstep::sql
