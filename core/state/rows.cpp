#include "state/rows.h"

#include "common/error.h"
#include "common/text.h"
#include "state/cells.h"
#include "state/tables.h"

namespace lockstep::state {
namespace {

/// Writes a row's cells one after the other.
class Writer {
 public:
  Writer(std::span<Value> cells, Arena& arena) : cells_(cells), arena_(arena) {}

  Writer& key(std::int64_t id) { return put(id == 0 ? Value() : Value::integer(id)); }
  Writer& integer(std::int64_t value) { return put(Value::integer(value)); }
  /// 0 stands for none.
  Writer& reference(std::int64_t id) { return put(id == 0 ? Value::null() : Value::integer(id)); }
  Writer& count(const std::optional<std::int64_t>& value) { return put(value ? Value::integer(*value) : Value::null()); }
  Writer& boolean(bool value) { return put(Value::boolean(value)); }
  Writer& text(std::string_view value) { return put(text_cell(value, arena_)); }
  Writer& optional(std::string_view value) { return put(optional_text_cell(value, arena_)); }
  Writer& time(Micros value) { return put(time_cell(value, arena_)); }
  Writer& hash(const Hash128& value) { return put(hash_cell(value, arena_)); }
  Writer& json(const Json& value) { return put(json_cell(value, arena_)); }

 private:
  Writer& put(Value value) {
    cells_[next_++] = value;
    return *this;
  }

  std::span<Value> cells_;
  Arena& arena_;
  std::size_t next_ = 0;
};

/// Reads them in the same order.
class Reader {
 public:
  explicit Reader(Row row) : row_(row) {}

  std::int64_t integer() { return integer_of(next()); }
  std::optional<std::int64_t> count() {
    const Value& cell = next();
    return cell.is_nothing() ? std::nullopt : std::optional(integer_of(cell));
  }
  bool boolean() { return boolean_of(next()); }
  std::string text() { return string_of(next()); }
  std::string_view view() { return text_of(next()); }
  Micros time() { return time_of(next()); }
  Hash128 hash() { return hash_of(next()); }
  Json json() { return json_of(next()); }

 private:
  const Value& next() { return row_[next_++]; }

