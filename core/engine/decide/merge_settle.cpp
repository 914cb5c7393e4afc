// Settling: what stands is turned into writes, pending edits and conflicts, as mode and policy allow.
#include <algorithm>
#include <optional>

#include "engine/decide/merge.h"

namespace lockstep::merging {
namespace {

using Winner = FieldConflict::Winner;

class Settlement {
 public:
  Settlement(const Mapping& mapping, const Policy& policy, const Facts& facts, std::span<const Verdict> verdicts,
             const Standings& standings, Decision& decision)
      : mapping_(mapping), policy_(policy), facts_(facts), verdicts_(verdicts), standings_(standings), decision_(decision) {}

  void run() {
    if (facts_.settled != nullptr) {
      settle_one();
    } else {
      settle_all();
    }
    keep_leaves();
    std::stable_sort(decision_.remote_fields.begin(), decision_.remote_fields.end(), [&](const FieldChange& a, const FieldChange& b) {
      return field(a.ordinal).from.steps().size() < field(b.ordinal).from.steps().size();
    });
    add_notes();
  }

 private:
  void settle_all() {
    for (std::size_t ordinal = 1; ordinal < standings_.size(); ++ordinal) settle_field(ordinal);
    for (std::size_t ordinal = 1; ordinal < standings_.size(); ++ordinal) {
      if (standings_[ordinal] == Standing::Follows) follow_leaves(ordinal);
    }
    if (policy_.force) force_all();
  }

  /// What a person decided, and nothing else.
  void settle_one() {
    for (std::size_t ordinal = 1; ordinal < standings_.size(); ++ordinal) {
      if (ordinal != facts_.settled->ordinal) leave(ordinal);
    }
    const std::size_t ordinal = facts_.settled->ordinal;
    FieldConflict conflict{.ordinal = ordinal,
                           .base = facts_.base.empty() ? Value() : facts_.base[ordinal].there,
                           .here = here(ordinal),
                           .there = there(ordinal)};
    conflict.winner = Winner::Person;
    take(conflict, *facts_.settled->winner);
    decision_.conflicts.push_back(conflict);
  }

  /// As if this run might write neither side: the base stays, and the next run meets the field as this one did.
  void leave(std::size_t ordinal) {
    const Standing standing = standings_[ordinal];
    const bool clash = standing == Standing::Clash || standing == Standing::Disagreement;
    if ((clash || standing == Standing::Here) && sendable(field(ordinal), there(ordinal))) decision_.pending_local.push_back(ordinal);
    if ((clash || standing == Standing::There) && !field(ordinal).remote_owned()) decision_.pending_remote.push_back(ordinal);
  }

  const Field& field(std::size_t ordinal) const { return mapping_.fields()[ordinal]; }
  const Value& here(std::size_t ordinal) const { return facts_.here[ordinal]; }
  const Value& there(std::size_t ordinal) const { return facts_.there[ordinal]; }
  bool replaces() const { return policy_.mode == Mode::Import && policy_.local_edits == LocalEdits::Replace; }

  void write_local(std::size_t ordinal, const Value& value) { decision_.local_fields.push_back({ordinal, here(ordinal), value}); }
  void write_remote(std::size_t ordinal, const Value& value) { decision_.remote_fields.push_back({ordinal, there(ordinal), value}); }

  void replace(std::size_t ordinal) {
    write_local(ordinal, there(ordinal));
    decision_.replaced.push_back(ordinal);
  }

  void note_derived(std::size_t ordinal) {
    note(decision_, Note::DerivedEdited);
    decision_.derived_edited.push_back(ordinal);
  }

  void settle_field(std::size_t ordinal) {
    if (field(ordinal).remote_owned() && edited_here(mapping_, facts_, ordinal) && standings_[ordinal] == Standing::There) {
      note_derived(ordinal);
    }
    switch (standings_[ordinal]) {
      case Standing::Here: settle_here(ordinal); break;
      case Standing::There: settle_there(ordinal); break;
      case Standing::RuleChanged: follow_rule(ordinal); break;
      case Standing::Clash:
      case Standing::Disagreement: settle_clash(ordinal); break;
      case Standing::Unchanged: settle_not_taken(ordinal); break;
      default: break;
    }
  }

