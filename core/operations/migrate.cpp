#include "operations/migrate.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "engine/engine.h"
#include "operations/chosen_syncs.h"
#include "operations/session.h"
#include "operations/tables.h"
#include "state/state.h"

namespace lockstep::operations {
namespace {

/// Several syncs may share a table: it is made once, with what any of them needs, and forbids only what all of them forbid.
void widen(Table& table, const Table& other) {
  for (Column& column : table.columns) {
    const Column* same = other.find(column.name);
    if (same == nullptr || same->nullable) column.nullable = true;
  }
  for (const Column& column : other.columns) {
    if (table.find(column.name) != nullptr) continue;
    table.columns.push_back(column);
    table.columns.back().nullable = true;
  }
  for (const Index& index : other.indexes) {
    const bool known = std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& each) { return each.name == index.name; });
    if (!known) table.indexes.push_back(index);
  }
}

struct StoreWork {
  std::string name;
  std::vector<Table> tables;                          ///< in the order of making
  std::map<std::string, std::set<std::string>> keys;  ///< table → the columns that hold remote ids
  std::vector<const Sync*> syncs;
};

void add_table(StoreWork& work, Table table) {
  const auto known = std::find_if(work.tables.begin(), work.tables.end(), [&](const Table& other) { return other.name == table.name; });
  if (known == work.tables.end()) {
    work.tables.push_back(std::move(table));
  } else {
    widen(*known, table);
  }
}

/// What each store needs: referenced tables first, then the syncs' own, then Lockstep's.
std::vector<StoreWork> plan_work(Session& session, const std::vector<std::string>& names) {
  std::vector<Sync*> syncs = session.load_all(names);
  std::vector<StoreWork> all;
  for (const PluginUse& use : session.configuration().stores) {
    StoreWork work{use.name, {}, {}, {}};
    for (const Sync* sync : syncs) {
      if (session.configuration().sync(sync->name)->store == use.name) work.syncs.push_back(sync);
    }
    const auto each = [&](const auto& add) {
      for (const Sync* sync : work.syncs) add(*sync->mapping);
    };
    each([&](const Mapping& mapping) {
      for (Table& table : referenced_tables(mapping)) add_table(work, std::move(table));
    });
    each([&](const Mapping& mapping) {
      add_table(work, mapping.table());
      work.keys[mapping.table_name()].insert(mapping.key().column);
      if (mapping.events()) add_table(work, mapping.events()->table);
    });
    if (work.tables.empty()) continue;
    for (const Table& table : State::tables()) add_table(work, table);
    all.push_back(std::move(work));
  }
  return all;
}

/// Rows of an older time may share an id. They hinder nobody from getting the columns: the index then forbids nothing, and each run names
/// the rows that it leaves alone.
std::vector<std::string> prepare_table(Store& store, const StoreWork& work, const Table& table, bool dry_run) {
  const auto key = work.keys.find(table.name);
  try {
    return store.prepare(table, dry_run);
  } catch (const Error& failure) {
    if (failure.kind() != ErrorKind::Rejected || key == work.keys.end()) throw;
  }
  Table relaxed = table;
  for (Index& index : relaxed.indexes) {
    if (!index.columns.empty() && key->second.contains(index.columns.back())) index.unique = false;
  }
  std::vector<std::string> statements = store.prepare(relaxed, dry_run);
  const std::string columns = join(std::vector<std::string>(key->second.begin(), key->second.end()), ", ");
  log::warning("Rows of " + table.name + " share a " + columns + ", so its index is not unique; a run names them",
               {{"table", table.name}, {"column", columns}});
  return statements;
}

/// What a sync's table that is there lacks: in those columns nothing was ever agreed on, whatever an older column of that name held.
std::vector<std::string> lacking_columns(Store& store, const Mapping& mapping) {
  std::vector<std::string> lacking;
  const auto info = store.inspect(mapping.table_name());
  for (const Field& field : mapping.fields()) {
    if (info && info->find(field.column) == nullptr) lacking.push_back(field.column);
  }
  return lacking;
}

/// No run of these syncs may meet the new columns before their state knows that they are new.
class NewColumns {
 public:
  NewColumns(Store& store, const std::vector<const Sync*>& syncs) : state_(store) {
    if (!state_.ready()) return;
    for (const Sync* sync : syncs) {
      std::vector<std::string> columns = lacking_columns(store, *sync->mapping);
      const auto entry = columns.empty() ? std::nullopt : state_.find_sync(identity_of(*sync));
      if (!entry) continue;
      Sync leased = *sync;
      leased.store = &store;
      known_.push_back({entry->id, std::move(columns), take_lease(leased)});
    }
  }
  void forget() {
    for (const Known& known : known_) state_.forget_columns(known.sync_id, known.columns, *known.lease);
  }

 private:
  struct Known {
    std::int64_t sync_id;
    std::vector<std::string> columns;
    std::unique_ptr<Lease> lease;
  };
  State state_;
  std::vector<Known> known_;
};

/// Several tables need the same table and function, which a dry run says for each.
void add_watching(Session& session, Store& store, const StoreWork& work, MigratedStore& migrated) {
  for (const Sync* sync : work.syncs) {
    if (!session.configuration().sync(sync->name)->watch) continue;
    for (std::string& statement : store.watch(sync->mapping->table(), migrated.dry_run)) {
      const std::vector<std::string>& known = migrated.statements;
      if (std::find(known.begin(), known.end(), statement) == known.end()) migrated.statements.push_back(std::move(statement));
    }
  }
}

MigratedStore carry_out(Session& session, const StoreWork& work, const MigrateRequest& request) {
  const bool dry_run = request.dry_run;
  Store& store = session.store(work.name);
  MigratedStore migrated{work.name, store.describe(), {}, dry_run};
  NewColumns columns(store, dry_run ? std::vector<const Sync*>() : work.syncs);
  for (const Table& table : work.tables) {
    if (session.stop().stop_requested()) throw Error(ErrorKind::Interrupted, "interrupted; what was created stays");
    for (std::string& statement : prepare_table(store, work, table, dry_run)) migrated.statements.push_back(std::move(statement));
  }
  std::ranges::move(store.prepare_leases(dry_run), std::back_inserter(migrated.statements));
  columns.forget();
  if (request.watch) add_watching(session, store, work, migrated);
  return migrated;
}

Json migrated_json(const MigratedStore& migrated) {
  Json::Array statements;
  for (const std::string& statement : migrated.statements) statements.emplace_back(statement);
  return Json::Object{{"name", migrated.name}, {"where", migrated.where}, {"statements", std::move(statements)}};
}

}  // namespace

MigrateOutcome migrate(const Workspace& workspace, const MigrateRequest& request, const MigrateObserver& observer,
                       const std::stop_token& stop) {
  std::vector<std::string> names = members_of(workspace.configuration(), request.syncs);
  if (names.empty()) names = workspace.configuration().sync_names();
  Session session(workspace, stop);
  MigrateOutcome outcome{{}, request.dry_run};
  for (const StoreWork& work : plan_work(session, names)) {
    outcome.stores.push_back(carry_out(session, work, request));
    observer(outcome.stores.back());
  }
  return outcome;
}

Json to_json(const MigrateOutcome& outcome) {
  Json::Array stores;
  for (const MigratedStore& migrated : outcome.stores) stores.push_back(migrated_json(migrated));
  return Json::Object{{"dry_run", outcome.dry_run}, {"stores", std::move(stores)}, {"exit", 0}};
}

}  // namespace lockstep::operations
