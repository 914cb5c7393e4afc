// The provider checks on providers that break one promise each: the check that is about it goes red. A suite that cannot fail is worth
// nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "common/text.h"
#include "conformance/provider_checks.h"
#include "format/json.h"
#include "sandbox/sandbox.h"

extern "C" const lockstep::ProviderPlugin lockstep_provider_v1;

namespace lockstep::conformance {
namespace {

enum class Fault {
  ForgetsTheVariable,
  AcceptsAnyKey,
  TellsTheKey,
  RepeatsAnItem,
  DropsAnItemNowAndThen,
  CallsEveryListComplete,
  SpellsNumbersItsOwnWay,
  DropsLargeItems,
  HidesProblems,
  HashesTheIdOnly,
  TakesEveryErrorForNotFound,
  FindsWhatIsNotThere,
  IgnoresTheDeadline,
  TakesTroubleForARefusal,
  HidesTheWait,
  CountsNothing,
};

/// Set by the test before a provider is made.
Fault fault = Fault::ForgetsTheVariable;

bool is(Fault one) { return fault == one; }

class FaultyStream : public PageStream {
 public:
  explicit FaultyStream(std::unique_ptr<PageStream> real) : real_(std::move(real)) {}

  std::optional<Page> next(Call& call) override {
    try {
      auto page = real_->next(call);
      if (page) spoil(*page);
      return page;
    } catch (const Error&) {
      if (!is(Fault::CallsEveryListComplete)) throw;
      return std::nullopt;
    }
  }
  void recycle(Page page) override { real_->recycle(std::move(page)); }
  ListEnd end() const override {
    ListEnd end = real_->end();
    if (is(Fault::CallsEveryListComplete)) end.complete = true;
    return end;
  }

 private:
  static void spoil(Page& page) {
    static std::atomic<int> pages = 0;
    if (is(Fault::RepeatsAnItem)) page.records.push_back(page.records[0]);
    if (is(Fault::DropsAnItemNowAndThen) && ++pages % 2 == 0) page.records.pop_back();
    if (is(Fault::HidesProblems)) page.problems.clear();
    if (is(Fault::DropsLargeItems)) std::erase_if(page.records, [](const Record& record) { return record.raw.size() > 1'000'000; });
    for (Record& record : page.records) {
      if (is(Fault::HashesTheIdOnly)) record.hash = hash128(record.id);
      if (!is(Fault::SpellsNumbersItsOwnWay)) continue;
      record.raw = page.arena.copy(json::to_text(json::parse(record.raw)));
      record.hash = hash128(record.raw);
    }
  }

  std::unique_ptr<PageStream> real_;
};

class FaultyProvider : public Provider {
 public:
  FaultyProvider(std::unique_ptr<Provider> real, std::string key) : real_(std::move(real)), key_(std::move(key)) {}

  std::span<const Resource> resources() const override { return real_->resources(); }
  Credentials credentials() const override { return is(Fault::ForgetsTheVariable) ? Credentials{false, "a key"} : real_->credentials(); }

  void check(Call& call) override {
    Meter uncounted;
    Call other{call.stop, is(Fault::IgnoresTheDeadline) ? Deadline() : call.deadline, is(Fault::CountsNothing) ? uncounted : call.meter};
    try {
      real_->check(other);
    } catch (Error& error) {
      if (is(Fault::AcceptsAnyKey) && error.kind() == ErrorKind::Credentials) return;
      if (is(Fault::TellsTheKey)) throw error.at("with key " + key_);
      if (is(Fault::HidesTheWait)) throw Error(error.kind(), error.message());
      if (is(Fault::TakesTroubleForARefusal)) throw Error(ErrorKind::Rejected, error.message());
      throw;
    }
  }

  std::unique_ptr<PageStream> list(const Resource& resource, const ListQuery& query, Call& call) override {
    return std::make_unique<FaultyStream>(real_->list(resource, query, call));
  }

  std::optional<Document> get(const Resource& resource, std::string_view id, Call& call) override {
    try {
      auto found = real_->get(resource, id, call);
      if (!found && is(Fault::FindsWhatIsNotThere)) return Document{std::string(id), "{}"};
      return found;
    } catch (const Error&) {
      if (is(Fault::TakesEveryErrorForNotFound)) return std::nullopt;
      throw;
    }
  }

