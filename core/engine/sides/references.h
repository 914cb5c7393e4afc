// References: what the lookup fields of a mapping refer to. A column holds what a local table calls the item (its primary key), the
// remote a value of its own (the item's id). Sides are compared as remote values, so a local row whose item was recreated under another
// id takes its references along.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "data/arena.h"
#include "mapping/mapping.h"
#include "sdk/store.h"

namespace lockstep {

/// Used by the thread that uses the store. What was read is kept for the run.
class References {
 public:
  References(const Mapping& mapping, Store& store);

  /// Does the mapping have lookups at all?
  bool any() const { return !lookups_.empty(); }
  /// Reads ahead, one query a field: what cell_of() will be asked for these mapped rows; what remote_of() will be for these stored ones.
  void know_remote(std::span<const Row> mapped);
  void know_cells(std::span<const Row> fields);

  /// The cell that stands for a remote value; nullopt while no row of the other table has it. Views live as long as this object.
  std::optional<Value> cell_of(std::size_t ordinal, const Value& remote);
  /// The remote value that a cell stands for; nullopt when it names no row, or one without a remote item.
  std::optional<Value> remote_of(std::size_t ordinal, const Value& cell);
  /// The other table and its column are there, so that anything can be said of the cells at all.
  bool can_look(std::size_t ordinal) { return open(lookup(ordinal)); }
  /// The cell names a row that is there, with or without a remote item.
  bool names_row(std::size_t ordinal, const Value& cell);
  /// False when the cell names another row than the one of this primary key (key_text()), true where that cannot be told.
  bool may_name_key(std::size_t ordinal, const Value& cell, std::string_view key);

  /// Some lookup of this mapped row cannot be made yet.
  bool misses(Row mapped);
  /// `cell` is empty only because the row that `remote` refers to is not there yet.
  bool is_awaited(std::size_t ordinal, const Value& cell, const Value& remote);
  /// A mapped row as the table holds it: cells in place of remote values, null where the row is not there. Without lookups the row itself.
  Row to_cells(Row mapped, Arena& arena);
  /// A stored row as the remote would have it, where that is known.
  Row to_remote(Row fields, Arena& arena);
  /// What a link's row hash is: the row's cells, and what those of lookups stand for. Without lookups hash_row().
  Hash128 hash(Row fields);
  /// Columns whose table or column does not exist: "assistant_id refers to assistants.vapi_assistant_id". Each is told once.
  std::vector<std::string> take_broken();

 private:
  using Known = std::unordered_map<std::string, std::optional<Value>>;
  struct Lookup {
    std::size_t ordinal = 0;
    std::optional<TableInfo> info;
    bool looked = false;
    std::string take;
    Known cells, remotes;
    std::unordered_set<std::string> rows{};  ///< cells that name a row
  };
  Lookup& lookup(std::size_t ordinal);
  bool open(Lookup& one);
  void read(Lookup& one, std::vector<Value> values, bool by_cell);
  void know(std::span<const Row> rows, bool by_cell);
  std::optional<Value> find(std::size_t ordinal, const Value& value, bool by_cell);

  const Mapping& mapping_;
  Store& store_;
  std::vector<Lookup> lookups_;
  Arena texts_;
  std::vector<std::string> broken_;
};

}  // namespace lockstep
