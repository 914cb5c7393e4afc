// What is remembered once a decision was carried out, and what the server's answer brings back.
#include <algorithm>

#include "engine/decide/decide.h"
#include "engine/decide/merge.h"
#include "format/json.h"

namespace lockstep {
namespace {

using merging::contains;
using merging::is_open;
using merging::overlaps_what_was_sent;

Value or_null(const Value& value) { return value.is_absent() ? Value::null() : value; }

/// Left different by an earlier run, and no part of this decision: it may be a conflict that still awaits a person. A leaf that is kept as
/// the remote has it while its parent is sent is none either.
bool held_apart(const Mapping& mapping, const Facts& facts, const Decision& decision, std::size_t ordinal) {
  return merging::known(facts, ordinal) && merging::find_sent(decision, ordinal) == nullptr &&
         !merging::equal(mapping.fields()[ordinal], facts.base[ordinal].here, facts.base[ordinal].there);
}

/// A value that came back is news to the other side: the row's is a local edit against what the remote holds.
BaseField field_after_rollback(const Mapping& mapping, const BaseField& old, const Decision& decision, std::size_t ordinal, BaseField now) {
  const Field& field = mapping.fields()[ordinal];
  if (!field.write_only && merging::equal(field, now.here, now.there)) return now;
  if (contains(decision.forgotten, ordinal)) return {};
  if (contains(decision.restored_there, ordinal)) return {now.there, now.there};
  if (old.there.is_absent()) return old;
  if (overlaps_what_was_sent(field, decision)) {
    // What somebody else edited in the same object is an edit yet.
    const bool as_sent = field.leaves.empty() || merging::differ_where_sent(mapping, ordinal, old.there, now.there, decision);
    if (!as_sent) return old;
    // What the row keeps of it is an edit with the one that was taken back.
    return {merging::equal(field, old.here, old.there) ? now.there : old.here, now.there};
  }
  // What the remote alone decides is no edit of anybody, and follows it again.
  if (merging::find(decision.local_fields, ordinal) != nullptr) return {field.remote_owned() ? now.here : old.there, old.there};
  return old;
}

/// What the remote was expected to answer for a field that was not sent: what stood there, or in the document that was posted again.
Value expected_there(const Facts& facts, const Decision& decision, std::size_t ordinal) {
  if (!facts.there.empty()) return or_null(facts.there[ordinal]);
  return decision.remote == Action::Recreate && merging::known(facts, ordinal) ? or_null(facts.base[ordinal].there) : Value::null();
}

bool is_default(const Field& field, const Value& value) {
  Arena arena;
  return field.fallback && merging::equal(field, value, cell_of(field, *field.fallback, arena));
}

/// The answer tells of a field something that nobody decided: a hook put it into the body, the server filled it in, or somebody was faster.
bool came_besides(const Mapping& mapping, const Facts& facts, const Decision& decision, std::size_t ordinal, const Value& answer) {
  if (decision.remote == Action::None || merging::find(decision.remote_fields, ordinal) != nullptr) return false;
  const Field& field = mapping.fields()[ordinal];
  if (overlaps_what_was_sent(field, decision)) return false;
  const Value expected = expected_there(facts, decision, ordinal);
  // A default filled on read is no news.
  if (expected.is_nothing() && is_default(field, answer)) return false;
  return !merging::equal(field, answer, expected);
}

BaseField next_field(const Mapping& mapping, const BaseField& old, const Decision& decision, std::size_t ordinal, BaseField now) {
  if (decision.restores) return field_after_rollback(mapping, old, decision, ordinal, now);
  const Field& field = mapping.fields()[ordinal];
  // Sides that have met, as a leaf does whose parent was sent, leave nothing pending. What is write-only never shows that it has.
  if (!field.write_only && merging::equal(field, now.here, now.there)) return now;
  // As a row follows a changed rule: nobody has edited what differs.
  if (contains(decision.answered, ordinal)) return {now.there, now.there};
  const FieldConflict* conflict = merging::find(decision.conflicts, ordinal);
  const bool decided_elsewhere = conflict != nullptr;
  const bool pending_here = contains(decision.pending_local, ordinal);
  const bool pending_there = contains(decision.pending_remote, ordinal);
  // A row that has not followed a changed rule yet follows it later.
  if (contains(decision.follows, ordinal) && merging::find(decision.local_fields, ordinal) == nullptr) return old;
  if (pending_here || pending_there) {
    // The hook's value stands on the side that was written: from now on it is an edit of that side.
    if (conflict != nullptr && conflict->winner == FieldConflict::Winner::Hook && !conflict->reported_only) {
      return pending_here ? BaseField{now.there, now.there} : BaseField{now.here, now.here};
    }
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
    if (there[ordinal].is_absent()) {
      // What was put back there is none that the column can hold: the row's cell is no part of an agreement with it.
      if (!contains(decision.restored_there, ordinal)) next[ordinal] = old;
      continue;
    }
    const BaseField now{or_null(here[ordinal]), or_null(there[ordinal])};
    next[ordinal] = next_field(mapping, old, decision, ordinal, now);
    // What could not be brought back stays a change of the remote side.
    const bool apart = !merging::equal(mapping.fields()[ordinal], now.here, now.there) && !is_open(decision, ordinal);
    if (contains(decision.forgotten, ordinal)) continue;
    if (apart && came_besides(mapping, facts, decision, ordinal, now.there)) next[ordinal].there = expected_there(facts, decision, ordinal);
  }
  return next;
}

std::vector<FieldChange> after_write(const Mapping& mapping, const Facts& facts, const Decision& decision, Row answer, bool fill) {
  std::vector<FieldChange> changes;
  for (std::size_t ordinal = 1; ordinal < mapping.fields().size(); ++ordinal) {
    const Field& field = mapping.fields()[ordinal];
    if (field.write_only || is_open(decision, ordinal) || answer[ordinal].is_absent()) continue;
    // What the remote did not take stays in the row, whatever was sent beside it.
    if (contains(decision.not_taken, ordinal)) continue;
    // What a run has sent was the row's own: taken back there, it stays an edit here.
    if (decision.restores && !field.remote_owned()) continue;
    const bool besides = came_besides(mapping, facts, decision, ordinal, answer[ordinal]);
    const bool overlaps = overlaps_what_was_sent(field, decision);
    const bool filled = field.remote_owned() || besides || contains(decision.follows, ordinal) || contains(decision.answered, ordinal);
    if (!overlaps && !(fill && filled)) continue;
    const FieldChange* written = merging::find(decision.local_fields, ordinal);
    if (!field.remote_owned() && written == nullptr && held_apart(mapping, facts, decision, ordinal)) continue;
    const Value& current = written != nullptr ? written->after : facts.here[ordinal];
    if (!merging::equal(field, current, answer[ordinal])) changes.push_back({ordinal, current, answer[ordinal]});
  }
  return changes;
}

}  // namespace lockstep
