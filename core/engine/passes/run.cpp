#include "engine/passes/run.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text.h"
#include "engine/passes/who.h"
#include "format/secret_names.h"

namespace lockstep {
namespace {

constexpr Millis kPatienceForPage{50};

Policy policy_of(const Sync& sync, const RunOptions& options) {
  Policy policy;
  policy.mode = options.mode;
  policy.on_conflict = options.on_conflict.value_or(sync.on_conflict);
  policy.local_edits = options.local_edits.value_or(sync.local_edits);
  policy.force = options.force;
  policy.existing_only = options.existing_only;
  policy.can_create = sync.resource->can_create;
  policy.can_repeat_create = !sync.resource->marker.empty();
  return policy;
}

}  // namespace

Run::Run(const Clock& clock, std::stop_token stop, Sync& sync, const RunOptions& options, Observer& observer)
    : clock_(clock),
      stop_(stop),
      sync_(sync),
      options_(options),
      observer_(observer),
      mapping_(*sync.mapping),
      policy_(policy_of(sync, options)),
      tally_(sync, options, policy_, report_, observer),
      state_(*sync.store),
      secrets_(*sync.resource, mapping_),
      scope_(mapping_, target_, sync.hook.get(), sync.nouns.one),
      host_(*sync.store, clock,
            [this](log::Level level, std::string_view message) {
              if (level == log::Level::Warning || level == log::Level::Error) {
                tally_.problem({Problem::Severity::Warning, {}, {}, "hook", std::string(message)});
              } else {
                log::write(level, message);
              }
            }),
      shaper_(mapping_, sync.hook.get()),
      references_(mapping_, *sync.store),
      natural_(mapping_),
      facts_(mapping_, secrets_, target_, shaper_, references_, host_, sync.nouns.one),
      chronicle_(mapping_, target_),
      accounts_(*sync.resource),
      call_{stop, Deadline(), meter_, mapping_.secrets()},
      guards_(mapping_, sync.mass_change),
      sent_(mapping_, sync.mass_change) {
  report_.name = sync.name;
  report_.started_at = clock.now();
  report_.run = options.run.empty() ? make_ulid(report_.started_at) : options.run;
  std::vector<std::string> owned;
  for (const OwnedColumn& column : mapping_.owned()) owned.push_back(column.column.name);
  owned_shape_ = Shape(std::move(owned));
  modified_path_ = keys_of(sync.resource->modified);
  if (sync.hook) sync.hook->attach(&host_);
}

Run::~Run() {
  reader_.reset();
  if (sync_.hook) sync_.hook->attach(nullptr);
}

SyncReport Run::execute() {
  const SteadyTime begun = clock_.steady();
  try {
    observer_.started(sync_, options_);
    if (options_.undoes.empty()) {
      observer_.pass(Pass::Ask);
      // What another run wrote while a list is awaited would be news to it. A first run that cannot reach the API makes no tables.
      if (!options_.dry_run && state_.ready()) take_lease();
      start_reading();
      observer_.pass(Pass::Open);
      take_lease();
      know_state();
      observer_.pass(Pass::Scan);
      scan_local_rows();
      observer_.pass(Pass::Read);
      read_remote();
      observer_.pass(Pass::Missing);
      conclude_missing();
      check_guards();
      observer_.pass(Pass::Apply);
      apply_waiting();
      observer_.pass(Pass::Close);
      close_left_intents();
      remember_scope();
      remember_accounts();
      close_conflicts_of_the_gone();
      count_awaiting();
      close_rejections_of_the_gone();
    } else {
      observer_.pass(Pass::RollBack);
      roll_back();
      observer_.pass(Pass::Close);
    }
    close();
  } catch (const std::exception&) {
    fail(current_fault());
  }
  report_.get = meter_.get;
  report_.post = meter_.post;
  report_.patch = meter_.patch;
  report_.duration = std::chrono::duration_cast<Millis>(clock_.steady() - begun);
  return std::move(report_);
}

void Run::check_stop() const {
  if (stop_.stop_requested()) throw Error(ErrorKind::Interrupted, "interrupted");
}

/// Nothing is touched before the remote has answered: a refusing or unreachable one leaves the database as it was.
void Run::start_reading() {
  if (const Credentials credentials = sync_.provider->credentials(); !credentials.present) {
    throw Error(ErrorKind::Credentials, sync_.nouns.provider + " API key not configured", "set " + credentials.missing);
  }
  if (options_.ids.empty() && !options_.open_create) {
    stream_ = sync_.provider->list(*sync_.resource, {sync_.page_size}, call_);
  } else {
    auto ids = std::make_unique<IdStream>(*sync_.provider, *sync_.resource, options_.ids);
    id_stream_ = ids.get();
    stream_ = std::move(ids);
  }
  const bool map_ahead = Shaper::maps_ahead(mapping_, sync_.hook.get());
  reader_ = std::make_unique<Reader>(
      *stream_, call_,
      Reader::Settings{&mapping_, &secrets_, map_ahead, shaper_.rows_are_final(), policy_.force, accounts_.path(), seed()});
  reader_->wait_for_answer();
}

/// Fingerprint of all that turns a record into a row: when it changes, every record is mapped again.
std::uint64_t Run::seed() const {
  Hasher hasher;
  hasher.text(mapping_.fingerprint().hex());
  if (sync_.hook) hasher.text(sync_.hook->fingerprint().hex());
  for (const Field& field : mapping_.fields()) {
    if (field.is_set) hasher.text(field.column);
  }
  for (const std::string& path : sync_.resource->read_only) hasher.text(path);
  for (const std::string& pattern : secret_patterns_of(*sync_.resource)) hasher.text(pattern);
  return hasher.digest().low;
}

void Run::take_lease() {
  if (options_.dry_run || lease_ != nullptr) return;
  if (options_.lease == nullptr) own_lease_ = lockstep::take_lease(sync_);
  lease_ = options_.lease != nullptr ? options_.lease : own_lease_.get();
}

void Run::know_state() {
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
  recall_names();
  secrets_.set_key(database_.secret);
  secrets_.set_keys_of_ours(registered_secrets());
  if (entry_.id != 0) {
    load_intents();
    links_ = state_.load_links(entry_.id);
  }
  neighbours_.know(state_, sync_.neighbours);
  facts_.know_rules(rule_sets());
  take_over_moved();
  policy_.can_repeat_create = policy_.can_repeat_create && !entry_.drops_markers;
  load_open_conflicts();
  rejections_.know(open_rejections());
  know_accounts();
  seen_.assign(links_.size(), false);
  if (!options_.dry_run) {
    recover();
    const std::int64_t fields_id = know_present_rules(rule_sets());
    run_ = run_entry();
    writer_ = std::make_unique<Writer>(
        Writer::Parts{*sync_.store, state_, links_, mapping_, secrets_, target_, facts_, references_, clock_, chronicle_}, *lease_,
        entry_.id, fields_id, run_, [this](const RecordChange& change) { tell(change); });
  }
  if (reader_) reader_->begin(KnownRecords(links_));
}

void Run::prepare_tables() {
  if (!state_.ready()) state_.prepare();
  if (mapping_.events()) prepare_events();
  look_at_table();
  if (target_.exists) return;
  sync_.store->prepare(mapping_.table());
  look_at_table();
}

void Run::look_at_table() {
  target_ = inspect_target(*sync_.store, mapping_, RowScope::asks_hook(sync_.hook.get()));
  if (!options_.on_conflict && sync_.on_conflict == OnConflict::Newest) require_modified(target_, mapping_);
  const bool inserts = options_.undoes.empty() && policy_.mode != Mode::Export && !policy_.existing_only;
  if (inserts) require_fillable_key(target_, mapping_, sync_.hook && sync_.hook->has(Hook::Stage::AssignOwner));
}

/// Like the mapping's own table: made when it is missing, and left to `migrate` when it lacks columns.
void Run::prepare_events() {
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

RunEntry Run::run_entry() const {
  RunEntry run;
  run.run = report_.run;
  run.command = options_.command;
  run.mode = options_.undoes.empty() ? to_string(policy_.mode) : "rollback";
  run.dry_run = options_.dry_run;
  run.by = user_at_host();
  run.started_at = report_.started_at;
  run.report["sync"] = Json(sync_.name);
  if (!options_.plan.empty()) run.report["plan"] = Json(options_.plan);
  if (!options_.undoes.empty()) run.report["undoes"] = Json(options_.undoes);
  return run;
}

/// --owner: which value of the mapping's owner path belongs to that user.
void Run::find_owner() {
  if (!options_.owner) return;
  const auto& rule = mapping_.owner();
  if (!rule) {
    throw Error(ErrorKind::Invalid, "sync " + sync_.name + " cannot be limited to an owner",
                "add `owner: {column: …, from: …, matches: table.column}` to its mapping");
  }
  const auto info = sync_.store->inspect(rule->table);
  if (!info || info->primary_key.empty())
    throw Error(ErrorKind::Invalid, "no table " + rule->table + " to look the owner up in", "run: lockstep migrate");
  const Table users{rule->table, info->columns, info->primary_key, {}};
  const OwnedRow key = key_values(*options_.owner, std::vector<ColumnType>{info->find(info->primary_key[0])->type});
  const Rows found = sync_.store->read(users, Shape({rule->match_column}), {{{info->primary_key[0], Filter::Op::Equal, {key[0]}}}, {}, 1});
  if (found.empty()) throw Error(ErrorKind::Invalid, "no row in " + rule->table + " with " + info->primary_key[0] + " " + *options_.owner);
  owner_match_ = to_lower(trim(to_display(found[0][0])));
}

void Run::scan_local_rows() {
  find_owner();
  std::optional<std::size_t> owner_at;
  if (options_.owner) owner_at = target_.shape.find(mapping_.owner()->column);
  const auto keep = [&](Row row) {
    if (withheld_.contains(key_text(target_.key(row)))) return false;
    if (owner_at && to_display(row[*owner_at]) != *options_.owner) return false;
    return options_.rows.empty() ||
           std::find(options_.rows.begin(), options_.rows.end(), key_text(target_.key(row))) != options_.rows.end();
  };
  if (writer_) chronicle_.know_rows(*sync_.store);
  if (entry_.definition != target_.definition) locals_.tell_agreed();
  if (target_.exists) locals_.scan(*sync_.store, target_, mapping_, links_, references_, scope_, keep, stop_);
  facts_.know_columns(locals_.alike());
  compare_columns();
  tally_.know_target(target_);
  tell_unusable_rows();
  tell_withheld();
  find_left_behind();
  find_reused_keys();
  follow_rows_made_again();
  know_unlinked_rows();
  find_lookalikes();
  find_remade_elsewhere();
  take_word_on_create();
  report_.local = locals_.count();
  observer_.found_local(locals_.count());
}

/// Rows that have no key, or none that can be read, and those of which the hook could not say whether they are meant.
void Run::tell_unusable_rows() {
  const auto alone = [this](std::string key, const std::string& reason) {
    Item item;
    item.key = std::move(key);
    item.label = target_.table.name;
    set_aside(item, reason);
  };
  for (const std::string& key : locals_.nameless())
    alone(key, "table " + target_.table.name + ", row " + key + ": its key cannot be read; the row is left alone");
  if (!locals_.keyless().empty()) alone("without a key", keyless_problem(target_, locals_.keyless()));
  for (const RowScope::Failure& failure : scope_.take_failures()) {
    Item item;
    item.id = failure.id;
    item.key = failure.key;
    item.label = failure.id.empty() ? failure.key : failure.id;
    set_aside(item, "skip_when: " + failure.reason + "; row " + failure.key + " is left alone");
  }
}

void Run::read_remote() {
  reading_ = true;
  while (true) {
    // While a page is awaited no transaction stays open: other programs may read and write meanwhile.
    if (writer_ && !reader_->ready_within(kPatienceForPage)) writer_->commit();
    std::optional<Batch> batch = reader_->next();
    if (!batch) break;
    check_stop();
    remote_count_ += batch->records.size();
    work_on(*batch);
    reader_->recycle(std::move(*batch));
    if (writer_) writer_->commit_if_due();
    observer_.progress(remote_count_, std::nullopt);
  }
  check_stop();
  const ListEnd end = stream_->end();
  if (!end.complete) {
    throw Error(ErrorKind::Corrupt, "the list of " + sync_.nouns.many + " is incomplete: " + end.why,
                "nothing was concluded from it; run the same command again");
  }
  if (first_page_) check_address();
  settle_awaited();
  settle_hidden();
  match_held_back();
  settle_lost_elsewhere();
  reading_ = false;
  learn_of_markers();
  tell_unmet_rules();
  tell_left_behind();
  report_.remote = remote_count_;
  observer_.found_remote(remote_count_, true);
}

/// A conflict that was left to a person stays one until it is resolved, also when no side has moved since.
void Run::count_awaiting() {
  if (!whole()) return;
  std::set<std::pair<std::string, std::string>> fields = would_open_;
  for (const ConflictEntry& open : open_conflicts()) {
    const auto link = links_.by_remote(open.remote_id);
    if (link && locals_.out_of_reach(*link)) continue;  // it awaits a run of the sync that the row is in
    if (!would_close_.contains({open.link_id, open.field})) fields.emplace(open.remote_id, open.field);
  }
  std::set<std::string_view> records;
  for (const auto& [remote_id, field] : fields) records.insert(remote_id);
  report_.awaiting = std::max<std::uint64_t>(report_.awaiting, records.size());
  report_.awaiting_fields = std::max<std::uint64_t>(report_.awaiting_fields, fields.size());
  report_.conflicts = std::max(report_.conflicts, report_.awaiting);
}

/// What both sides have lost meanwhile awaits nobody.
void Run::close_rejections_of_the_gone() {
  if (!writer_ || !whole()) return;
  for (const LocalRow& row : locals_.rows()) rejections_.met({}, row.key);
  for (const RejectedEntry& entry : rejections_.unmet()) writer_->close_rejection(entry);
}

void Run::close() {
  if (!writer_) return;
  RunEntry outcome = run_;
  outcome.finished_at = clock_.now();
  outcome.exit = report_.exit_code();
  const auto count = [&](std::string_view name, std::uint64_t value) { outcome.report[name] = Json(static_cast<std::int64_t>(value)); };
  for (const Counter& each : kCounters) {
    if (each.kept) count(each.name, report_.*each.member);
  }
  if (!options_.undoes.empty()) {
    count("skipped", report_.skipped.size());
    count("created_left", report_.created_left.size());
  }
  if (options_.summarise && report_.remote && !report_.failure) outcome.report["statistics"] = options_.summarise(*sync_.store);
  if (report_.failure) outcome.report["failure"] = Json(redact(*report_.failure));
  SyncEntry entry = entry_;
  remember_names(entry);
  entry.address = sync_.resource->address;
  if (whole() && report_.remote && !report_.failure) {
    entry.checked_at = clock_.now();
    entry.remote_count = static_cast<std::int64_t>(*report_.remote);
    entry.local_count = static_cast<std::int64_t>(locals_.count() + report_.created_local);
  }
  writer_->finish(std::move(outcome), entry);
}

void Run::fail(const Error& failure) {
  report_.interrupted = failure.kind() == ErrorKind::Interrupted;
  report_.failure = failure.message();
  report_.failure_hint = failure.hint();
  report_.failure_code = to_string(failure.kind());
  // Another holds the lease: not even the end of the run is ours to write.
  if (failure.kind() == ErrorKind::Conflict) writer_.reset();
  if (writer_) writer_->fall_back(failure.kind() == ErrorKind::Storage);
  keep_what_is_done();
}

/// What was complete before the failure stays, and the run's entry says how it ended.
void Run::keep_what_is_done() {
  try {
    close();
  } catch (const std::exception& failure) {
    log::warning("the end of the run could not be recorded", {{"reason", std::string(failure.what())}});
  }
}

/// Does `work` for one record. A fault that is this record's costs this record: nothing of it is written, and it is told of. False then.
bool Run::spare(const Item& item, const std::function<void()>& work) {
  const bool fine = attempt(item, work);
  check_hook();
  return fine;
}

bool Run::attempt(const Item& item, const std::function<void()>& work) {
  try {
    if (writer_) {
      writer_->together(work);
    } else {
      work();
    }
    return true;
  } catch (const std::exception&) {
    const Error fault = current_fault();
    if (about_one_record() || scope_of(fault) != Scope::Record) throw;
    cost(item, fault);
    return false;
  }
}

/// A hook that fails on every record: what it would cost to ask it about the others helps nobody.
std::optional<Error> Run::hook_failure() const {
  const std::string failure = sync_.hook ? sync_.hook->hopeless() : std::string();
  if (failure.empty()) return std::nullopt;
  return Error(ErrorKind::Invalid, "the hook failed on " + std::to_string(Hook::kMostFailures) + " records in a row: " + failure,
               "mend the script and run the same command again");
}

/// While requests are under way their replies come first: see send().
void Run::check_hook() const {
  if (courier_ && courier_->under_way() > 0) return;
  if (const std::optional<Error> failure = hook_failure()) throw *failure;
}

/// A record pays for its fault; when nobody seems to be there any more, the run does.
void Run::cost(const Item& item, const Error& fault) {
  refuse(item, fault);
  reachability_.met(fault);
  if (reachability_.lost()) throw fault;
}

}  // namespace lockstep
