#include "engine/write/cells.h"

#include <algorithm>

#include "common/text.h"
#include "engine/sides/unshown.h"
#include "format/json.h"
#include "format/number.h"
#include "mapping/convert.h"

namespace lockstep {
namespace {

/// What a hook assigned, or a deleted row had, as the column has it.
Value owned_cell(const Column* column, const Json& value, Arena& arena) {
  const Value cell = json::from_kept(value, arena);
  const bool plain = column == nullptr || column->type != ColumnType::Json || cell.is_nothing() || cell.is_unreadable();
  return plain ? cell : as_json(cell, arena);
}

/// A reference that leads nowhere, as it stood in its column.
Value reference_cell(const Value& unreadable) {
  const std::string_view bytes = unreadable.as_view();
  const bool number = unreadable.storage() == Value::Storage::Integer;
  if (const auto integer = number ? json::plain_integer(bytes) : std::nullopt) return Value::integer(*integer);
  return unreadable.storage() == Value::Storage::Text && is_utf8(bytes) ? Value::text(bytes) : unreadable;
}

}  // namespace

void fill_row(Rows& rows, const Insertion& insertion, const Target& target, References& references) {
  std::span<Value> cells = rows.add();
  const Row there = references.to_cells(insertion.item->there, rows.arena());
  std::copy(there.begin(), there.end(), cells.begin());
  for (const auto& [column, value] : insertion.owned) {
    if (const auto ordinal = target.insert_shape.find(column)) cells[*ordinal] = owned_cell(target.table.find(column), value, rows.arena());
  }
  const std::size_t constants_at = cells.size() - target.constants.size();
  for (std::size_t i = 0; i < target.constants.size(); ++i) cells[constants_at + i] = target.constants[i].values[0];
}

Value cell_after(const Item& item, const FieldChange& change, const Mapping& mapping, const Target& target, const SecretPaths& secrets,
                 References& references, Arena& arena) {
  const Field& field = mapping.fields()[change.ordinal];
  if (change.after.is_nothing()) return Value::null();
  if (field.lookup && change.after.is_unreadable()) return reference_cell(change.after);
  if (field.lookup) return references.cell_of(change.ordinal, change.after).value_or(Value::null());
  // What a rollback restores comes from the journal, and nothing in it is masked.
  if (item.decision.restores) return change.after;
  const Value known[] = {item.there.empty() ? Value() : item.there[change.ordinal], target.fields(item.stored)[change.ordinal]};
  const std::optional<Value> unmasked = secrets.unmask(change.ordinal, change.after, known);
  if (!unmasked) throw Error(ErrorKind::Rejected, field.column + " holds a secret that neither side has");
  return with_unshown(field, *unmasked, target.fields(item.stored)[change.ordinal], arena);
}

}  // namespace lockstep
