#include "engine/passes/plan_keeper.h"

#include <algorithm>

#include "common/text.h"
#include "engine/decide/merge.h"
#include "engine/passes/conflicts.h"
#include "engine/passes/faults.h"
#include "engine/passes/waiting.h"
#include "format/json.h"

namespace lockstep {

PlanKeeper::PlanKeeper(RunContext& run, Conflicts& conflicts, Faults& faults, Waiting& waiting)
    : Pass(run), conflicts_(conflicts), faults_(faults), waiting_(waiting) {}

void PlanKeeper::plan_refusal(const Item& item, const std::string& reason) {
  plan_refusal(item, report_.sightings.records.size() - 1, reason);
}

void PlanKeeper::plan_refusal(const Item& item, std::size_t sighting, const std::string& reason) {
  if (!options_.want_sightings || sighting >= report_.sightings.records.size()) return;
  Sighting& seen = report_.sightings.records[sighting];
  if (seen.remote_id != item.id || seen.local_key != item.key) return;
  seen.refused = reason;
  seen.decision = {};
  seen.acts = false;
}

void PlanKeeper::decided(const Item& item) {
  tally_.decided(item);
  if (undoing()) return;
  keep_unsendable(item);
  if (options_.dry_run) conflicts_.foresee_conflicts(item);
  if (options_.want_sightings) sight(item);
}

/// What could not be sent for its unreadable cells, or because the row contradicts itself, stands under `lockstep rejected` until a run
/// finds it well.
void PlanKeeper::keep_unsendable(const Item& item) {
  if (!merging::writes_remote(policy_.mode)) return;
  std::vector<std::string> reasons;
  for (const std::size_t ordinal : merging::left_unreadable(mapping_, item.facts, item.decision))
    reasons.push_back(tally_.unreadable(item, ordinal));
  for (const std::size_t ordinal : merging::left_leading_nowhere(item.facts, item.decision))
    reasons.push_back(tally_.lost_reference(item, *merging::lost_reference(item.facts, ordinal)));
  if (!item.decision.opposed.empty()) reasons.push_back(tally_.opposed(item));
  if (!reasons.empty()) writer_->reject(item, join(reasons, "; "));
}

void PlanKeeper::sight(const Item& item) {
  const Link* link = link_of(item);
  Sighting& seen = report_.sightings.records.emplace_back();
  seen.remote_id = item.id;
  seen.local_key = item.key;
  seen.label = item.label;
  if (!item.stored.empty()) seen.here = references_.hash(target_.fields(item.stored));
  if (!item.raw.empty()) seen.there = item.hash;
  if (item.base != nullptr) seen.base = Hasher().text(item.base->document).text(json::canonical(item.base->held)).digest();
  seen.decision = fingerprint(item.decision);
  seen.acts = !item.decision.nothing();
  seen.here_moved = link == nullptr ? bool(seen.here) : !(seen.here == link->row_hash);
  seen.there_moved = link == nullptr ? bool(seen.there) : !(seen.there == link->remote_hash);
}

void PlanKeeper::sight_unchanged(const Link& link) {
  if (!options_.expected || options_.expected->find(link.remote_id, link.local_key) == nullptr) {
    report_.sightings.leave(link.remote_id, link.row_hash, link.remote_hash);
    return;
  }
  Sighting& seen = report_.sightings.records.emplace_back();
  seen.remote_id = link.remote_id;
  seen.local_key = link.local_key;
  seen.label = locals_.label_of_link(*links_.by_remote(link.remote_id));
  seen.here = link.row_hash;
  seen.there = link.remote_hash;
}

/// Neither side has moved since the plan, or it had been refused: what a reference stands for has come to be by an earlier sync of this run.
bool PlanKeeper::sends_references_alone(const Decision& decision) const {
  const auto is_reference = [&](const FieldChange& change) {
    const Field& field = mapping_.fields()[change.ordinal];
    return field.lookup.has_value() || !field.twins.empty();
  };
  return decision.remote == Action::Patch && decision.local == Action::None && decision.conflicts.empty() &&
         std::all_of(decision.remote_fields.begin(), decision.remote_fields.end(), is_reference);
}

bool PlanKeeper::as_planned(const Item& item) {
  if (!options_.expected || options_.dry_run || waiting_.is_rest(item)) return true;
  const Sighting* planned = options_.expected->find(item.id, item.key);
  if (planned != nullptr && !planned->refused.empty()) {
    if (!item.decision.nothing()) faults_.reject(item, planned->refused);
    return item.decision.nothing();
  }
  if ((planned == nullptr ? Hash128() : planned->decision) == fingerprint(item.decision)) return true;
  if (planned != nullptr && !planned->acts && sends_references_alone(item.decision)) {
    tally_.warn(item, "reference_made",
                tally_.name_of(item) + " refers to what this run has made, which its plan could not send yet; the next run sends it");
    return false;
  }
  tally_.failed(item, "was edited while the plan was being carried out; it was left alone, make a new plan");
  return false;
}

}  // namespace lockstep
