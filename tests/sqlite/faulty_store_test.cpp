// The store checks on stores that break one promise each: the check that is about it goes red. A suite that cannot fail is worth nothing.
#include <algorithm>
#include <limits>

#include "sqlite_database.h"
#include "support/forwarding_store.h"

namespace lockstep::conformance {
namespace {

enum class Fault {
  KeepsIntegersAsReals,
  KeepsRealsAsIntegers,
  CutsAtNul,
  CutsLongTexts,
  TakesEmptyForNull,
  TrimsTexts,
  CommitsWhatWasLeft,
  SaysWritten,
  UpsertsAnywhere,
  SaysItPrepared,
  PreparesWhenDry,
  KeysTheOtherWay,
  ForgetsTheOrder,
  OrdersUpwardsOnly,
  TakesLessForGreater,
  MarksNothing,
  LosesItsLease,
  AnswersUnwantedKeys,
  AsksForTheFirstOnly,
  CallsABusyLeaseStorage,
  CallsAFullDiskBusy,
  CallsALockStorage,
  CallsALockAnEndedTransaction,
  CallsAConstraintInvalid,
  KeepsHalfAGroup,
};

class FaultyTransaction : public ForwardingTransaction {
 public:
  FaultyTransaction(std::unique_ptr<Transaction> real, Fault fault) : ForwardingTransaction(std::move(real)), fault_(fault) {}
  ~FaultyTransaction() override {
    if (fault_ == Fault::CommitsWhatWasLeft && !committed_) real_->commit();
  }

  std::vector<RowKey> insert(const Table& table, const Shape& shape, const Rows& rows, Keys keys) override {
    try {
      std::vector<RowKey> made = real_->insert(table, shape, rows, fault_ == Fault::AnswersUnwantedKeys ? Keys::Wanted : keys);
      if (fault_ == Fault::KeysTheOtherWay) std::reverse(made.begin(), made.end());
      return made;
    } catch (const Error& error) {
      if (fault_ == Fault::CallsAFullDiskBusy) throw Error(ErrorKind::Busy, error.message());
      if (fault_ == Fault::CallsAConstraintInvalid) throw Error(ErrorKind::Invalid, error.message());
      throw;
    }
  }
  std::vector<Outcome> update(const Table& table, const Shape& shape, std::span<const Guarded> changes) override {
    std::vector<Outcome> outcomes = real_->update(table, shape, changes);
    if (fault_ == Fault::SaysWritten) std::fill(outcomes.begin(), outcomes.end(), Outcome::Written);
    return outcomes;
  }
  void upsert(const Table& table, const Shape& shape, const Rows& rows) override {
    if (fault_ == Fault::UpsertsAnywhere) {
      real_->insert(table, shape, rows);
    } else {
      real_->upsert(table, shape, rows);
    }
  }
  void group(const std::function<void()>& work) override {
    if (fault_ == Fault::KeepsHalfAGroup) {
      work();
    } else {
      real_->group(work);
    }
  }
  void commit() override {
    real_->commit();
    committed_ = true;
  }

 private:
  Fault fault_;
  bool committed_ = false;
};

class FaultyLease : public Lease {
 public:
  FaultyLease(std::unique_ptr<Lease> real, Fault fault) : real_(std::move(real)), fault_(fault) {}
  std::uint64_t token() const override { return real_->token(); }
  bool lost() const override { return fault_ == Fault::LosesItsLease || real_->lost(); }
  const Lease& real() const { return *real_; }

 private:
  std::unique_ptr<Lease> real_;
  Fault fault_;
};

class FaultyStore : public ForwardingStore {
 public:
  FaultyStore(std::unique_ptr<Store> real, Fault fault) : ForwardingStore(std::move(real)), fault_(fault) {}

