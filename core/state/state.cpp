// What a run loads before its first pass, and the entries that frame it: the sync, its sets of rules, its links and bases, the run itself.
#include "state/state.h"

#include <algorithm>
#include <array>
#include <limits>

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"
#include "sdk/repeating.h"
#include "state/cells.h"
#include "state/document.h"
#include "state/rows.h"
#include "state/scan.h"
#include "state/tables.h"

namespace lockstep {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kUlidBytes = 10;

std::string new_ulid(Micros now, std::string_view random) {
  std::array<std::uint64_t, 2> parts{};
  for (std::size_t i = 0; i < random.size(); ++i) parts[i < 2 ? 0 : 1] = parts[i < 2 ? 0 : 1] << 8U | static_cast<unsigned char>(random[i]);
  return make_ulid(now, parts[0], parts[1]);
}

using Fill = std::function<void(std::span<Value>, Arena&)>;

/// Inserts one row; its generated id.
std::int64_t insert_one(Transaction& transaction, const state::Kept& kept, const Fill& fill) {
  Rows rows(kept.shape.size());
  fill(rows.add(), rows.arena());
  return transaction.insert(kept.table, kept.shape, rows).at(0)[0].as_integer();
}

/// The same in a transaction of its own.
std::int64_t insert_one(Store& store, const Lease& lease, const state::Kept& kept, const Fill& fill) {
  std::int64_t id = 0;
  in_transaction(store, lease, [&](Transaction& transaction) { id = insert_one(transaction, kept, fill); });
  return id;
}

}  // namespace

bool State::ready() {
  return std::all_of(tables().begin(), tables().end(), [&](const Table& table) {
    const std::optional<TableInfo> info = store_.inspect(table.name);
    return info && std::all_of(table.columns.begin(), table.columns.end(), [&](const Column& column) { return info->find(column.name); });
  });
}

void State::prepare() {
  for (const Table& table : tables()) store_.prepare(table);
}

void State::prepare_database() { store_.prepare(state::database_table().table); }

std::optional<DatabaseEntry> State::find_database() {
  std::optional<DatabaseEntry> found;
  state::find(store_, state::database_table(), state::equals("id", state::kTheDatabase),
              [&](Row row) { found = state::database_entry(row); });
  if (found && (found->database_id.empty() || found->secret.size() != kSecretBytes))
    throw Error(ErrorKind::Corrupt, "lockstep_database is damaged", "bring its one row back from a backup");
  return found;
}

DatabaseEntry State::ensure_database(const Lease& lease, Micros now, const RandomBytes& random) {
  if (std::optional<DatabaseEntry> found = find_database()) return *found;
  DatabaseEntry entry{new_ulid(now, random(kUlidBytes)), random(kSecretBytes), now};
  try {
    insert_one(store_, lease, state::database_table(), [&](auto cells, Arena& arena) { state::fill(cells, arena, entry); });
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Rejected) throw;
    // A run of another sync was first.
    std::optional<DatabaseEntry> found = find_database();
    if (!found) throw;
    return *found;
  }
  return entry;
}

std::optional<SyncEntry> State::find_sync(std::string_view name) {
  std::optional<SyncEntry> found;
  state::find(store_, state::sync_table(), state::equals("name", name), [&](Row row) { found = state::sync_entry(row); });
  return found;
}

std::unordered_map<std::int64_t, Json> State::fields(std::int64_t sync_id) {
  std::unordered_map<std::int64_t, Json> out;
  const state::Kept& kept = state::fields_table();
  state::scan(store_, kept.table, kept.shape, {state::equals("sync_id", sync_id)}, 0, [&](Row row) {
    out.emplace(state::integer_of(row[0]), state::json_of(row[2]));
    return true;
  });
  return out;
}

std::int64_t State::ensure_fields(std::int64_t sync_id, const Json& fields_object, const Lease& lease) {
  const std::string wanted = json::canonical(fields_object);
  for (const auto& [id, known] : fields(sync_id)) {
    if (json::canonical(known) == wanted) return id;
  }
  return insert_one(store_, lease, state::fields_table(), [&](std::span<Value> cells, Arena& arena) {
    cells[1] = Value::integer(sync_id);
    cells[2] = Value::json(arena.copy(wanted));
  });
}

