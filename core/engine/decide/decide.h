// decide: what is to be done with one record, as a pure function of both sides and what they last agreed on.
// It is the table of the guarantees: `case_number` of a decision is the row of that table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.h"
#include "common/words.h"
#include "data/json.h"
#include "data/row.h"
#include "data/side.h"
#include "engine/decide/policy.h"
#include "mapping/mapping.h"

namespace lockstep {

/// What the two sides agreed on for one field, as today's rules read it. An absent `there`: nothing is known; a field that held nothing is
/// Null. Write-only fields need no value here: any that is not null says "set".
struct BaseField {
  Value here;
  Value there;
  /// The row's cell is what the agreement left there, byte for byte: nobody has edited it, whatever the rules make of the base by now.
  bool untouched = false;
  /// The column was not there at the agreement (new in the mapping, or dropped and added again by the application): it has no opinion, and
  /// is filled from the remote. What it holds all the same counts where the rows hold different things: it is sent where the remote has
  /// nothing, and in conflict with what the remote has.
  bool no_opinion = false;
  bool not_taken = false;  ///< the row's value was sent, and the remote kept another: see Decision::not_taken
  bool asked = false;      ///< nothing is known, and it was left to a person when the two sides were no pair
  /// Nothing is known but that both sides were edited since, while the field was not mapped.
  bool both_moved = false;
  bool alike = false;  ///< with no_opinion: every row holds the same there, as after ADD COLUMN … DEFAULT
};

/// A cell of a lookup that says nothing which the remote could be told.
struct LostReference {
  enum class Why : std::uint8_t {
    NoRow,        ///< it names no row of the other table
    NoItem,       ///< it names a row that has no remote item
    AnotherItem,  ///< what it names stands for another item than when both sides last agreed
  };
  std::size_t ordinal;
  Why why;
  /// Somebody put it there since: an edit that cannot be sent.
  bool edited;
};

enum class IdState {
  Linked,   ///< the row carries the link's id, or there is no link
  Emptied,  ///< the application emptied it
  Changed,  ///< it names another live record: `there` is that one, and there is no base, for this row has agreed on nothing with it
};

enum class IntentState {
  None,
  MarkerFound,
  MarkerMissing,
  AtWork,     ///< its marker is missing, and the request may still be under way
  Suspected,  ///< its marker is missing, and an item without one looks like it, at an API that is not known to keep them
};

/// The word of a hook, or of a person, on a field. A conflict that a hook was asked about and that has none is left to a person.
struct Verdict {
  std::size_t ordinal;
  std::optional<Value> winner;  ///< nullopt: left to a person
};

/// Everything about one record. Rows are normalised and as wide as the mapping; an empty span is "no such side".
struct Facts {
  Row here;
  Row there;
  std::span<const BaseField> base;  ///< empty: none; else as wide as the mapping
  /// Fields that are absent in `there` because their columns cannot hold what stands there, not because it was not shown. Borrowed.
  std::span<const std::size_t> unread;
  /// In `here` an edited one is unreadable, and so is one that names no row where the remote's names one; of any other `here` says what
  /// was agreed on. Borrowed.
  std::span<const LostReference> lost_references;
  bool linked = false;         ///< a link exists, with or without base
  bool rows_share_id = false;  ///< two local rows carry this id
  /// There is no remote side: has a complete list and a 404 said so? Without it nothing is concluded.
  bool gone_confirmed = false;
  bool gone_remembered = false;  ///< the link was marked gone by an earlier run
  bool stays_gone = false;       ///< what one side lacks of this pair was deleted on purpose: it is not made anew
  IdState id = IdState::Linked;
  IntentState intent = IntentState::None;
  std::size_t natural_matches = 0;  ///< remote items with the row's natural key (a phone number's digits), for rows that have no id
  bool by_natural_key = false;      ///< this resource is matched so
  std::optional<Micros> here_modified, there_modified;
  /// Fields whose conflict was left to a person, and which this run is told to decide after all. Borrowed.
  std::span<const std::size_t> awaiting;
  /// Fields whose conflict was left to a person, and stays with one whatever the policy says. Borrowed.
  std::span<const std::size_t> undecided;
  /// Of either: a side has moved since, and the base is what was agreed on before the conflict. Borrowed.
  std::span<const std::size_t> moved;
  /// A person has decided this one field: both sides take the value, and every other field is left as it is and pending. Borrowed.
  const Verdict* settled = nullptr;
};

enum class Action : std::uint8_t {
  None,
  Insert,    ///< a local row
  Update,    ///< the local row
  Link,      ///< write the identity only
  Create,    ///< a remote item (with an intent)
  Patch,     ///< the remote item
  Recreate,  ///< a remote item from the base's document with the local edits
};
std::string_view to_string(Action action);

enum class Note : std::uint8_t {
  LocalOnly,           ///< counted; hint at export
  RemoteOnly,          ///< counted; hint at import
  PendingExport,       ///< local edits that this run does not send
  PendingImport,       ///< remote edits that this run does not take
  RuleChanged,         ///< fields in `follows`
  LocalEditsReplaced,  ///< fields in `replaced`
  MissingRemote,       ///< the row and its id stay
  MissingLocal,        ///< exists remotely and in the base, the row was deleted
  Gone,                ///< on both sides: mark the link
  IdRestored,
  IdChanged,
  RowsShareId,
  CreateUnresolved,  ///< an open create of which no marker tells awaits a decision
  OutcomeUnknown,    ///< an open create may still be under way: too early to send it again
  CreatePending,     ///< intent open, import cannot finish it
  NotKnownRemotely,  ///< a phone number that the API does not know
  SeveralMatches,
  TieToRemote,    ///< newest had a tie or an unknown time
  DerivedEdited,  ///< a column was edited that is never exported
  Unknown,        ///< the remote side could not be read: nothing concluded
  LeavesTaken,    ///< of a new item: fields in `leaves_taken`
  Unreadable,     ///< cells of the row are not what their columns say
  Opposed,        ///< the row refers to several items in one place: fields in `opposed`
  LostReference,  ///< cells of lookups that lead nowhere, or to another item: Facts::lost_references
};

struct FieldChange {
  std::size_t ordinal;
  Value before;
  Value after;
};

struct FieldConflict {
  std::size_t ordinal;
  Value base;  ///< the remote's side of it; absent when nothing is known
  Value here, there;
  enum class Winner { Here, There, Hook, Person, Nobody } winner = Winner::Nobody;
  /// The winner's value cannot be written by this mode: a report, with the command that would.
  bool reported_only = false;
  bool within_row = false;  ///< two columns of the row say different things of one place; the remote need not have moved
};

/// A side that wins has the side's word.
const Words<FieldConflict::Winner>& winner_words();
inline std::string_view to_string(FieldConflict::Winner winner) { return winner_words().word(winner); }

/// Values are borrowed from the facts and the verdicts.
struct Decision {
  int case_number = 0;
  Action local = Action::None;   ///< None, Insert, Update or Link
  Action remote = Action::None;  ///< None, Create, Patch or Recreate; after a create the engine writes the identity into the row
  /// Insert: every column but the write-only ones. Link: the key alone. Update: what changes, the key among it where it is put back.
  std::vector<FieldChange> local_fields;
  /// In the order in which they are laid into the document: a parent before its leaves. Create: everything that is not null. Recreate:
  /// what is laid into the base's document. An entry with `before` the same as `after` keeps a leaf as the remote has it while its
  /// parent is sent.
  std::vector<FieldChange> remote_fields;
  std::vector<FieldConflict> conflicts;
  std::vector<std::size_t> pending_local;   ///< ordinals edited here and not sent by this run
  std::vector<std::size_t> pending_remote;  ///< ordinals changed there and not taken by this run
  std::vector<std::size_t> derived_edited;  ///< fields of Note::DerivedEdited
  std::vector<std::size_t> leaves_taken;    ///< leaves of a new item whose values are sent in the place of what their objects' columns say
  std::vector<std::size_t> replaced;        ///< local edits that the remote's value replaces
  /// Ordinals that nobody edited and whose rule has changed, or that are new: the row follows the remote where this run may write it.
  std::vector<std::size_t> follows;
  /// Ordinals that name different items in one place of the document, all of them set in the row: none is sent, all are pending.
  std::vector<std::size_t> opposed;
  std::vector<Note> notes;
  /// A rollback's decision: what it does not restore keeps the base that it has; see rollback.h.
  bool restores = false;
  /// Of what it sends: what stood in the document, where the rules do not make it of the value again.
  std::vector<std::pair<std::size_t, Json>> raw;
  std::vector<std::size_t> restored_there;  ///< ordinals that the remote holds again, by this write or by one that was cut off
  /// Of what was sent: ordinals that the remote holds something else in by its own answer. They are held apart from then on.
  std::vector<std::size_t> not_taken;
  /// Of what was sent: ordinals of objects that were taken, and in which the remote has changed by itself what was not sent. The row follows.
  std::vector<std::size_t> answered;
  std::vector<std::size_t> forgotten;  ///< of what is restored: ordinals that nothing is agreed on any more
  bool take_base = false;              ///< the base will be another: write what next_base() says
  bool needs_verdicts = false;         ///< policy Hook: ask for each of `conflicts` and call again; nothing else is decided yet
  bool error = false;                  ///< counts as a failed record, exit 2

