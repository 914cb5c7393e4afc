#include "engine/passes/opening.h"

#include <utility>

#include "common/log.h"
#include "engine/passes/account_check.h"
#include "engine/passes/columns.h"
#include "engine/passes/conflicts.h"
#include "engine/passes/listing.h"
#include "engine/passes/member_names.h"
#include "engine/passes/open_work.h"
#include "engine/passes/takeovers.h"
#include "engine/passes/who.h"
#include "engine/sides/hook_result.h"
#include "engine/write/store_writer.h"

namespace lockstep {

Opening::Opening(RunContext& run, AccountCheck& account_check, Columns& columns, Conflicts& conflicts, Listing& listing,
                 MemberNames& member_names, OpenWork& open_work, Takeovers& takeovers)
    : Pass(run),
      account_check_(account_check),
      columns_(columns),
      conflicts_(conflicts),
      listing_(listing),
      member_names_(member_names),
      open_work_(open_work),
      takeovers_(takeovers) {}

void Opening::take_lease() {
  if (options_.dry_run || lease_ != nullptr) return;
  if (options_.lease == nullptr) own_lease_ = lockstep::take_lease(sync_);
  lease_ = options_.lease != nullptr ? options_.lease : own_lease_.get();
}

void Opening::know_state() {
  if (options_.dry_run) {
    look_at_table();
    if (state_.ready()) {
      if (const auto known = state_.find_sync(identity_of(sync_))) entry_ = *known;
      if (const auto known = state_.find_database()) database_ = *known;
    }
  } else {
    prepare_tables();
    if (const auto known = state_.find_sync(identity_of(sync_))) former_name_ = known->name;
    entry_ = state_.ensure_sync(identity_of(sync_), *lease_);
    database_ = state_.ensure_database(*lease_, clock_.now());
  }
  member_names_.recall_names();
  secrets_.set_key(database_.secret);
  secrets_.set_keys_of_ours(registered_secrets());
  if (entry_.id != 0) {
    open_work_.load_intents();
    links_ = state_.load_links(entry_.id);
  }
  neighbours_.know(state_, sync_.neighbours);
  facts_.know_rules(takeovers_.rule_sets());
  takeovers_.take_over_moved();
  policy_.can_repeat_create = policy_.can_repeat_create && !entry_.drops_markers;
  conflicts_.load_open_conflicts();
  rejections_.know(takeovers_.open_rejections());
  account_check_.know_accounts();
  seen_.assign(links_.size(), false);
  if (!options_.dry_run) {
    open_work_.recover();
    const std::int64_t fields_id = columns_.know_present_rules(takeovers_.rule_sets());
    run_ = run_entry();
    writer_ = std::make_unique<StoreWriter>(
        StoreWriter::Parts{{links_, mapping_, secrets_, target_, facts_, references_, clock_}, *sync_.store, state_, chronicle_, stop_},
        *lease_, entry_.id, fields_id, run_, [this](const RecordChange& change) { tell(change); });
  }
  listing_.begin_work();
}

void Opening::prepare_tables() {
  if (!state_.ready()) state_.prepare();
  if (mapping_.events()) prepare_events();
  look_at_table();
  if (target_.exists) return;
  sync_.store->prepare(mapping_.table());
  look_at_table();
}

void Opening::look_at_table() {
  target_ = inspect_target(*sync_.store, mapping_, RowScope::asks_hook(sync_.hook.get()));
  if (!options_.on_conflict && sync_.on_conflict == OnConflict::Newest) require_modified(target_, mapping_);
  const bool inserts = !options_.undone() && policy_.mode != Mode::Export && !policy_.existing_only;
  if (inserts) require_fillable_key(target_, mapping_, sync_.hook && sync_.hook->has(Hook::Stage::AssignOwner));
}

/// Like the mapping's own table: made when it is missing, and left to `migrate` when it lacks columns.
void Opening::prepare_events() {
  const Table& table = mapping_.events()->table;
  const auto info = sync_.store->inspect(table.name);
  if (!info) {
    sync_.store->prepare(table);
    return;
  }
  for (const Column& column : table.columns) {
    if (info->find(column.name) == nullptr)
      throw Error(ErrorKind::Invalid, "table " + table.name + " lacks the column " + column.name, "run: lockstep migrate");
  }
}

RunEntry Opening::run_entry() const {
  RunEntry run;
  run.run = report_.run;
  run.command = options_.command;
  run.mode = options_.undone() ? "rollback" : to_string(policy_.mode);
  run.dry_run = options_.dry_run;
  run.by = options_.by.empty() ? user_at_host() : options_.by;
  run.started_at = report_.started_at;
  run.report["sync"] = Json(sync_.name);
  if (!options_.plan.empty()) run.report["plan"] = Json(options_.plan);
  if (options_.undone()) run.report["undoes"] = Json(options_.undone()->run);
  return run;
}

void Opening::tell(const RecordChange& change) {
  report_.written = true;
  tally_.written(change);
  if (!sync_.hook || !sync_.hook->has(Hook::Stage::Changed)) return;
  Json told;
  told["action"] = Json(change.action);
  told["side"] = Json(to_string(change.side));
  told["remote_id"] = Json(change.remote_id);
  told["local_key"] = Json(change.local_key);
  Json::Array columns;
  for (const std::string& column : change.columns) columns.emplace_back(column);
  told["columns"] = Json(std::move(columns));
  if (const HookVerdict failed = sync_.hook->changed({change.remote_id, change.label, sync_.nouns.one}, told)) {
    log::warning("hook failed after a commit", {{"reason", *failed}, {"id", change.remote_id}});
  }
}

}  // namespace lockstep
