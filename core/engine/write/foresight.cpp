#include "engine/write/foresight.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/text.h"
#include "state/state.h"

namespace lockstep {
namespace {

constexpr std::size_t kNobodyOfOurs = static_cast<std::size_t>(-1);

/// What the constraint compares of these cells, its columns' in their order. Nothing: a part of it is null.
std::optional<Hash128> hash_of(const UniqueKey& unique, std::vector<Value> cells) {
  Arena arena;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].is_nothing()) return std::nullopt;
    if (unique.folds(unique.columns[i]) && cells[i].is_view()) cells[i] = cells[i].moved_to(arena.copy(to_lower(cells[i].as_view())));
  }
  return hash_row(cells);
}

}  // namespace

Foresight::Foresight(Store& store, const Target& target, const Mapping& mapping)
    : store_(store), target_(target), mapping_(mapping), table_(target.table) {
  if (target.exists) info_ = store.inspect(target.table.name);
  if (!info_) return;
  std::copy_if(info_->unique.begin(), info_->unique.end(), std::back_inserter(unique_),
               [](const UniqueKey& unique) { return unique.plain; });
  for (const UniqueKey& unique : unique_) {
    for (const std::string& column : unique.columns) {
      if (table_.find(column) == nullptr) table_.columns.push_back(*info_->find(column));
    }
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

Foresight::Claim Foresight::claim(const UniqueKey& unique, const Cells& before, const Cells& after) const {
  const auto cells_by = [&](const Cells& cells) {
    std::vector<Value> out;
    for (const std::string& column : unique.columns) out.push_back(cells(column));
    return out;
  };
  Claim claim;
  const std::vector<Value> cells = cells_by(after);
  claim.after = hash_of(unique, cells);
  if (before) claim.before = hash_of(unique, cells_by(before));
  if (claim.after) claim.cells = OwnedRow(cells);
  return claim;
}

std::optional<std::size_t> Foresight::expect(std::string_view key, const Cells& before, const Cells& after) {
  Expected row{std::string(key), false, {}};
  bool moves = false;
  for (const UniqueKey& unique : unique_) {
    row.claims.push_back(claim(unique, before, after));
    const Claim& made = row.claims.back();
    moves = moves || made.before != made.after;
  }
  if (!moves) return std::nullopt;
  if (!key.empty()) by_key_.emplace(row.key, rows_.size());
  rows_.push_back(std::move(row));
  return rows_.size() - 1;
}

std::optional<std::size_t> Foresight::expect_insert(Row cells) {
  if (!std::exchange(inserts_, true)) {
    for (const std::string& column : target_.insert_shape.columns()) writes(column);
  }
  return expect({}, {}, new_cells(cells));
}

Foresight::Cells Foresight::new_cells(Row cells) const {
  return [this, cells](const std::string& column) {
    const auto at = target_.insert_shape.find(column);
    return at && !cells[*at].is_absent() ? cells[*at] : Value::null();
  };
}

/// The cells of a row of the table. What the run does not read of it is read when it is asked for.
Foresight::Cells Foresight::standing_cells(Row stored) const {
  return [this, stored, rest = std::make_shared<Rows>(), read = std::make_shared<bool>(false)](const std::string& column) {
    if (const auto at = target_.shape.find(column)) return stored[*at];
    std::vector<std::string> columns;
    for (const Column& each : table_.columns) columns.push_back(each.name);
    const Shape shape(columns);
    if (!std::exchange(*read, true)) {
      Filter filter;
      const Row key = target_.key(stored);
      for (std::size_t i = 0; i < key.size(); ++i) filter.where.push_back({target_.key_columns[i], Filter::Op::Equal, {key[i]}});
      *rest = store_.read(table_, shape, filter);
    }
    return rest->empty() ? Value::null() : (*rest)[0][*shape.find(column)];
  };
}

std::optional<std::size_t> Foresight::expect_update(std::string_view key, Row stored, Row after) {
  const Cells before = standing_cells(stored);
  return expect(key, before, changed_cells(before, after));
}

Foresight::Cells Foresight::changed_cells(const Cells& before, Row after) const {
  return [this, before, after](const std::string& column) {
    const auto ordinal = mapping_.find(column);
    return ordinal ? after[*ordinal] : before(column);
  };
}

std::optional<Foresight::Refusal> Foresight::taken_from_insert(Row cells) const { return taken({}, new_cells(cells)); }

std::optional<Foresight::Refusal> Foresight::taken_from_update(std::string_view key, Row stored, Row after) const {
  return taken(key, changed_cells(standing_cells(stored), after));
}

std::optional<Foresight::Refusal> Foresight::taken(std::string_view key, const Cells& after) const {
  for (std::size_t constraint = 0; constraint < unique_.size(); ++constraint) {
    const Claim made = claim(unique_[constraint], {}, after);
    if (!made.after) continue;
    const Holders holders = standing(constraint, {made.cells[0]});
    const auto holder = holders.find(*made.after);
    if (holder == holders.end() || holder->second.key == key) continue;
    return Refusal{kNobodyOfOurs, reason(unique_[constraint], holder->second.key), holder->second.key};
  }
  return std::nullopt;
}

std::optional<std::size_t> Foresight::kept_out_by(Row stored) const {
  if (rows_.empty()) return std::nullopt;
  const Cells cells = standing_cells(stored);
  for (std::size_t constraint = 0; constraint < unique_.size(); ++constraint) {
    const std::optional<Hash128> held = claim(unique_[constraint], {}, cells).after;
    if (!held) continue;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].key.empty() && rows_[i].claims[constraint].after == held) return i;
    }
  }
  return std::nullopt;
}

