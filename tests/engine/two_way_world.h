// Both sides for tests: items that can be made and changed, rows in a real SQLite file through the plugin, whole runs of the engine, and a
// store that throws where it is told to.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/scratch_folder.h"
#include "engine/engine.h"
#include "engine/sqlite_file.h"
#include "format/json.h"
#include "sdk/repeating.h"
#include "state/state.h"
#include "support/forwarding_store.h"

namespace lockstep::test {

/// Items in memory. What a write answers can be bent.
class ItemsProvider : public Provider {
 public:
  ItemsProvider() {
    resource_.name = "thing";
    resource_.can_create = resource_.can_update = true;
    resource_.read_only = {"id", "seen"};
    resource_.marker = "metadata";
  }
  std::span<const Resource> resources() const override { return {&resource_, 1}; }
  Resource& resource() { return resource_; }
  Credentials credentials() const override { return {true, ""}; }
  void check(Call&) override {}
  std::unique_ptr<PageStream> list(const Resource&, const ListQuery&, Call&) override { return std::make_unique<Stream>(*this); }
  std::optional<Document> get(const Resource&, std::string_view id, Call&) override {
    const std::lock_guard lock(mutex_);
    ++gets;
    if (on_get) on_get(std::string(id));
    const auto found = items.find(std::string(id));
    if (found == items.end() || hidden == id) return std::nullopt;
    const auto said = got.find(found->first);
    return Document{found->first, said != got.end() ? said->second : json::to_text(found->second)};
  }
  Document create(const Resource&, const Json& body, Call&) override {
    const std::lock_guard lock(mutex_);
    const std::string id = "new-" + std::to_string(++creates);
    items[id] = body;
    items[id]["id"] = Json(id);
    if (drops_markers) items[id].erase("metadata");
    if (on_create) on_create();
    return {answers_as.empty() ? id : answers_as, answer(id).json};
  }
  Document update(const Resource&, std::string_view id, const Json& changed, Call&) override {
    const std::lock_guard lock(mutex_);
    ++updates;
    if (on_update) on_update(std::string(id));
    for (const Json::Member& member : *changed.object()) {
      Json& stands = items[std::string(id)][member.first];
      if (std::count(resource_.merged.begin(), resource_.merged.end(), member.first) > 0) {
        for (const Json::Member& inner : *member.second.object()) stands[inner.first] = inner.second;
      } else if (member.first != refuses) {
        stands = member.second;
      }
    }
    return {answers_as.empty() ? std::string(id) : answers_as, answer(std::string(id)).json};
  }

  std::map<std::string, Json> items;
  std::map<std::string, std::string> listed;                  ///< what a list says of an item instead
  std::map<std::string, std::string> got;                     ///< the same of a GET by its id
  std::function<std::string(const Json&)> bent;               ///< what a write answers; empty: the item
  std::function<void(const std::string&)> on_get, on_update;  ///< may throw
  std::function<void()> on_create;                            ///< the item is made; may throw
  std::function<void()> on_list;                              ///< a list is asked for
  std::function<void()> on_later_page;                        ///< its second page is, or one behind it
  std::size_t page_size = SIZE_MAX;
  bool drops_markers = false;  ///< of what is created
  bool summaries = false;      ///< a list names id and name alone
  std::string hidden;          ///< listed, and a 404 when asked for
  std::string unlisted;        ///< there, and in no list
  std::string answers_as;      ///< the id that a write is answered with instead of its own
  std::string refuses;         ///< a member that updates do not take
  int gets = 0, creates = 0, updates = 0;

 private:
  Document answer(const std::string& id) { return {id, bent ? bent(items[id]) : json::to_text(items[id])}; }

  class Stream : public PageStream {
   public:
    explicit Stream(ItemsProvider& of) : of_(of) {}
    std::optional<Page> next(Call&) override {
      if (over_) return std::nullopt;
      if (begun_ && of_.on_later_page) of_.on_later_page();
      if (!std::exchange(begun_, true) && of_.on_list) of_.on_list();
      Page page;
      over_ = true;
      for (const auto& [id, item] : of_.items) {
        if (id == of_.unlisted || id <= last_) continue;
        if (page.records.size() == of_.page_size) {
          over_ = false;
          break;
        }
        last_ = id;
        const auto stale = of_.listed.find(id);
        Json summary{Json::Object{{"id", Json(id)}, {"name", Json(item.text_at("name"))}}};
        const std::string record = stale != of_.listed.end() ? stale->second : json::to_text(of_.summaries ? summary : item);
        add_record(page, id, record);
      }
      return page;
    }
    void recycle(Page) override {}
    ListEnd end() const override { return {true, {}, ""}; }

   private:
    ItemsProvider& of_;
    std::string last_;
    bool begun_ = false, over_ = false;
  };
  Resource resource_;
  std::mutex mutex_;
};

/// Counts the calls that write, and throws before or after the one that it is told.
struct FaultPoint {
  enum class What { Nothing, Storage, Rejected, Corrupt, Memory, Other, Ended } what = What::Nothing;
  int at = 0;     ///< 1: the first call
  int times = 1;  ///< of Ended: this call and those after it
  bool after = false;
  int calls = 0;
  bool reached = false;

