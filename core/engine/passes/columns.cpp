#include "engine/passes/columns.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/text.h"
#include "engine/passes/conflicts.h"
#include "engine/passes/takeovers.h"
#include "engine/sides/lost_columns.h"

namespace lockstep {
namespace {

constexpr std::size_t kLinksPerChunk = 512;
/// So many rows tell whose cells a column holds.
constexpr std::size_t kMostCompared = 5000;

bool names(const RuleSets& sets, std::int64_t id, const std::string& former) {
  const auto set = sets.find(id);
  if (set == sets.end() || set->second.object() == nullptr) return false;
  return std::any_of(set->second.object()->begin(), set->second.object()->end(), [&](const Json::Member& entry) {
    const Json* now = entry.second.find("now");
    return !entry.second.is_null() && to_lower(now == nullptr ? entry.first : *now->text()) == former;
  });
}

}  // namespace

Columns::Columns(RunContext& run, Conflicts& conflicts, Takeovers& takeovers) : Pass(run), conflicts_(conflicts), takeovers_(takeovers) {}

void Columns::compare_columns() {
  const Json met = std::exchange(entry_.definition, target_.definition);
  RuleSets sets = takeovers_.rule_sets();
  if (!met.is_null()) {
    change_sets(sets, [&](Json& set) {
      return mark_moved(set, mapping_, [&](const std::string& column) { return may_be_made_anew(met, target_.definition, column); });
    });
  }
  take_on_former_columns(met, sets);
  forget_lost_columns(met, sets);
  agree_under(std::move(sets));
}

void Columns::compare_columns_of_rows() {
  RuleSets sets = takeovers_.rule_sets();
  take_on_former_columns(entry_.definition, sets);
  for (const RunEntry& run : state_.runs({.run = options_.undone()->run}))
    exchanged_since_.merge(lockstep::exchanged_since(sets, run.started_at));
  agree_under(std::move(sets));
}

void Columns::agree_under(RuleSets sets) {
  const std::int64_t fields_id = know_present_rules(std::move(sets));
  writer_->know_rules(fields_id);
}

std::int64_t Columns::know_present_rules(RuleSets sets) {
  const Json present = with_kept(FactsBuilder::rules(mapping_), mapping_, in_use(sets));
  facts_.know_rules(std::move(sets));
  facts_.know_present(present);
  return options_.dry_run ? 0 : state_.ensure_fields(entry_.id, present, *lease_);
}

/// A dry run changes what it holds in memory alone.
void Columns::change_sets(RuleSets& sets, const std::function<bool(Json&)>& change, const ColumnNames& renamed) {
  bool changed = !renamed.empty();
  for (auto& [id, set] : sets) changed = change(set) || changed;
  if (changed) writer_->change_columns(change, renamed);
  if (renamed.empty()) return;
  renamed_.push_back(renamed);
  conflicts_.load_open_conflicts();
  writer_->know_conflicts(takeovers_.open_conflicts());
}

/// What this run writes is under the names that it found.
Micros Columns::concluded_at() const { return options_.dry_run ? clock_.now() : run_.started_at; }

/// Those that bases were made under.
RuleSets Columns::in_use(const RuleSets& sets) const {
  RuleSets used;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const auto set = sets.find(links_[i].fields_id);
    if (set != sets.end()) used.try_emplace(set->first, set->second);
  }
  return used;
}

std::vector<FormerColumn> Columns::find_former_columns(const Json& met, const RuleSets& sets) {
  const RuleSets used = in_use(sets);
  std::vector<FormerColumn> columns = columns_by_rule(mapping_, used);
  for (const ColumnInPlace& place : columns_in_place(met, target_.definition, mapping_)) {
    auto column = std::find_if(columns.begin(), columns.end(), [&](const FormerColumn& each) { return each.ordinal == place.ordinal; });
    if (column == columns.end()) column = columns.insert(column, FormerColumn{.former = place.former, .ordinal = place.ordinal});
    if (column->former != place.former) continue;
    column->in_place = true;
    column->amid = place.amid;
    for (const auto& [id, set] : used) {
      if (names(used, id, place.former)) column->sets.insert(id);
    }
  }
  for (FormerColumn& column : columns_made_anew(mapping_, used)) columns.push_back(std::move(column));
  std::erase_if(columns, [](const FormerColumn& column) { return column.sets.empty(); });
  return columns;
}

/// What was agreed on about a column is about the one that it is by now; and where nobody can tell, that is remembered.
void Columns::take_on_former_columns(const Json& met, RuleSets& sets) {
  follow_exchanged_columns(sets);
  std::vector<FormerColumn> columns = find_former_columns(met, sets);
  if (columns.empty()) return;
  compare_cells(columns, sets);
  ColumnNames renamed;
  for (const FormerColumn& column : columns) {
    const Field& field = mapping_.fields()[column.ordinal];
    if (judge(column, field) != SameColumn::No && column.former != to_lower(field.column)) renamed.emplace(column.former, field.column);
  }
  const auto take_all = [&](Json& set) {
    bool changed = false;
    for (const FormerColumn& column : columns) {
      const Field& field = mapping_.fields()[column.ordinal];
      changed = take_on(set, column, field.column, judge(column, field), concluded_at()) || changed;
    }
    return changed;
  };
  change_sets(sets, take_all, renamed);
}

