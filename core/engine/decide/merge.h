// merge: the field-by-field half of decide. Each field is compared with its own base, parents and leaves are weighed together, and what
// stands then is settled by mode and policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/decide/decide.h"

namespace lockstep::merging {

/// How one field stands once both sides were compared with the base.
enum class Standing : std::uint8_t {
  Unchanged,     ///< neither side changed, equal or held apart
  Agreed,        ///< both hold the same, and the base does not say so yet
  Here,          ///< the row alone changed, or alone has a value
  There,         ///< the remote alone changed, or alone has a value
  Clash,         ///< both changed and differ
  Disagreement,  ///< a leaf and its parent, both edited in the row, say different things of the same place
  Follows,       ///< a parent without base whose sides differ only where its leaves do
  RuleChanged,   ///< nobody edited it; the rule, or the column, is another than at the last agreement
};

/// By ordinal. The key stands as Unchanged: it is identity, not content.
using Standings = std::vector<Standing>;

inline bool writes_local(Mode mode) { return mode != Mode::Export; }
inline bool writes_remote(Mode mode) { return mode != Mode::Import; }

/// Equality for merging: write-only values only by being there.
bool equal(const Field& field, const Value& a, const Value& b);
/// Is anything known of this field's last agreement?
bool known(const Facts& facts, std::size_t ordinal);
/// The row's value is another than at the last agreement; false when nothing is known.
bool edited_here(const Mapping& mapping, const Facts& facts, std::size_t ordinal);
/// The same of the remote's value; only of a known field.
bool edited_there(const Mapping& mapping, const Facts& facts, std::size_t ordinal);
/// May the row's value be sent? Not what the remote owns, nor a legacy key that the remote does not hold.
bool sendable(const Field& field, const Value& there);

/// Fields that may be exported and whose cell in the row cannot be read; references that lead nowhere are none.
std::vector<std::size_t> unreadable(const Mapping& mapping, const Facts& facts);
/// Those of them that the decision leaves in the row.
std::vector<std::size_t> left_unreadable(const Mapping& mapping, const Facts& facts, const Decision& decision);
const LostReference* lost_reference(const Facts& facts, std::size_t ordinal);
/// Fields in which somebody named a row that is not there, and that the decision leaves in the row.
std::vector<std::size_t> left_leading_nowhere(const Facts& facts, const Decision& decision);

/// Both sides exist.
Standings compare(const Mapping& mapping, const Facts& facts);
/// Corrects the standings of parents by those of their leaves; see decide(). `taken` is given for a new item: the leaves without a base
/// that say something else than their parent, which are sent and are no disagreement then.
void weigh_overlaps(const Mapping& mapping, Mode mode, const Facts& facts, Standings& standings, std::vector<std::size_t>* taken = nullptr);
/// Does the leaf's column say what the object in its parent's column says? True also where that cannot be known.
bool agree(const Mapping& mapping, std::size_t parent, const Value& object, std::size_t leaf, const Value& column);
/// Do two values of a parent differ at most at the places of those of its leaves that the decision sends?
bool differ_where_sent(const Mapping& mapping, std::size_t parent, const Value& a, const Value& b, const Decision& decision);
/// Ordinals of the leaves that must be sent as the remote has them when their parent is `sent` with the row's value, so that its stale
/// copy does not undo them.
std::vector<std::size_t> leaves_to_keep(const Mapping& mapping, const Facts& facts, const FieldChange& sent, const Decision& decision);
/// Fills fields, conflicts and pending lists of `decision`; actions are the caller's.
void settle(const Mapping& mapping, const Policy& policy, const Facts& facts, std::span<const Verdict> verdicts, const Standings& standings,
            Decision& decision);

bool contains(std::span<const std::size_t> ordinals, std::size_t ordinal);
const FieldChange* find(const std::vector<FieldChange>& changes, std::size_t ordinal);
const FieldConflict* find(const std::vector<FieldConflict>& conflicts, std::size_t ordinal);
/// What is sent of a field; null also where its entry only keeps what the remote has.
const FieldChange* find_sent(const Decision& decision, std::size_t ordinal);
/// Is it there only to keep a leaf as the remote has it, while its parent is sent?
bool keeps_leaf(const Mapping& mapping, const Decision& decision, const FieldChange& change);
/// Was a parent or a leaf of it sent, or the other name of what it refers to? Then its own place is another, too.
bool overlaps_what_was_sent(const Field& field, const Decision& decision);
/// Pending, or left to a person by this decision.
bool is_open(const Decision& decision, std::size_t ordinal);
void note(Decision& decision, Note note);

}  // namespace lockstep::merging
