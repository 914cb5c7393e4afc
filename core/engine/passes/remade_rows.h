// RemadeRows: rows without an id that may be the row of an item whose own row is gone. A table that was loaded anew without its ids stops
// the run; a single such row gets no second item, nor its item a second row, until a person says what it is.
#pragma once

#include "engine/passes/pass.h"
#include "engine/sides/lookalikes.h"

namespace lockstep {

class ChangeGuards;
class Chunk;
class OpenWork;
class RemadeElsewhere;

class RemadeRows : private Pass {
 public:
  RemadeRows(RunContext& run, ChangeGuards& change_guards, Chunk& chunk, OpenWork& open_work, RemadeElsewhere& remade_elsewhere);

  /// After the scan of the local rows.
  void find_lookalikes();
  /// True when the item is there and a row without an id may be its row: both are told, and get no second one.
  bool is_remade(const Item& item);
  /// Links whose row is gone; whether the item is there is not known yet.
  std::vector<std::uint32_t> links_without_row() const;
  /// Rows that nothing ties to an item. An open create is tied to what it made.
  std::vector<std::uint32_t> rows_without_item() const;
  /// Of rows of this run, by their indexes, the prints of their cells.
  void each_print_of_rows(std::span<const std::uint32_t> locals,
                          const std::function<void(std::uint32_t, const std::vector<CellPrint>&)>& work);
  /// `of_row`, `of_item`: how commands say whose each is.
  void tell_remade(const Item& item, std::string_view key, const std::string& of_row, const std::string& of_item);
  std::unordered_set<std::size_t>& told() { return remade_; }

 private:
  ChangeGuards& change_guards_;
  Chunk& chunk_;
  OpenWork& open_work_;
  RemadeElsewhere& remade_elsewhere_;
  std::optional<Lookalikes> lookalikes_;
  std::unordered_set<std::size_t> remade_;
};

}  // namespace lockstep