  /// The number of the call.
  int before_call() {
    const int number = ++calls;
    if (number >= at && number < at + times && !after) strike();
    return number;
  }
  void after_call(int number) {
    if (number == at && after) strike();
  }
  void strike() {
    if (what == What::Nothing) return;
    reached = true;
    switch (what) {
      case What::Storage: throw Error(ErrorKind::Storage, "the disk is full");
      case What::Rejected: throw Error(ErrorKind::Rejected, "a constraint says no");
      case What::Corrupt: throw Error(ErrorKind::Corrupt, "not JSON");
      case What::Memory: throw std::bad_alloc();
      case What::Ended: throw Error(Error(ErrorKind::Busy, "deadlock detected").with_retry_after(Millis(0)));
      default: throw std::runtime_error("something else");
    }
  }
};

class StrikingTransaction : public ForwardingTransaction {
  template <class Work>
  auto around(Work work) {
    if (!real_) throw Error(ErrorKind::Invalid, "the transaction is over");
    try {
      const int number = fault_.before_call();
      auto result = work();
      fault_.after_call(number);
      return result;
    } catch (const Error& failure) {
      if (may_be_repeated(failure)) real_.reset();
      throw;
    }
  }

 public:
  StrikingTransaction(std::unique_ptr<Transaction> real, FaultPoint& fault) : ForwardingTransaction(std::move(real)), fault_(fault) {}
  std::vector<RowKey> insert(const Table& table, const Shape& shape, const Rows& rows, Keys keys) override {
    return around([&] { return real_->insert(table, shape, rows, keys); });
  }
  std::vector<Outcome> update(const Table& table, const Shape& shape, std::span<const Guarded> changes) override {
    return around([&] { return real_->update(table, shape, changes); });
  }
  void upsert(const Table& table, const Shape& shape, const Rows& rows) override {
    around([&] {
      real_->upsert(table, shape, rows);
      return 0;
    });
  }
  void group(const std::function<void()>& work) override {
    real_->group([&] {
      const int number = fault_.before_call();
      work();
      fault_.after_call(number);
    });
  }
  void commit() override {
    around([&] {
      real_->commit();
      return 0;
    });
  }

 private:
  FaultPoint& fault_;
};

class StrikingStore : public ForwardingStore {
 public:
  StrikingStore(std::unique_ptr<Store> real, FaultPoint& fault) : ForwardingStore(std::move(real)), fault_(fault) {}
  std::unique_ptr<Transaction> begin(const Lease& lease) override {
    if (ends_transactions) fault_.before_call();
    ++begun;
    return std::make_unique<StrikingTransaction>(real_->begin(lease), fault_);
  }
  StoreTraits traits() const override {
    StoreTraits traits = real_->traits();
    traits.ends_transactions = ends_transactions;
    return traits;
  }

  bool ends_transactions = false;  ///< like those of a database server
  int begun = 0;                   ///< transactions

 private:
  FaultPoint& fault_;
};

/// The system's clock, put ahead.
struct ClockAhead : Clock {
  Micros ahead = 0;
  Micros now() const override { return system_clock().now() + ahead; }
  SteadyTime steady() const override { return system_clock().steady(); }
  bool sleep(Millis duration, std::stop_token stop) const override { return system_clock().sleep(duration, std::move(stop)); }
};

class TwoWayWorld {
 public:
  explicit TwoWayWorld(std::string mapping_end = "") : extra(std::move(mapping_end)) {}

  SyncReport run(Mode mode, const std::function<void(RunOptions&)>& adjust = {}) {
    RunOptions options;
    options.mode = mode;
    options.allow_mass_change = allow_mass_change;
    if (adjust) adjust(options);
    Sync sync;
    sync.name = name;
    sync.configured = configured;
    sync.neighbours = neighbours;
    sync.mass_change = mass_change;
    sync.nouns = {"thing", "things", "Svc"};
    sync.provider = &items;
    sync.resource = &items.resources()[0];
    sync.store = store_.get();
    sync.mapping = mapping();
    sync.on_conflict = on_conflict;
    sync.local_edits = local_edits;
    sync.hook = hook;
    Observer nobody;
    return Engine(clock, {}).run(sync, options, observer != nullptr ? *observer : nobody);
  }
  /// Runs with a fault; false when the run did not get as far as that.
  bool run_struck(Mode mode, FaultPoint fault_point) {
    fault = fault_point;
    last = run(mode);
    const bool reached = fault.reached;
    fault = {};
    return reached;
  }

  void put(const std::string& id, const std::string& members) {
    items.items[id] = json::parse(R"({"id":")" + id + R"(",)" + members + "}");
  }

