// Items that are other syncs' of the same table and account, or of rows outside `where`: they get no row here, whether the other has run
// already or not.
#include "common/text.h"
#include "engine/passes/run.h"
#include "engine/write/outgoing.h"

namespace lockstep {

/// Nothing here is known of the item but the item.
bool Run::is_unowned(const Item& item) { return item.local == kNoIndex && item.link == kNoIndex && item.key.empty() && !item.id.empty(); }

/// By a link, or by the marker of a create that is open there, or here for a row that is outside.
bool Run::is_left_alone(const Item& item) const {
  if (!is_unowned(item)) return false;
  if (!of_outside_rows_.empty() && of_outside_rows_.contains(std::string(item.id))) return true;
  return neighbours_.owns(item.id) || (!neighbours_.creates().empty() && neighbours_.promised(marker_in(item.raw)));
}

/// By a row outside this sync that bears the item's id.
void Run::leave_to_neighbours(std::vector<Item>& items) {
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

/// The key is that of a row of this table that is none of this sync's.
bool Run::is_outside_row(const std::string& key) {
  if (!target_.exists) return false;
  const std::vector<OwnedRow> keys{key_values(key, target_.key_types)};
  const Rows rows = read_by_key(*sync_.store, target_, keys, true);
  return !rows.empty() && !scope_.holds(rows[0]);
}

/// The item is what a create made of a row that left this sync before the answer came, and waits until the row comes back, or is another's.
bool Run::awaits_outside_row(const Item& item, const std::string& key) {
  if (made_elsewhere_.contains(key)) {
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

}  // namespace lockstep
