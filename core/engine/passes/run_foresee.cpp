// Dry runs and plans: what a run would do with a record, with every refusal that needs no write: body and payload hook as when it is sent,
// NOT NULL and unique constraints as when it is stored.

#include "common/text.h"
#include "engine/passes/run.h"

namespace lockstep {
namespace {

/// Stands where a run would put the marker of a create.
constexpr std::string_view kMarkerToCome = "to come";

}  // namespace

Foresight& Run::foresight() {
  if (!foresight_) foresight_ = std::make_unique<Foresight>(*sync_.store, target_, mapping_);
  return *foresight_;
}

void Run::foresee(Item& item) {
  if (item.decision.remote != Action::None) {
    const std::optional<Json> body = compose(item, kMarkerToCome);
    if (!body) return;
    if (item.decision.remote == Action::Patch && body->object()->empty()) {
      item.decision.remote = Action::None;
      if (item.decision.local == Action::None) return settle_unchanged(item);
    }
  }
  if (!item.held_back.empty()) reject(item, item.held_back);
  std::vector<RecordChange> changes;
  if (item.decision.local != Action::None) changes.push_back(tally_.change_of(item));
  if (item.decision.remote != Action::None) {
    changes.push_back(tally_.remote_change_of(item));
    changes.back().second = item.decision.local != Action::None;
  }
  if (item.decision.local == Action::None || item.stored.empty()) return tell_foreseen(changes);
  const std::vector<Value> after = cells_to_come(item);
  for (const FieldChange& change : item.decision.local_fields) {
    foresight().writes(mapping_.fields()[change.ordinal].column);
    if (const std::string why = foresight().refuses_cell(change.ordinal, after[change.ordinal]); !why.empty()) {
      tell_sent_all_the_same(changes);
      return refuse_foreseen(item, why);
    }
  }
  wait_for_others(item, foresight().expect_update(item.key, item.stored, after), std::move(changes));
}

/// The mapped cells of the row, as the decision leaves them.
std::vector<Value> Run::cells_to_come(const Item& item) {
  const Row before = target_.fields(item.stored);
  std::vector<Value> after(before.begin(), before.end());
  for (const FieldChange& change : item.decision.local_fields)
    after[change.ordinal] = cell_after(item, change, mapping_, target_, secrets_, references_);
  return after;
}

void Run::foresee_insert(const Insertion& insertion, RecordChange change) {
  const Item& item = *insertion.item;
  Rows rows(target_.insert_shape.size());
  fill_row(rows, insertion, target_, references_);
  if (const std::string why = foresight().refuses_insert(rows[0]); !why.empty()) return refuse_foreseen(item, why);
  wait_for_others(item, foresight().expect_insert(rows[0]), {std::move(change)});
}

void Run::wait_for_others(const Item& item, std::optional<std::size_t> expected, std::vector<RecordChange> changes) {
  if (!expected) return tell_foreseen(changes);
  const std::size_t sighting = report_.sightings.records.size() - 1;
  undecided_.push_back({std::string(item.id), std::string(item.label), item.key, sighting, std::move(changes)});
}

/// A new row that the database refused in this run: whose row stands in its way gets no item of its own.
void Run::keep_out(const Insertion& insertion) {
  Rows rows(target_.insert_shape.size());
  fill_row(rows, insertion, target_, references_);
  const Item& item = *insertion.item;
  if (foresight().expect_insert(rows[0])) undecided_.push_back({std::string(item.id), std::string(item.label), item.key, 0, {}});
}

/// A run that makes items of rows and gives items no rows.
bool Run::sends_new_rows() {
  if (!sends_new_rows_)
    sends_new_rows_ = policy_.mode == Mode::Export && policy_.can_create && !policy_.existing_only && !rows_without_item().empty();
  return *sends_new_rows_;
}

/// Items without a row, of which an export makes none: what is made of a row may be in the way of what they hold.
void Run::know_claims(std::span<Item> items) {
  for (Item& item : items) {
    if (!is_unowned(item) || !sends_new_rows()) continue;
    if (!unowned_) unowned_ = std::make_unique<Unowned>(Unowned{Foresight(*sync_.store, target_, mapping_), {}});
    Rows rows(target_.insert_shape.size());
    fill_row(rows, {&item, {}, {}}, target_, references_);
    if (unowned_->foresight.expect_insert(rows[0])) unowned_->items.push_back({std::string(item.id), std::string(item.label), {}, 0, {}});
  }
}

/// Why no item may be made for this row: there is one that would have its row were it not for this one. Empty: nothing is in the way.
std::string Run::stands_in_way(const Item& item) {
  if (item.stored.empty()) return {};
  const auto kept_out_by = [&](const Foresight& foresight, const std::vector<Undecided>& others) {
    const auto kept_out = foresight.kept_out_by(item.stored);
    return kept_out ? &others[*kept_out] : nullptr;
  };
  const Undecided* other = foresight_ ? kept_out_by(*foresight_, undecided_) : nullptr;
  if (other == nullptr && unowned_) other = kept_out_by(unowned_->foresight, unowned_->items);
  return other == nullptr ? std::string() : in_way_of(item, *other);
}

std::string Run::in_way_of(const Item& item, const Undecided& other) const {
  return row_name(item.key) + " is in the way of " + sync_.nouns.one + " " + in_quotes(other.label) + " (ID: " + other.id +
         "), whose row would hold the same where values must be unique; no second " + sync_.nouns.one + " is created for it. If the two " +
         "belong together, run: lockstep adopt " + other.id + " --row " + item.key + sync_option() +
         ", or let `match:` in the mapping pair them";
}

void Run::tell_foreseen(const std::vector<RecordChange>& changes) {
  for (const RecordChange& change : changes) tally_.written(change);
}

/// A run learns that a row is refused once its item is written. One that carries out a plan writes neither.
void Run::tell_sent_all_the_same(std::vector<RecordChange> changes) {
  if (options_.want_sightings) return;
  for (RecordChange& change : changes) {
    change.second = false;
    if (change.side == "remote") tally_.written(change);
  }
}

void Run::refuse_foreseen(const Item& item, const std::string& reason) {
  tally_.failed(item, reason);
  plan_refusal(item, reason);
}

/// What only the database can judge rows by is said once, where such rows would be written.
void Run::tell_unforeseen() {
  const std::vector<std::string> rules = foresight_->unforeseen();
  if (rules.empty()) return;
  tally_.problem({Problem::Severity::Warning,
                  {},
                  {},
                  "unforeseen",
                  "table " + target_.table.name + " has rules that only the database can judge a row by: " + join(rules, "; ") +
                      "; what they refuse is told by the run alone"});
}

/// The list is complete: who gives way, and who stands in whose way.
void Run::conclude_foresight() {
  if (!foresight_) return;
  tell_unforeseen();
  std::vector<const Foresight::Refusal*> refused(undecided_.size(), nullptr);
  const std::vector<Foresight::Refusal> refusals = foresight_->conclude();
  for (const Foresight::Refusal& refusal : refusals) refused[refusal.row] = &refusal;
  for (std::size_t i = 0; i < undecided_.size(); ++i) {
    const Undecided& one = undecided_[i];
    if (refused[i] == nullptr) {
      tell_foreseen(one.changes);
      continue;
    }
    tell_sent_all_the_same(one.changes);
    Item item;
    item.id = one.id;
    item.label = one.label;
    item.key = one.key;
    const std::string reason = refused[i]->reason + way_out(item, refused[i]->holder);
    tally_.failed(item, reason);
    plan_refusal(item, one.sighting, reason);
  }
}

/// The record that was looked at last.
void Run::plan_refusal(const Item& item, const std::string& reason) { plan_refusal(item, report_.sightings.records.size() - 1, reason); }

/// A plan keeps a record that would be refused as such: nothing is done with it when the plan is carried out.
void Run::plan_refusal(const Item& item, std::size_t sighting, const std::string& reason) {
  if (!options_.want_sightings || sighting >= report_.sightings.records.size()) return;
  Sighting& seen = report_.sightings.records[sighting];
  if (seen.remote_id != item.id || seen.local_key != item.key) return;
  seen.refused = reason;
  seen.decision = {};
  seen.acts = false;
}

}  // namespace lockstep
