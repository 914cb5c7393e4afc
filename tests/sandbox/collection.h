// Collection: the items of one kind in the order in which they are listed. Each keeps the very text that a client is answered.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/time.h"
#include "sandbox/request.h"

namespace lockstep::sandbox {

enum class Order { NewestFirst, OldestFirst };

struct Item {
  std::string id;
  std::string text;  ///< JSON as answered: without secrets
  Micros created_at = 0;
  Micros updated_at = 0;
  std::string secret;  ///< stored, never answered
};

/// What a list was asked for; the bounds are inclusive.
struct ListQuery {
  std::size_t limit = 100;
  Micros created_from = std::numeric_limits<Micros>::min();
  Micros created_to = std::numeric_limits<Micros>::max();
  Micros updated_from = std::numeric_limits<Micros>::min();
  Micros updated_to = std::numeric_limits<Micros>::max();
  /// What is wrong with the query, in the words of the API; then the bounds mean nothing.
  std::vector<std::string> mistakes;
};

/// limit and the eight date filters; an unknown parameter is a mistake, as it is for the API's validation.
ListQuery parse_list_query(const Request& request);

/// Not thread-safe.
class Collection {
 public:
  std::size_t size() const { return items_.size(); }
  /// Newest first; items of one instant in the order of their arrival.
  const std::vector<Item>& items() const { return items_; }
  /// nullptr when there is none; valid until the next change.
  const Item* find(std::string_view id) const;
  /// Adds items, or replaces those whose id is known.
  void put(std::vector<Item> items);
  /// True when it was there.
  bool remove(std::string_view id);
  void clear();
  /// A JSON array of what matches.
  std::string page(const ListQuery& query, Order order) const;

 private:
  void index();

  std::vector<Item> items_;
  std::unordered_map<std::string, std::size_t> by_id_;
};

}  // namespace lockstep::sandbox
