#include "engine/sides/scan.h"

#include "common/error.h"

namespace lockstep {

void scan_rows(Store& store, const Target& target, const std::vector<Filter::Condition>& where,
               const std::function<void(const Rows&)>& piece, const std::function<void(Row)>& each, std::stop_token stop) {
  Filter filter{where, target.key_columns, 0};
  // A composite key has no simple "greater than": such a table is read in one piece.
  filter.limit = target.key_columns.size() == 1 ? store.traits().rows_a_read : 0;
  OwnedRow last;
  std::size_t known = 0;  // rows of a piece that were met before
  while (true) {
    if (stop.stop_requested()) throw Error(ErrorKind::Interrupted, "interrupted");
    const Rows rows = store.read(target.table, target.shape, filter);
    piece(rows);
    for (std::size_t i = known; i < rows.size(); ++i) each(rows[i]);
    known = 0;
    if (filter.limit == 0 || rows.size() < filter.limit) return;
    last = OwnedRow(target.key(rows[rows.size() - 1]));
    if (last[0].is_nothing()) {
      // Nothing is greater than a key that is null: the rest is read in one piece.
      known = rows.size();
      filter.limit = 0;
      continue;
    }
    filter.where = where;
    filter.where.push_back({target.key_columns[0], Filter::Op::Greater, {last[0]}});
  }
}

}  // namespace lockstep
