// Engine: one run of one sync, as a list of passes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/time.h"
#include "common/words.h"
#include "data/json.h"
#include "data/side.h"
#include "engine/decide/decide.h"
#include "engine/decide/mass_change.h"
#include "engine/decide/outlook.h"
#include "engine/decide/plan.h"
#include "hook/hook.h"
#include "mapping/mapping.h"
#include "sdk/provider.h"
#include "sdk/store.h"
#include "state/state.h"

namespace lockstep {

/// What people call the items: "assistant", "assistants", and the provider's name as printed: "Vapi".
struct Nouns {
  std::string one;
  std::string many;
  std::string provider;
};

/// A named pairing, all parts loaded. Owned by whoever read the configuration.
struct Sync {
  std::string name;
  Nouns nouns;
  Provider* provider = nullptr;
  const Resource* resource = nullptr;
  Store* store = nullptr;
  std::shared_ptr<const Mapping> mapping;
  std::shared_ptr<Hook> hook;  ///< may be null
  std::string hook_file;       ///< as shown in messages
  OnConflict on_conflict = OnConflict::Remote;
  LocalEdits local_edits = LocalEdits::Keep;
  bool leave_gone = false;    ///< what one side lacks of a known pair was deleted on purpose, and stays gone
  std::size_t page_size = 0;  ///< 0: the provider's choice
  MassChange mass_change;
  std::vector<std::string> configured;   ///< names of all syncs of the configuration
  std::vector<SyncIdentity> neighbours;  ///< of them: those of the same table, account and resource
};

/// A person's word on one field of one record: the run decides this field alone and leaves every other as it is.
struct Resolution {
  std::string column;
  enum class Take { Local, Remote, Value } take = Take::Remote;
  std::string value;  ///< for Take::Value, as it was typed: see given_value.h
  Json here, there;   ///< what the person saw: a side that holds something else by now is not overwritten
};

/// A person's word on a create whose answer was lost, at a resource that has no place for a marker.
struct OpenCreate {
  std::string local_key;
  bool again = false;  ///< it did not take place: create once more. Else the one id of the run is what it made
};

/// An earlier run whose writes are undone. The mode and the policies say nothing then, and there is no list: see passes/undoing.h.
struct UndoneRun {
  std::string run;  ///< its ULID
};

/// Both sides are brought together, as the mode allows.
struct Together {};

/// What a run is for.
using Task = std::variant<Together, UndoneRun, Resolution, OpenCreate>;

struct RunOptions {
  Mode mode = Mode::Import;
  std::string command;  ///< as typed, without secrets: for the journal
  std::string by;       ///< who asked for it, for the journal; empty: the account that runs the program
  std::string run;      ///< ULID shared by all syncs of one command; empty: the engine makes one
  bool dry_run = false;
  bool force = false;
  bool existing_only = false;
  bool allow_mass_change = false;
  bool allow_account_change = false;  ///< the key, the address or the organisation is another one on purpose
  std::vector<std::string> ids;       ///< only these remote ids
  /// Nobody has named the ids: an automation has found them, and how much they are is measured against all linked records.
  bool ids_found = false;
  /// Only the rows with these local keys, beside what the list says of them: for an export of rows that have no remote item yet.
  std::vector<std::string> rows;
  std::optional<std::string> owner;
  std::optional<OnConflict> on_conflict;
  std::optional<LocalEdits> local_edits;
  /// A Resolution goes with exactly one of `ids`, in Mode::Full; a run with an OpenCreate is about its row alone.
  Task task;
  bool tell_unmet = true;    ///< warn of rules that find nothing in a whole list
  bool want_fields = false;  ///< Change events carry old and new values (-v, plan, JSON)

  // Saved plans
  bool want_sightings = false;                  ///< a dry run fills SyncReport::sightings
  std::shared_ptr<const Expectation> expected;  ///< write only what this plan decided; a record that is decided otherwise fails
  Lease* lease = nullptr;                       ///< take_lease() of this sync, held by the caller; else the run takes its own
  std::set<std::string> syncs_held;             ///< names of the syncs whose leases the caller holds
  std::string plan;                             ///< which plan the run carries out, for the journal

  /// Asked once the rows are written: what the run's entry in the journal keeps of them, as "statistics".
  std::function<Json(Store&)> summarise;

