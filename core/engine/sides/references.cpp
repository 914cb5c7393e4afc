#include "engine/sides/references.h"

#include <algorithm>
#include <utility>

#include "state/state.h"

namespace lockstep {
namespace {

/// `value` as the column's type has it, so that no database is asked to compare a text with a number; nullopt when it is none of them.
std::optional<Value> as_column(const Value& value, ColumnType type, Arena& arena) {
  if (type == ColumnType::Integer) return value.tag() == Value::Tag::Int ? std::optional(value) : std::nullopt;
  if (value.tag() == Value::Tag::Text || value.tag() == Value::Tag::Json) return Value::text(value.as_view());
  return Value::text(arena.copy(to_display(value)));
}

}  // namespace

References::References(const Mapping& mapping, Store& store) : mapping_(mapping), store_(store) {
  for (std::size_t i = 0; i < mapping.fields().size(); ++i) {
    if (mapping.fields()[i].lookup) lookups_.emplace_back().ordinal = i;
  }
}

References::Lookup& References::lookup(std::size_t ordinal) {
  return *std::find_if(lookups_.begin(), lookups_.end(), [&](const Lookup& one) { return one.ordinal == ordinal; });
}

/// False while the other table, or the column in it, is not there: then nothing can be looked up, which is no reason to lose the record.
bool References::open(Lookup& one) {
  const Field& field = mapping_.fields()[one.ordinal];
  const Field::Lookup& rule = *field.lookup;
  if (!one.looked) {
    one.looked = true;
    one.info = store_.inspect(rule.table);
    if (one.info) one.take = !rule.take.empty() ? rule.take : one.info->primary_key.empty() ? rule.column : one.info->primary_key[0];
    if (one.info && (one.info->find(rule.column) == nullptr || one.info->find(one.take) == nullptr)) one.info.reset();
    if (!one.info) broken_.push_back(field.column + " refers to " + rule.table + "." + rule.column);
  }
  return one.info.has_value();
}

void References::read(Lookup& one, std::vector<Value> values, bool by_cell) {
  const Field::Lookup& rule = *mapping_.fields()[one.ordinal].lookup;
  Known& known = by_cell ? one.remotes : one.cells;
  for (const Value& value : values) known.emplace(to_display(value), std::nullopt);
  if (!open(one)) return;
  const std::string& by = by_cell ? one.take : rule.column;
  const ColumnType type = one.info->find(by)->type;
  Arena arena;
  Filter filter;
  filter.where = {{by, Filter::Op::In, {}}};
  for (const Value& value : values) {
    if (const auto typed = as_column(value, type, arena)) filter.where[0].values.push_back(*typed);
  }
  if (filter.where[0].values.empty()) return;
  const Rows found = store_.read(Table{rule.table, one.info->columns, one.info->primary_key, {}}, Shape({rule.column, one.take}), filter);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (by_cell) one.rows.insert(to_display(found[i][1]));
    Value value = found[i][by_cell ? 0 : 1];
    if (value.is_nothing() || value.is_unreadable()) continue;
    if (value.is_view()) value = Value::text(texts_.copy(value.as_view()));
    std::optional<Value>& entry = known[to_display(found[i][by_cell ? 1 : 0])];
    // Several rows with one value: the first one read, as long as this run lasts.
    if (!entry) entry = value;
  }
}

void References::know(std::span<const Row> rows, bool by_cell) {
  for (Lookup& one : lookups_) {
    const Known& known = by_cell ? one.remotes : one.cells;
    std::vector<Value> values;
    for (const Row& row : rows) {
      const Value& value = row[one.ordinal];
      if (!value.is_nothing() && !known.contains(to_display(value))) values.push_back(value);
    }
    if (!values.empty()) read(one, std::move(values), by_cell);
  }
}

void References::know_remote(std::span<const Row> mapped) { know(mapped, false); }
void References::know_cells(std::span<const Row> fields) { know(fields, true); }

std::optional<Value> References::find(std::size_t ordinal, const Value& value, bool by_cell) {
  if (value.is_nothing()) return Value::null();
  Lookup& one = lookup(ordinal);
  Known& known = by_cell ? one.remotes : one.cells;
  const std::string text = to_display(value);
  auto found = known.find(text);
  if (found == known.end()) {
    read(one, {value}, by_cell);
    found = known.find(text);
  }
  return found->second;
}

std::optional<Value> References::cell_of(std::size_t ordinal, const Value& remote) { return find(ordinal, remote, false); }
std::optional<Value> References::remote_of(std::size_t ordinal, const Value& cell) { return find(ordinal, cell, true); }

bool References::names_row(std::size_t ordinal, const Value& cell) {
  return remote_of(ordinal, cell).has_value() || lookup(ordinal).rows.contains(to_display(cell));
}

bool References::may_name_key(std::size_t ordinal, const Value& cell, std::string_view key) {
  Lookup& one = lookup(ordinal);
  if (!open(one) || one.info->primary_key != std::vector<std::string>{one.take}) return true;
  return key_text(Row(&cell, 1)) == key;
}

bool References::misses(Row mapped) {
  return !mapped.empty() &&
         std::any_of(lookups_.begin(), lookups_.end(), [&](const Lookup& one) { return !cell_of(one.ordinal, mapped[one.ordinal]); });
}

bool References::is_awaited(std::size_t ordinal, const Value& cell, const Value& remote) {
  return cell.is_nothing() && !remote.is_nothing() && !cell_of(ordinal, remote);
}

Row References::to_cells(Row mapped, Arena& arena) {
  if (!any()) return mapped;
  std::span<Value> out = arena.make<Value>(mapped.size());
  std::copy(mapped.begin(), mapped.end(), out.begin());
  for (const Lookup& one : lookups_) out[one.ordinal] = cell_of(one.ordinal, mapped[one.ordinal]).value_or(Value::null());
  return out;
}

Row References::to_remote(Row fields, Arena& arena) {
  if (!any()) return fields;
  std::span<Value> out = arena.make<Value>(fields.size());
  std::copy(fields.begin(), fields.end(), out.begin());
  for (const Lookup& one : lookups_) out[one.ordinal] = remote_of(one.ordinal, fields[one.ordinal]).value_or(fields[one.ordinal]);
  return out;
}

Hash128 References::hash(Row fields) {
  if (!any()) return hash_row(fields);
  std::vector<Value> all(fields.begin(), fields.end());
  for (const Lookup& one : lookups_) all.push_back(remote_of(one.ordinal, fields[one.ordinal]).value_or(Value()));
  return hash_row(all);
}

std::vector<std::string> References::take_broken() { return std::exchange(broken_, {}); }

}  // namespace lockstep
