#include "engine/passes/ties.h"

#include "common/text.h"
#include "engine/passes/account_look.h"
#include "engine/passes/who.h"
#include "engine/sides/target.h"
#include "format/json.h"
#include "sdk/repeating.h"
#include "state/state.h"

namespace lockstep {
namespace {

struct Held {
  SyncEntry entry;
  Links links;
};

Held held_by(State& state, const std::string& sync) {
  Held held;
  if (!state.ready()) return held;
  if (const auto known = state.find_sync(sync)) {
    held.entry = *known;
    held.links = state.load_links(known->id);
  }
  return held;
}

std::optional<std::size_t> link_of(const Links& links, const std::string& id) {
  const auto remote = links.by_remote(id);
  return remote ? remote : links.by_key(id);
}

/// The one row that bears this id, as key text; empty: none.
std::string bearer_of(const Sync& sync, const Target& target, const std::string& id) {
  const Rows rows = sync.store->read(target.table, target.shape,
                                     {{{sync.mapping->key().column, Filter::Op::Equal, {Value::text(id)}}}, target.key_columns, 1});
  return rows.empty() ? std::string() : key_text(target.key(rows[0]));
}

/// A row is not taken from an item that is there.
void check_not_anothers(const Sync& sync, const Adoption& adoption, const Value& borne, Call& call) {
  const std::string id = borne.is_nothing() ? std::string() : to_display(borne);
  if (trim(id).empty() || !sync.provider->get(*sync.resource, id, call)) return;
  throw Error(ErrorKind::Conflict,
              "row " + adoption.local_key + " of " + sync.mapping->table_name() + " is that of " + sync.nouns.one + " " + in_quotes(id) +
                  ", which " + sync.nouns.provider + " has",
              "if it is to leave that one, empty " + sync.mapping->key().column + " in the row first");
}

RunEntry entry_of(const Sync& sync, const Adoption& adoption, const Clock& clock) {
  RunEntry run;
  run.run = adoption.run;
  run.command = adoption.command;
  run.mode = "adopt";
  run.by = user_at_host();
  run.started_at = run.finished_at = clock.now();
  run.report["sync"] = Json(sync.name);
  run.report["linked"] = Json(std::int64_t{1});
  return run;
}

ChangeEntry change_of(const Sync& sync, const Adoption& adoption, const Value& before, const Value& label, const Clock& clock) {
  ChangeEntry change;
  change.local_key = adoption.local_key;
  change.remote_id = adoption.remote_id;
  change.label = label.is_nothing() ? adoption.remote_id : to_display(label);
  change.side = Side::Local;
  change.action = "link";
  change.at = clock.now();
  Json& field = change.fields[sync.mapping->key().column];
  field["before"] = json::from_value(before);
  field["after"] = Json(adoption.remote_id);
  return change;
}

}  // namespace

std::optional<Tie> find_tie(Store& store, const std::string& sync, const std::string& id) {
  State state(store);
  const Held held = held_by(state, sync);
  const auto found = link_of(held.links, id);
  if (!found) return std::nullopt;
  const Link& link = held.links[*found];
  return Tie{std::string(link.remote_id), std::string(link.local_key), link.left_at != 0};
}

void leave_gone(const Sync& sync, const std::string& remote_id, bool leave, const Clock& clock) {
  const std::unique_ptr<Lease> lease = take_lease(sync);
  State state(*sync.store);
  Held held = held_by(state, sync.name);
  const auto found = held.links.by_remote(remote_id);
  if (!found) throw Error(ErrorKind::NotFound, "no " + sync.nouns.one + " " + in_quotes(remote_id) + " is linked any more");
  Link link = held.links[*found];
  link.left_at = leave ? clock.now() : 0;
  StateBatch batch(held.entry.id, held.links);
  batch.put_link(link);
  in_transaction(*sync.store, *lease, [&](Transaction& transaction) { batch.write(transaction); });
}

bool adopt(const Sync& sync, const Adoption& adoption, Call& call, const Clock& clock) {
  const std::optional<Document> document = sync.provider->get(*sync.resource, adoption.remote_id, call);
  if (!document) throw Error(ErrorKind::NotFound, sync.nouns.provider + " has no " + sync.nouns.one + " " + in_quotes(adoption.remote_id));
  check_account(sync, *document);
  const std::unique_ptr<Lease> lease = take_lease(sync);
  State state(*sync.store);
  if (!state.ready()) state.prepare();
  const Target target = inspect_target(*sync.store, *sync.mapping);
  const std::vector<OwnedRow> keys{key_values(adoption.local_key, target.key_types)};
  const Rows rows = target.exists ? read_by_key(*sync.store, target, keys) : Rows();
  if (rows.empty()) throw Error(ErrorKind::NotFound, "table " + target.table.name + " has no row " + in_quotes(adoption.local_key));
  const std::string bearer = bearer_of(sync, target, adoption.remote_id);
  if (bearer == adoption.local_key) return false;
  if (!bearer.empty()) {
    throw Error(ErrorKind::Conflict,
                "row " + bearer + " of " + target.table.name + " bears the ID " + in_quotes(adoption.remote_id) + " already",
                "two rows cannot be tied to one record: take the ID out of that row first");
  }
  const Row fields = target.fields(rows[0]);
  check_not_anothers(sync, adoption, fields[0], call);
  const SyncEntry entry = state.ensure_sync(identity_of(sync), *lease);
  Links links = state.load_links(entry.id);
  StateBatch batch(entry.id, links);
  if (const auto known = links.by_remote(adoption.remote_id); known && links[*known].left_at != 0) {
    Link link = links[*known];
    link.left_at = 0;
    batch.put_link(link);
  }
  Guarded guarded;
  const Row key = target.key(rows[0]);
  guarded.key.assign(key.begin(), key.end());
  guarded.columns = {0};
  guarded.expected = {fields[0]};
  guarded.values = {Value::text(adoption.remote_id)};
  in_transaction(*sync.store, *lease, [&](Transaction& transaction) {
    if (transaction.update(target.table, *sync.mapping->shape(), std::span(&guarded, 1)).at(0) != Outcome::Written) {
      throw Error(ErrorKind::Conflict, "row " + adoption.local_key + " was changed by another program meanwhile",
                  "run the same command again");
    }
    RunEntry run = entry_of(sync, adoption, clock);
    state.open_run(run, transaction);
    ChangeEntry change = change_of(sync, adoption, fields[0], fields[sync.mapping->label()], clock);
    change.run_id = run.id;
    change.sync_id = entry.id;
    StateBatch journal(entry.id, links);
    journal.add_change(change);
    journal.flush(transaction);
    batch.write(transaction);
  });
  return true;
}

}  // namespace lockstep