/// What rows hold that stay as they are: those of the table that nobody of ours writes.
Foresight::Holders Foresight::standing(std::size_t constraint) const {
  std::vector<Value> first_cells;
  for (const Expected& row : rows_) {
    if (row.claims[constraint].after) first_cells.push_back(row.claims[constraint].cells[0]);
  }
  Holders holders = standing(constraint, std::move(first_cells));
  std::erase_if(holders, [this](const auto& holder) { return by_key_.contains(holder.second.key); });
  return holders;
}

/// Rows of the table whose first cell of the constraint is one of these.
Foresight::Holders Foresight::standing(std::size_t constraint, std::vector<Value> first_cells) const {
  std::vector<std::string> columns = target_.key_columns;
  const UniqueKey& unique = unique_[constraint];
  columns.insert(columns.end(), unique.columns.begin(), unique.columns.end());
  Filter filter{{{unique.columns.front(), Filter::Op::In, std::move(first_cells)}}, {}, 0};
  Holders holders;
  if (filter.where[0].values.empty()) return holders;
  // The column itself may tell letter case apart.
  if (unique.folds(unique.columns.front())) filter.where.clear();
  const Rows found = store_.read(table_, Shape(columns), filter);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Row cells = found[i].subspan(target_.key_columns.size());
    if (const auto hash = hash_of(unique, {cells.begin(), cells.end()}))
      holders.emplace(*hash, Holder{kNobodyOfOurs, key_text(target_.key(found[i]))});
  }
  return holders;
}

std::string Foresight::reason(const UniqueKey& unique, const std::string& holder) const {
  return "table " + target_.table.name + ": " + join(unique.columns, ", ") + " must be unique, and " +
         (holder.empty() ? "another row" : "row " + holder) + " holds the same";
}

/// Columns of the constraint that get a value of the database's own in a new row.
std::vector<std::string> Foresight::filled_by_database(const UniqueKey& unique) const {
  std::vector<std::string> out;
  for (const std::string& name : unique.columns) {
    const bool in_key = std::find(info_->primary_key.begin(), info_->primary_key.end(), name) != info_->primary_key.end();
    const Column* column = info_->find(name);
    if (!in_key && column != nullptr && column->filled && !target_.insert_shape.find(name)) out.push_back(name);
  }
  return out;
}

std::vector<std::string> Foresight::unforeseen() const {
  std::vector<std::string> out;
  if (!info_ || written_.empty()) return out;
  for (const TableRule& rule : info_->rules) {
    const bool concerned = std::any_of(rule.columns.begin(), rule.columns.end(),
                                       [&](const std::string& column) { return written_.contains(to_lower(column)); });
    if (concerned) out.push_back(rule.name);
  }
  for (const UniqueKey& unique : unique_) {
    const std::vector<std::string> filled = inserts_ ? filled_by_database(unique) : std::vector<std::string>();
    if (!filled.empty()) out.push_back("what it puts itself into " + join(filled, ", ") + ", which must be unique");
  }
  return out;
}

/// True when somebody is refused: then he stays where he was, which may be in the way of others.
bool Foresight::settle(std::size_t constraint, const Holders& standing, std::vector<Refusal>& refusals) {
  Holders holders = standing;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Claim& claim = rows_[i].claims[constraint];
    if (rows_[i].refused && claim.before) holders.emplace(*claim.before, Holder{i, rows_[i].key});
  }
  bool refused = false;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    Expected& row = rows_[i];
    if (row.refused || !row.claims[constraint].after) continue;
    const auto [holder, free] = holders.emplace(*row.claims[constraint].after, Holder{i, row.key});
    if (free) continue;
    row.refused = refused = true;
    refusals.push_back({i, reason(unique_[constraint], holder->second.key), holder->second.key});
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
