#include "engine/passes/scanning.h"

#include <algorithm>
#include <utility>

#include "engine/passes/agreed_rows.h"
#include "engine/passes/columns.h"
#include "engine/passes/create_claims.h"
#include "engine/passes/faults.h"
#include "engine/passes/left_behind.h"
#include "engine/passes/matching.h"
#include "engine/passes/open_work.h"
#include "engine/passes/reading.h"
#include "engine/passes/remade_elsewhere.h"
#include "engine/passes/remade_rows.h"
#include "engine/passes/takeovers.h"
#include "mapping/sets.h"

namespace lockstep {

Scanning::Scanning(RunContext& run, AgreedRows& agreed_rows, Columns& columns, CreateClaims& create_claims, Faults& faults,
                   LeftBehind& left_behind, Matching& matching, OpenWork& open_work, Reading& reading, RemadeElsewhere& remade_elsewhere,
                   RemadeRows& remade_rows, Takeovers& takeovers)
    : Pass(run),
      agreed_rows_(agreed_rows),
      columns_(columns),
      create_claims_(create_claims),
      faults_(faults),
      left_behind_(left_behind),
      matching_(matching),
      open_work_(open_work),
      reading_(reading),
      remade_elsewhere_(remade_elsewhere),
      remade_rows_(remade_rows),
      takeovers_(takeovers) {}

void Scanning::scan_local_rows() {
  reading_.find_owner();
  std::optional<std::size_t> owner_at;
  if (options_.owner) owner_at = target_.shape.find(mapping_.owner()->column);
  const auto keep = [&](Row row) {
    if (takeovers_.withheld().contains(key_text(target_.key(row)))) return false;
    if (owner_at && to_display(row[*owner_at]) != *options_.owner) return false;
    return options_.rows.empty() ||
           std::find(options_.rows.begin(), options_.rows.end(), key_text(target_.key(row))) != options_.rows.end();
  };
  writer_->know_rows();
  if (entry_.definition != target_.definition) locals_.tell_agreed();
  if (target_.exists) locals_.scan(*sync_.store, target_, mapping_, links_, references_, scope_, keep, stop_);
  facts_.know_columns(locals_.alike());
  columns_.compare_columns();
  tally_.know_target(target_);
  tell_unusable_rows();
  takeovers_.tell_withheld();
  left_behind_.find_left_behind();
  agreed_rows_.find_reused_keys();
  create_claims_.follow_rows_made_again();
  matching_.know_unlinked_rows();
  remade_rows_.find_lookalikes();
  remade_elsewhere_.find_remade_elsewhere();
  open_work_.take_word_on_create();
  report_.local = locals_.count();
  observer_.found_local(locals_.count());
}

/// Rows that have no key, or none that can be read, and those of which the hook could not say whether they are meant.
void Scanning::tell_unusable_rows() {
  const auto alone = [this](std::string key, const std::string& reason) {
    Item item;
    item.key = std::move(key);
    item.label = target_.table.name;
    faults_.set_aside(item, reason);
  };
  for (const std::string& key : locals_.nameless())
    alone(key, "table " + target_.table.name + ", row " + key + ": its key cannot be read; the row is left alone");
  if (!locals_.keyless().empty()) alone("without a key", keyless_problem(target_, locals_.keyless()));
  for (const RowScope::Failure& failure : scope_.take_failures()) {
    Item item;
    item.id = failure.id;
    item.key = failure.key;
    item.label = failure.id.empty() ? failure.key : failure.id;
    faults_.set_aside(item, "skip_when: " + failure.reason + "; row " + failure.key + " is left alone");
  }
}

}  // namespace lockstep