  /// The task, when it is this one; else null.
  const UndoneRun* undone() const { return std::get_if<UndoneRun>(&task); }
  const Resolution* resolution() const { return std::get_if<Resolution>(&task); }
  const OpenCreate* open_create() const { return std::get_if<OpenCreate>(&task); }
};

struct FieldDelta {
  std::string column;
  Json before;  ///< null for a created row; secrets are "set", "changed" or null
  Json after;
};

/// What happened, or would happen, to one record.
struct RecordChange {
  std::string remote_id;
  std::string label;
  std::string local_key;    ///< of the row, once it has one
  std::string action;       ///< "create", "update", "link", "recreate", "adopt"
  Side side = Side::Local;  ///< where it is written
  int case_number = 0;
  bool second = false;                              ///< the record's other side is written, too, and was told of before
  std::vector<std::string> columns;                 ///< names of the written fields
  std::vector<std::pair<std::string, Json>> owned;  ///< what the hook assigned to a new row: user_id, created_by
  std::vector<FieldDelta> fields;                   ///< filled when asked for
};

/// A field that was edited on both sides.
struct RecordConflict {
  std::string remote_id, label, local_key, column;
  std::optional<Json> base;  ///< nullopt: not known
  Json here, there;
  FieldConflict::Winner winner = FieldConflict::Winner::Nobody;  ///< nobody: it awaits a person
};

struct Problem {
  enum class Severity { Warning, Error } severity = Severity::Warning;
  std::string id;
  std::string label;
  std::string code;     ///< "invalid", "missing_remote", "local_edits_replaced", "owner", …
  std::string message;  ///< without "Warning: "
  std::string local_key = {};
};

struct SyncReport;

/// The passes of a run in their order; a rollback has RollBack in the place of Ask to Apply.
enum class RunPass { Ask, Open, Scan, Read, Missing, Apply, RollBack, Close };
const Words<RunPass>& run_pass_words();

/// What a run tells while it goes on. Called on one thread. All members have empty defaults. What they are given is there for the call; a
/// copy of a RecordChange, Problem or SyncReport owns all that it says, and may be kept for as long as one likes.
class Observer {
 public:
  virtual ~Observer() = default;
  /// First of all; a sync that cannot even start (no key, no database) is told by finished() alone.
  virtual void started(const Sync&, const RunOptions&) {}
  /// This pass begins.
  virtual void pass(RunPass) {}
  virtual void found_remote(std::uint64_t /*count*/, bool /*complete*/) {}
  virtual void found_local(std::uint64_t /*count*/) {}
  virtual void changed(const RecordChange&) {}
  virtual void unchanged(std::string_view /*remote_id*/, std::string_view /*label*/) {}
  virtual void problem(const Problem&) {}
  /// For a progress line: records done, and how many there are when known.
  virtual void progress(std::uint64_t /*done*/, std::optional<std::uint64_t> /*total*/) {}
  /// The same for what has waited to be written, on either side: records written, and how many there are.
  virtual void writing(std::uint64_t /*done*/, std::uint64_t /*total*/) {}
  /// Last of all.
  virtual void finished(const SyncReport&) {}
};

/// One field that a rollback left as it is.
struct SkippedField {
  std::string local_key, remote_id, label;
  Side side = Side::Local;
  std::string field;  ///< the column
  std::string code;   ///< "edited_since", "edited_before", "missing", "moved", "secret", "not_taken", "no_rule", "id_replaced", "hook_sent"
  std::string reason;
};

/// Something that a rolled back run created: it stays.
struct CreatedLeft {
  std::string local_key, remote_id, label;
  Side side = Side::Local;
  std::string action;  ///< "create", "recreate", "link"
};

struct SyncReport {
  std::string name;
  std::string run;  ///< ULID; empty when the run never opened
  std::optional<std::uint64_t> remote, local;
  std::uint64_t created_local = 0, updated_local = 0, created_remote = 0, updated_remote = 0, recreated_remote = 0, linked = 0;
  std::uint64_t unchanged = 0, missing_remote = 0, local_edits_replaced = 0, conflicts = 0, rejected = 0, failed = 0;
  std::uint64_t awaiting = 0;  ///< records with a decision left to a person
  std::uint64_t awaiting_fields = 0;
  std::uint64_t not_taken = 0;     ///< records of which the remote holds something else than was sent, and which are left so
  std::uint64_t unread = 0;        ///< records of which the remote holds what a column cannot, and which are left so
  std::uint64_t both_sides = 0;    ///< records that were written on both sides
  std::uint64_t news_alone = 0;    ///< of updated_local: rows that get nothing but what the remote alone decides
  std::uint64_t rule_changed = 0;  ///< rows that a changed rule, not an edit, brings to another value
  std::uint64_t only_local = 0, only_remote = 0, pending_export = 0, pending_import = 0;
  bool sends = true;  ///< false: the mapping is read-only, and rows without an item stay local
  std::uint64_t get = 0, post = 0, patch = 0;
  std::vector<Problem> problems;
  std::vector<RecordChange> changes;                     ///< only with RunOptions::want_fields
  std::vector<RecordConflict> conflicting;               ///< only with RunOptions::want_fields
  Sightings sightings;                                   ///< only with RunOptions::want_sightings
  std::vector<SkippedField> skipped;                     ///< of a rollback
  std::vector<CreatedLeft> created_left;                 ///< of a rollback
  std::array<std::string, kModes.size()> next_refusals;  ///< why a guard would stop them; empty: none would
  Outlooks next;                                         ///< of a rollback: what the next runs make of the pairs that it restored
  std::vector<std::string> unmapped_keys;                ///< remote keys that no rule names
  std::optional<std::string> failure;                    ///< the run as a whole failed: why
  std::string failure_code, failure_hint;
  bool interrupted = false;
  /// A side was written, or a request to write it was sent whose effect is not known.
  bool written = false;
  Micros started_at = 0;
  Millis duration{0};

  /// Records synced: unchanged, created, updated, recreated or linked, each once.
  std::uint64_t synced() const;
  /// 0, 1, 2 or 130. 1: the run failed, and nothing was written anywhere. What a rollback had to skip counts as left undone: 2.
  int exit_code() const;
  /// Why it failed as a whole, for people: "Vapi API key not configured: set VAPI_API_KEY".
  std::string failure_text() const;
};

/// What keeps other runs of this sync away while it lives. Throws Error{Busy} naming the holder.
std::unique_ptr<Lease> take_lease(const Sync& sync);

/// What it pairs, as the state knows it.
SyncIdentity identity_of(const Sync& sync);

class Engine {
 public:
  Engine(const Clock& clock, std::stop_token stop) : clock_(clock), stop_(std::move(stop)) {}

  /// Runs one sync. Never throws: what goes wrong is in the report.
  SyncReport run(Sync& sync, const RunOptions& options, Observer& observer);

 private:
  const Clock& clock_;
  std::stop_token stop_;
};

}  // namespace lockstep
