#include "engine/write/parking.h"

#include <algorithm>
#include <string>

namespace lockstep {
namespace {

/// Far from what an application counts with; each row gets its own.
constexpr std::int64_t kFarNumber = -4'611'686'018'427'387'904;

}  // namespace

Parking::Parking(const TableInfo& info, const Mapping& mapping) : stands_(mapping.fields().size(), Stand::Stays) {
  for (const UniqueKey& unique : info.unique) {
    for (const std::string& name : unique.columns) {
      const auto ordinal = mapping.find(name);
      const Column* column = info.find(name);
      if (!ordinal || column == nullptr) continue;
      if (column->nullable) {
        stands_[*ordinal] = Stand::Null;
      } else if (column->type == ColumnType::Integer || column->type == ColumnType::Real) {
        stands_[*ordinal] = Stand::Number;
      } else if (column->type == ColumnType::Text || column->type == ColumnType::Key || column->type == ColumnType::Timestamp) {
        stands_[*ordinal] = Stand::Text;
      }
    }
  }
}

Guarded Parking::aside(const Guarded& change, Arena& arena) {
  Guarded aside;
  aside.key = change.key;
  ++next_;
  for (std::size_t i = 0; i < change.columns.size(); ++i) {
    const Stand stand = stands_[change.columns[i]];
    if (stand == Stand::Stays) continue;
    aside.columns.push_back(change.columns[i]);
    aside.expected.push_back(change.expected[i]);
    aside.values.push_back(stand == Stand::Null     ? Value::null()
                           : stand == Stand::Number ? Value::integer(kFarNumber + next_)
                                                    : Value::text(arena.copy("lockstep exchanges values, row " + std::to_string(next_))));
  }
  return aside;
}

Guarded Parking::from_aside(Guarded change, const Guarded& aside) {
  for (std::size_t i = 0; i < aside.columns.size(); ++i) {
    const auto found = std::find(change.columns.begin(), change.columns.end(), aside.columns[i]);
    change.expected[static_cast<std::size_t>(found - change.columns.begin())] = aside.values[i];
  }
  return change;
}

}  // namespace lockstep
