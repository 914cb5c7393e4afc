// The store conformance suite: what every database must do behind the Store door. A store passes it in about 20 lines:
//
//   StoreUnderTest mine() { return {"mine", [] { return std::make_unique<MyDatabase>(); }, [](const std::string& address) {…}}; }
//   INSTANTIATE_TEST_SUITE_P(Mine, StoreSuite, testing::Values(mine()), store_name);
//   const bool child = run_child_if_asked(mine());
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "sdk/store.h"

namespace lockstep::conformance {

/// A fresh, empty database that ends with the object.
class Database {
 public:
  virtual ~Database() = default;
  /// Another connection each time, as another program would open it.
  virtual std::unique_ptr<Store> open() = 0;
  /// Runs SQL as the application that owns the database would.
  virtual void execute(const std::string& sql) = 0;
  /// What another process needs to attach to it.
  virtual std::string address() const = 0;
};

struct StoreUnderTest {
  std::string name;
  std::function<std::unique_ptr<Database>()> make;
  /// A connection of another process.
  std::function<std::unique_ptr<Store>(const std::string& address)> attach;
};

inline std::ostream& operator<<(std::ostream& out, const StoreUnderTest& store) { return out << store.name; }
inline std::string store_name(const testing::TestParamInfo<StoreUnderTest>& info) { return info.param.name; }

/// In a process that the suite started: plays the other program and never returns. Elsewhere: false. Call it once, from a static
/// initialiser.
bool run_child_if_asked(const StoreUnderTest& store);

class StoreSuite : public testing::TestWithParam<StoreUnderTest> {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// Inserts and commits; the keys.
  std::vector<RowKey> insert(const Table& table, const Shape& shape, const std::vector<std::vector<Value>>& rows);
  Rows read(const Table& table, const Shape& shape, const Filter& filter = {});

  std::unique_ptr<Database> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Lease> lease_;
};

/// id (generated), name, amount, ratio, active, data, at.
Table items_table(const std::string& name = "items");
Rows rows_of(std::size_t width, const std::vector<std::vector<Value>>& rows);
/// The kind of Error that `work` throws, as its name, or "nothing".
std::string error_kind(const std::function<void()>& work);
/// Tag and bytes, for messages: "text:abc".
std::string spell(const Value& value);

}  // namespace lockstep::conformance
