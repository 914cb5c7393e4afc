// decide: what is to be done with one record, as a pure function of both sides and what they last agreed on.
// It is the table of the guarantees: `case_number` of a decision is the row of that table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "data/row.h"
#include "mapping/mapping.h"

namespace lockstep {

enum class Mode { Import, Export, Full };
enum class OnConflict { Remote, Local, Newest, Manual, Hook };
enum class LocalEdits { Keep, Replace };
std::string_view to_string(Mode mode);
std::string_view to_string(OnConflict policy);

struct Policy {
  Mode mode = Mode::Import;
  OnConflict on_conflict = OnConflict::Remote;
  LocalEdits local_edits = LocalEdits::Keep;
  bool force = false;          ///< every mapped column is written, changed or not
  bool existing_only = false;  ///< never create
  bool can_create = true;      ///< the resource lets items be created (a phone number does not)
  bool can_repeat_create = true;  ///< it has a marker path
};

/// What the two sides agreed on for one field. Absent value: nothing is known (a new field, or a rule that has changed since).
struct BaseField {
  Value here;
  Value there;
};

enum class IdState {
  Linked,     ///< the row carries the link's id, or there is no link
  Emptied,    ///< the application emptied it
  Changed,    ///< it names another live record: `there` and `base` are of the new one
};

enum class IntentState { None, MarkerFound, MarkerMissing };

/// Everything about one record. Rows are normalised and as wide as the mapping; an empty span is "no such side".
struct Facts {
  Row here;
  Row there;
  std::span<const BaseField> base;  ///< empty: none
  bool linked = false;              ///< a link exists, with or without base
  bool rows_share_id = false;       ///< two local rows carry this id
  /// There is no remote side: has a complete list and a 404 said so? Without it nothing is concluded.
  bool gone_confirmed = false;
  bool gone_remembered = false;     ///< the link was marked gone by an earlier run
  IdState id = IdState::Linked;
  IntentState intent = IntentState::None;
  std::size_t natural_matches = 0;  ///< remote items with the row's natural key (a phone number's digits), for rows that have no id
  bool by_natural_key = false;      ///< this resource is matched so
  std::optional<Micros> here_modified, there_modified;
};

/// The hook's word on a field in conflict, given on the second call.
struct Verdict {
  std::size_t ordinal;
  std::optional<Value> winner;  ///< nullopt: left to a person
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
  LocalOnly,            ///< counted; hint at export
  RemoteOnly,           ///< counted; hint at import
  PendingExport,        ///< local edits that this run does not send
  PendingImport,        ///< remote edits that this run does not take
  LocalEditsReplaced,   ///< fields in `replaced`
  MissingRemote,        ///< the row and its id stay
  MissingLocal,         ///< exists remotely and in the base, the row was deleted
  Gone,                 ///< on both sides: mark the link
  IdRestored,
  IdChanged,
  RowsShareId,
  CreateUnresolved,     ///< an open create without marker path awaits a decision
  CreatePending,        ///< intent open, import cannot finish it
  NotKnownRemotely,     ///< a phone number that the API does not know
  SeveralMatches,
  TieToRemote,          ///< newest had a tie or an unknown time
  DerivedEdited,        ///< a column was edited that is never exported
  Unknown,              ///< the remote side could not be read: nothing concluded
};

struct FieldChange {
  std::size_t ordinal;
  Value before;
  Value after;
};

struct FieldConflict {
  std::size_t ordinal;
  Value base, here, there;
  enum class Winner { Here, There, Hook, Nobody } winner = Winner::Nobody;
  /// The winner's value cannot be written by this mode: a report, with the command that would.
  bool reported_only = false;
};

struct Decision {
  int case_number = 0;
  Action local = Action::None;   ///< None, Insert, Update or Link
  Action remote = Action::None;  ///< None, Create, Patch, Recreate or Link
  std::vector<FieldChange> local_fields;
  std::vector<FieldChange> remote_fields;
  std::vector<FieldConflict> conflicts;
  std::vector<std::size_t> pending_local;   ///< ordinals edited here and not sent by this run
  std::vector<std::size_t> pending_remote;  ///< ordinals changed there and not taken by this run
  std::vector<std::size_t> replaced;        ///< local edits that the remote's value replaces
  std::vector<Note> notes;
  bool take_base = false;   ///< after the writes, what both sides hold is the new base
  bool needs_verdicts = false;  ///< policy Hook: ask for each of `conflicts` and call again
  bool error = false;       ///< counts as a failed record, exit 2

  bool nothing() const { return local == Action::None && remote == Action::None; }
  bool has(Note note) const;
};

Decision decide(const Mapping& mapping, const Policy& policy, const Facts& facts, std::span<const Verdict> verdicts = {});

}  // namespace lockstep
