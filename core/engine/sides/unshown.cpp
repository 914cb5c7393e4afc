#include "engine/sides/unshown.h"

#include "format/json.h"
#include "mapping/convert.h"

namespace lockstep {

Value with_unshown(const Field& field, const Value& shown, const Value& held, Arena& arena) {
  if (field.unshown.empty() || !shown.is_view() || shown.is_unreadable() || !held.is_view() || held.is_unreadable()) return shown;
  Json document, row;
  field.from.reach(document) = json::from_value(shown);
  field.from.reach(row) = json::from_value(held);
  bool kept = false;
  for (const Path& place : field.unshown) {
    const Json* own = place.find(row);
    const Json* answered = place.find(document);
    if (own == nullptr || own->is_null() || !place.has_holder(document) || (answered != nullptr && !answered->is_null())) continue;
    place.reach(document) = *own;
    kept = true;
  }
  return kept ? as_json(json::to_value(*field.from.find(document), arena), arena) : shown;
}

}  // namespace lockstep
