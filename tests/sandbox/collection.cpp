// Listing with the API's filters: a walk over all items, joined texts.
#include "sandbox/collection.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace lockstep::sandbox {
namespace {

constexpr std::size_t kMaximumLimit = 1000;

void read_limit(const std::string& text, ListQuery& query) {
  long long limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool number = error == std::errc{} && end == text.data() + text.size();
  if (!number || limit > static_cast<long long>(kMaximumLimit)) query.mistakes.emplace_back("limit must not be greater than 1000");
  if (!number || limit < 0) query.mistakes.emplace_back("limit must not be less than 0");
  if (!number) query.mistakes.emplace_back("limit must be a number conforming to the specified constraints");
  if (query.mistakes.empty()) query.limit = static_cast<std::size_t>(limit);
}

/// "createdAtGt" and its seven relatives. False when the name is none of them.
bool read_filter(std::string_view name, const std::string& text, ListQuery& query) {
  const bool created = name.starts_with("createdAt");
  if (!created && !name.starts_with("updatedAt")) return false;
  const std::string_view comparison = name.substr(9);
  constexpr std::array<std::string_view, 4> kComparisons{"Gt", "Ge", "Lt", "Le"};
  if (std::find(kComparisons.begin(), kComparisons.end(), comparison) == kComparisons.end()) return false;
  const auto instant = parse_time(text);
  if (!instant) {
    query.mistakes.push_back(std::string(name) + " must be a valid ISO 8601 date string");
    return true;
  }
  Micros& from = created ? query.created_from : query.updated_from;
  Micros& to = created ? query.created_to : query.updated_to;
  if (comparison == "Gt") from = std::max(from, *instant + 1);
  if (comparison == "Ge") from = std::max(from, *instant);
  if (comparison == "Lt") to = std::min(to, *instant - 1);
  if (comparison == "Le") to = std::min(to, *instant);
  return true;
}

bool matches(const Item& item, const ListQuery& query) {
  return item.created_at >= query.created_from && item.created_at <= query.created_to && item.updated_at >= query.updated_from &&
         item.updated_at <= query.updated_to;
}

template <typename Iterator>
std::string joined(Iterator begin, Iterator end, const ListQuery& query) {
  std::string out = "[";
  std::size_t taken = 0;
  for (auto item = begin; item != end && taken < query.limit; ++item) {
    if (!matches(*item, query)) continue;
    if (taken++ > 0) out += ',';
    out += item->text;
  }
  return out += ']';
}

}  // namespace

ListQuery parse_list_query(const Request& request) {
  ListQuery query;
  for (const auto& [name, text] : request.parameters) {
    if (name == "limit") {
      read_limit(text, query);
    } else if (!read_filter(name, text, query)) {
      query.mistakes.push_back("property " + name + " should not exist");
    }
  }
  return query;
}

const Item* Collection::find(std::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  return found == by_id_.end() ? nullptr : &items_[found->second];
}

void Collection::put(std::vector<Item> items) {
  bool moved = false;
  for (auto& item : items) {
    const auto [entry, added] = by_id_.try_emplace(item.id, items_.size());
    if (added) {
      items_.push_back(std::move(item));
      moved = true;
    } else {
      Item& held = items_[entry->second];
      moved = moved || held.created_at != item.created_at;
      held = std::move(item);
    }
  }
  if (!moved) return;
  std::stable_sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.created_at > b.created_at; });
  index();
}

bool Collection::remove(std::string_view id) {
  const auto found = by_id_.find(std::string(id));
  if (found == by_id_.end()) return false;
  items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(found->second));
  index();
  return true;
}

void Collection::clear() {
  by_id_.clear();
  items_.clear();
}

std::string Collection::page(const ListQuery& query, Order order) const {
  return order == Order::NewestFirst ? joined(items_.begin(), items_.end(), query) : joined(items_.rbegin(), items_.rend(), query);
}

void Collection::index() {
  by_id_.clear();
  by_id_.reserve(items_.size());
  for (std::size_t position = 0; position < items_.size(); ++position) by_id_[items_[position].id] = position;
}

}  // namespace lockstep::sandbox