/// What all rows together say of the columns.
void Columns::compare_cells(std::vector<FormerColumn>& columns, const RuleSets& sets) {
  const std::vector<ConflictEntry> open = takeovers_.open_conflicts();
  const std::vector<Alike> alike = locals_.alike();
  for (FormerColumn& column : columns) {
    const std::size_t i = column.ordinal;
    column.contested =
        std::any_of(open.begin(), open.end(), [&](const ConflictEntry& each) { return to_lower(each.field) == column.former; });
    column.uniform = std::find(locals_.uniform().begin(), locals_.uniform().end(), i) != locals_.uniform().end();
    column.alike = i < alike.size() && alike[i] != Alike::No;
  }
  RuleSets as_if = sets;
  for (const FormerColumn& column : columns) {
    for (auto& [id, set] : as_if) take_on(set, column, mapping_.fields()[column.ordinal].column, SameColumn::Yes, 0);
  }
  facts_.know_rules(std::move(as_if));
  std::set<std::int64_t> ids;
  for (const FormerColumn& column : columns) ids.insert(column.sets.begin(), column.sets.end());
  compare_linked_rows(ids, [&](const Link& link, const Base& base, std::span<const CellPrint> now) {
    const std::vector<CellPrint> then = facts_.prints_of(link, base);
    for (FormerColumn& column : columns) {
      if (!then.empty() && column.sets.contains(link.fields_id)) column.note(then[column.ordinal], now[column.ordinal]);
    }
  });
}

/// Rows that were agreed on under one of these sets of rules, with what they hold now.
void Columns::compare_linked_rows(const std::set<std::int64_t>& sets, const CompareRow& compare) {
  std::vector<std::size_t> links;
  for (std::size_t i = 0; i < links_.size() && links.size() < kMostCompared; ++i) {
    if (sets.contains(links_[i].fields_id) && !links_[i].local_key.empty()) links.push_back(i);
  }
  for (std::size_t at = 0; at < links.size(); at += kLinksPerChunk) {
    check_stop();
    compare_linked_rows(std::span(links).subspan(at, std::min(kLinksPerChunk, links.size() - at)), compare);
  }
}

void Columns::compare_linked_rows(std::span<const std::size_t> links, const CompareRow& compare) {
  std::vector<std::int64_t> ids;
  std::vector<OwnedRow> keys;
  for (const std::size_t link : links) {
    ids.push_back(links_[link].id);
    keys.push_back(key_values(links_[link].local_key, target_.key_types));
  }
  const std::unordered_map<std::int64_t, Base> bases = state_.load_bases(ids);
  const Rows rows = read_by_key(*sync_.store, target_, keys);
  std::vector<Row> cells;
  std::unordered_map<std::string, std::size_t> by_key;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    cells.push_back(target_.fields(rows[i]));
    by_key.emplace(key_text(target_.key(rows[i])), i);
  }
  for (const std::size_t link : links) {
    const auto base = bases.find(links_[link].id);
    const auto row = by_key.find(std::string(links_[link].local_key));
    if (base == bases.end() || row == by_key.end()) continue;
    compare(links_[link], base->second, prints_of(mapping_, cells[row->second]));
  }
}

/// What the application dropped and added again has no opinion from now on.
void Columns::forget_lost_columns(const Json& met, RuleSets& sets) {
  std::vector<std::string> lost = lost_columns(
      met, target_.definition, locals_.uniform(), [&](std::size_t i) { return locals_.varies(i); }, mapping_);
  std::erase_if(lost, [this](const std::string& column) { return exchanged_.contains(column); });
  if (!lost.empty()) change_sets(sets, [&](Json& set) { return State::forget_columns(set, lost); });
}

/// Before anything else is said of columns: from here on a set's names are those of the columns that it means.
void Columns::follow_exchanged_columns(RuleSets& sets) {
  std::vector<Exchange> found = exchanges(mapping_, in_use(sets));
  if (found.empty()) return;
  compare_cells(found, sets);
  for (const Exchange& exchange : found) {
    const SameColumn judged = judge(exchange);
    const auto renamed = judged == SameColumn::No ? ColumnNames() : exchange.renamed(mapping_);
    change_sets(
        sets, [&](Json& set) { return follow(set, exchange, mapping_, judged, concluded_at()); }, renamed);
    for (const auto& [former, present] : renamed) exchanged_.insert(present);
  }
}

/// Under which of both the cells are what they were: by their names, or by their rules.
void Columns::compare_cells(std::vector<Exchange>& found, const RuleSets& sets) {
  std::map<std::int64_t, std::pair<CellOrder, CellOrder>> orders;
  for (const Exchange& exchange : found) {
    for (const std::int64_t id : exchange.sets) orders.try_emplace(id, CellOrder(mapping_, sets.at(id)), CellOrder());
  }
  std::set<std::int64_t> ids;
  for (auto& [id, order] : orders) {
    Json as_if = sets.at(id);
    for (const Exchange& exchange : found) follow(as_if, exchange, mapping_, SameColumn::Yes, 0);
    order.second = CellOrder(mapping_, as_if);
    ids.insert(id);
  }
  compare_linked_rows(ids, [&](const Link& link, const Base& base, std::span<const CellPrint> now) {
    const auto& [by_name, by_rule] = orders.at(link.fields_id);
    const std::vector<CellPrint> of_name = by_name.unpack(base.cells), of_rule = by_rule.unpack(base.cells);
    if (of_name.empty()) return;
    for (Exchange& exchange : found) {
      if (!exchange.sets.contains(link.fields_id)) continue;
      for (const std::size_t i : exchange.ordinals(mapping_)) exchange.note(of_name[i], of_rule[i], now[i]);
    }
  });
}

}  // namespace lockstep
