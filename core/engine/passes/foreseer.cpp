#include "engine/passes/foreseer.h"

#include <utility>

#include "common/text.h"
#include "engine/passes/composing.h"
#include "engine/passes/faults.h"
#include "engine/passes/inserting.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/remade_rows.h"
#include "engine/passes/routing.h"
#include "engine/write/cells.h"

namespace lockstep {
namespace {

/// Stands where a run would put the marker of a create.
constexpr std::string_view kMarkerToCome = "to come";

}  // namespace

Foreseer::Foreseer(RunContext& run, Composing& composing, Faults& faults, Inserting& inserting, PlanKeeper& plan_keeper,
                   RemadeRows& remade_rows, Routing& routing)
    : Pass(run),
      composing_(composing),
      faults_(faults),
      inserting_(inserting),
      plan_keeper_(plan_keeper),
      remade_rows_(remade_rows),
      routing_(routing) {}

Foresight& Foreseer::foresight() {
  if (!foresight_) foresight_ = std::make_unique<Foresight>(*sync_.store, target_, mapping_);
  return *foresight_;
}

void Foreseer::foresee(Item& item) {
  if (item.decision.remote != Action::None) {
    const std::optional<Json> body = composing_.compose(item, kMarkerToCome);
    if (!body) return;
    if (item.decision.remote == Action::Patch && body->object()->empty()) {
      item.decision.remote = Action::None;
      if (item.decision.local == Action::None) return routing_.settle_unchanged(item);
    }
  }
  if (!item.held_back.empty()) faults_.reject(item, item.held_back);
  std::vector<RecordChange> changes;
  if (item.decision.local != Action::None) changes.push_back(tally_.change_of(item));
  if (item.decision.remote != Action::None) {
    changes.push_back(tally_.remote_change_of(item));
    changes.back().second = item.decision.local != Action::None;
  }
  if (item.decision.local == Action::None || item.stored.empty()) return tell_foreseen(changes);
  Arena arena;
  const std::vector<Value> after = cells_to_come(item, arena);
  for (const FieldChange& change : item.decision.local_fields) {
    foresight().writes(mapping_.fields()[change.ordinal].column);
    if (const std::string why = foresight().refuses_cell(change.ordinal, after[change.ordinal]); !why.empty()) {
      tell_sent_all_the_same(changes);
      return refuse_foreseen(item, why);
    }
  }
  wait_for_others(item, foresight().expect_update(item.key, item.stored, after), std::move(changes));
}

std::vector<Value> Foreseer::cells_to_come(const Item& item, Arena& arena) {
  const Row before = target_.fields(item.stored);
  std::vector<Value> after(before.begin(), before.end());
  for (const FieldChange& change : item.decision.local_fields)
    after[change.ordinal] = cell_after(item, change, mapping_, target_, secrets_, references_, arena);
  return after;
}

void Foreseer::foresee_insert(const Insertion& insertion, RecordChange change) {
  const Item& item = *insertion.item;
  Rows rows(target_.insert_shape.size());
  fill_row(rows, insertion, target_, references_);
  if (const std::string why = foresight().refuses_insert(rows[0]); !why.empty()) return refuse_foreseen(item, why);
  wait_for_others(item, foresight().expect_insert(rows[0]), {std::move(change)});
}

void Foreseer::wait_for_others(const Item& item, std::optional<std::size_t> expected, std::vector<RecordChange> changes) {
  if (!expected) return tell_foreseen(changes);
  const std::size_t sighting = report_.sightings.records.size() - 1;
  undecided_.push_back({std::string(item.id), std::string(item.label), item.key, sighting, std::move(changes)});
}

void Foreseer::keep_out(const Insertion& insertion) {
  Rows rows(target_.insert_shape.size());
  fill_row(rows, insertion, target_, references_);
  const Item& item = *insertion.item;
  if (foresight().expect_insert(rows[0])) undecided_.push_back({std::string(item.id), std::string(item.label), item.key, 0, {}});
}

/// A run that makes items of rows and gives items no rows.
bool Foreseer::sends_new_rows() {
  if (!sends_new_rows_)
    sends_new_rows_ =
        policy_.mode == Mode::Export && policy_.can_create && !policy_.existing_only && !remade_rows_.rows_without_item().empty();
  return *sends_new_rows_;
}

void Foreseer::know_claims(std::span<Item> items) {
  for (Item& item : items) {
    if (!is_unowned(item) || !sends_new_rows()) continue;
    if (!unowned_) unowned_ = std::make_unique<Unowned>(Unowned{Foresight(*sync_.store, target_, mapping_), {}});
    Rows rows(target_.insert_shape.size());
    fill_row(rows, {&item, {}, {}}, target_, references_);
    if (unowned_->foresight.expect_insert(rows[0])) unowned_->items.push_back({std::string(item.id), std::string(item.label), {}, 0, {}});
  }
}

std::string Foreseer::stands_in_way(const Item& item) {
  if (item.stored.empty()) return {};
  const auto kept_out_by = [&](const Foresight& foresight, const std::vector<Undecided>& others) {
    const auto kept_out = foresight.kept_out_by(item.stored);
    return kept_out ? &others[*kept_out] : nullptr;
  };
  const Undecided* other = foresight_ ? kept_out_by(*foresight_, undecided_) : nullptr;
  if (other == nullptr && unowned_) other = kept_out_by(unowned_->foresight, unowned_->items);
  return other == nullptr ? std::string() : in_way_of(item, *other);
}

std::string Foreseer::in_way_of(const Item& item, const Undecided& other) const {
  return row_name(item.key) + " is in the way of " + sync_.nouns.one + " " + in_quotes(other.label) + " (ID: " + other.id +
         "), whose row would hold the same where values must be unique; no second " + sync_.nouns.one + " is created for it. If the two " +
         "belong together, run: lockstep adopt " + other.id + " --row " + item.key + sync_option() +
         ", or let `match:` in the mapping pair them";
}

void Foreseer::tell_foreseen(const std::vector<RecordChange>& changes) {
  for (const RecordChange& change : changes) tally_.written(change);
}

/// A run learns that a row is refused once its item is written. One that carries out a plan writes neither.
void Foreseer::tell_sent_all_the_same(std::vector<RecordChange> changes) {
  if (options_.want_sightings) return;
  for (RecordChange& change : changes) {
    change.second = false;
    if (change.side == Side::Remote) tally_.written(change);
  }
}

void Foreseer::refuse_foreseen(const Item& item, const std::string& reason) {
  tally_.failed(item, reason);
  plan_keeper_.plan_refusal(item, reason);
}

/// What only the database can judge rows by is said once, where such rows would be written.
void Foreseer::tell_unforeseen() {
  const std::vector<std::string> rules = foresight_->unforeseen();
  if (rules.empty()) return;
  tally_.problem({Problem::Severity::Warning,
                  {},
                  {},
                  "unforeseen",
                  "table " + target_.table.name + " has rules that only the database can judge a row by: " + join(rules, "; ") +
                      "; what they refuse is told by the run alone"});
}

void Foreseer::conclude_foresight() {
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
    const std::string reason = refused[i]->reason + inserting_.way_out(item, refused[i]->holder);
    tally_.failed(item, reason);
    plan_keeper_.plan_refusal(item, one.sighting, reason);
  }
}

}  // namespace lockstep