  /// Cells of one table as another connection sees them, each row joined by "|".
  std::vector<std::string> rows(const std::string& table, const std::vector<std::string>& columns, const std::string& order = "id") {
    return rows_of(*open_sqlite(folder_.path()), table, columns, order, "|");
  }
  /// Sets one cell of the row with this id at the remote, or adds a row when `remote_id` is empty.
  void edit(const std::string& remote_id, const std::string& column, const Value& value) {
    const Table table = real_table();
    const auto lease = store_->lease("an application");
    const auto transaction = store_->begin(*lease);
    if (remote_id.empty()) {
      Rows rows(1);
      rows.add()[0] = value;
      transaction->insert(table, Shape({column}), rows);
    } else {
      const Rows found = store_->read(table, Shape({"id", column}), {{{"remote_id", Filter::Op::Equal, {Value::text(remote_id)}}}, {}, 0});
      const Guarded change{{found[0][0]}, {1}, {found[0][1]}, {value}};
      transaction->update(table, Shape({"id", column}), std::span(&change, 1));
    }
    transaction->commit();
  }
  /// Sets one cell of the row with this primary key.
  void edit_by_key(const std::string& key, const std::string& column, const Value& value) {
    const auto lease = store_->lease("an application");
    const auto transaction = store_->begin(*lease);
    const Value at = Value::integer(std::stoll(key));
    const Rows found = store_->read(real_table(), Shape({column}), {{{"id", Filter::Op::Equal, {at}}}, {}, 0});
    const Guarded change{{at}, {0}, {found[0][0]}, {value}};
    transaction->update(real_table(), Shape({column}), std::span(&change, 1));
    transaction->commit();
  }
  /// Gives a row another primary key.
  void set_key(const std::string& key, const std::string& to) {
    const auto lease = store_->lease("an application");
    const auto transaction = store_->begin(*lease);
    const Value from = Value::integer(std::stoll(key)), after = Value::integer(std::stoll(to));
    const Guarded change{{from}, {0}, {from}, {after}};
    transaction->update(real_table(), Shape({"id"}), std::span(&change, 1));
    transaction->commit();
  }
  /// As an application speaks to the same file.
  void sql(const std::string& statement) {
    sqlite3* db = nullptr;
    sqlite3_open((folder_.path() / "test.db").c_str(), &db);
    EXPECT_EQ(sqlite3_exec(db, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  /// Keeps the database as it is now; `restore` brings it back.
  void back_up() { copy_database("test.db", "backup.db"); }
  void restore() { copy_database("backup.db", "test.db"); }
  Table real_table() {
    const auto info = store_->inspect("things");
    return {"things", info->columns, info->primary_key, {}};
  }
  std::vector<std::string> things() { return rows("things", {"remote_id", "name", "slot"}, "remote_id"); }
  Store& store() { return *store_; }
  /// So many transactions were begun.
  int begun() const { return store_->begun; }
  /// From now on transactions of the store may be ended, as FaultPoint says.
  void end_transactions() { store_->ends_transactions = true; }
  /// Would a second process be kept out?
  bool is_leased() {
    try {
      open_sqlite(folder_.path())->lease("sync " + name);
      return false;
    } catch (const Error& error) {
      return error.kind() == ErrorKind::Busy;
    }
  }

  ItemsProvider items;
  /// So much later that no request of before can be at work any more.
  void later() { clock.ahead += Micros{3600} * 1'000'000; }

  ClockAhead clock;
  FaultPoint fault;
  SyncReport last;
  OnConflict on_conflict = OnConflict::Remote;
  LocalEdits local_edits = LocalEdits::Keep;
  Observer* observer = nullptr;
  MassChange mass_change;
  bool allow_mass_change = true;
  std::string name = "things";
  std::vector<std::string> configured;
  std::vector<SyncIdentity> neighbours;
  std::shared_ptr<Hook> hook;
  std::string fields = "  name: text\n  slot: integer\n  seen: text\n";  ///< of the mapping
  std::string extra;                                                     ///< how the mapping ends

 private:
  void copy_database(const std::string& from, const std::string& to) {
    sqlite3 *source = nullptr, *target = nullptr;
    sqlite3_open((folder_.path() / from).c_str(), &source);
    sqlite3_open((folder_.path() / to).c_str(), &target);
    sqlite3_backup* copying = sqlite3_backup_init(target, "main", source, "main");
    EXPECT_EQ(sqlite3_backup_step(copying, -1), SQLITE_DONE) << sqlite3_errmsg(target);
    sqlite3_backup_finish(copying);
    sqlite3_close(source);
    sqlite3_close(target);
  }
  std::shared_ptr<const Mapping> mapping() {
    yaml::Problems problems;
    auto mapping = std::make_shared<const Mapping>(Mapping::load(
        yaml::load_text("table: things\nkey: {column: remote_id, from: id}\nfields:\n" + fields + extra, "m.yaml", {}, problems),
        items.resources()[0], {}, problems));
    EXPECT_EQ(problems.errors(), std::vector<std::string>{});
    return mapping;
  }
  ScratchFolder folder_{"two-way"};
  std::unique_ptr<StrikingStore> store_ = std::make_unique<StrikingStore>(open_sqlite(folder_.path()), fault);
};

}  // namespace lockstep::test
