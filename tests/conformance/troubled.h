// What goes wrong between a program and its server: connections end, answers are lost, others hold locks. The cases of every server; what it
// is that differs, a class of its kind says:
//
//   struct MyTroubled {
//     using Database = MyDatabase;                          // open(), options(), execute(), ask()
//     static void need();                                   // skips the test where no server is installed
//     static Application application(Database&);            // one more connection of an application
//     static std::unique_ptr<Store> open(const Options&);
//     static std::string socket();                          // the server's
//     static std::pair<std::string, std::string> through(const Proxy&);  // the option that leads through it
//     static constexpr const char* kImpatient = …;          // makes an application wait for a lock for a second at most
//     static constexpr const char* kLock = …, *kUnlock = …; // of the whole table items
//     static constexpr const char* kBegin = …;              // how a transaction of the store begins
//     static constexpr bool kIgnoresPasswords = …;          // of an account that has none
//     static constexpr std::array<Unreachable, …> kUnreachable = {{…}};
//   };
//   INSTANTIATE_TYPED_TEST_SUITE_P(My, Troubled, MyTroubled);
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "common/error.h"
#include "conformance/store_checks.h"
#include "sdk/store.h"
#include "support/proxy.h"

namespace lockstep::conformance {

/// An option with which nothing can be connected, and what is said of it.
struct Unreachable {
  const char* option;
  const char* value;
  ErrorKind kind;
  const char* part;
};

template <class Kind>
class Troubled : public testing::Test {
 protected:
  using Options = std::map<std::string, std::string, std::less<>>;

  void SetUp() override {
    Kind::need();
    if (IsSkipped()) return;
    database_ = std::make_unique<typename Kind::Database>();
    again({});
    store_->prepare(table_);
  }

  /// Opens the store with some options changed, and takes its lease.
  void again(const Options& changed) {
    lease_.reset();
    Options options = database_->options();
    for (const auto& [name, value] : changed) options[name] = value;
    store_ = Kind::open(options);
    lease_ = store_->lease("trouble");
  }
  void through(const Proxy& proxy) { again({Kind::through(proxy)}); }
  std::unique_ptr<Transaction> begin() { return store_->begin(*lease_); }
  RowKey insert(Transaction& transaction, const std::string& name) {
    return transaction.insert(table_, Shape({"name"}), rows_of(1, {{Value::text(name)}})).at(0);
  }
  Outcome rename(Transaction& transaction, const RowKey& key, const char* from, const char* to) {
    const Guarded change{{key[0]}, {0}, {Value::text(from)}, {Value::text(to)}};
    return transaction.update(table_, Shape({"name"}), std::span(&change, 1)).at(0);
  }
  std::uint64_t rows() { return std::stoull(database_->ask("SELECT count(*) FROM items")); }
  static std::optional<Error> failure_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }

  std::unique_ptr<typename Kind::Database> database_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Lease> lease_;
  const Table table_ = items_table();
};

TYPED_TEST_SUITE_P(Troubled);

TYPED_TEST_P(Troubled, ACommitWhoseAnswerWasLostIsFoundOut) {
  Proxy proxy(TypeParam::socket());
  this->through(proxy);
  auto transaction = this->begin();
  this->insert(*transaction, "kept");
  proxy.cut(Proxy::Cut::After, "COMMIT");
  EXPECT_FALSE(this->failure_of([&] { transaction->commit(); })) << "it took place, and so it is told";
  EXPECT_EQ(this->rows(), 1U);

  transaction = this->begin();
  this->insert(*transaction, "lost");
  proxy.cut(Proxy::Cut::Before, "COMMIT");
  const auto failure = this->failure_of([&] { transaction->commit(); });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->kind(), ErrorKind::Storage);
  EXPECT_EQ(failure->effect(), Effect::None) << "that it did not take place is known";
  transaction.reset();
  EXPECT_EQ(this->rows(), 1U);

  transaction = this->begin();
  this->insert(*transaction, "after");
  transaction->commit();
  EXPECT_EQ(this->rows(), 2U);
}

