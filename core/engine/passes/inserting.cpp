#include "engine/passes/inserting.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "common/uuid.h"
#include "engine/passes/faults.h"
#include "engine/passes/foreseer.h"
#include "engine/passes/open_work.h"
#include "engine/passes/waiting.h"
#include "engine/sides/hook_result.h"
#include "engine/write/cells.h"
#include "format/json.h"

namespace lockstep {

Inserting::Inserting(RunContext& run, Faults& faults, Foreseer& foreseer, OpenWork& open_work, Waiting& waiting)
    : Pass(run), faults_(faults), foreseer_(foreseer), open_work_(open_work), waiting_(waiting) {}

bool Inserting::maps_outside(const Item& item) const {
  return std::any_of(mapping_.conditions().begin(), mapping_.conditions().end(), [&](const RowCondition& condition) {
    const auto ordinal = mapping_.find(condition.column);
    return ordinal && !mapping_.fields()[*ordinal].lookup && !condition.holds(item.there[*ordinal]);
  });
}

/// Why a new row would lie outside `where` by an owned column: no run would ever see it again.
std::string Inserting::owned_outside(const Json::Object& owned) const {
  for (const RowCondition& condition : mapping_.conditions()) {
    const auto named = [&](std::string_view name) { return equal_ignore_case(name, condition.column); };
    const bool is_owned = std::any_of(mapping_.owned().begin(), mapping_.owned().end(),
                                      [&](const OwnedColumn& each) { return named(each.column.name) && !each.uuid; });
    if (!is_owned) continue;
    const auto given = std::find_if(owned.begin(), owned.end(), [&](const auto& each) { return named(each.first); });
    Arena arena;
    if (!condition.holds(given == owned.end() ? Value::null() : json::to_value(given->second, arena)))
      return "the new row would lie outside `where`: " + condition.text() + ", and assign_owner does not say so";
  }
  return {};
}

/// Gives each owned column of the type uuid its value, unless the hook did. What is wrong when a part of the primary key stays empty: a row
/// without a key is never written.
std::string Inserting::fill_key(Json::Object& owned, Row there) const {
  const auto given = [&](std::string_view name) {
    return std::any_of(owned.begin(), owned.end(),
                       [&](const auto& each) { return equal_ignore_case(each.first, name) && !each.second.is_null(); });
  };
  for (const OwnedColumn& column : mapping_.owned()) {
    if (!column.uuid || given(column.column.name)) continue;
    std::erase_if(owned, [&](const auto& each) { return equal_ignore_case(each.first, column.column.name); });
    owned.emplace_back(column.column.name, make_uuid());
  }
  for (const std::string& name : target_.given_keys) {
    const auto ordinal = mapping_.find(name);
    const bool constant = std::any_of(mapping_.constants().begin(), mapping_.constants().end(),
                                      [&](const Constant& each) { return equal_ignore_case(each.column, name); });
    if (constant || given(name) || (ordinal && !there[*ordinal].is_nothing())) continue;
    return "the primary key " + in_quotes(name) + " of the new row would be empty" + (ordinal ? "" : "; assign_owner gave it no value");
  }
  return {};
}

bool Inserting::assign_owner(Insertion& insertion) {
  Item& item = *insertion.item;
  const Json* last = item.base == nullptr ? nullptr : item.base->held.find(kOwnedMember);
  if (last != nullptr && last->object() != nullptr) {
    insertion.owned = *last->object();
  } else if (sync_.hook && sync_.hook->has(Hook::Stage::AssignOwner)) {
    if (const HookVerdict refused =
            sync_.hook->assign_owner({item.id, item.label, sync_.nouns.one, item.keys}, item.raw, insertion.owned)) {
      faults_.reject(item, *refused);
      return false;
    }
    if (const std::string wrong = refuse_owned(mapping_, insertion.owned); !wrong.empty()) {
      faults_.reject(item, wrong);
      return false;
    }
  }
  if (const std::string outside = owned_outside(insertion.owned); !outside.empty()) {
    faults_.reject(item, outside);
    return false;
  }
  if (const std::string lacks = fill_key(insertion.owned, item.there); !lacks.empty()) {
    faults_.reject(item, lacks);
    return false;
  }
  if (!insertion.owned.empty()) item.owned = Json(Json::Object(insertion.owned.begin(), insertion.owned.end()));
  return true;
}

void Inserting::insert(std::vector<Insertion> insertions) {
  std::vector<RecordChange> events;
  std::erase_if(insertions, [&](const Insertion& insertion) {
    return !faults_.spare(*insertion.item, [&] {
      RecordChange& event = events.emplace_back(tally_.change_of(*insertion.item));
      event.owned = insertion.owned;
    });
  });
  if (options_.dry_run) {
    for (std::size_t i = 0; i < insertions.size(); ++i) foreseer_.foresee_insert(insertions[i], std::move(events[i]));
    return;
  }
  writer_->insert(insertions, events);
  for (const Insertion& insertion : insertions) {
    if (insertion.refused.empty()) {
      open_work_.keep_promises(*insertion.item);
      continue;
    }
    if (!waiting_.is_last_try()) {
      foreseer_.keep_out(insertion);
      waiting_.postpone(*insertion.item);
      continue;
    }
    const std::string reason = reason_of_insert(insertion);
    tally_.failed(*insertion.item, reason);
    writer_->reject(*insertion.item, reason);
  }
}

std::string Inserting::way_out(const Item& item, const std::string& holder) const {
  if (holder.empty() || !item.key.empty()) return {};
  const auto row = locals_.row_of_key(holder);
  const auto link = links_.by_key(holder);
  const bool is_linked = link && (*link >= seen_.size() || (seen_[*link] && !locals_.out_of_reach(*link)));
  if (is_linked || (row && locals_.rows()[*row].listed)) return ", and has an item of its own: give one of the two another value";
  return "; if the two belong together, run: lockstep adopt " + std::string(item.id) + " --row " + holder + sync_option() +
         ", or let `match:` in the mapping pair them";
}

/// The database's words where no row of the table explains them.
std::string Inserting::reason_of_insert(const Insertion& insertion) {
  Rows rows(target_.insert_shape.size());
  fill_row(rows, insertion, target_, references_);
  const auto taken = Foresight(*sync_.store, target_, mapping_).taken_from_insert(rows[0]);
  return taken ? taken->reason + way_out(*insertion.item, taken->holder) : insertion.refused;
}

}  // namespace lockstep