  Document create(const Resource& resource, const Json& body, Call& call) override { return real_->create(resource, body, call); }
  Document update(const Resource& resource, std::string_view id, const Json& changed, Call& call) override {
    return real_->update(resource, id, changed, call);
  }

 private:
  std::unique_ptr<Provider> real_;
  std::string key_;
};

Provider* create(const std::string& name, const OptionValues& options, std::string& error) noexcept {
  return guarded_create<Provider>(error, [&] {
    std::unique_ptr<Provider> real(lockstep_provider_v1.create(name, options, error));
    return std::make_unique<FaultyProvider>(std::move(real), options.text("api_key"));
  });
}

struct Case {
  Fault fault;
  const char* check;  ///< the one that must go red
};

class FaultyProviderTest : public testing::TestWithParam<Case> {};

TEST_P(FaultyProviderTest, IsFoundOut) {
  sandbox::Sandbox sandbox;
  ProviderPlugin plugin = lockstep_provider_v1;
  plugin.create = create;
  const ProviderBench bench{
      &plugin, {{"api_key", sandbox.key()}, {"base_url", sandbox.url()}, {"retries", "0"}, {"rate", "0"}}, "assistant"};
  fault = GetParam().fault;
  const auto checks = provider_checks();
  const auto check =
      std::find_if(checks.begin(), checks.end(), [](const ProviderCheck& one) { return std::string_view(one.name) == GetParam().check; });
  ASSERT_NE(check, checks.end());
  EXPECT_EQ(run_provider_check(*check, bench).state, Finding::State::Failed);
}

INSTANTIATE_TEST_SUITE_P(
    Each, FaultyProviderTest,
    testing::Values(
        Case{Fault::ForgetsTheVariable, "AMissingCredentialNamesItsVariable"}, Case{Fault::AcceptsAnyKey, "ABadKeyIsRefused"},
        Case{Fault::TellsTheKey, "NoErrorHoldsTheKey"}, Case{Fault::RepeatsAnItem, "EveryItemComesOnceAndEveryTime"},
        Case{Fault::DropsAnItemNowAndThen, "EveryItemComesOnceAndEveryTime"},
        Case{Fault::CallsEveryListComplete, "ATruncatedAnswerIsNoList"}, Case{Fault::CallsEveryListComplete, "ATruncatedTextIsNoList"},
        Case{Fault::CallsEveryListComplete, "APageForPeopleIsNoList"}, Case{Fault::CallsEveryListComplete, "ALoopOfPagesEnds"},
        Case{Fault::SpellsNumbersItsOwnWay, "NumbersAreKeptAsTheyWereWritten"}, Case{Fault::SpellsNumbersItsOwnWay, "UnicodeIsKept"},
        Case{Fault::SpellsNumbersItsOwnWay, "UnknownFieldsAreKept"}, Case{Fault::DropsLargeItems, "AMegabyteIsKept"},
        Case{Fault::HidesProblems, "AnItemThatIsNoRecordIsTold"}, Case{Fault::HashesTheIdOnly, "AChangedItemHasAnotherHash"},
        Case{Fault::TakesEveryErrorForNotFound, "A404OfSomethingInBetweenIsAnError"},
        Case{Fault::FindsWhatIsNotThere, "AnItemThatIsNotThereIsNothing"}, Case{Fault::FindsWhatIsNotThere, "AnOddIdStaysOneId"},
        Case{Fault::IgnoresTheDeadline, "ADeadlineThatIsOverAsksNothing"},
        Case{Fault::TakesTroubleForARefusal, "TroubleOfTheServerIsUnreachable"}, Case{Fault::HidesTheWait, "A429IsToldWithItsWait"},
        Case{Fault::CountsNothing, "RequestsAreCounted"}),
    [](const testing::TestParamInfo<Case>& each) { return std::string(each.param.check) + std::to_string(each.index); });

}  // namespace
}  // namespace lockstep::conformance
