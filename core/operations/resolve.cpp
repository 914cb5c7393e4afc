// resolve: a person's word on one thing that awaits it, see conflicts.h.
#include <algorithm>

#include "common/error.h"
#include "common/text.h"
#include "engine/sides/apart.h"
#include "operations/conflicts.h"

namespace lockstep::operations {
namespace {

using End = ResolveOutcome::End;

/// The one that is meant. A number alone is enough where it names one conflict.
Awaiting choose_awaiting(const std::vector<Awaiting>& all, const std::string& id) {
  std::vector<std::string> known;
  for (const Awaiting& one : all) {
    if (one.id == id) return one;
    known.push_back(one.id);
  }
  throw Error(ErrorKind::NotFound, "no conflict " + in_quotes(id) + did_you_mean(id, known), "run: lockstep conflicts");
}

Resolution resolution_of(const ResolveRequest& request, const Awaiting& chosen) {
  Resolution resolution;
  resolution.column = chosen.field;
  resolution.here = chosen.here;
  resolution.there = chosen.there;
  if (request.value) {
    resolution.take = Resolution::Take::Value;
    resolution.value = *request.value;
  } else {
    resolution.take = request.take == Side::Local ? Resolution::Take::Local : Resolution::Take::Remote;
  }
  return resolution;
}

void decide_field(const ResolveRequest& request, const Awaiting& chosen, RunOptions& options) {
  if (request.take.has_value() == request.value.has_value()) {
    throw Error(ErrorKind::Invalid, "say what both sides shall hold", "add --take local, --take remote or --value V");
  }
  options.mode = Mode::Full;
  options.existing_only = true;
  options.ids = {chosen.remote_id};
  options.task = resolution_of(request, chosen);
}

/// Why the request says nothing that a create could be closed with.
void check_word_on_create(const ResolveRequest& request, const std::string& id) {
  const bool again = request.take == Side::Local;
  if (!request.take) {
    throw Error(ErrorKind::Invalid, "say whether it was created",
                "add --take local to create it again, or --take remote --value ID when it exists under that ID");
  }
  if (again && request.value) {
    throw Error(ErrorKind::Invalid, "--value names the item that the create made, and --take local says that it made none",
                "leave --value out, or run: lockstep resolve " + id + " --take remote --value ID");
  }
  if (!again && trim(request.value.value_or("")).empty()) {
    throw Error(ErrorKind::Invalid, "say which item the create made", "run: lockstep resolve " + id + " --take remote --value ID");
  }
}

void decide_create(const ResolveRequest& request, const Awaiting& chosen, RunOptions& options) {
  check_word_on_create(request, chosen.id);
  const bool again = request.take == Side::Local;
  options.mode = again ? Mode::Export : Mode::Full;
  options.task = OpenCreate{chosen.record, again};
  if (!again) options.ids = {*request.value};
  if (again && !chosen.remote_id.empty()) options.ids = {chosen.remote_id};
}

/// There was no pair any more, which a warning has told, and nothing was decided.
bool was_apart(const std::vector<SyncReport>& reports) {
  return std::any_of(reports[0].problems.begin(), reports[0].problems.end(),
                     [](const Problem& problem) { return problem.code == "conflict_closed"; });
}

/// No run comes to a conflict of a sync that the configuration has no longer.
void close_of_no_sync(Session& session, const Awaiting& chosen, const Clock& clock) {
  for (const PluginUse& entry : session.configuration().stores) {
    Store& store = session.store(entry.name);
    State state(store);
    if (!state.ready()) continue;
    const std::vector<ConflictEntry> open = state.conflicts();
    const auto one = std::find_if(open.begin(), open.end(), [&](const ConflictEntry& conflict) {
      return conflict.id == chosen.entry && conflict.sync == chosen.sync;
    });
    if (one != open.end()) close_unclaimed(store, *one, clock);
  }
}

bool still_open(Session& session, const Awaiting& chosen) {
  const std::vector<Awaiting> all = all_awaiting(session);
  return std::any_of(all.begin(), all.end(), [&](const Awaiting& one) { return one.id == chosen.id; });
}

}  // namespace

ResolveOutcome resolve(const Workspace& workspace, const ResolveRequest& request, Observer& observer, const Clock& clock,
                       std::stop_token stop) {
  Session session(workspace, stop);
  ResolveOutcome outcome;
  outcome.decided = choose_awaiting(all_awaiting(session), request.id);
  const Awaiting& chosen = outcome.decided;
  if (session.configuration().sync(chosen.sync) == nullptr) {
    close_of_no_sync(session, chosen, clock);
    outcome.end = End::NoSync;
    return outcome;
  }
  session.load_all(std::span(&chosen.sync, 1));
  RunOptions options = request.options;
  chosen.is_create ? decide_create(request, chosen, options) : decide_field(request, chosen, options);
  outcome.run = run(session, {options, tasks_of(std::span(&chosen.sync, 1)), request.command}, observer, clock);
  std::vector<SyncReport>& reports = outcome.run.reports;
  if (reports.size() == 1 && reports[0].exit_code() == 0 && still_open(session, chosen)) {
    reports[0].awaiting = 1;
    outcome.run.verdict = verdict_of(reports, stop);
    outcome.end = End::StillOpen;
  } else if (!reports.empty() && was_apart(reports)) {
    outcome.end = End::NoPair;
  }
  outcome.verdict = outcome.run.verdict;
  return outcome;
}

Json to_json(const ResolveOutcome& outcome) {
  if (outcome.end == End::NoSync) return Json::Object{{"closed", outcome.decided.id}, {"exit", number_of(outcome.verdict)}};
  return to_json(outcome.run);
}

}  // namespace lockstep::operations
