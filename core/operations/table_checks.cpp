#include "operations/table_checks.h"

#include <algorithm>
#include <map>

#include <Poco/RegularExpression.h>

#include "common/error.h"
#include "common/text.h"
#include "engine/passes/table_look.h"
#include "engine/sides/target.h"
#include "operations/tables.h"
#include "state/state.h"

namespace lockstep {
namespace {

using CheckedState = CheckResult::State;

constexpr std::size_t kShownRows = 5;

/// Problems of one kind: the first few by name, the others by number.
class Several {
 public:
  Several(std::string table, std::vector<CheckResult>& results) : table_(std::move(table)), results_(results) {}

  void add(CheckedState state, const std::string& kind, std::string message) {
    if (++counts_[kind] > kShownRows) return;
    results_.push_back({state, "table", table_, std::move(message), state == CheckedState::Bad ? "invalid" : ""});
  }
  void conclude() {
    for (const auto& [kind, count] : counts_) {
      if (count > kShownRows)
        results_.push_back({CheckedState::Note, "table", table_, std::to_string(count - kShownRows) + " more rows: " + kind, {}});
    }
  }

 private:
  std::string table_;
  std::vector<CheckResult>& results_;
  std::map<std::string, std::size_t> counts_;
};

std::string folded(std::string_view id) { return to_lower(trim(id)); }

void check_ids(const Sync& sync, const Target& target, std::vector<CheckResult>& results) {
  std::vector<std::string> columns = target.key_columns;
  const std::string& id_column = sync.mapping->key().column;
  columns.push_back(id_column);
  const Rows rows = sync.store->read(target.table, Shape(columns), {target.constants, {}, 0});
  Several several(target.table.name, results);
  std::map<std::string, std::pair<std::string, std::string>> first;  // folded id → row, id
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& cell = rows[i][columns.size() - 1];
    if (cell.is_nothing()) continue;
    const std::string row = key_text(rows[i].subspan(0, columns.size() - 1)), id = to_display(cell);
    const std::string where = "row " + row + ", " + id_column + ": ";
    if (trim(id).empty()) {
      several.add(CheckedState::Note, "an empty text", where + "an empty text counts as no id; null says it better");
      continue;
    }
    if (trim(id) != id)
      several.add(CheckedState::Bad, "blanks around the id", where + in_quotes(id) + " has blanks around it; take them away");
    const auto [known, fresh] = first.try_emplace(folded(id), row, id);
    if (fresh) continue;
    const auto& [other, same] = known->second;
    if (same == id) {
      several.add(CheckedState::Bad, "an id that another row carries",
                  where + in_quotes(id) + " is the id of row " + other + " too; empty one");
    } else {
      several.add(CheckedState::Bad, "an id that differs from another in case or blanks",
                  where + in_quotes(id) + " differs from " + in_quotes(same) + " of row " + other + " in letter case or blanks alone");
    }
  }
  several.conclude();
}

bool is_filled(const Mapping& mapping, const std::string& column) {
  const auto same = [&](const std::string& other) { return equal_ignore_case(other, column); };
  return std::any_of(mapping.fields().begin(), mapping.fields().end(), [&](const Field& field) { return same(field.column); }) ||
         std::any_of(mapping.owned().begin(), mapping.owned().end(), [&](const OwnedColumn& owned) { return same(owned.column.name); }) ||
         std::any_of(mapping.constants().begin(), mapping.constants().end(), [&](const Constant& each) { return same(each.column); });
}

/// Of an owned column that only a hook could fill.
bool has_no_giver(const Sync& sync, const std::string& column) {
  if (sync.hook && sync.hook->has(Hook::Stage::AssignOwner)) return false;
  const auto& owned = sync.mapping->owned();
  return std::any_of(owned.begin(), owned.end(),
                     [&](const OwnedColumn& each) { return equal_ignore_case(each.column.name, column) && !each.uuid; });
}

/// "name, note", or that of them all.
std::string named(const std::vector<std::string>& columns, std::size_t of, const std::string& all) {
  return columns.size() == of ? all : join(columns, ", ");
}

/// An export alone needs less, but no configuration says that it is all that will be asked for.
void check_rights(const Sync& sync, const TableInfo& info, std::vector<CheckResult>& results) {
  std::vector<std::string> unread, not_added, unchanged;
  std::size_t filled = 0;
  for (const Column& column : info.columns) {
    if (!is_filled(*sync.mapping, column.name) && !equal_ignore_case(column.name, sync.mapping->key().column)) continue;
    ++filled;
    if (!column.rights.read) unread.push_back(column.name);
    if (!column.rights.insert) not_added.push_back(column.name);
    if (!column.rights.update) unchanged.push_back(column.name);
  }
  const auto tell = [&](const std::vector<std::string>& columns, const std::string& may_not, const std::string& all, const char* right) {
    if (columns.empty()) return;
    results.push_back({CheckedState::Bad, "table", sync.mapping->table_name(),
                       "the store's user may not " + may_not + named(columns, filled, all) + "; grant it: " + right, "invalid"});
  };
  tell(unread, "read ", "its rows", "SELECT on the table");
  tell(not_added, "add rows with ", "any value", "INSERT");
  tell(unchanged, "change ", "its rows", "UPDATE");
}

void check_columns(const Sync& sync, const TableInfo& info, std::vector<CheckResult>& results) {
  const Mapping& mapping = *sync.mapping;
  const auto bad = [&](std::string message) {
    results.push_back({CheckedState::Bad, "table", mapping.table_name(), std::move(message), "invalid"});
  };
  for (const std::string& column : info.needed) {
    const std::string needs = "column " + column + " is NOT NULL without a default, and ";
    if (!is_filled(mapping, column)) {
      bad(needs + "neither `fields` nor `owned` fills it: no new row can be added");
    } else if (has_no_giver(sync, column)) {
      bad(needs + "no hook `assign_owner` gives the value of what is `owned`: no new row can be added");
    }
  }
}

/// Of a table that is still to be made. Of one that is there the look at its rows tells.
void check_modified(const Sync& sync, std::vector<CheckResult>& results) {
  const Mapping& mapping = *sync.mapping;
  if (!mapping.modified() || sync.on_conflict != OnConflict::Newest) return;
  const std::string& column = mapping.modified()->column;
  if (mapping.table().find(column) != nullptr) return;
  results.push_back(
      {CheckedState::Bad, "table", mapping.table_name(),
       "modified.column names " + column + ", which the table does not have: `on_conflict: newest` cannot tell when a row was edited",
       "invalid"});
}

}  // namespace

