#include "state/scan.h"

namespace lockstep::state {
namespace {

constexpr std::size_t kChunkRows = 2000;

}  // namespace

void scan(Store& store, const Table& table, const Shape& shape, std::vector<Filter::Condition> where, std::int64_t after,
          const std::function<bool(Row)>& visit) {
  if (!store.inspect(table.name)) return;
  Filter filter;
  filter.where.push_back({shape[0], Filter::Op::Greater, {Value::integer(after)}});
  for (Filter::Condition& condition : where) filter.where.push_back(std::move(condition));
  filter.order_by = {shape[0]};
  filter.limit = kChunkRows;
  for (;;) {
    const Rows rows = store.read(table, shape, filter);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!visit(rows[i])) return;
    }
    if (rows.size() < kChunkRows) return;
    filter.where.front().values = {rows[rows.size() - 1][0]};
  }
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
