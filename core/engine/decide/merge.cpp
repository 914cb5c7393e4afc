#include "engine/decide/merge.h"

#include <algorithm>

namespace lockstep::merging {
namespace {

/// What a server does not answer says nothing: only the row's own change counts, and only the row's value can be missing there.
Standing stand_write_only(const Mapping& mapping, const Facts& facts, std::size_t ordinal) {
  if (known(facts, ordinal)) return edited_here(mapping, facts, ordinal) ? Standing::Here : Standing::Unchanged;
  return !facts.here[ordinal].is_nothing() && facts.there[ordinal].is_nothing() ? Standing::Here : Standing::Agreed;
}

Standing stand_unknown(const Field& field, const Value& here, const Value& there) {
  if (equal(field, here, there)) return Standing::Agreed;
  if (here.is_nothing()) return Standing::There;
  return there.is_nothing() ? Standing::Here : Standing::Clash;
}

/// A column that was not there at the last agreement has no opinion, unless rows hold different things in it.
Standing stand_new(const Field& field, const BaseField& base, const Value& here, const Value& there) {
  if (equal(field, here, there)) return Standing::Agreed;
  if (base.alike || here.is_nothing()) return there.is_nothing() ? Standing::Unchanged : Standing::RuleChanged;
  return there.is_nothing() ? Standing::Here : Standing::Clash;
}

/// The base's sides did not differ, nobody has moved since, and yet they do: it is the rule that has.
bool rule_changed(const Field& field, const BaseField& base, const Value& here) {
  return base.untouched && equal(field, base.here, base.there) && !equal(field, here, base.here);
}

Standing stand_remote_owned(const Mapping& mapping, const Facts& facts, std::size_t ordinal) {
  if (!equal(mapping.fields()[ordinal], facts.here[ordinal], facts.there[ordinal])) return Standing::There;
  const bool settled = known(facts, ordinal) && !edited_there(mapping, facts, ordinal);
  return settled ? Standing::Unchanged : Standing::Agreed;
}

/// What the column cannot hold differs from all that the row may say: an edit of the row meets it as an edit of the remote.
Standing stand_unread(const Mapping& mapping, const Facts& facts, std::size_t ordinal) {
  const Field& field = mapping.fields()[ordinal];
  if (field.write_only || field.remote_owned() || !contains(facts.unread, ordinal)) return Standing::Unchanged;
  const bool by_default = !facts.base.empty() && facts.base[ordinal].no_opinion && facts.base[ordinal].alike;
  const bool edited = known(facts, ordinal) ? edited_here(mapping, facts, ordinal) : !by_default && !facts.here[ordinal].is_nothing();
  return edited ? Standing::Clash : Standing::Unchanged;
}

Standing stand(const Mapping& mapping, const Facts& facts, std::size_t ordinal) {
  const Field& field = mapping.fields()[ordinal];
  if (facts.there[ordinal].is_absent()) return stand_unread(mapping, facts, ordinal);
  if (field.remote_owned()) return field.write_only ? Standing::Unchanged : stand_remote_owned(mapping, facts, ordinal);
  if (field.write_only) return stand_write_only(mapping, facts, ordinal);
  const Value& here = facts.here[ordinal];
  const Value& there = facts.there[ordinal];
  if (!facts.base.empty() && facts.base[ordinal].no_opinion) return stand_new(field, facts.base[ordinal], here, there);
  if (!facts.base.empty() && facts.base[ordinal].both_moved) return equal(field, here, there) ? Standing::Agreed : Standing::Clash;
  if (!known(facts, ordinal)) return stand_unknown(field, here, there);
  const bool changed_here = edited_here(mapping, facts, ordinal);
  const bool changed_there = edited_there(mapping, facts, ordinal);
  if (!changed_here && !changed_there) return rule_changed(field, facts.base[ordinal], here) ? Standing::RuleChanged : Standing::Unchanged;
  // Also where one side alone moved: sides that were held apart may meet again.
  if (equal(field, here, there)) return Standing::Agreed;
  const bool edit_here = changed_here || facts.base[ordinal].not_taken;
  if (edit_here && changed_there) return Standing::Clash;
  return changed_here ? Standing::Here : Standing::There;
}

/// Two names of one reference that were both set in the row, to different items: whatever the remote says, the row says two things.
void oppose_twins(const Mapping& mapping, const Facts& facts, std::size_t one, std::size_t other, Standings& standings) {
  const auto set_here = [&](std::size_t ordinal) {
    return standings[ordinal] == Standing::Here || standings[ordinal] == Standing::Clash || standings[ordinal] == Standing::Disagreement;
  };
  if (!set_here(one) || !set_here(other) || equal(mapping.fields()[one], facts.here[one], facts.here[other])) return;
  standings[one] = standings[other] = Standing::Disagreement;
}

template <class Entries>
auto find_in(const Entries& entries, std::size_t ordinal) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.ordinal == ordinal; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

bool equal(const Field& field, const Value& a, const Value& b) {
  return field.write_only ? a.is_nothing() == b.is_nothing() : same(field, a, b);
}

bool known(const Facts& facts, std::size_t ordinal) { return !facts.base.empty() && !facts.base[ordinal].there.is_absent(); }

bool edited_there(const Mapping& mapping, const Facts& facts, std::size_t ordinal) {
  return !equal(mapping.fields()[ordinal], facts.there[ordinal], facts.base[ordinal].there);
}

bool edited_here(const Mapping& mapping, const Facts& facts, std::size_t ordinal) {
  return known(facts, ordinal) && !facts.base[ordinal].untouched &&
         !equal(mapping.fields()[ordinal], facts.here[ordinal], facts.base[ordinal].here);
}

bool sendable(const Field& field, const Value& there) { return !field.remote_owned() && !(field.legacy && there.is_nothing()); }

std::vector<std::size_t> unreadable(const Mapping& mapping, const Facts& facts) {
  std::vector<std::size_t> found;
  for (std::size_t ordinal = 0; ordinal < facts.here.size(); ++ordinal) {
    const bool told = facts.here[ordinal].is_unreadable() && lost_reference(facts, ordinal) == nullptr;
    if (told && !mapping.fields()[ordinal].remote_owned()) found.push_back(ordinal);
  }
  return found;
}

std::vector<std::size_t> left_unreadable(const Mapping& mapping, const Facts& facts, const Decision& decision) {
  std::vector<std::size_t> left = unreadable(mapping, facts);
  std::erase_if(left, [&](std::size_t ordinal) {
    const FieldChange* written = find(decision.local_fields, ordinal);
    return written != nullptr && !written->after.is_unreadable();
  });
  return left;
}

const LostReference* lost_reference(const Facts& facts, std::size_t ordinal) { return find_in(facts.lost_references, ordinal); }

std::vector<std::size_t> left_leading_nowhere(const Facts& facts, const Decision& decision) {
  std::vector<std::size_t> left;
  for (const LostReference& lost : facts.lost_references) {
    const bool stays = find(decision.local_fields, lost.ordinal) == nullptr;
    if (stays && lost.edited && lost.why == LostReference::Why::NoRow) left.push_back(lost.ordinal);
  }
  return left;
}

Standings compare(const Mapping& mapping, const Facts& facts) {
  Standings standings(mapping.fields().size(), Standing::Unchanged);
  for (std::size_t ordinal = 1; ordinal < standings.size(); ++ordinal) standings[ordinal] = stand(mapping, facts, ordinal);
  for (const std::size_t ordinal : facts.awaiting) {
    const bool held_apart =
        standings[ordinal] == Standing::Unchanged && !equal(mapping.fields()[ordinal], facts.here[ordinal], facts.there[ordinal]);
    if (held_apart) standings[ordinal] = Standing::Clash;
  }
  for (std::size_t ordinal = 1; ordinal < standings.size(); ++ordinal) {
    for (const std::size_t twin : mapping.fields()[ordinal].twins) oppose_twins(mapping, facts, ordinal, twin, standings);
  }
  return standings;
}

bool contains(std::span<const std::size_t> ordinals, std::size_t ordinal) {
  return std::find(ordinals.begin(), ordinals.end(), ordinal) != ordinals.end();
}

const FieldChange* find(const std::vector<FieldChange>& changes, std::size_t ordinal) { return find_in(changes, ordinal); }

const FieldConflict* find(const std::vector<FieldConflict>& conflicts, std::size_t ordinal) { return find_in(conflicts, ordinal); }

const FieldChange* find_sent(const Decision& decision, std::size_t ordinal) {
  const FieldChange* change = find(decision.remote_fields, ordinal);
  return change == nullptr || identical(change->before, change->after) ? nullptr : change;
}

bool keeps_leaf(const Mapping& mapping, const Decision& decision, const FieldChange& change) {
  const std::vector<std::size_t>& parents = mapping.fields()[change.ordinal].parents;
  return identical(change.before, change.after) &&
         std::any_of(parents.begin(), parents.end(), [&](std::size_t parent) { return find(decision.remote_fields, parent) != nullptr; });
}

bool overlaps_what_was_sent(const Field& field, const Decision& decision) {
  return std::any_of(decision.remote_fields.begin(), decision.remote_fields.end(), [&](const FieldChange& change) {
    return contains(field.parents, change.ordinal) || contains(field.leaves, change.ordinal) || contains(field.twins, change.ordinal);
  });
}

bool is_open(const Decision& decision, std::size_t ordinal) {
  const FieldConflict* conflict = find(decision.conflicts, ordinal);
  return contains(decision.pending_local, ordinal) || contains(decision.pending_remote, ordinal) ||
         (conflict != nullptr && conflict->winner == FieldConflict::Winner::Nobody);
}

void note(Decision& decision, Note note) {
  if (!decision.has(note)) decision.notes.push_back(note);
}

}  // namespace lockstep::merging