  Row row_;
  std::size_t next_ = 0;
};

/// No other word is ever written: whoever guessed would take what one side held for what the other did.
Side side_of(std::int64_t change_id, std::string_view word) {
  if (const std::optional<Side> side = side_words().find(word)) return *side;
  throw Error(ErrorKind::Corrupt,
              change_table().table.name + ", row " + std::to_string(change_id) + ": " + in_quotes(word) +
                  " is no side; the journal knows " + join(side_words().texts(), " and "),
              "restore the database from a backup");
}

}  // namespace

void fill(std::span<Value> cells, Arena& arena, const DatabaseEntry& entry) {
  Writer(cells, arena).key(kTheDatabase).text(entry.database_id).text(to_hex(entry.secret)).time(entry.created_at);
}

void fill(std::span<Value> cells, Arena& arena, const SyncEntry& entry) {
  Writer(cells, arena)
      .key(entry.id)
      .text(entry.name)
      .time(entry.checked_at)
      .count(entry.remote_count)
      .count(entry.local_count)
      .json(entry.names)
      .optional(entry.address)
      .optional(entry.resource)
      .optional(entry.table)
      .optional(entry.rows)
      .boolean(entry.drops_markers)
      .json(entry.definition)
      .boolean(entry.keeps_markers);
}

void fill(std::span<Value> cells, Arena& arena, const Link& entry, std::int64_t sync_id) {
  Writer(cells, arena)
      .key(entry.id)
      .integer(sync_id)
      .text(entry.remote_id)
      .optional(entry.local_key)
      .hash(entry.remote_hash)
      .hash(entry.row_hash)
      .reference(entry.fields_id)
      .time(entry.gone_at)
      .reference(entry.scope)
      .time(entry.left_at)
      .optional(entry.account);
}

void fill(std::span<Value> cells, Arena& arena, const RunEntry& entry) {
  Writer writer(cells, arena);
  writer.key(entry.id).text(entry.run).optional(entry.command).optional(entry.mode).boolean(entry.dry_run).optional(entry.by);
  writer.time(entry.started_at).time(entry.finished_at);
  // A run that is still open has no exit code yet.
  writer.count(entry.finished_at == 0 ? std::nullopt : std::optional<std::int64_t>(entry.exit)).json(entry.report);
}

void fill(std::span<Value> cells, Arena& arena, const ChangeEntry& entry) {
  Writer(cells, arena)
      .key(entry.id)
      .integer(entry.run_id)
      .integer(entry.sync_id)
      .reference(entry.link_id)
      .optional(entry.local_key)
      .optional(entry.remote_id)
      .optional(entry.label)
      .text(to_string(entry.side))
      .text(entry.action)
      .reference(entry.case_number)
      .time(entry.at)
      .json(entry.fields);
}

void fill(std::span<Value> cells, Arena& arena, const RejectedEntry& entry, Micros closed_at) {
  Writer(cells, arena)
      .key(entry.id)
      .integer(entry.sync_id)
      .optional(entry.remote_id)
      .optional(entry.local_key)
      .optional(entry.label)
      .text(entry.reason)
      .time(entry.since)
      .time(closed_at)
      .optional(entry.mode);
}

void fill(std::span<Value> cells, Arena& arena, const ConflictEntry& entry, Micros closed_at) {
  Writer writer(cells, arena);
  writer.key(entry.id).integer(entry.sync_id).integer(entry.link_id).optional(entry.local_key).optional(entry.remote_id);
  writer.optional(entry.label).text(entry.field).json(entry.base).json(entry.here).json(entry.there);
  writer.time(entry.since).time(closed_at);
}

void fill(std::span<Value> cells, Arena& arena, const IntentEntry& entry, Micros closed_at) {
  Writer writer(cells, arena);
  writer.key(entry.id).integer(entry.run_id).integer(entry.sync_id).optional(entry.local_key).optional(entry.remote_id);
  writer.text(entry.action).optional(entry.marker).json(entry.body).time(entry.opened_at).time(closed_at).time(entry.until);
}

DatabaseEntry database_entry(Row row) {
  Reader reader(row);
  DatabaseEntry entry;
  reader.integer();
  entry.database_id = reader.text();
  entry.secret = from_hex(reader.view());
  entry.created_at = reader.time();
  return entry;
}

SyncEntry sync_entry(Row row) {
  Reader reader(row);
  SyncEntry entry;
  entry.id = reader.integer();
  entry.name = reader.text();
  entry.checked_at = reader.time();
  entry.remote_count = reader.count();
  entry.local_count = reader.count();
  entry.names = reader.json();
  entry.address = reader.text();
  entry.resource = reader.text();
  entry.table = reader.text();
  entry.rows = reader.text();
  entry.drops_markers = reader.boolean();
  entry.definition = reader.json();
  entry.keeps_markers = reader.boolean();
  return entry;
}

Link link_entry(Row row) {
  Reader reader(row);
  Link link;
  link.id = reader.integer();
  reader.integer();  // the sync's id, which whoever reads links knows
  link.remote_id = reader.view();
  link.local_key = reader.view();
  link.remote_hash = reader.hash();
  link.row_hash = reader.hash();
  link.fields_id = reader.integer();
  link.gone_at = reader.time();
  link.scope = reader.integer();
  link.left_at = reader.time();
  link.account = reader.view();
  return link;
}

RunEntry run_entry(Row row) {
  Reader reader(row);
  RunEntry entry;
  entry.id = reader.integer();
  entry.run = reader.text();
  entry.command = reader.text();
  entry.mode = reader.text();
  entry.dry_run = reader.boolean();
  entry.by = reader.text();
  entry.started_at = reader.time();
  entry.finished_at = reader.time();
  entry.exit = static_cast<int>(reader.integer());
  entry.report = reader.json();
  return entry;
}

ChangeEntry change_entry(Row row) {
  Reader reader(row);
  ChangeEntry entry;
  entry.id = reader.integer();
  entry.run_id = reader.integer();
  entry.sync_id = reader.integer();
  entry.link_id = reader.integer();
  entry.local_key = reader.text();
  entry.remote_id = reader.text();
  entry.label = reader.text();
  entry.side = side_of(entry.id, reader.view());
  entry.action = reader.text();
  entry.case_number = static_cast<int>(reader.integer());
  entry.at = reader.time();
  entry.fields = reader.json();
  return entry;
}

RejectedEntry rejected_entry(Row row) {
  Reader reader(row);
  RejectedEntry entry;
  entry.id = reader.integer();
  entry.sync_id = reader.integer();
  entry.remote_id = reader.text();
  entry.local_key = reader.text();
  entry.label = reader.text();
  entry.reason = reader.text();
  entry.since = reader.time();
  reader.time();  // open ones alone are read
  entry.mode = reader.text();
  return entry;
}

ConflictEntry conflict_entry(Row row) {
  Reader reader(row);
  ConflictEntry entry;
  entry.id = reader.integer();
  entry.sync_id = reader.integer();
  entry.link_id = reader.integer();
  entry.local_key = reader.text();
  entry.remote_id = reader.text();
  entry.label = reader.text();
  entry.field = reader.text();
  entry.base = reader.json();
  entry.here = reader.json();
  entry.there = reader.json();
  entry.since = reader.time();
  return entry;
}

IntentEntry intent_entry(Row row) {
  Reader reader(row);
  IntentEntry entry;
  entry.id = reader.integer();
  entry.run_id = reader.integer();
  entry.sync_id = reader.integer();
  entry.local_key = reader.text();
  entry.remote_id = reader.text();
  entry.action = reader.text();
  entry.marker = reader.text();
  entry.body = reader.json();
  entry.opened_at = reader.time();
  reader.time();  // closed_at: whoever reads intents reads open ones
  entry.until = reader.time();
  return entry;
}

}  // namespace lockstep::state