std::vector<CheckResult> check_table(const Sync& sync, const Clock& clock, std::stop_token stop) {
  std::vector<CheckResult> results;
  const std::string& name = sync.mapping->table_name();
  try {
    const auto info = sync.store->inspect(name);
    if (!info) {
      check_modified(sync, results);
      results.insert(results.begin(), {CheckedState::Good, "table", name, "not there yet; the first run creates it", {}});
      return results;
    }
    check_rights(sync, *info, results);
    const Target target = inspect_target(*sync.store, *sync.mapping);
    check_columns(sync, *info, results);
    check_ids(sync, target, results);
    const TableLook look = look_at_rows(*sync.store, sync, clock, stop);
    results.insert(results.begin(), {CheckedState::Good, "table", name, look.text(), {}});
    if (!look.keyless.empty()) results.push_back({CheckedState::Bad, "table", name, keyless_problem(target, look.keyless), "invalid"});
  } catch (const Error& failure) {
    results.push_back({CheckedState::Bad, "table", name, failure.what(), std::string(to_string(failure.kind()))});
  }
  return results;
}

std::set<std::string> tables_of_hook(const std::string& text) {
  const Poco::RegularExpression find(R"(\bdb\s*:\s*find\s*\(\s*["']([^"']+)["'])");
  std::set<std::string> names;
  Poco::RegularExpression::MatchVec found;
  for (std::size_t at = 0; find.match(text, at, found) > 0; at = found[0].offset + found[0].length)
    names.insert(text.substr(found[1].offset, found[1].length));
  return names;
}

std::vector<CheckResult> check_named_tables(const Sync& sync, const std::string& hook_text, const std::set<std::string>& made) {
  std::map<std::string, std::string> named;  // table → who names it
  const Mapping& mapping = *sync.mapping;
  for (const std::string& table : tables_of_hook(hook_text)) named.emplace(table, sync.hook_file + " looks into it");
  for (const OwnedColumn& owned : mapping.owned()) {
    const std::string& to = owned.column.references;
    if (!to.empty()) named.emplace(table_behind(to), "column " + owned.column.name + " of " + mapping.table_name() + " refers to it");
  }
  for (const Field& field : mapping.fields()) {
    if (field.lookup) named.emplace(field.lookup->table, "column " + field.column + " of " + mapping.table_name() + " refers to it");
  }
  if (mapping.owner()) named.emplace(mapping.owner()->table, "the rule `owner` looks into it");
  std::vector<CheckResult> results;
  for (const auto& [table, why] : named) {
    if (sync.store->inspect(table)) continue;
    if (made.contains(table)) {
      results.push_back({CheckedState::Note, "table", table, "missing; `lockstep migrate` creates it", {}});
    } else {
      results.push_back({CheckedState::Bad, "table", table, "missing: " + why + "; create it, for `lockstep migrate` does not", "invalid"});
    }
  }
  return results;
}

}  // namespace lockstep
