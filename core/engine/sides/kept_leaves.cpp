#include "engine/sides/kept_leaves.h"

#include "engine/decide/merge.h"
#include "format/json.h"

namespace lockstep {
namespace {

Json document_of(const Field& field, const Value& value) {
  Json document;
  field.from.reach(document) = json::from_value(value);
  return document;
}

}  // namespace

Value with_kept_leaves(const Mapping& mapping, const Facts& facts, const Decision& decision, const FieldChange& parent, Arena& arena) {
  const Field& field = mapping.fields()[parent.ordinal];
  std::vector<std::size_t> kept;
  for (const std::size_t leaf : field.leaves) {
    const FieldChange* change = merging::find(decision.remote_fields, leaf);
    if (change != nullptr && merging::keeps_leaf(mapping, decision, *change)) kept.push_back(leaf);
  }
  const Value& there = facts.there.empty() ? parent.before : facts.there[parent.ordinal];
  if (kept.empty() || parent.after.is_nothing() || parent.after.is_unreadable() || there.is_unreadable()) return parent.after;
  Json sent = document_of(field, parent.after);
  const Json standing = document_of(field, there);
  for (const std::size_t leaf : kept) {
    const Path& place = mapping.fields()[leaf].from;
    const Json* stands = place.find(standing);
    if (stands == nullptr) {
      place.erase(sent);
    } else {
      place.reach(sent) = *stands;
    }
  }
  return Value::json(arena.copy(json::canonical(*field.from.find(sent))));
}

}  // namespace lockstep
