#include "engine/passes/outsiders.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "engine/passes/markers.h"
#include "engine/passes/remade_elsewhere.h"
#include "mapping/sets.h"

namespace lockstep {

Outsiders::Outsiders(RunContext& run, Markers& markers, RemadeElsewhere& remade_elsewhere)
    : Pass(run), markers_(markers), remade_elsewhere_(remade_elsewhere) {}

bool Outsiders::is_left_alone(const Item& item) const {
  if (!is_unowned(item)) return false;
  if (!of_outside_rows_.empty() && of_outside_rows_.contains(std::string(item.id))) return true;
  return neighbours_.owns(item.id) || (!neighbours_.creates().empty() && neighbours_.promised(markers_.marker_in(item.raw)));
}

void Outsiders::leave_to_neighbours(std::vector<Item>& items) {
  if (!neighbours_.any() || !target_.exists) return;
  std::vector<Value> ids;
  for (const Item& item : items) {
    if (is_unowned(item)) ids.push_back(Value::text(item.id));
  }
  if (ids.empty()) return;
  const Rows rows = sync_.store->read(target_.table, target_.shape, {{{mapping_.key().column, Filter::Op::In, std::move(ids)}}, {}, 0});
  std::unordered_set<std::string> borne;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!scope_.holds(rows[i])) borne.insert(to_display(target_.fields(rows[i])[0]));
  }
  std::erase_if(items, [&](const Item& item) { return is_unowned(item) && borne.contains(std::string(item.id)); });
}

bool Outsiders::is_outside_row(const std::string& key) {
  if (!target_.exists) return false;
  const std::vector<OwnedRow> keys{key_values(key, target_.key_types)};
  const Rows rows = read_by_key(*sync_.store, target_, keys, true);
  return !rows.empty() && !scope_.holds(rows[0]);
}

bool Outsiders::awaits_outside_row(const Item& item, const std::string& key) {
  if (remade_elsewhere_.made_elsewhere().contains(key)) {
    of_outside_rows_.emplace(item.id);
    return true;
  }
  if (has_row(key) || !is_outside_row(key)) return false;
  const std::vector<OwnedRow> keys{key_values(key, target_.key_types)};
  const Rows rows = read_by_key(*sync_.store, target_, keys, true);
  const Value& id = target_.fields(rows[0])[0];
  if (!id.is_nothing() && !trim(to_display(id)).empty()) return false;
  of_outside_rows_.emplace(item.id);
  return true;
}

bool Outsiders::has_row(std::string_view key) const {
  const auto link = links_.by_key(key);
  if (link && locals_.of_link(*link) != LocalRows::LinkRow::Missing) return true;
  return std::any_of(locals_.rows().begin(), locals_.rows().end(), [&](const LocalRow& row) { return row.key == key; });
}

}  // namespace lockstep
