#include "engine/sides/row_scope.h"

#include "engine/sides/host.h"
#include "state/state.h"

namespace lockstep {

RowScope::Place RowScope::of(Row row) {
  if (const Place place = by_constants(row); place != Place::Inside) return place;
  for (std::size_t i = 0; i < mapping_.conditions().size(); ++i) {
    if (!mapping_.conditions()[i].holds(row[target_.condition_at[i]])) return Place::Outside;
  }
  return asks_hook(hook_) && skipped(row) ? Place::Outside : Place::Inside;
}

/// A row that says nothing of whose it is belongs to nobody.
RowScope::Place RowScope::by_constants(Row row) const {
  for (std::size_t i = 0; i < target_.constants.size(); ++i) {
    const Value& cell = row[target_.constant_at[i]];
    if (cell.is_nothing()) return Place::Outside;
    if (to_display(cell) != to_display(target_.constants[i].values[0])) return Place::Others;
  }
  return Place::Inside;
}

bool RowScope::skipped(Row row) {
  const Row fields = target_.fields(row);
  const std::string id = fields[0].is_nothing() ? std::string() : to_display(fields[0]);
  const Value& label = fields[mapping_.label()];
  const std::string name = label.is_nothing() ? id : to_display(label);
  bool skip = false;
  const HookVerdict failed = hook_->skip_when({id, name, noun_}, row_object(target_.shape, row), skip);
  if (failed) failures_.push_back({key_text(target_.key(row)), id, *failed});
  if (const std::string why = hook_->hopeless(); !why.empty())
    throw Error(ErrorKind::Invalid, "skip_when failed on " + std::to_string(Hook::kMostFailures) + " rows in a row: " + why,
                "mend the script and run the same command again");
  return failed.has_value() || skip;
}

}  // namespace lockstep
