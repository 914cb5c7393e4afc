// What is remembered once a decision was carried out, and what the server's answer brings back.
#include <algorithm>

#include "engine/decide.h"
#include "engine/merge.h"

namespace lockstep {
namespace {

using merging::contains;

Value or_null(const Value& value) { return value.is_absent() ? Value::null() : value; }

/// Parents, leaves and the other name of a field are told anew when it is sent.
bool overlaps_what_was_sent(const Field& field, const Decision& decision) {
  return std::any_of(decision.remote_fields.begin(), decision.remote_fields.end(), [&](const FieldChange& change) {
    return contains(field.parents, change.ordinal) || contains(field.leaves, change.ordinal) || contains(field.twins, change.ordinal);
  });
}

bool is_open(const Decision& decision, std::size_t ordinal) {
  const FieldConflict* conflict = merging::find(decision.conflicts, ordinal);
  return contains(decision.pending_local, ordinal) || contains(decision.pending_remote, ordinal) ||
         (conflict != nullptr && conflict->winner == FieldConflict::Winner::Nobody);
}

/// Left different by an earlier run, and no part of this decision: it may be a conflict that still awaits a person.
bool held_apart(const Mapping& mapping, const Facts& facts, const Decision& decision, std::size_t ordinal) {
  return merging::known(facts, ordinal) && merging::find(decision.remote_fields, ordinal) == nullptr &&
         !merging::equal(mapping.fields()[ordinal], facts.base[ordinal].here, facts.base[ordinal].there);
}

/// A value that came back is news to the other side: the row's is a local edit against what the remote holds.
BaseField field_after_rollback(const Field& field, const BaseField& old, const Decision& decision, std::size_t ordinal, BaseField now) {
  if (!field.write_only && merging::equal(field, now.here, now.there)) return now;
  if (contains(decision.restored_there, ordinal)) return {now.there, now.there};
  if (old.there.is_absent()) return old;
  if (overlaps_what_was_sent(field, decision)) return {old.here, now.there};
  if (merging::find(decision.local_fields, ordinal) != nullptr) return {old.there, old.there};
  return old;
}

BaseField next_field(const Field& field, const BaseField& old, const Decision& decision, std::size_t ordinal, BaseField now) {
  if (decision.restores) return field_after_rollback(field, old, decision, ordinal, now);
  // Sides that have met, as a leaf does whose parent was sent, leave nothing pending. What is write-only never shows that it has.
  if (!field.write_only && merging::equal(field, now.here, now.there)) return now;
  const bool decided_elsewhere = merging::find(decision.conflicts, ordinal) != nullptr;
  const bool pending_here = contains(decision.pending_local, ordinal);
  const bool pending_there = contains(decision.pending_remote, ordinal);
  if (pending_here || pending_there) {
    // A conflict that was only reported is met again as it was; an edit that waits goes on from what the other side holds by now.
    if (decided_elsewhere || old.there.is_absent() || (pending_here && pending_there)) return old;
    return pending_here ? BaseField{old.here, now.there} : BaseField{now.here, old.there};
  }
  return field.remote_owned() ? old : now;
}

}  // namespace

std::vector<BaseField> next_base(const Mapping& mapping, const Facts& facts, const Decision& decision, Row here, Row there) {
  std::vector<BaseField> next(mapping.fields().size());
  for (std::size_t ordinal = 0; ordinal < next.size(); ++ordinal) {
    const BaseField old = merging::known(facts, ordinal) ? facts.base[ordinal] : BaseField();
    next[ordinal] = next_field(mapping.fields()[ordinal], old, decision, ordinal, {or_null(here[ordinal]), or_null(there[ordinal])});
  }
  return next;
}

std::vector<FieldChange> after_write(const Mapping& mapping, const Facts& facts, const Decision& decision, Row answer) {
  std::vector<FieldChange> changes;
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    const Field& field = mapping.fields()[ordinal];
    if (field.write_only || is_open(decision, ordinal)) continue;
    if (!field.remote_owned() && !overlaps_what_was_sent(field, decision)) continue;
    const FieldChange* written = merging::find(decision.local_fields, ordinal);
    if (!field.remote_owned() && written == nullptr && held_apart(mapping, facts, decision, ordinal)) continue;
    const Value& current = written != nullptr ? written->after : facts.here[ordinal];
    if (!merging::equal(field, current, answer[ordinal])) changes.push_back({ordinal, current, answer[ordinal]});
  }
  return changes;
}

}  // namespace lockstep
