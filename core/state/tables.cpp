#include "state/tables.h"

#include "state/state.h"

namespace lockstep {
namespace state {
namespace {

using enum ColumnType;

Kept kept(const char* name, std::vector<Column> columns, const char* key = "id", std::vector<Index> indexes = {}) {
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return {{name, std::move(columns), {key}, std::move(indexes)}, Shape(std::move(names))};
}

Column required(const char* name, ColumnType type) { return {name, type, false, {}}; }
Column optional(const char* name, ColumnType type) { return {name, type, true, {}}; }

}  // namespace

const Kept& database_table() {
  static const Kept table = kept("lockstep_database", {required("id", Integer), required("database_id", Key), required("secret", Key),
                                                       required("created_at", Timestamp)});
  return table;
}

const Kept& sync_table() {
  static const Kept table =
      kept("lockstep_sync",
           {required("id", Integer), required("name", Key), optional("checked_at", Timestamp), optional("remote_count", Integer),
            optional("local_count", Integer), optional("names", ColumnType::Json), optional("address", Text), optional("resource", Key),
            optional("table_name", Key), optional("row_scope", Text), optional("drops_markers", Boolean),
            optional("definition", ColumnType::Json), optional("keeps_markers", Boolean)},
           "id", {{"lockstep_sync_name", {"name"}, true}});
  return table;
}

const Kept& fields_table() {
  static const Kept table =
      kept("lockstep_fields", {required("id", Integer), required("sync_id", Integer), required("fields", ColumnType::Json)});
  return table;
}

// No index but the key: a run holds all links in memory, and each one written would pay for it.
const Kept& link_table() {
  static const Kept table = kept("lockstep_link", {required("id", Integer), required("sync_id", Integer), required("remote_id", Key),
                                                   optional("local_key", Key), optional("remote_hash", Blob), optional("row_hash", Blob),
                                                   optional("fields_id", Integer), optional("gone_at", Timestamp),
                                                   optional("scope", Integer), optional("left_at", Timestamp), optional("account", Text)});
  return table;
}

// The document is kept as the server answered it, byte for byte, packed: document.h.
const Kept& base_table() {
  static const Kept table = kept(
      "lockstep_base",
      {required("link_id", Integer), required("document", Blob), optional("held", ColumnType::Json), optional("cells", Blob)}, "link_id");
  return table;
}

const Kept& run_table() {
  static const Kept table = kept("lockstep_run",
                                 {required("id", Integer), required("run", Key), optional("command", Text), optional("mode", Key),
                                  required("dry_run", Boolean), optional("by", Key), required("started_at", Timestamp),
                                  optional("finished_at", Timestamp), optional("exit", Integer), optional("report", ColumnType::Json)},
                                 "id", {{"lockstep_run_run", {"run"}, false}});
  return table;
}

const Kept& change_table() {
  static const Kept table =
      kept("lockstep_change",
           {required("id", Integer), required("run_id", Integer), required("sync_id", Integer), optional("link_id", Integer),
            optional("local_key", Key), optional("remote_id", Key), optional("label", Text), required("side", Key), required("action", Key),
            optional("case_number", Integer), required("at", Timestamp), optional("fields", ColumnType::Json)},
           "id", {{"lockstep_change_remote_id", {"remote_id"}, false}, {"lockstep_change_local_key", {"local_key"}, false}});
  return table;
}

const Kept& rejected_table() {
  static const Kept table =
      kept("lockstep_rejected", {required("id", Integer), required("sync_id", Integer), optional("remote_id", Key),
                                 optional("local_key", Key), optional("label", Text), required("reason", Text),
                                 required("since", Timestamp), optional("closed_at", Timestamp), optional("mode", Key)});
  return table;
}

const Kept& conflict_table() {
  static const Kept table =
      kept("lockstep_conflict", {required("id", Integer), required("sync_id", Integer), required("link_id", Integer),
                                 optional("local_key", Key), optional("remote_id", Key), optional("label", Text), required("field", Key),
                                 optional("base", ColumnType::Json), optional("here", ColumnType::Json),
                                 optional("there", ColumnType::Json), required("since", Timestamp), optional("closed_at", Timestamp)});
  return table;
}

const Kept& intent_table() {
  static const Kept table = kept(
      "lockstep_intent", {required("id", Integer), required("run_id", Integer), required("sync_id", Integer), optional("local_key", Key),
                          optional("remote_id", Key), required("action", Key), optional("marker", Key), optional("body", ColumnType::Json),
                          required("opened_at", Timestamp), optional("closed_at", Timestamp), optional("until", Timestamp)});
  return table;
}

}  // namespace state

const std::vector<Table>& State::tables() {
  static const std::vector<Table> tables = {
      state::database_table().table, state::sync_table().table,   state::fields_table().table, state::link_table().table,
      state::base_table().table,     state::run_table().table,    state::change_table().table, state::rejected_table().table,
      state::conflict_table().table, state::intent_table().table,
  };
  return tables;
}

}  // namespace lockstep
