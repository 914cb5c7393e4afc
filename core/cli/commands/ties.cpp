// forget and adopt: a person's word on one pair.
#include "engine/passes/ties.h"
#include "cli/context.h"
#include "cli/print/output.h"
#include "cli/runs.h"
#include "common/error.h"
#include "common/text.h"
#include "sdk/call.h"

namespace lockstep {
namespace {

/// The syncs that the command may mean: the one that is named, else all.
std::vector<Sync*> candidates(Context& context) {
  Workspace& workspace = *context.workspace;
  std::vector<std::string> names = workspace.configuration().sync_names();
  if (context.arguments.has("sync")) names = {context.arguments.text("sync")};
  return workspace.load_all(names);
}

/// The one that is meant: the only one, or the only one that runs by default.
Sync* only(Context& context, const std::vector<Sync*>& found, const std::string& id) {
  if (found.size() == 1) return found.front();
  std::vector<Sync*> defaults;
  std::vector<std::string> names;
  for (Sync* sync : found) {
    names.push_back(sync->name);
    if (context.workspace->configuration().sync(sync->name)->is_default) defaults.push_back(sync);
  }
  if (defaults.size() == 1) return defaults.front();
  throw Error(ErrorKind::Invalid, in_quotes(id) + " may be of " + join(names, " or "), "add --sync " + names.front());
}

/// The sync, opened, in which a link is known by this remote id or row key.
std::pair<Sync*, Tie> sync_with_link(Context& context, const std::string& id) {
  std::vector<Sync*> found;
  for (Sync* sync : candidates(context)) {
    context.workspace->open(*sync);
    if (find_tie(*sync->store, sync->name, id)) found.push_back(sync);
  }
  if (found.empty()) throw Error(ErrorKind::NotFound, "no run has linked a record or a row " + in_quotes(id), "see: lockstep status -v");
  Sync* const sync = only(context, found, id);
  return {sync, *find_tie(*sync->store, sync->name, id)};
}

/// The sync whose provider knows the record. One without credentials does not know it.
Sync* sync_with_record(Context& context, const std::string& id, Call& call) {
  std::vector<Sync*> found;
  const std::vector<Sync*> all = candidates(context);
  for (Sync* sync : all) {
    context.workspace->open(*sync);
    if (all.size() == 1 ||
        (sync->resource->can_get && sync->provider->credentials().present && sync->provider->get(*sync->resource, id, call)))
      found.push_back(sync);
  }
  if (found.empty()) throw Error(ErrorKind::NotFound, "no provider has a record " + in_quotes(id));
  return only(context, found, id);
}

int conclude_tie(Context& context, Json::Object members, const std::string& line) {
  members.emplace_back("exit", 0);
  if (context.json)
    context.print(Json(std::move(members)));
  else if (!context.quiet)
    context.out.line(line);
  return 0;
}

}  // namespace

int forget_command(Context& context) {
  const std::string& id = context.arguments.positionals.at(0);
  const auto [sync, tie] = sync_with_link(context, id);
  const bool leave = !context.arguments.has("undo");
  if (tie.left != leave) leave_gone(*sync, tie.remote_id, leave, context.clock);
  return conclude_tie(context, {{"sync", sync->name}, {"remote_id", tie.remote_id}, {"record", tie.local_key}, {"forgotten", leave}},
                      capitalised(sync->nouns.one) + " " + printable(tie.remote_id) +
                          (leave ? ": what is gone of it stays gone; nothing was deleted" : ": what is gone of it is made anew again"));
}

int adopt_command(Context& context) {
  Adoption adoption{context.arguments.positionals.at(0), context.arguments.text("row"), typed_command(context.arguments),
                    make_ulid(context.clock.now())};
  if (adoption.local_key.empty()) throw Error(ErrorKind::Invalid, "say which row the record belongs to", "add --row KEY, its primary key");
  Meter meter;
  Call call{context.stop, Deadline(), meter};
  const Sync* sync = sync_with_record(context, adoption.remote_id, call);
  const bool written = adopt(*sync, adoption, call, context.clock);
  return conclude_tie(context,
                      {{"sync", sync->name},
                       {"remote_id", adoption.remote_id},
                       {"record", adoption.local_key},
                       {"adopted", written},
                       {"run", written ? Json(adoption.run) : Json()}},
                      "Row " + printable(adoption.local_key) + " of " + sync->mapping->table_name() +
                          (written ? " is tied to " : " is already tied to ") + sync->nouns.one + " " + printable(adoption.remote_id) +
                          (written ? "; see what a run makes of the two: lockstep plan " + sync->name + " --mode full" : ""));
}

}  // namespace lockstep
