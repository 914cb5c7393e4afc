// Target: the user's table as a run sees it: which columns are read, and where in a read row the key, the fields and the rest stand.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mapping/mapping.h"
#include "sdk/store.h"

namespace lockstep {

struct Target {
  Table table;
  bool exists = false;
  /// {"columns": names in the order of the database, "version": TableInfo::version}; null for a table that is not there.
  Json definition;
  bool rewrites = false;  ///< triggers or generated columns: what was written is read back
  std::vector<std::string> key_columns;
  std::vector<ColumnType> key_types;
  std::vector<std::string> given_keys;  ///< TableInfo::given_keys
  /// Key columns, then the mapping's columns, then the owned ones, then the modification time when the mapping names one, then what else
  /// RowScope looks at.
  Shape shape;
  std::size_t fields_at = 0;
  std::size_t owned_at = 0;
  std::size_t modified_at = 0;  ///< one behind the owned columns
  bool has_modified = false;
  bool modified_on_wall_clock = false;
  /// What an insert writes: the mapping's columns, then the owned ones, then `constants`.
  Shape insert_shape;
  /// What every row of this sync holds; the views are the mapping's. Rows that hold something else are not seen.
  std::vector<Filter::Condition> constants;
  std::vector<std::size_t> constant_at;   ///< where in a read row each of `constants` stands
  std::vector<std::size_t> condition_at;  ///< the same of the mapping's conditions

  Row key(Row row) const { return row.subspan(0, key_columns.size()); }
  Row fields(Row row) const { return row.subspan(fields_at, owned_at - fields_at); }
  Row owned(Row row) const { return row.subspan(owned_at, modified_at - owned_at); }
};

/// Looks at the store. A table that is missing altogether comes back with exists = false and the keys that Lockstep would give it.
/// Throws Error{Invalid} for a table that lacks columns (naming them and `lockstep migrate`) or has no primary key.
/// `whole_rows`: every column of the table is read.
Target inspect_target(Store& store, const Mapping& mapping, bool whole_rows = false);

/// The id that a row bears; empty: none, or nothing but blanks.
std::string borne_id(const Target& target, Row row);
/// Every part of the row's primary key is there and can be read.
bool has_usable_key(const Target& target, Row row);

/// What a row without a primary key is called: its label, else the id that it bears.
std::string keyless_name(const Target& target, const Mapping& mapping, Row row);
/// "table t: the row "Ada" has no value in the primary key (id) …": what is wrong with such rows, and what helps.
std::string keyless_problem(const Target& target, const std::vector<std::string>& names);

/// A text as a column of this type holds it: a constant of `where`, a default.
Value cell_of_constant(const std::string& text, ColumnType type);

/// The rows of these keys, whole, that hold the constants of `where`; with `anybodys` also those that do not.
Rows read_by_key(Store& store, const Target& target, std::span<const OwnedRow> keys, bool anybodys = false);

/// Throws Error{Invalid} when the column that `modified` names is not there.
void require_modified(const Target& target, const Mapping& mapping);

/// Throws Error{Invalid} when new rows would have no primary key: no clause of the table gives one, nor a column of the mapping.
/// `hook_assigns`: there is a hook `assign_owner`, which may fill columns under `owned`.
void require_fillable_key(const Target& target, const Mapping& mapping, bool hook_assigns);

}  // namespace lockstep