  /// What the remote did not take stays as it is on both sides, but where the database mirrors the remote.
  void settle_not_taken(std::size_t ordinal) {
    if (facts_.base.empty() || !facts_.base[ordinal].not_taken || !replaces()) return;
    if (equal(field(ordinal), here(ordinal), there(ordinal)) || contains(facts_.undecided, ordinal)) return;
    replace(ordinal);
  }

  void settle_there(std::size_t ordinal) {
    if (writes_local(policy_.mode)) {
      write_local(ordinal, there(ordinal));
    } else if (!field(ordinal).remote_owned()) {
      decision_.pending_remote.push_back(ordinal);
    }
  }

  void follow_rule(std::size_t ordinal) {
    decision_.follows.push_back(ordinal);
    if (!writes_local(policy_.mode)) return;
    write_local(ordinal, there(ordinal));
    if (lost_reference(facts_, ordinal) == nullptr) note(decision_, Note::RuleChanged);
  }

  void settle_here(std::size_t ordinal) {
    if (replaces() && may_replace(ordinal)) {
      replace(ordinal);
    } else if (!sendable(field(ordinal), there(ordinal))) {
      note_derived(ordinal);
    } else if (writes_remote(policy_.mode) && !here(ordinal).is_unreadable()) {
      write_remote(ordinal, here(ordinal));
    } else {
      decision_.pending_local.push_back(ordinal);
    }
  }

  bool may_replace(std::size_t ordinal) const { return !field(ordinal).write_only && !(facts_.by_natural_key && !known(facts_, ordinal)); }

  /// Its value, or that of a leaf, names an item by a row of another table or beside another name of the same reference.
  bool refers(std::size_t ordinal) const {
    const std::vector<std::size_t>& leaves = field(ordinal).leaves;
    return field(ordinal).lookup || !field(ordinal).twins.empty() || std::any_of(leaves.begin(), leaves.end(), [&](std::size_t leaf) {
             return field(leaf).lookup && standings_[leaf] == Standing::Disagreement;
           });
  }

  /// Nobody can tell which of the row's references is meant.
  void leave_opposed(std::size_t ordinal) {
    decision_.pending_local.push_back(ordinal);
    decision_.opposed.push_back(ordinal);
    note(decision_, Note::Opposed);
  }

  void settle_clash(std::size_t ordinal) {
    const bool awaits_a_person = contains(facts_.undecided, ordinal);
    if (replaces() && !awaits_a_person && !there(ordinal).is_absent()) return replace(ordinal);
    const bool within_row = standings_[ordinal] == Standing::Disagreement;
    if (within_row && refers(ordinal)) return leave_opposed(ordinal);
    FieldConflict conflict{.ordinal = ordinal,
                           .base = facts_.base.empty() ? Value() : facts_.base[ordinal].there,
                           .here = here(ordinal),
                           .there = there(ordinal),
                           .within_row = within_row};
    if (!awaits_a_person && policy_.on_conflict == OnConflict::Hook) {
      conflict_by_hook(conflict);
    } else if (!awaits_a_person) {
      conflict_by_policy(conflict);
    }
    decision_.conflicts.push_back(conflict);
  }

  void conflict_by_policy(FieldConflict& conflict) {
    conflict.winner = pick();
    // The row's side of a disagreement is two values, and what cannot be read cannot be sent: neither wins.
    const bool unsendable = standings_[conflict.ordinal] == Standing::Disagreement || conflict.here.is_unreadable();
    if (conflict.winner == Winner::Here && unsendable) conflict.winner = Winner::Nobody;
    if (conflict.winner == Winner::There) take(conflict, conflict.there);
    if (conflict.winner == Winner::Here) take(conflict, conflict.here);
  }

  void conflict_by_hook(FieldConflict& conflict) {
    if (verdicts_.empty()) decision_.needs_verdicts = true;
    const auto verdict =
        std::find_if(verdicts_.begin(), verdicts_.end(), [&](const Verdict& each) { return each.ordinal == conflict.ordinal; });
    if (verdict == verdicts_.end() || !verdict->winner) return;
    conflict.winner = Winner::Hook;
    take(conflict, *verdict->winner);
  }

  Winner pick() {
    switch (policy_.on_conflict) {
      case OnConflict::Remote: return Winner::There;
      case OnConflict::Local: return Winner::Here;
      case OnConflict::Newest: return pick_newest();
      default: return Winner::Nobody;
    }
  }

