// conflicts and resolve: what awaits a decision, and the decision carried out at once, for this one field of this one record.
// Creates of which nobody knows whether they took place, at an API that is not known to keep a marker, await one too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/workspace.h"
#include "data/json.h"
#include "operations/runs.h"

namespace lockstep::operations {

/// Something that awaits a decision.
struct Awaiting {
  std::string id;  ///< "3"; where two stores use it "assistants:3"; of a create "create-3"
  std::string sync, record, label;
  std::string remote_id;  ///< empty: not known
  std::string field;      ///< column; empty for a create
  Json base;              ///< what was last agreed on; null: nothing, or not known
  Json here, there;
  Micros since = 0;
  bool is_create = false;  ///< the answer to a create was lost
  Micros until = 0;        ///< of a create: until then its request may be under way, and the next run may find out
  std::int64_t entry = 0;  ///< of lockstep_conflict or lockstep_intent

  // Of conflicts()
  std::string remote;            ///< "Vapi"; empty: the configuration has the sync no longer
  Json shown_here, shown_there;  ///< the same in the order of `base`, where the field's own order says nothing
};

struct ConflictsOutcome {
  std::vector<Awaiting> conflicts;  ///< oldest first
};

/// Of every store of the configuration. Throws the configuration's mistakes, and what a store throws.
ConflictsOutcome conflicts(const Workspace& workspace, std::stop_token stop = {});

/// The same without what only the mappings and providers say: none is loaded.
std::vector<Awaiting> all_awaiting(Session& session);

/// {"conflicts": [{"id", "sync", "record", "remote_id", "label", "field", "base", "here", "there", "since"}]}
Json to_json(const ConflictsOutcome& outcome);

struct ResolveRequest {
  std::string id = {};            ///< of Awaiting
  std::optional<Side> take = {};  ///< whose value both sides shall hold; of a create: Local says that it made nothing
  /// For both sides: JSON, or the text itself where the column holds text; of a create the item's id.
  std::optional<std::string> value = {};
  RunOptions options = {};
  std::string command = "resolve";
};

struct ResolveOutcome {
  enum class End {
    Decided,    ///< both sides hold what was decided, or `run` says why not
    StillOpen,  ///< the run went well and the question stands
    NoPair,     ///< the two sides were no pair any more: closed, and nothing was decided
    NoSync      ///< the configuration has the sync no longer: closed, and there was no run
  } end = End::Decided;
  Awaiting decided;
  RunOutcome run;
  Verdict verdict = Verdict::Done;
};

/// Writes at once, on whichever side the decision asks. Throws Error{NotFound} for an id that is none, Error{Invalid} where the request
/// does not say what the sides shall hold, or a value is none of the column.
ResolveOutcome resolve(const Workspace& workspace, const ResolveRequest& request, Observer& observer, const Clock& clock,
                       std::stop_token stop);

/// A run in JSON; of End::NoSync {"closed", "exit"}.
Json to_json(const ResolveOutcome& outcome);

}  // namespace lockstep::operations
