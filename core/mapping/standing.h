// Standing: what a mapping says of records that come and go: what becomes of a row whose record the list no longer names, and which events
// are told of in a second table. Whose rows they are stands in condition.h.
//
//   on_missing: {set: {status: gone}}        # columns of `fields`; the mapping's own values come back with the record
//   events:
//     table: model_events                    # id, happened_at, run, event, the copied columns, field, old_value, new_value
//     copy: [provider, model_id]             # columns of `where` and `fields` that stand beside each event
//     rules:                                 # event: when; a change is told of by the first rule that takes its column
//       added: {on: insert}                  # a record that was not known
//       removed: {on: missing}               # the list no longer names it
//       reappeared: {on: return}             # it names it again
//       announced: {on: set, columns: [ends_on]}            # nothing → something; `clear`: something → nothing
//       moved: {on: change, columns: [ends_on]}             # any change
//       retargeted: {on: moved_element, columns: [aliases]} # an element of this list was in another row's, or is another row's key
//       changed: {on: change, except: [raw]}                # of every column but these and those of `where` and `on_missing`
//
// What a list that no longer names a record permits to conclude: nothing, unless it is complete, not empty and was asked for under the same
// scope (credentials, address, query) as the list that named the record last. Each link remembers that scope; a record is never missing
// from a list that could not have named it. More than half missing at once stops the run unless mass changes are allowed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "data/json.h"
#include "data/table.h"
#include "mapping/condition.h"

namespace lockstep {

struct MissingValue {
  std::size_t ordinal = 0;
  Json value;
};

struct EventRule {
  enum class On { Insert, Missing, Return, Set, Clear, Change, MovedElement };
  std::string name;
  On on = On::Insert;
  std::vector<std::size_t> ordinals;  ///< of Set and those behind it: which columns it is about
};

struct EventRules {
  Table table;
  std::vector<std::string> copied;  ///< names of columns of `where` and `fields`
  std::vector<EventRule> rules;

  bool any(EventRule::On on) const;
};

}  // namespace lockstep