  bool nothing() const { return local == Action::None && remote == Action::None; }
  bool has(Note note) const;
};

/// Never throws but for memory. Beyond the table:
/// - Row 25: a rule has changed (mapping, hook, converter, type) or a column is new, and nobody has edited anything: the row follows, in
///   imports and full runs, and nothing is sent.
/// - A field that the remote owns is taken from there by import and full; a local edit of one is only warned of.
/// - A write-only field goes from the row to the remote alone, when it was set or emptied here.
/// - A field that a person settles is settled whatever the policy says, and nothing else of the record is written.
/// - A new item is the whole row: where an object's column and its leaf's differ and no base tells which was edited, the leaf's is sent.
/// - An unreadable cell of the row is never sent, whoever wins: it is pending, or a conflict for a person, and no item is created from
///   a row that has one. The remote's value takes its place where the policies let it.
/// - A reference that leads nowhere is no edit of anybody who did not write it: it follows the remote where that names a row, and is left
///   where it does not, or where it leads to another item by now. One that somebody wrote is an edit, and never sent: pending, or a conflict
///   for a person. A new item is made without it.
/// - Of references in the row that name different items in one place none is sent or taken back, whatever the policy; no item is created.
/// - A value of the remote that its column cannot hold is never taken. Where the row's cell was edited the two are in conflict; where the
///   remote wins it, this is told and both sides stay.
/// - A field that neither side changed is left, also where the sides are held apart.
/// - What the remote did not take is an edit that never arrived: an edit of the remote makes it a conflict, and an item that is made anew
///   gets it.
/// - A conflict that was left to a person stays one while both sides differ from each other and from what was agreed on before it.
/// - Local edits replaced by an import (LocalEdits::Replace) take the remote's value, nothing included, in conflicts too. Excepted is an
///   item matched by its natural key without a base: there an empty remote value says nothing.
/// - A parent whose change lies only in places that have columns of their own is no change of the parent where the leaves tell the same;
///   a leaf that only the remote changed survives the sending of its parent; a leaf and its parent both edited here and disagreeing are
///   both in conflict, and only the remote or a hook can win it.
Decision decide(const Mapping& mapping, const Policy& policy, const Facts& facts, std::span<const Verdict> verdicts = {});

/// The base after a decision was carried out. `here` and `there`: the rows as they are then; the answer of a remote write is mapped.
/// Where an edit is still pending the old base stays, so that the next run sees it; where a conflict awaits a person, or the server
/// stored something else than was sent, both sides are remembered as they are.
std::vector<BaseField> next_base(const Mapping& mapping, const Facts& facts, const Decision& decision, Row here, Row there);

/// What the answer of a remote write brings back into the row: fields that the remote owns, parents and leaves of what was sent, fields
/// that follow a changed rule, and what nobody decided (the payload hook, a default of the server, an edit made there in the same instant).
/// `answer` is the mapped answer; nothing that is pending or in conflict is touched. Changes that the decision makes locally come first.
/// Without `fill` only parents and leaves of what was sent come back, so that the row's columns go on saying the same; the rest is news of
/// the remote, for a run that writes rows.
std::vector<FieldChange> after_write(const Mapping& mapping, const Facts& facts, const Decision& decision, Row answer, bool fill = true);

}  // namespace lockstep
