// Foresight: what the table's constraints will refuse of the rows that a plan or a dry run would write, said without writing. It judges the
// rows as they will stand once all of them are written, as a run leaves them: NOT NULL, and unique constraints,
// also on columns that a hook fills.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/hash.h"
#include "common/text.h"
#include "engine/sides/target.h"
#include "sdk/store.h"

namespace lockstep {

class Foresight {
 public:
  Foresight(Store& store, const Target& target, const Mapping& mapping);

  /// Why a new row with these cells (Target::insert_shape) would be refused whatever the others hold; empty: it would not.
  std::string refuses_insert(Row cells) const;
  /// The same of one cell that a row gets.
  std::string refuses_cell(std::size_t ordinal, const Value& cell) const;

  /// Takes a new row (Target::insert_shape). Returns what it is called in conclude(), or nothing when no unique constraint can be in its
  /// way.
  std::optional<std::size_t> expect_insert(Row cells);
  /// The same of a row that stands (Target::shape) and would get these mapped cells.
  std::optional<std::size_t> expect_update(std::string_view key, Row stored, Row after);
  /// The new row among those that cannot be written while this one stands; nothing: it is in nobody's way.
  std::optional<std::size_t> kept_out_by(Row stored) const;
  struct Refusal {
    std::size_t row;
    std::string reason;
    std::string holder;  ///< key of the row of the table that is in the way; empty: it is not there yet
  };
  /// Whom a new row with these cells (Target::insert_shape), or a row that stands with these mapped cells, has in its way now. Reads the
  /// table.
  std::optional<Refusal> taken_from_insert(Row cells) const;
  std::optional<Refusal> taken_from_update(std::string_view key, Row stored, Row after) const;
  /// A row that stands gets a value in this column.
  void writes(const std::string& column) { written_.insert(to_lower(column)); }
  /// Rules of the database by which rows that were told of may be refused all the same.
  std::vector<std::string> unforeseen() const;
  /// Who cannot be written because of another row. Reads the table.
  std::vector<Refusal> conclude();

 private:
  /// The cell of a column in one row.
  using Cells = std::function<Value(const std::string& column)>;
  struct Claim {
    std::optional<Hash128> before, after;  ///< nothing: no claim, for a part of it is null
    OwnedRow cells;                        ///< after
  };
  struct Expected {
    std::string key;
    bool refused = false;
    std::vector<Claim> claims;  ///< by constraint
  };
  struct Hashed {
    std::size_t operator()(const Hash128& hash) const { return static_cast<std::size_t>(hash.low); }
  };
  struct Holder {
    std::size_t ours;  ///< in rows_, or kNobodyOfOurs
    std::string key;   ///< empty: a new row
  };
  using Holders = std::unordered_map<Hash128, Holder, Hashed>;

  Claim claim(const UniqueKey& unique, const Cells& before, const Cells& after) const;
  std::optional<std::size_t> expect(std::string_view key, const Cells& before, const Cells& after);
  Cells new_cells(Row cells) const;
  Cells standing_cells(Row stored) const;
  Cells changed_cells(const Cells& before, Row after) const;
  std::optional<Refusal> taken(std::string_view key, const Cells& after) const;
  Holders standing(std::size_t constraint) const;
  Holders standing(std::size_t constraint, std::vector<Value> first_cells) const;
  bool settle(std::size_t constraint, const Holders& standing, std::vector<Refusal>& refusals);
  std::string reason(const UniqueKey& unique, const std::string& holder) const;
  std::vector<std::string> filled_by_database(const UniqueKey& unique) const;

  Store& store_;
  const Target& target_;
  const Mapping& mapping_;
  std::optional<TableInfo> info_;
  Table table_;                    ///< the target's, with every column of a unique constraint
  std::vector<UniqueKey> unique_;  ///< those that can be judged by comparing cells
  std::vector<Expected> rows_;
  std::set<std::string> written_;  ///< columns, in lower case
  bool inserts_ = false;
  std::unordered_map<std::string, std::size_t> by_key_;
};

}  // namespace lockstep
