#include "mapping/sets.h"

#include <algorithm>
#include <set>

#include "common/error.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// True when there was a list.
bool sort_list(Json& list) {
  Json::Array* items = list.array();
  if (items == nullptr) return false;
  std::vector<std::pair<std::string, Json>> spelled;
  for (Json& item : *items) spelled.emplace_back(json::canonical(item), std::move(item));
  std::sort(spelled.begin(), spelled.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto end = std::unique(spelled.begin(), spelled.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  items->clear();
  for (auto item = spelled.begin(); item != end; ++item) items->push_back(std::move(item->second));
  return true;
}

bool sort_at(const Path& path, Json& document) {
  if (path.empty()) return sort_list(document);
  return path.find(document) != nullptr && sort_list(path.reach(document));
}

/// What both lists hold first, in the order of `before`; each item once.
void order_like(const Json& before, Json& list) {
  if (list.array() == nullptr) return;
  Json::Array ordered;
  std::set<std::string> taken;
  const auto take = [&](const Json& item) {
    if (taken.insert(json::canonical(item)).second) ordered.push_back(item);
  };
  std::set<std::string> held;
  for (const Json& item : *list.array()) held.insert(json::canonical(item));
  for (const Json& item : *before.array()) {
    if (held.contains(json::canonical(item))) take(item);
  }
  for (const Json& item : *list.array()) take(item);
  list = Json(std::move(ordered));
}

}  // namespace

Json in_order_of(const Field& field, const Json& before, Json value) {
  for (const Path& path : field.sets) {
    const Json* was = path.empty() ? &before : path.find(before);
    if (was == nullptr || was->array() == nullptr) continue;
    if (path.empty()) {
      order_like(*was, value);
    } else if (path.find(value) != nullptr) {
      order_like(*was, path.reach(value));
    }
  }
  return value;
}

Value in_set_order(const Field& field, const Value& value, Arena& arena) {
  if (field.sets.empty() || value.tag() != Value::Tag::Json) return value;
  Json document = json::parse(value.as_view());
  bool sorted = false;
  for (const Path& path : field.sets) sorted = sort_at(path, document) || sorted;
  return sorted ? Value::json(arena.copy(json::canonical(document))) : value;
}

Hash128 hash_of_record(const Mapping& mapping, std::string_view text, const Hash128& raw) {
  if (!mapping.has_sets()) return raw;
  try {
    Json document = json::parse(text);
    for (const Field& field : mapping.fields()) {
      if (field.is_set) sort_at(field.from, document);
    }
    return hash128(json::canonical(document));
  } catch (const Error&) {
    return raw;  // no JSON: whoever maps it says so
  }
}

Hash128 hash_of_record(const Mapping& mapping, std::string_view text) { return hash_of_record(mapping, text, hash128(text)); }

}  // namespace lockstep
