#include "engine/foresight.h"

#include <algorithm>

#include "common/text.h"
#include "state/state.h"

namespace lockstep {
namespace {

constexpr std::size_t kNobodyOfOurs = static_cast<std::size_t>(-1);

std::optional<Hash128> hash_of(const std::vector<Value>& cells) {
  if (std::any_of(cells.begin(), cells.end(), [](const Value& cell) { return cell.is_nothing(); })) return std::nullopt;
  return hash_row(cells);
}

std::vector<Value> picked(Row row, const std::vector<std::size_t>& ordinals) {
  std::vector<Value> cells;
  for (const std::size_t ordinal : ordinals) cells.push_back(row[ordinal]);
  return cells;
}

}  // namespace

Foresight::Foresight(Store& store, const Target& target, const Mapping& mapping) : store_(store), target_(target), mapping_(mapping) {
  if (target.exists) info_ = store.inspect(target.table.name);
  if (!info_) return;
  for (const std::vector<std::string>& columns : info_->unique) {
    Unique unique;
    for (const std::string& column : columns) {
      if (const auto ordinal = mapping.find(column)) unique.push_back(*ordinal);
    }
    if (unique.size() == columns.size()) unique_.push_back(std::move(unique));
  }
}

std::string Foresight::refuses_insert(Row cells) const {
  if (!info_) return {};
  for (const Column& column : info_->columns) {
    const bool in_key = std::find(info_->primary_key.begin(), info_->primary_key.end(), column.name) != info_->primary_key.end();
    if (column.nullable || in_key) continue;
    const auto at = target_.insert_shape.find(column.name);
    const bool left_out = !at || cells[*at].is_absent();
    if (left_out ? !column.filled : cells[*at].is_nothing())
      return "table " + target_.table.name + ": " + column.name + " must not be null";
  }
  return {};
}

std::string Foresight::refuses_cell(std::size_t ordinal, const Value& cell) const {
  const Column* column = info_ ? info_->find(mapping_.fields()[ordinal].column) : nullptr;
  if (column == nullptr || column->nullable || !cell.is_nothing()) return {};
  return "table " + target_.table.name + ": " + column->name + " must not be null";
}

Foresight::Claim Foresight::claim(const Unique& unique, Row before, Row after) const {
  Claim claim;
  const std::vector<Value> cells = picked(after, unique);
  claim.after = hash_of(cells);
  if (!before.empty()) claim.before = hash_of(picked(before, unique));
  if (claim.after) claim.cells = OwnedRow(cells);
  return claim;
}

std::optional<std::size_t> Foresight::expect(std::string_view key, Row before, Row after) {
  Expected row{std::string(key), false, {}};
  bool moves = false;
  for (const Unique& unique : unique_) {
    row.claims.push_back(claim(unique, before, after));
    const Claim& made = row.claims.back();
    moves = moves || made.before != made.after;
  }
  if (!moves) return std::nullopt;
  if (!key.empty()) by_key_.emplace(row.key, rows_.size());
  rows_.push_back(std::move(row));
  return rows_.size() - 1;
}

/// What rows hold that stay as they are: those of the table that nobody of ours writes.
Foresight::Holders Foresight::standing(std::size_t constraint) const {
  const Unique& unique = unique_[constraint];
  std::vector<std::string> columns = target_.key_columns;
  for (const std::size_t ordinal : unique) columns.push_back(mapping_.fields()[ordinal].column);
  Filter filter{{{columns[target_.key_columns.size()], Filter::Op::In, {}}}, {}, 0};
  for (const Expected& row : rows_) {
    if (row.claims[constraint].after) filter.where[0].values.push_back(row.claims[constraint].cells[0]);
  }
  Holders holders;
  if (filter.where[0].values.empty()) return holders;
  const Rows found = store_.read(target_.table, Shape(columns), filter);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (by_key_.contains(key_text(target_.key(found[i])))) continue;
    const Row cells = found[i].subspan(target_.key_columns.size());
    if (const auto hash = hash_of({cells.begin(), cells.end()})) holders.emplace(*hash, kNobodyOfOurs);
  }
  return holders;
}

std::string Foresight::taken(const Unique& unique) const {
  std::vector<std::string> names;
  for (const std::size_t ordinal : unique) names.push_back(mapping_.fields()[ordinal].column);
  return "table " + target_.table.name + ": " + join(names, ", ") + " must be unique, and another row holds the same";
}

/// True when somebody is refused: then he stays where he was, which may be in the way of others.
bool Foresight::settle(std::size_t constraint, const Holders& standing, std::vector<Refusal>& refusals) {
  Holders holders = standing;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Claim& claim = rows_[i].claims[constraint];
    if (rows_[i].refused && claim.before) holders.emplace(*claim.before, i);
  }
  bool refused = false;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Expected& row = rows_[i];
    if (row.refused || !row.claims[constraint].after || holders.emplace(*row.claims[constraint].after, i).second) continue;
    row.refused = refused = true;
    refusals.push_back({i, taken(unique_[constraint])});
  }
  return refused;
}

std::vector<Foresight::Refusal> Foresight::conclude() {
  std::vector<Refusal> refusals;
  std::vector<Holders> all;
  for (std::size_t constraint = 0; constraint < unique_.size() && !rows_.empty(); ++constraint) all.push_back(standing(constraint));
  bool again = true;
  while (again) {
    again = false;
    for (std::size_t constraint = 0; constraint < all.size(); ++constraint) again |= settle(constraint, all[constraint], refusals);
  }
  return refusals;
}

}  // namespace lockstep
