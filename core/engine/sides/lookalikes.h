// Lookalikes: rows without an id that may be the row of an item whose own row is gone: a table that was emptied and loaded anew, a row
// that was made once more. They bear the same label. Compared by the prints of their cells, through an index, so that tables of any size
// are compared in one pass.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/decide/cell_prints.h"
#include "engine/sides/local.h"
#include "mapping/mapping.h"

namespace lockstep {

class Lookalikes {
 public:
  Lookalikes(const Mapping& mapping, const std::vector<Alike>& alike);

  /// The row of this link is gone; `prints`: of its cells as the last agreement left them, by ordinal. None say nothing.
  void add_gone(std::uint32_t link, std::vector<CellPrint> prints);
  /// A row without id and link, by its index among the local rows. After all that are gone.
  void add_row(std::size_t local, std::span<const CellPrint> prints);
  /// The rows that look like the one of this link, by their indexes.
  const std::vector<std::size_t>& rows_like(std::uint32_t link) const;

 private:
  struct Gone {
    std::uint32_t link;
    std::vector<CellPrint> prints;
  };
  std::vector<std::size_t> candidates(std::span<const CellPrint> prints) const;
  bool are_alike(std::span<const CellPrint> one, std::span<const CellPrint> other) const;

  /// The label; where there is none, or all rows have the same, the texts and objects in which rows differ; where there are none, the
  /// label.
  std::vector<std::size_t> columns_;
  std::vector<Gone> gone_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_cell_;  ///< ordinal and print → into gone_
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> rows_;     ///< by link
};

}  // namespace lockstep