// What is undone in a transaction must not take the mark of the whole one with it.
TYPED_TEST_P(Troubled, ACommitIsFoundOutThoughACallOfItWasUndone) {
  Proxy proxy(TypeParam::socket());
  this->through(proxy);
  const auto transaction = this->begin();
  EXPECT_TRUE(this->failure_of([&] {
    transaction->group([&] {
      this->insert(*transaction, "undone");
      throw Error(ErrorKind::Rejected, "no");
    });
  }));
  this->insert(*transaction, "kept");
  proxy.cut(Proxy::Cut::After, "COMMIT");
  EXPECT_FALSE(this->failure_of([&] { transaction->commit(); }));
  EXPECT_EQ(this->rows(), 1U);
}

TYPED_TEST_P(Troubled, AConnectionThatEndsInATransactionIsAStorageErrorAndTheNextOneWorks) {
  Proxy proxy(TypeParam::socket());
  this->through(proxy);
  {
    const auto transaction = this->begin();
    this->insert(*transaction, "lost");
    proxy.cut(Proxy::Cut::Before, "again");
    const auto failure = this->failure_of([&] { this->insert(*transaction, "again"); });
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind(), ErrorKind::Storage) << failure->what();
    EXPECT_TRUE(this->failure_of([&] { this->insert(*transaction, "more"); })) << "what began before is over";
    EXPECT_TRUE(this->failure_of([&] { transaction->commit(); }));
  }
  EXPECT_EQ(this->rows(), 0U);
  const auto transaction = this->begin();
  this->insert(*transaction, "whole");
  transaction->commit();
  EXPECT_EQ(this->rows(), 1U);
}

TYPED_TEST_P(Troubled, AConnectionThatEndedWhileNobodyUsedItIsMadeAnew) {
  Proxy proxy(TypeParam::socket());
  this->through(proxy);
  this->store_->count(this->table_, {});
  proxy.cut(Proxy::Cut::Before, "count(*)");
  EXPECT_EQ(this->store_->count(this->table_, {}), 0U);
  proxy.cut(Proxy::Cut::Before, TypeParam::kBegin);
  const auto transaction = this->begin();
  this->insert(*transaction, "kept");
  transaction->commit();
  EXPECT_EQ(this->rows(), 1U);
}

// Without the lock on its row, the lease's next holder would write before this transaction has ended.
TYPED_TEST_P(Troubled, TheNextHolderOfALeaseWaitsForTheLastOnesTransaction) {
  auto transaction = this->begin();
  this->insert(*transaction, "mine");
  auto other = TypeParam::application(*this->database_);
  other.run(TypeParam::kImpatient);
  EXPECT_THROW(other.run("UPDATE lockstep_lease SET token = token + 1 WHERE name = 'trouble'"), std::runtime_error);
  transaction->commit();
  other.run("UPDATE lockstep_lease SET token = token + 1 WHERE name = 'trouble'");
}

TYPED_TEST_P(Troubled, AWaitForALockEndsSoonAfterAStopAndAReadWithItsPatience) {
  this->again({{"busy_timeout", "60s"}});
  auto other = TypeParam::application(*this->database_);
  other.run(TypeParam::kLock);
  Filter filter;
  filter.patience = Millis(100);
  const auto impatient = this->failure_of([&] { this->store_->read(this->table_, Shape({"name"}), filter); });
  ASSERT_TRUE(impatient);
  EXPECT_EQ(impatient->kind(), ErrorKind::Busy) << impatient->what();
  std::stop_source stop;
  this->store_->stop_on(stop.get_token());
  const auto transaction = this->begin();
  std::jthread stopper([&] {
    std::this_thread::sleep_for(Millis(300));
    stop.request_stop();
  });
  const Deadline soon = Deadline::after(Millis(5000));
  const auto stopped = this->failure_of([&] { this->insert(*transaction, "x"); });
  ASSERT_TRUE(stopped);
  EXPECT_EQ(stopped->kind(), ErrorKind::Interrupted) << stopped->what();
  EXPECT_FALSE(soon.over());
  other.run(TypeParam::kUnlock);
  EXPECT_NO_THROW(this->insert(*transaction, "y")) << "what needs no wait is still done";
  transaction->commit();
  EXPECT_EQ(this->rows(), 1U);
}

