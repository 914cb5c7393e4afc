// ListModel: a list endpoint like Vapi's, as a function: items with creation times, a limit, filters, an order; and its possible vices.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "common/time.h"
#include "rest/paging.h"

namespace lockstep::test {

struct ListModel {
  struct Item {
    std::string id;
    Micros time = 0;  ///< what the server keeps; it shows milliseconds
  };
  enum class Order { NewestFirst, OldestFirst, None };

  std::vector<Item> items;
  Order order = Order::NewestFirst;
  std::size_t cap = 1000;
  bool ignores_filter = false;
  bool strict_filter = false;  ///< takes "at or before" for "before"

  static std::string shown(Micros time) { return format_time(time - (time % 1000 + 1000) % 1000); }

  std::vector<Item> answer(const rest::Parameters& parameters) const {
    std::map<std::string, std::string> asked(parameters.begin(), parameters.end());
    std::size_t limit = std::min(cap, asked.count("limit") != 0 ? static_cast<std::size_t>(std::stoul(asked["limit"])) : std::size_t{100});
    std::vector<Item> out;
    for (const Item& item : items) {
      if (!ignores_filter && !passes(item, asked)) continue;
      out.push_back(item);
    }
    const auto newer = [](const Item& a, const Item& b) { return a.time > b.time; };
    const auto older = [](const Item& a, const Item& b) { return a.time < b.time; };
    if (order == Order::NewestFirst) std::stable_sort(out.begin(), out.end(), newer);
    if (order == Order::OldestFirst) std::stable_sort(out.begin(), out.end(), older);
    out.resize(std::min(limit, out.size()));
    return out;
  }

 private:
  bool passes(const Item& item, std::map<std::string, std::string>& asked) const {
    if (asked.count("createdAtLe") != 0) {
      const Micros bound = parse_time(asked["createdAtLe"]).value();
      if (strict_filter ? item.time >= bound : item.time > bound) return false;
    }
    if (asked.count("createdAtGe") != 0) {
      const Micros bound = parse_time(asked["createdAtGe"]).value();
      if (strict_filter ? item.time <= bound : item.time < bound) return false;
    }
    return true;
  }
};

inline rest::ListSpec list_spec() {
  rest::ListSpec spec;
  spec.path = "/assistant";
  spec.paging = rest::Paging::TimeCursor;
  spec.limit_parameter = "limit";
  spec.page_size = 1000;
  spec.page_size_cap = 1000;
  spec.time_field = "createdAt";
  spec.not_after_parameter = "createdAtLe";
  spec.not_before_parameter = "createdAtGe";
  return spec;
}

}  // namespace lockstep::test
