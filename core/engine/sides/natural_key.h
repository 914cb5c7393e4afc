// NaturalKeys: rows without an id find their remote item by a value that both sides hold, such as a phone number. One row and one item
// with the same value are a pair; where several bear it, nothing is concluded. Whether an item is the only one is known once the list is
// complete: until then the items that some row waits for are held back.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "engine/sides/item.h"
#include "mapping/mapping.h"

namespace lockstep {

class NaturalKeys {
 public:
  explicit NaturalKeys(const Mapping& mapping) : rule_(mapping.match()) {}

  bool any() const { return rule_.has_value(); }
  /// A row that has neither id nor link; `local` is its index among the local rows.
  void add_row(std::size_t local, Row fields);
  /// Some such row bears the key of this mapped record.
  bool is_wanted(Row mapped) const;
  /// Keeps a copy of a record that is_wanted().
  void hold(const Item& item);

  struct Held {
    std::string id, label, raw;
    Hash128 hash;
    std::uint32_t link = kNoIndex;
    std::size_t local = kNoIndex;  ///< the row that is its pair; kNoIndex: there are several of it, or several rows
    std::size_t rows = 0;          ///< that bear its key
  };
  /// After the last record: what was held back. Views into it are good until this object goes away.
  const std::vector<Held>& conclude();
  /// How many rows or records bear the key of this row, whichever are more; 0 when no record does.
  std::size_t matches(std::size_t local) const;
  /// Rows whose key could be compared with nothing but its like.
  std::size_t not_comparable() const { return not_comparable_; }

 private:
  struct Group {
    std::vector<std::size_t> rows;
    std::vector<std::size_t> records;  ///< into held_
  };
  std::optional<MatchRule> rule_;
  std::unordered_map<std::string, Group> groups_;
  std::unordered_map<std::size_t, std::string> key_of_row_;
  std::vector<Held> held_;
  std::size_t not_comparable_ = 0;
};

}  // namespace lockstep
