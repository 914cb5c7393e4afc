// Chronicle: what happened to records, as rows for the mapping's table of events. Told by the writer as it writes a row, and sent in the
// same transaction; a run that writes no row tells of no event.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"
#include "data/arena.h"

#include "engine/sides/item.h"
#include "engine/sides/target.h"
#include "mapping/mapping.h"
#include "sdk/store.h"

namespace lockstep {

enum class Happening {
  Nothing,      ///< but for changed columns there is no news
  Inserted,     ///< the record was not known
  Updated,      ///< columns of its row change
  WentMissing,  ///< the list no longer names it
  Returned,     ///< the list names it again
};

class Chronicle {
 public:
  Chronicle(const Mapping& mapping, const Target& target) : mapping_(mapping), target_(target) {}

  /// Reads what the rows hold before the run, where a rule asks whose an element was. Call it before the first tell().
  void know_rows(Store& store);
  /// Takes the events of one record. `item.decision.local_fields` say what changes.
  void tell(const Item& item, Happening happening, std::string_view run, Micros at);
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }
  /// Forgets all but the first `size` events that were told.
  void cut(std::size_t size) { events_.resize(std::min(size, events_.size())); }
  /// What was told, as often as a transaction has to be done again, until it is cut. Throws Error{Storage} when the table refuses an event:
  /// its row must not be committed without it.
  void write(Transaction& transaction);

 private:
  struct Event {
    Micros at = 0;
    std::string run, name;
    std::vector<Json> copied;
    std::string field;
    Json before, after;
  };
  void tell_change(const Item& item, const FieldChange& change, const Event& common);
  bool tell_moved(const Item& item, const EventRule& rule, const FieldChange& change, const Event& common);
  std::vector<Json> copied(const Item& item) const;

  const Mapping& mapping_;
  const Target& target_;
  std::map<std::string, std::string, std::less<>> owners_;  ///< element → key of the row that held it when the run began
  std::set<std::string, std::less<>> keys_;                 ///< of the rows that were there
  std::vector<Event> events_;
  Arena rows_arena_;
};

}  // namespace lockstep
