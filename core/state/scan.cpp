#include "state/scan.h"

#include <algorithm>

namespace lockstep::state {
namespace {

constexpr std::size_t kMostRows = 2000;
/// Whoever asks for the newest is mostly content with a few.
constexpr std::size_t kFirstOfNewest = 16;

/// Chunks of at most `rows` rows, and of twice as many each time up to kMostRows; each goes on behind the last key of the one before.
void in_chunks(Store& store, const Table& table, const Shape& shape, Filter filter, std::size_t rows,
               const std::function<bool(Row)>& visit) {
  if (!store.inspect(table.name)) return;
  filter.order_by = {shape[0]};
  const Filter::Op beyond = filter.descending ? Filter::Op::Less : Filter::Op::Greater;
  bool first = true;
  for (;;) {
    filter.limit = rows;
    const Rows found = store.read(table, shape, filter);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!visit(found[i])) return;
    }
    if (found.size() < rows) return;
    if (first) filter.where.push_back({shape[0], beyond, {}});
    first = false;
    filter.where.back().values = {found[found.size() - 1][0]};
    rows = std::min(kMostRows, rows * 2);
  }
}

}  // namespace

void scan(Store& store, const Table& table, const Shape& shape, std::vector<Filter::Condition> where, std::int64_t after,
          const std::function<bool(Row)>& visit) {
  where.push_back({shape[0], Filter::Op::Greater, {Value::integer(after)}});
  in_chunks(store, table, shape, {.where = std::move(where)}, kMostRows, visit);
}

void scan_newest(Store& store, const Table& table, const Shape& shape, std::vector<Filter::Condition> where,
                 const std::function<bool(Row)>& visit) {
  in_chunks(store, table, shape, {.where = std::move(where), .descending = true}, kFirstOfNewest, visit);
}

Filter::Condition equals(const char* column, std::int64_t value) { return {column, Filter::Op::Equal, {Value::integer(value)}}; }

Filter::Condition equals(const char* column, std::string_view value) { return {column, Filter::Op::Equal, {Value::text(value)}}; }

Filter::Condition is_null(const char* column) { return {column, Filter::Op::IsNull, {}}; }

void find(Store& store, const Kept& kept, Filter::Condition condition, const std::function<void(Row)>& visit) {
  if (!store.inspect(kept.table.name)) return;
  Filter filter;
  filter.where.push_back(std::move(condition));
  filter.limit = 1;
  const Rows rows = store.read(kept.table, kept.shape, filter);
  if (!rows.empty()) visit(rows[0]);
}

}  // namespace lockstep::state