TYPED_TEST_P(Troubled, ALockThatIsFreedInTimeIsWaitedForLongerThanTheServerWould) {
  this->again({{"busy_timeout", "20s"}});
  auto other = TypeParam::application(*this->database_);
  other.run(TypeParam::kLock);
  const auto transaction = this->begin();
  std::jthread frees([&] {
    std::this_thread::sleep_for(Millis(2500));
    other.run(TypeParam::kUnlock);
  });
  this->insert(*transaction, "patient");
  transaction->commit();
  EXPECT_EQ(this->rows(), 1U);
}

TYPED_TEST_P(Troubled, ManyRowsTakeFewRoundTrips) {
  Proxy proxy(TypeParam::socket());
  this->through(proxy);
  const Shape shape({"name", "amount"});
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("row " + std::to_string(i));
  Rows rows(2);
  for (const std::string& name : names) rows.add_copied(std::vector<Value>{Value::text(name), Value::integer(0)});
  auto transaction = this->begin();
  transaction->insert(this->table_, shape, rows_of(2, {{Value::text("first"), Value::integer(0)}}));
  int before = proxy.round_trips();
  const std::vector<RowKey> keys = transaction->insert(this->table_, shape, rows);
  EXPECT_LE(proxy.round_trips() - before, 20) << "for 1000 inserts";
  ASSERT_EQ(keys.size(), 1000U);
  std::vector<Guarded> changes;
  for (const RowKey& key : keys) changes.push_back({{key[0]}, {1}, {Value::integer(0)}, {Value::integer(1)}});
  before = proxy.round_trips();
  transaction->update(this->table_, shape, changes);
  EXPECT_LE(proxy.round_trips() - before, 20) << "for 1000 updates";
  transaction->commit();
  EXPECT_EQ(this->database_->ask("SELECT sum(amount) FROM items"), "1000");
  EXPECT_EQ(this->database_->ask("SELECT name FROM items WHERE id = " + std::to_string(keys[500][0].as_integer())), "row 500");
}

TYPED_TEST_P(Troubled, WhatCannotBeConnectedIsToldWithoutThePassword) {
  for (const Unreachable& one : TypeParam::kUnreachable) {
    auto options = this->database_->options();
    options[one.option] = one.value;
    // An account without a password may not be let in with one.
    if (one.kind == ErrorKind::Credentials || TypeParam::kIgnoresPasswords) options["password"] = "hunter2";
    const auto failure = this->failure_of([&] { TypeParam::open(options)->count(this->table_, {}); });
    ASSERT_TRUE(failure) << one.option;
    EXPECT_EQ(failure->kind(), one.kind) << failure->what();
    EXPECT_NE(std::string(failure->what()).find(one.part), std::string::npos) << failure->what();
    EXPECT_EQ(std::string(failure->what()).find("hunter2"), std::string::npos);
    EXPECT_FALSE(failure->hint().empty());
  }
}

REGISTER_TYPED_TEST_SUITE_P(Troubled, ACommitWhoseAnswerWasLostIsFoundOut, ACommitIsFoundOutThoughACallOfItWasUndone,
                            AConnectionThatEndsInATransactionIsAStorageErrorAndTheNextOneWorks,
                            AConnectionThatEndedWhileNobodyUsedItIsMadeAnew, TheNextHolderOfALeaseWaitsForTheLastOnesTransaction,
                            AWaitForALockEndsSoonAfterAStopAndAReadWithItsPatience,
                            ALockThatIsFreedInTimeIsWaitedForLongerThanTheServerWould, ManyRowsTakeFewRoundTrips,
                            WhatCannotBeConnectedIsToldWithoutThePassword);

}  // namespace lockstep::conformance
