#include "operations/sync_order.h"

#include <algorithm>

#include "common/text.h"
#include "operations/tables.h"

namespace lockstep {
namespace {

bool refers_to(const OrderedSync& from, const OrderedSync& to) {
  if (from.store != to.store) return false;
  const auto is_there = [&](std::string_view table) {
    return equal_ignore_case(table, to.mapping->table_name()) && !equal_ignore_case(table, from.mapping->table_name());
  };
  return std::any_of(from.mapping->fields().begin(), from.mapping->fields().end(),
                     [&](const Field& field) { return field.lookup && is_there(field.lookup->table); }) ||
         std::any_of(from.mapping->owned().begin(), from.mapping->owned().end(),
                     [&](const OwnedColumn& owned) { return is_there(table_behind(owned.column.references)); });
}

/// All that `from` waits for, itself included, among `left`.
std::vector<std::size_t> awaited(std::size_t from, const std::vector<OrderedSync>& syncs, const std::vector<std::size_t>& left) {
  std::vector<std::size_t> out{from};
  for (std::size_t at = 0; at < out.size(); ++at) {
    for (const std::size_t other : left) {
      const bool known = std::find(out.begin(), out.end(), other) != out.end();
      if (!known && refers_to(syncs[out[at]], syncs[other])) out.push_back(other);
    }
  }
  return out;
}

/// It waits for nobody, or for those alone who wait for it, too.
bool is_ready(std::size_t one, const std::vector<OrderedSync>& syncs, const std::vector<std::size_t>& left) {
  const std::vector<std::size_t> others = awaited(one, syncs, left);
  return std::all_of(others.begin(), others.end(), [&](std::size_t other) {
    const std::vector<std::size_t> theirs = awaited(other, syncs, left);
    return std::find(theirs.begin(), theirs.end(), one) != theirs.end();
  });
}

}  // namespace

std::vector<std::size_t> run_order(const std::vector<OrderedSync>& syncs) {
  std::vector<std::size_t> order, left;
  for (std::size_t i = 0; i < syncs.size(); ++i) left.push_back(i);
  while (!left.empty()) {
    const auto next = std::find_if(left.begin(), left.end(), [&](std::size_t one) { return is_ready(one, syncs, left); });
    order.push_back(*next);
    left.erase(next);
  }
  return order;
}

}  // namespace lockstep