  std::vector<std::string> prepare(const Table& table, bool dry_run) override {
    if (fault_ == Fault::PreparesWhenDry) dry_run = false;
    std::vector<std::string> said = real_->prepare(table, dry_run);
    if (fault_ == Fault::SaysItPrepared) said.emplace_back("done");
    return said;
  }
  Rows read(const Table& table, const Shape& columns, const Filter& filter) override {
    Filter other = filter;
    if (fault_ == Fault::ForgetsTheOrder) other.order_by.clear();
    if (fault_ == Fault::OrdersUpwardsOnly) other.descending = false;
    for (auto& condition : other.where) {
      if (fault_ == Fault::TakesLessForGreater && condition.op == Filter::Op::Less) condition.op = Filter::Op::Greater;
    }
    if (fault_ == Fault::AsksForTheFirstOnly) {
      for (auto& condition : other.where) condition.values.resize(std::min<std::size_t>(condition.values.size(), 100));
    }
    Rows rows = real_->read(table, columns, other);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (Value& value : rows.at(i)) value = spoilt(value);
    }
    return rows;
  }
  std::unique_ptr<Lease> lease(std::string_view name) override {
    try {
      return std::make_unique<FaultyLease>(real_->lease(name), fault_);
    } catch (const Error& error) {
      if (fault_ == Fault::CallsABusyLeaseStorage) throw Error(ErrorKind::Storage, error.message(), error.hint());
      throw;
    }
  }
  std::optional<std::uint64_t> mark(const Table& table) override {
    return fault_ == Fault::MarksNothing ? std::optional<std::uint64_t>(1) : real_->mark(table);
  }
  std::unique_ptr<Transaction> begin(const Lease& lease) override {
    const auto* own = dynamic_cast<const FaultyLease*>(&lease);
    try {
      return std::make_unique<FaultyTransaction>(real_->begin(own != nullptr ? own->real() : lease), fault_);
    } catch (const Error& error) {
      if (fault_ == Fault::CallsALockStorage) throw Error(ErrorKind::Storage, error.message(), error.hint());
      if (fault_ == Fault::CallsALockAnEndedTransaction) throw Error(Error(error).with_retry_after(Millis(1)));
      throw;
    }
  }

 private:
  Value spoilt(const Value& value) const {
    const bool text = value.tag() == Value::Tag::Text;
    switch (fault_) {
      case Fault::KeepsIntegersAsReals:
        if (value.tag() != Value::Tag::Int || value.as_integer() == std::numeric_limits<std::int64_t>::max()) break;
        return Value::integer(static_cast<std::int64_t>(static_cast<double>(value.as_integer())));
      case Fault::KeepsRealsAsIntegers: return value.tag() == Value::Tag::Real && value.as_real() == 1.0 ? Value::integer(1) : value;
      case Fault::CutsAtNul: return text ? Value::text(value.as_view().substr(0, value.as_view().find('\0'))) : value;
      case Fault::CutsLongTexts: return text ? Value::text(value.as_view().substr(0, 65535)) : value;
      case Fault::TakesEmptyForNull: return text && value.as_view().empty() ? Value::null() : value;
      case Fault::TrimsTexts: return text && value.as_view().ends_with(' ') ? Value::text(value.as_view().substr(1)) : value;
      default: break;
    }
    return value;
  }

  Fault fault_;
};

class FaultyDatabase : public SqliteDatabase {
 public:
  explicit FaultyDatabase(Fault fault) : fault_(fault) {}
  std::unique_ptr<Store> open() override { return std::make_unique<FaultyStore>(SqliteDatabase::open(), fault_); }

