// Checks of a store: what every database must do behind the Store door. Each check gets a database of its own.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/check.h"
#include "sdk/store.h"

namespace lockstep::conformance {

/// A condition from outside that lasts as long as the object: a full disk, a lock.
class Trouble {
 public:
  virtual ~Trouble() = default;
};

/// A program with its arguments and what is added to its environment.
struct ProgramCall {
  std::vector<std::string> words;  ///< the path of the program first
  std::map<std::string, std::string> environment;
};

/// A fresh, empty database that ends with the object. Only open() is a must; a check that needs more is skipped with its reason.
class Database {
 public:
  virtual ~Database() = default;
  /// Another connection each time, as another program would open it.
  virtual std::unique_ptr<Store> open() = 0;
  /// Runs SQL as the application that owns the database would. False: it cannot be reached but through the door.
  virtual bool execute(const std::string& /*sql*/) { return false; }
  /// How such an application declares an integer key that the database fills in, behind the column's name.
  virtual std::string generated_key() const { return "INTEGER PRIMARY KEY"; }
  /// Statements that make the trigger `name`, which sets the column `note` of each new row of `table` to 'rewritten'.
  virtual std::string trigger(const std::string& name, const std::string& table) const {
    return "CREATE TRIGGER " + name + " AFTER INSERT ON " + table + " BEGIN UPDATE " + table +
           " SET note = 'rewritten' WHERE id = new.id; END";
  }
  /// From now on the store's data cannot grow by a megabyte. nullptr: that cannot be made here.
  virtual std::unique_ptr<Trouble> full_disk() { return nullptr; }
  /// Another program holds the database for itself. nullptr: that cannot be made here.
  virtual std::unique_ptr<Trouble> locked() { return nullptr; }
  /// A program that calls hold_lease() for a store of this database. No words: there is none.
  virtual ProgramCall holder(const std::string& /*lease*/) const { return {}; }
  /// Added to every name of a table and lease, where the database is not fresh but shared with earlier checks.
  virtual std::string suffix() const { return {}; }
};

/// Takes the lease, says so on standard output and waits until it is killed. For the program that Database::holder() names.
[[noreturn]] void hold_lease(Store& store, const std::string& lease);

/// The state that a check starts with: one connection and one lease.
class StoreTrial : public Check {
 public:
  /// `database` is borrowed.
  explicit StoreTrial(Database& database);
  ~StoreTrial() override;

  Database& database() { return database_; }
  Store& store() { return *store_; }
  const Lease& lease() const { return *lease_; }
  void drop_lease() { lease_.reset(); }
  void take_lease() { lease_ = store_->lease(lease_name()); }
  std::string lease_name() const { return name("conformance"); }

  /// `base` with the database's suffix.
  std::string name(std::string_view base) const { return std::string(base) + database_.suffix(); }
  /// See items_table(), under name(base).
  Table table(std::string_view base = "items") const;
  /// Skips the check when SQL cannot be run.
  void execute(const std::string& sql);
  /// Inserts and commits; the keys.
  std::vector<RowKey> insert(const Table& table, const Shape& shape, const std::vector<std::vector<Value>>& rows);
  Rows read(const Table& table, const Shape& shape, const Filter& filter = {}) { return store_->read(table, shape, filter); }
  /// The cell as spell() writes it, compared.
  void cell(const Value& found, std::string_view wanted, std::string_view what);

 private:
  Database& database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Lease> lease_;
};

struct StoreCheck {
  const char* name;  ///< "PreparingTwiceDoesNothingTheSecondTime"
  void (*run)(StoreTrial&);
};

/// Every check of the suite.
std::span<const StoreCheck> store_checks();
/// Runs one on a database of its own; never throws.
Finding run_store_check(const StoreCheck& check, Database& database);

/// id (generated), name (unique), amount, ratio, active, data, note, at, bytes.
Table items_table(const std::string& name = "items");
Rows rows_of(std::size_t width, const std::vector<std::vector<Value>>& rows);
/// The kind of Error that `work` throws, as its name, or "nothing".
std::string error_kind(const std::function<void()>& work);
/// Tag and bytes, for messages: "text:abc".
std::string spell(const Value& value);

}  // namespace lockstep::conformance
