// What the triggers of `migrate --watch` notice, and what they cost an application: nothing to wait for, no right on Lockstep's tables. The
// cases of every database that notices by triggers; what it is that differs, a class of its kind says:
//
//   struct MyWatched {
//     using Database = MyDatabase;                       // open(), execute(), ask()
//     static void need();                                // skips the test where no server is installed
//     static Application application(Database&);         // one more connection of an application
//     static constexpr std::array kTransactions = {…};   // two ways to begin one, in which nothing is waited for long
//     static constexpr std::array kWrites = {…};         // all ways to write into items, one after the other
//     static constexpr std::array kLosses = {…};         // ways to lose a trigger of items, one after the other
//     static constexpr std::size_t kMadeAnew = …;        // how many things watch() makes after them
//     static constexpr const char* kOneLoss = …;         // one of them
//     static Narrow narrow(Database&);                   // makes an account that may make no trigger
//     static std::unique_ptr<Store> open(const std::map<std::string, std::string, std::less<>>& options);
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(My, Watching, MyWatched);
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/error.h"
#include "sdk/store.h"

namespace lockstep::conformance {

/// An account that may not make what watching needs.
struct Narrow {
  std::map<std::string, std::string, std::less<>> options;  ///< how the store is opened with it
  std::string remedy;                                       ///< what has to be granted to it
  std::string removal;                                      ///< statements that remove it
};

template <class Kind>
class Watching : public testing::Test {
 protected:
  void SetUp() override {
    Kind::need();
    if (IsSkipped()) return;
    database_ = std::make_unique<typename Kind::Database>();
    store_ = database_->open();
    database_->execute("CREATE TABLE items (id integer PRIMARY KEY, name text)");
    table_ = {"items", {{"id", ColumnType::Integer, false, {}}, {"name", ColumnType::Text, true, {}}}, {"id"}, {}};
    store_->watch(table_);
  }
  std::uint64_t mark() { return store_->mark(table_).value(); }

  std::unique_ptr<typename Kind::Database> database_;
  std::unique_ptr<Store> store_;
  Table table_;
};

TYPED_TEST_SUITE_P(Watching);

TYPED_TEST_P(Watching, TransactionsOfTheApplicationDoNotWaitForEachOther) {
  auto one = TypeParam::application(*this->database_), two = TypeParam::application(*this->database_);
  one.run(TypeParam::kTransactions[0] + std::string("; INSERT INTO items VALUES (1, 'a')"));
  two.run(TypeParam::kTransactions[1] + std::string("; INSERT INTO items VALUES (2, 'b')"));
  const std::uint64_t before = this->mark();
  two.run("COMMIT");
  const std::uint64_t between = this->mark();
  EXPECT_NE(between, before);
  one.run("COMMIT");
  EXPECT_NE(this->mark(), between);
}

TYPED_TEST_P(Watching, EveryWayToWriteIsNoticed) {
  std::uint64_t before = this->mark();
  for (const char* statement : TypeParam::kWrites) {
    this->database_->execute(statement);
    EXPECT_NE(this->mark(), before) << statement;
    before = this->mark();
  }
  EXPECT_EQ(this->database_->ask("SELECT COUNT(*) FROM lockstep_dirty"), "1");
}

TYPED_TEST_P(Watching, ATriggerThatIsGoneIsNoMark) {
  for (const char* statement : TypeParam::kLosses) {
    this->database_->execute(statement);
    EXPECT_EQ(this->store_->mark(this->table_), std::nullopt) << statement;
  }
  EXPECT_EQ(this->store_->watch(this->table_).size(), TypeParam::kMadeAnew);
  EXPECT_TRUE(this->store_->mark(this->table_).has_value());
}

TYPED_TEST_P(Watching, TheRightThatLacksIsNamed) {
  this->database_->execute(TypeParam::kOneLoss);
  const Narrow narrow = TypeParam::narrow(*this->database_);
  try {
    TypeParam::open(narrow.options)->watch(this->table_, true);
    ADD_FAILURE() << "nothing was refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Storage) << error.what();
    EXPECT_NE(std::string(error.what()).find(narrow.remedy), std::string::npos) << error.what();
  }
  this->database_->execute(narrow.removal);
}

REGISTER_TYPED_TEST_SUITE_P(Watching, TransactionsOfTheApplicationDoNotWaitForEachOther, EveryWayToWriteIsNoticed,
                            ATriggerThatIsGoneIsNoMark, TheRightThatLacksIsNamed);

}  // namespace lockstep::conformance