 private:
  Fault fault_;
};

struct Case {
  Fault fault;
  const char* check;  ///< the one that must go red
};

class FaultyStoreTest : public testing::TestWithParam<Case> {};

TEST_P(FaultyStoreTest, IsFoundOut) {
  FaultyDatabase database(GetParam().fault);
  const auto checks = store_checks();
  const auto check =
      std::find_if(checks.begin(), checks.end(), [](const StoreCheck& one) { return std::string_view(one.name) == GetParam().check; });
  ASSERT_NE(check, checks.end());
  EXPECT_EQ(run_store_check(*check, database).state, Finding::State::Failed);
}

INSTANTIATE_TEST_SUITE_P(
    Each, FaultyStoreTest,
    testing::Values(
        Case{Fault::KeepsIntegersAsReals, "IntegersOf64BitsComeBack"}, Case{Fault::KeepsRealsAsIntegers, "RealsComeBackAsReals"},
        Case{Fault::CutsAtNul, "ATextWithNulComesBackOrIsRefused"}, Case{Fault::CutsAtNul, "BytesComeBack"},
        Case{Fault::CutsLongTexts, "TextsComeBackByteForByte"}, Case{Fault::TakesEmptyForNull, "TextsComeBackByteForByte"},
        Case{Fault::TrimsTexts, "TextsComeBackByteForByte"}, Case{Fault::CommitsWhatWasLeft, "WhatIsNotCommittedLeavesNothing"},
        Case{Fault::CommitsWhatWasLeft, "ARolledBackUpdateLeavesTheOldValue"},
        Case{Fault::SaysWritten, "AGuardedUpdateWritesOnlyOverTheExpectedValue"}, Case{Fault::UpsertsAnywhere, "UpsertIsForOwnTablesOnly"},
        Case{Fault::UpsertsAnywhere, "UpsertOverwritesByKey"}, Case{Fault::SaysItPrepared, "PreparingTwiceDoesNothingTheSecondTime"},
        Case{Fault::SaysItPrepared, "WideningAddsColumnsAndKeepsRows"},
        Case{Fault::PreparesWhenDry, "ADryPreparationOnlySaysWhatItWouldDo"},
        Case{Fault::KeysTheOtherWay, "KeysComeBackInTheOrderOfTheRows"}, Case{Fault::ForgetsTheOrder, "FiltersFindWhatTheySay"},
        Case{Fault::OrdersUpwardsOnly, "FiltersFindWhatTheySay"}, Case{Fault::TakesLessForGreater, "FiltersFindWhatTheySay"},
        Case{Fault::MarksNothing, "AMarkMovesWhenAnotherWrites"}, Case{Fault::LosesItsLease, "ALeaseThatIsHeldIsNotLost"},
        Case{Fault::AnswersUnwantedKeys, "KeysThatNobodyWantsAreNotAnswered"}, Case{Fault::SaysWritten, "ManyUpdatesAreAnsweredOneByOne"},
        Case{Fault::AsksForTheFirstOnly, "AListLongerThanAStatementFindsEachRowOnce"},
        Case{Fault::CallsABusyLeaseStorage, "ASecondHolderIsRefusedAndToldWhoHolds"},
        Case{Fault::CallsABusyLeaseStorage, "AKilledHolderFreesItsLease"}, Case{Fault::CallsABusyLeaseStorage, "ALeaseNameMayBeAnything"},
        Case{Fault::CallsAFullDiskBusy, "AFullDiskIsAStorageErrorAndLeavesNothing"},
        Case{Fault::CallsALockStorage, "ALockOfAnotherProgramIsBusyAndPasses"},
        Case{Fault::CallsALockAnEndedTransaction, "ALockOfAnotherProgramIsBusyAndPasses"},
        Case{Fault::CallsALockStorage, "AWriterInTheWayMakesNothingLost"},
        Case{Fault::CallsAConstraintInvalid, "ABrokenConstraintCostsOnlyItsCall"},
        Case{Fault::KeepsHalfAGroup, "AGroupIsWrittenWholeOrNotAtAll"},
        Case{Fault::CallsAConstraintInvalid, "AMissingParentNamesColumnAndValue"}),
    [](const testing::TestParamInfo<Case>& each) { return std::string(each.param.check) + std::to_string(each.index); });

}  // namespace
}  // namespace lockstep::conformance
