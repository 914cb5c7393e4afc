// What is written beside the rows: links, journal, rejections, conflicts.
#include <algorithm>

#include "common/log.h"
#include "engine/decide/merge.h"
#include "engine/sides/apart.h"
#include "engine/write/store_writer.h"
#include "format/json.h"
#include "state/columns.h"

namespace lockstep {

void StoreWriter::know_rows() { parts_.chronicle.know_rows(parts_.store); }

void StoreWriter::know_conflicts(std::vector<ConflictEntry> open) {
  agreement_.know_conflicts(open);
  work_.know({}, std::move(open));
}

void StoreWriter::change_columns(const std::function<bool(Json&)>& change, const std::map<std::string, std::string>& renamed) {
  state::change_columns(parts_.store, parts_.state, sync_id_, lease_, change, renamed);
}

void StoreWriter::agree(const Item& item) {
  work_.together([&] {
    const Row stored = parts_.target.fields(item.stored);
    parts_.chronicle.tell(item, agreement_.happening(item, Happening::Nothing), work_.run().run, parts_.clock.now());
    agreement_.put(item, item.key, stored, stored);
    settle(item);
  });
}

void StoreWriter::part(std::optional<std::size_t> link, std::span<const ConflictEntry> conflicts) {
  work_.need_run();
  close_apart(parts_.state, work_.batch(), parts_.links, link, conflicts, parts_.clock.now(), work_.scratch());
  work_.flush();
}

void StoreWriter::put_scope(std::size_t link, std::int64_t scope) {
  Link known = parts_.links[link];
  known.scope = scope;
  work_.batch().put_link(known);
}

void StoreWriter::put_sync(const SyncEntry& sync) { work_.batch().put_sync(sync); }

void StoreWriter::put_account(std::size_t link, std::string_view account) {
  Link known = parts_.links[link];
  known.account = account;
  work_.batch().put_link(known);
}

void StoreWriter::mark_gone(const Item& item, Micros at) {
  const std::optional<std::size_t> known = parts_.links.by_remote(item.id);
  Link link = known ? parts_.links[*known] : Link{};
  link.remote_id = item.id;
  if (!item.key.empty()) link.local_key = item.key;
  link.gone_at = at;
  work_.batch().put_link(link);
}

Json StoreWriter::journal_fields(const Item& item) const {
  Json fields;
  for (const FieldChange& change : item.decision.local_fields) {
    const Field& field = parts_.mapping.fields()[change.ordinal];
    // What --force wrote as it was is no news.
    if (!field.secret && same(field, change.before, change.after)) continue;
    Json& entry = fields[field.column];
    // A reference is journaled as the cell that a rollback would put back.
    entry["before"] = json::to_kept(field.lookup ? parts_.target.fields(item.stored)[change.ordinal] : change.before);
    entry["after"] = json::to_kept(field.lookup ? cell_after(item, change) : change.after);
  }
  return fields;
}

void StoreWriter::journal(const Link& link, const RecordChange& event, Json fields) {
  if (event.action == "update" && fields.is_null()) return;
  ChangeEntry entry;
  entry.run_id = work_.run().id;
  entry.sync_id = sync_id_;
  entry.link_id = link.id;
  entry.local_key = event.local_key;
  entry.remote_id = event.remote_id;
  entry.label = redact(event.label);
  entry.side = event.side;
  entry.action = event.action;
  entry.case_number = event.case_number;
  entry.at = parts_.clock.now();
  entry.fields = std::move(fields);
  work_.batch().add_change(entry);
}

void StoreWriter::reject(const Item& item, const std::string& reason) {
  const std::string kept = redact(reason);
  const bool known = std::any_of(rejected_.begin(), rejected_.end(), [&](const RejectedEntry& entry) {
    return entry.remote_id == item.id && entry.local_key == item.key && entry.reason == kept;
  });
  if (known) return;
  work_.batch().put_rejected(
      {0, sync_id_, {}, std::string(item.id), item.key, redact(item.label), kept, work_.run().mode, parts_.clock.now()});
}

void StoreWriter::settle(const Item& item) {
  if (!item.decision.opposed.empty() || !merging::left_unreadable(parts_.mapping, item.facts, item.decision).empty() ||
      !merging::left_leading_nowhere(item.facts, item.decision).empty())
    return;
  for (const RejectedEntry& entry : rejected_) {
    // A row that was refused before it had a remote item has one now.
    const bool same_row = !item.key.empty() && entry.local_key == item.key && entry.remote_id.empty();
    if (entry.remote_id != item.id && !same_row) continue;
    // An import that leaves an edit alone has not seen whether the remote would take it by now, and the other way round.
    const bool pending = !item.decision.pending_local.empty() || !item.decision.pending_remote.empty();
    if (pending && entry.mode != work_.run().mode) continue;
    close_rejection(entry);
  }
}

void StoreWriter::close_rejection(const RejectedEntry& entry) {
  work_.batch().close_rejected(entry.remote_id, entry.local_key, parts_.clock.now());
}

}  // namespace lockstep
