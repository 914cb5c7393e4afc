#include "operations/ties.h"

#include <utility>
#include <vector>

#include "common/error.h"
#include "common/text.h"
#include "engine/passes/ties.h"
#include "sdk/call.h"

namespace lockstep::operations {
namespace {

/// The syncs that may be meant: the one that is named, else all.
std::vector<Sync*> candidates(Session& session, const std::optional<std::string>& sync) {
  std::vector<std::string> names = session.configuration().sync_names();
  if (sync) names = {*sync};
  return session.load_all(names);
}

/// The one that is meant: the only one, or the only one that runs by default.
Sync* only(const Configuration& configuration, const std::vector<Sync*>& found, const std::string& id) {
  if (found.size() == 1) return found.front();
  std::vector<Sync*> defaults;
  std::vector<std::string> names;
  for (Sync* sync : found) {
    names.push_back(sync->name);
    if (configuration.sync(sync->name)->is_default) defaults.push_back(sync);
  }
  if (defaults.size() == 1) return defaults.front();
  throw Error(ErrorKind::Invalid, in_quotes(id) + " may be of " + join(names, " or "), "add --sync " + names.front());
}

/// The sync, opened, in which a link is known by this remote id or row key.
std::pair<Sync*, Tie> sync_with_link(Session& session, const std::string& id, const std::optional<std::string>& named) {
  std::vector<Sync*> found;
  for (Sync* sync : candidates(session, named)) {
    session.open(*sync);
    if (find_tie(*sync->store, sync->name, id)) found.push_back(sync);
  }
  if (found.empty()) throw Error(ErrorKind::NotFound, "no run has linked a record or a row " + in_quotes(id), "see: lockstep status -v");
  Sync* const sync = only(session.configuration(), found, id);
  return {sync, *find_tie(*sync->store, sync->name, id)};
}

/// The sync whose provider knows the record. One without credentials does not know it.
Sync* sync_with_record(Session& session, const std::string& id, const std::optional<std::string>& named) {
  Call call = session.call();
  std::vector<Sync*> found;
  const std::vector<Sync*> all = candidates(session, named);
  for (Sync* sync : all) {
    session.open(*sync);
    if (all.size() == 1 ||
        (sync->resource->can_get && sync->provider->credentials().present && sync->provider->get(*sync->resource, id, call)))
      found.push_back(sync);
  }
  if (found.empty()) throw Error(ErrorKind::NotFound, "no provider has a record " + in_quotes(id));
  return only(session.configuration(), found, id);
}

}  // namespace

ForgetOutcome forget(const Workspace& workspace, const ForgetRequest& request, const Clock& clock, std::stop_token stop) {
  Session session(workspace, std::move(stop));
  const auto [sync, tie] = sync_with_link(session, request.id, request.sync);
  const bool leave = !request.undo;
  if (tie.left != leave) leave_gone(*sync, tie.remote_id, leave, clock);
  return {sync->name, sync->nouns, tie.remote_id, tie.local_key, leave, sync->leave_gone};
}

Json to_json(const ForgetOutcome& outcome) {
  return Json::Object{
      {"sync", outcome.sync}, {"remote_id", outcome.remote_id}, {"record", outcome.record}, {"forgotten", outcome.forgotten}, {"exit", 0}};
}

AdoptOutcome adopt(const Workspace& workspace, const AdoptRequest& request, const Clock& clock, std::stop_token stop) {
  const Adoption adoption{request.id, request.row, request.typed, make_ulid(clock.now())};
  if (adoption.local_key.empty()) throw Error(ErrorKind::Invalid, "say which row the record belongs to", "add --row KEY, its primary key");
  Session session(workspace, std::move(stop));
  Call call = session.call();
  const Sync* sync = sync_with_record(session, adoption.remote_id, request.sync);
  const bool written = lockstep::adopt(*sync, adoption, call, clock);
  return {sync->name, sync->mapping->table_name(), sync->nouns, request.id, request.row, written, written ? adoption.run : std::string()};
}

Json to_json(const AdoptOutcome& outcome) {
  return Json::Object{{"sync", outcome.sync},
                      {"remote_id", outcome.remote_id},
                      {"record", outcome.record},
                      {"adopted", outcome.adopted},
                      {"run", outcome.adopted ? Json(outcome.run) : Json()},
                      {"exit", 0}};
}

}  // namespace lockstep::operations
