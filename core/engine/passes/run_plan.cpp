// What a run has to do with saved plans and with a person's word on a conflict: remembering what it met, writing only what was planned,
// and settling what was left to a person.

#include <algorithm>

#include "common/text.h"
#include "engine/decide/merge.h"
#include "engine/passes/run.h"
#include "engine/sides/given_value.h"
#include "engine/sides/hook_result.h"
#include "format/json.h"

namespace lockstep {

namespace {

/// `open`, and the fields that a person was asked about when their sides were no pair.
std::span<const std::size_t> with_asked(std::span<const std::size_t> open, const Facts& facts, Arena& arena) {
  const auto asked = std::count_if(facts.base.begin(), facts.base.end(), [](const BaseField& field) { return field.asked; });
  if (asked == 0) return open;
  const std::span<std::size_t> all = arena.make<std::size_t>(open.size() + static_cast<std::size_t>(asked));
  std::copy(open.begin(), open.end(), all.begin());
  std::size_t count = open.size();
  for (std::size_t ordinal = 0; ordinal < facts.base.size(); ++ordinal) {
    if (facts.base[ordinal].asked && !merging::contains(open, ordinal)) all[count++] = ordinal;
  }
  return all.first(count);
}

}  // namespace

/// Also of a record that is decided once more on fresher sides: what is carried out is what counts, and what is told.
void Run::decided(const Item& item) {
  tally_.decided(item);
  if (rollback_) return;
  keep_unsendable(item);
  if (options_.dry_run) foresee_conflicts(item);
  if (options_.want_sightings) sight(item);
}

/// The remote shows what an earlier run sent for the field.
bool Run::was_shown(const Item& item, std::size_t ordinal) const {
  const std::string& column = mapping_.fields()[ordinal].column;
  return std::any_of(item.shown.begin(), item.shown.end(), [&](const Json& shown) { return shown.find(column) != nullptr; });
}

/// That was the word on it, and this run brings both sides up to it.
bool Run::was_decided(const Item& item, std::size_t ordinal) const {
  const Decision& decision = item.decision;
  return was_shown(item, ordinal) && !merging::contains(decision.pending_local, ordinal) &&
         !merging::contains(decision.pending_remote, ordinal);
}

/// Which conflicts a run would leave to a person with this record, and which open ones it would close.
void Run::foresee_conflicts(const Item& item) {
  std::erase_if(would_open_, [&](const auto& each) { return each.first == item.id; });
  for (const FieldConflict& conflict : item.decision.conflicts) {
    if (conflict.winner == FieldConflict::Winner::Nobody) would_open_.emplace(item.id, mapping_.fields()[conflict.ordinal].column);
  }
  for (const auto contested : {item.facts.undecided, item.facts.awaiting}) {
    for (const std::size_t ordinal : contested) {
      const FieldConflict* conflict = merging::find(item.decision.conflicts, ordinal);
      const bool won = conflict != nullptr && conflict->winner != FieldConflict::Winner::Nobody && !conflict->reported_only;
      if (won || was_decided(item, ordinal) || ending(mapping_, item.facts, item.decision, ordinal) != Ending::Stays)
        would_close_.emplace(link_of(item)->id, mapping_.fields()[ordinal].column);
    }
  }
}

/// What could not be sent for its unreadable cells, or because the row contradicts itself, stands under `lockstep rejected` until a run
/// finds it well.
void Run::keep_unsendable(const Item& item) {
  if (!writer_ || !merging::writes_remote(policy_.mode)) return;
  std::vector<std::string> reasons;
  for (const std::size_t ordinal : merging::left_unreadable(mapping_, item.facts.here, item.decision))
    reasons.push_back(tally_.unreadable(item, ordinal));
  if (!item.decision.opposed.empty()) reasons.push_back(tally_.opposed(item));
  if (!reasons.empty()) writer_->reject(item, join(reasons, "; "));
}

void Run::sight(const Item& item) {
  const Link* link = link_of(item);
  Sighting& seen = report_.sightings.records.emplace_back();
  seen.remote_id = item.id;
  seen.local_key = item.key;
  seen.label = item.label;
  if (!item.stored.empty()) seen.here = hash_row(target_.fields(item.stored));
  if (!item.raw.empty()) seen.there = item.hash;
  if (item.base != nullptr) seen.base = Hasher().text(item.base->document).text(json::canonical(item.base->held)).digest();
  seen.decision = fingerprint(item.decision);
  seen.acts = !item.decision.nothing();
  seen.here_moved = link == nullptr ? bool(seen.here) : !(seen.here == link->row_hash);
  seen.there_moved = link == nullptr ? bool(seen.there) : !(seen.there == link->remote_hash);
}

/// Of a record that the plan looked at and that needs nothing any more it is known what its sides hold.
void Run::sight_unchanged(const Link& link) {
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

/// A run that carries out a plan writes what the plan says, or nothing: what was edited since the plan was checked is left alone.
bool Run::as_planned(const Item& item) {
  if (!options_.expected || options_.dry_run || is_rest(item)) return true;
  const Sighting* planned = options_.expected->find(item.id, item.key);
  if (planned != nullptr && !planned->refused.empty()) {
    if (!item.decision.nothing()) reject(item, planned->refused);
    return item.decision.nothing();
  }
  if ((planned == nullptr ? Hash128() : planned->decision) == fingerprint(item.decision)) return true;
  tally_.failed(item, "was edited while the plan was being carried out; it was left alone, make a new plan");
  return false;
}

/// A policy that is given with the command decides also what earlier runs left to a person; the configured one leaves it there.
void Run::load_open_conflicts() {
  decides_contested_ = options_.on_conflict && *options_.on_conflict != OnConflict::Manual;
  contested_.clear();
  for (const ConflictEntry& open : open_conflicts()) {
    OpenConflicts& of_link = contested_[open.link_id];
    const auto ordinal = mapping_.find(open.field);
    if (!ordinal) continue;
    of_link.ordinals.push_back(*ordinal);
    of_link.agreed.push_back(open.base);
  }
}

/// A row that the link is not about has no part in its conflicts. A promise that the remote shows by now was the word of a person, or of a
/// policy, on what it was about, and on nothing else.
void Run::take_open_conflicts(Item& item) {
  const Link* link = link_of(item);
  const auto open = link == nullptr ? contested_.end() : contested_.find(link->id);
  Facts& facts = item.facts;
  const bool pair = !facts.here.empty() && !facts.there.empty();
  if (pair && facts.base.empty()) return;
  const std::span<const std::size_t> opened = open == contested_.end() ? std::span<const std::size_t>() : open->second.ordinals;
  (decides_contested_ ? facts.awaiting : facts.undecided) = with_asked(opened, facts, arena_);
  if (open == contested_.end()) return;
  if (rollback_) return;
  OpenConflicts unanswered;
  for (std::size_t i = 0; i < opened.size(); ++i) {
    if (was_shown(item, opened[i])) continue;
    unanswered.ordinals.push_back(opened[i]);
    unanswered.agreed.push_back(open->second.agreed[i]);
  }
  meet_conflicts_again(mapping_, facts_, unanswered, decides_contested_, facts, arena_);
}

/// The person saw what stood there when the conflict was found. What another has written since must not go unseen.
void Run::check_seen(const Item& item, std::size_t ordinal, const Resolution& resolution) const {
  const Field& field = mapping_.fields()[ordinal];
  Arena scratch;
  const auto moved = [&](const Json& seen, const Value& now) { return !same(field, kept_cell(field, seen, scratch), now); };
  const bool here = moved(resolution.here, item.facts.here[ordinal]);
  const bool there = moved(resolution.there, item.facts.there[ordinal]);
  if (!here && !there) return;
  const std::string where = here && there ? "on both sides" : here ? "in the database" : "in " + sync_.nouns.provider;
  throw Error(ErrorKind::Conflict, tally_.name_of(item) + ": " + field.column + " was edited " + where + " since this conflict was found",
              "see how both sides stand: lockstep plan " + sync_.name + " --mode full --id " + std::string(item.id));
}

/// What the mapping's rules say of a value that a person gave, as if it stood in the row already.
std::string Run::refused_by_rules(const Item& item, std::size_t ordinal) const {
  std::vector<Value> row(item.facts.here.begin(), item.facts.here.end());
  row[ordinal] = *person_.winner;
  for (const FieldProblem& problem : validate(mapping_, row)) {
    if (problem.ordinal == ordinal) return problem.message;
  }
  return {};
}

const Verdict* Run::settled_by_person(const Item& item) {
  const Resolution& resolution = *options_.resolution;
  const std::optional<std::size_t> ordinal = mapping_.find(resolved_column());
  check_seen(item, *ordinal, resolution);
  person_ = {*ordinal, resolution.take == Resolution::Take::Local ? item.facts.here[*ordinal] : item.facts.there[*ordinal]};
  if (person_.winner->is_absent() && resolution.take == Resolution::Take::Remote) {
    throw Error(ErrorKind::Invalid, resolved_column() + " cannot hold what " + sync_.nouns.provider + " has",
                "use: --take local, or --value");
  }
  if (person_.winner->is_unreadable()) {
    throw Error(ErrorKind::Invalid, tally_.unreadable(item, *ordinal), "put the cell right, or use: --take remote, or --value");
  }
  if (resolution.take != Resolution::Take::Value) return &person_;
  const Field& field = mapping_.fields()[*ordinal];
  const auto refuse_secrets = [&](const Value& value) {
    if (!secrets_.is_secret(*ordinal) && !secrets_.is_masked(*ordinal, value)) return;
    throw Error(ErrorKind::Invalid, field.column + " holds secrets, which no command line should", "use: --take local, or --take remote");
  };
  refuse_secrets(item.facts.here[*ordinal]);
  refuse_secrets(item.facts.there[*ordinal]);
  std::string problem;
  person_.winner = take_cell(field, cell_of(field, value_given(field, resolution.value), arena_), arena_, problem);
  refuse_secrets(secrets_.mask(*ordinal, *person_.winner, arena_));
  if (problem.empty()) problem = refused_by_rules(item, *ordinal);
  if (!problem.empty()) throw Error(ErrorKind::Invalid, "--value: " + problem);
  return &person_;
}

}  // namespace lockstep