bool State::forget_columns(Json& set, std::span<const std::string> columns) {
  bool changed = false;
  if (set.object() == nullptr) return changed;
  for (Json::Member& member : *set.object()) {
    const Json* now = member.second.find("now");
    const std::string& name = now == nullptr ? member.first : *now->text();
    if (member.second.is_null() || std::find(columns.begin(), columns.end(), name) == columns.end()) continue;
    member.second = Json();
    changed = true;
  }
  return changed;
}

void State::forget_columns(std::int64_t sync_id, std::span<const std::string> columns, const Lease& lease) {
  change_fields(sync_id, lease, [&](Json& set) { return forget_columns(set, columns); });
}

bool State::rename_column(ConflictEntry& conflict, const std::map<std::string, std::string>& renamed) {
  const auto name = renamed.find(to_lower(conflict.field));
  if (name == renamed.end()) return false;
  conflict.field = name->second;
  return true;
}

void State::change_fields(std::int64_t sync_id, const Lease& lease, const std::function<bool(Json&)>& change) {
  const state::Kept& kept = state::fields_table();
  Rows rows(kept.shape.size());
  for (auto& [id, set] : fields(sync_id)) {
    if (!change(set)) continue;
    const std::span<Value> cells = rows.add();
    cells[0] = Value::integer(id);
    cells[1] = Value::integer(sync_id);
    cells[2] = state::json_cell(set, rows.arena());
  }
  if (rows.empty()) return;
  in_transaction(store_, lease, [&](Transaction& transaction) { transaction.upsert(kept.table, kept.shape, rows); });
}

Links State::load_links(std::int64_t sync_id) {
  Links links;
  const state::Kept& kept = state::link_table();
  const std::int64_t first = sync_id << state::kLinkBits, behind = (sync_id + 1) << state::kLinkBits;
  const auto put_below = [&](std::int64_t end) {
    return [&links, end](Row row) {
      if (state::integer_of(row[0]) >= end) return false;
      links.put(state::link_entry(row));
      return true;
    };
  };
  const std::vector<Filter::Condition> own{state::equals("sync_id", sync_id)};
  state::scan(store_, kept.table, kept.shape, {}, first, [&](Row row) {
    const std::int64_t id = state::integer_of(row[0]);
    if (id >= behind) return false;
    links.know_id(id);
    if (state::integer_of(row[1]) == sync_id) links.put(state::link_entry(row));
    return true;
  });
  // Those that others have made.
  state::scan(store_, kept.table, kept.shape, own, 0, put_below(first));
  state::scan(store_, kept.table, kept.shape, own, behind - 1, put_below(std::numeric_limits<std::int64_t>::max()));
  return links;
}

std::unordered_map<std::int64_t, Base> State::load_bases(std::span<const std::int64_t> link_ids) {
  std::unordered_map<std::int64_t, Base> out;
  const state::Kept& kept = state::base_table();
  if (link_ids.empty() || !store_.inspect(kept.table.name)) return out;
  constexpr std::size_t kChunk = 512;
  for (std::size_t first = 0; first < link_ids.size(); first += kChunk) {
    Filter filter;
    filter.where.push_back({"link_id", Filter::Op::In, {}});
    for (const std::int64_t id : link_ids.subspan(first, std::min(kChunk, link_ids.size() - first))) {
      filter.where.front().values.push_back(Value::integer(id));
    }
    const Rows rows = store_.read(kept.table, kept.shape, filter);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::int64_t id = state::integer_of(rows[i][0]);
      out.insert_or_assign(id, Base{id, unpack_document(rows[i][1].as_view()), state::json_of(rows[i][2]), state::string_of(rows[i][3])});
    }
  }
  return out;
}

void State::open_run(RunEntry& run, Transaction& transaction) {
  run.id = insert_one(transaction, state::run_table(), [&](auto cells, Arena& arena) { state::fill(cells, arena, run); });
}

void State::close_run(const RunEntry& run, Transaction& transaction) {
  if (run.id == 0) throw Error(ErrorKind::Invalid, "a run that was never opened cannot be closed");
  const state::Kept& kept = state::run_table();
  Rows rows(kept.shape.size());
  state::fill(rows.add(), rows.arena(), run);
  transaction.upsert(kept.table, kept.shape, rows);
}

void State::open_run(RunEntry& run, const Lease& lease) {
  run.id = insert_one(store_, lease, state::run_table(), [&](auto cells, Arena& arena) { state::fill(cells, arena, run); });
}

void State::close_run(const RunEntry& run, const Lease& lease) {
  in_transaction(store_, lease, [&](Transaction& transaction) { close_run(run, transaction); });
}

}  // namespace lockstep
