// Plan file: a plan saved as JSON, and read back as what a run needs to carry it out.
//
//   {"format": "lockstep plan", "version": 1, …what `plan --output json` prints…, "mode", "options": {"existing_only", "allow_mass_change",
//    "ids", "owner"}, "checksum"}
//   each of "syncs" with "target": {"provider", "resource", "store"}, "policy": {"on_conflict", "given" (with the command), "local_edits"}
//   and "fingerprints": {"rules", "unchanged", "records": [{"id", "record", "label", "here", "there", "base", "decision"}],
//                    "changes": one for each of "changes", "sync": of all of the above}
//
// The values in it are for people. What is carried out is what the run itself decides, where that is what the fingerprints say: an edited
// file can therefore write nothing that was not planned, and is refused with the place that was edited.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "engine/engine.h"

namespace lockstep {

struct PlannedSync {
  std::string name;
  Json target;
  std::string rules;
  std::optional<OnConflict> on_conflict;  ///< given with the command; nothing: as the configuration says
  LocalEdits local_edits = LocalEdits::Keep;
  Sightings sightings;
};

struct SavedPlan {
  std::string id;  ///< its checksum
  std::string made_at;
  RunOptions options;  ///< mode, ids, owner, existing_only, allow_mass_change
  std::vector<PlannedSync> syncs;
  std::string sealed;  ///< all of it in canonical form, without its seal
  std::string seal;    ///< keyed_hash() of that
};

/// The sync that a plan is about, as it was when the plan was made.
struct PlanSubject {
  Nouns nouns;
  std::string resource;
  std::string store;  ///< what the database calls itself; empty: it was not opened
  OnConflict on_conflict = OnConflict::Remote;
  LocalEdits local_edits = LocalEdits::Keep;
  std::string rules;  ///< fingerprint of all that turns a record into a row: mapping, hooks, the resource's secret and read-only paths
};
PlanSubject subject_of(const Sync& sync);

/// Which sides it connects, for people and for comparison.
Json target_json(const PlanSubject& subject);
/// Adds target, policy and fingerprints to a sync's entry of a run in JSON.
void add_fingerprints(Json& entry, const PlanSubject& subject, const RunOptions& options, const SyncReport& report);

/// The text of a plan file: `plan` (as printed, with fingerprints) with secrets masked, mode and options, sealed
/// with `key` (plan_key.h). Its checksums tell where somebody edited it; the seal, that only Lockstep on these databases made it.
std::string plan_text(const Json& plan, const RunOptions& options, std::string_view key);
/// Whole or not at all, readable by its owner alone, or as the file that it replaces where that is the user's own. A link is replaced, not
/// followed. Throws Error{Storage}.
void save_plan(const std::string& file, const std::string& text);
/// Throws Error{NotFound} when it cannot be read, Error{Corrupt} when it is broken, foreign or edited, with the place.
SavedPlan read_plan(const std::string& file);
/// Throws Error{Corrupt} unless the plan was sealed with this key; nullopt: these databases never sealed one.
void check_seal(const SavedPlan& plan, const std::optional<std::string>& key, const std::string& file);
/// The same as read_plan() from a text; `file` is how messages call it.
SavedPlan parse_plan(std::string_view text, const std::string& file);

}  // namespace lockstep