  Winner pick_newest() {
    if (!facts_.here_modified || !facts_.there_modified || *facts_.here_modified == *facts_.there_modified) {
      note(decision_, Note::TieToRemote);
      return Winner::There;
    }
    return *facts_.here_modified > *facts_.there_modified ? Winner::Here : Winner::There;
  }

  /// Brings `value` to each side that lacks it and may be written; what may not is pending.
  void take(FieldConflict& conflict, const Value& value) {
    const std::size_t ordinal = conflict.ordinal;
    conflict.reported_only = true;
    if (value.is_absent()) return;  // the column cannot hold what won
    bool written = false;
    if (!equal(field(ordinal), value, conflict.here)) {
      if (writes_local(policy_.mode)) {
        write_local(ordinal, value);
        written = true;
      } else {
        decision_.pending_remote.push_back(ordinal);
      }
    }
    if (!equal(field(ordinal), value, conflict.there)) {
      if (writes_remote(policy_.mode) && sendable(field(ordinal), conflict.there) && !value.is_unreadable()) {
        write_remote(ordinal, value);
        written = true;
      } else {
        decision_.pending_local.push_back(ordinal);
      }
    }
    conflict.reported_only = !written;
  }

  /// Once every leaf that differs takes the remote's value, so does the parent.
  void follow_leaves(std::size_t parent) {
    const std::vector<std::size_t>& leaves = field(parent).leaves;
    const bool taken = std::all_of(leaves.begin(), leaves.end(), [&](std::size_t leaf) {
      if (equal(field(leaf), here(leaf), there(leaf))) return true;
      const FieldChange* change = find(decision_.local_fields, leaf);
      return change != nullptr && equal(field(leaf), change->after, there(leaf));
    });
    if (taken && writes_local(policy_.mode)) write_local(parent, there(parent));
  }

  /// Left to the other side, to a person, or remembered as different: the sides differ.
  bool held(std::size_t ordinal) const { return !equal(field(ordinal), here(ordinal), there(ordinal)); }

  void force_all() {
    for (std::size_t ordinal = 1; ordinal < standings_.size(); ++ordinal) {
      if (policy_.mode == Mode::Import) force_local(ordinal);
      if (policy_.mode == Mode::Export) force_remote(ordinal);
    }
  }

  void force_local(std::size_t ordinal) {
    if (there(ordinal).is_absent()) return;
    if (field(ordinal).write_only || find(decision_.local_fields, ordinal) != nullptr) return;
    if (!held(ordinal)) {
      write_local(ordinal, there(ordinal));
    } else if (replaces() && may_replace(ordinal) && !contains(facts_.undecided, ordinal)) {
      replace(ordinal);
    }
  }

  void force_remote(std::size_t ordinal) {
    if (there(ordinal).is_absent()) return;
    const Value& value = here(ordinal);
    if (value.is_nothing() || value.is_unreadable() || !sendable(field(ordinal), there(ordinal)) ||
        find(decision_.remote_fields, ordinal) != nullptr)
      return;
    if (field(ordinal).write_only || !held(ordinal)) write_remote(ordinal, value);
  }

  void keep_leaves() {
    const std::size_t sent = decision_.remote_fields.size();
    for (std::size_t i = 0; i < sent; ++i) {
      for (const std::size_t leaf : leaves_to_keep(mapping_, facts_, decision_.remote_fields[i], decision_)) {
        write_remote(leaf, there(leaf));
      }
    }
  }

  void add_notes() {
    if (!decision_.pending_local.empty()) note(decision_, Note::PendingExport);
    if (!decision_.pending_remote.empty()) note(decision_, Note::PendingImport);
    if (!decision_.replaced.empty()) note(decision_, Note::LocalEditsReplaced);
  }

  const Mapping& mapping_;
  const Policy& policy_;
  const Facts& facts_;
  std::span<const Verdict> verdicts_;
  const Standings& standings_;
  Decision& decision_;
};

}  // namespace

void settle(const Mapping& mapping, const Policy& policy, const Facts& facts, std::span<const Verdict> verdicts, const Standings& standings,
            Decision& decision) {
  Settlement(mapping, policy, facts, verdicts, standings, decision).run();
}

}  // namespace lockstep::merging
