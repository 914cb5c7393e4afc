// Which entry is a sync's: by what it pairs. A new name moves nothing, and another sync's entry is never taken.
#include "state_fixture.h"

namespace lockstep::test {
namespace {

const char* const kHome = "https://api.example";

SyncIdentity pairing(std::string name, std::string table, std::vector<std::string> configured, std::string address = kHome) {
  return {std::move(name), std::move(address), "thing", std::move(table), {}, std::move(configured)};
}

class SyncsTest : public StateTest {
 protected:
  std::int64_t ensure(const SyncIdentity& sync) { return state_.ensure_sync(sync, *lease_).id; }
};

TEST_F(SyncsTest, ARenamedSyncGoesOnWithItsEntry) {
  const std::int64_t id = ensure(pairing("bots", "things", {"bots"}));
  EXPECT_EQ(ensure(pairing("voices", "things", {"voices"})), id);
  EXPECT_EQ(state_.find_sync("bots"), std::nullopt);
  EXPECT_EQ(state_.find_sync("voices")->id, id);
}

TEST_F(SyncsTest, AnEntryOfAnOlderVersionIsFoundByItsName) {
  const std::int64_t id = ensure({"bots", {}, {}, {}, {}, {}});
  EXPECT_EQ(ensure(pairing("bots", "things", {"bots"})), id);
  EXPECT_EQ(state_.find_sync("bots")->table, "things");
}

TEST_F(SyncsTest, TwoSyncsOfOneTableAreToldApartByTheirNames) {
  const std::int64_t first = ensure(pairing("first", "things", {"first", "second"}));
  const std::int64_t second = ensure(pairing("second", "things", {"first", "second"}));
  EXPECT_NE(first, second);
  EXPECT_EQ(ensure(pairing("first", "things", {"first", "second"})), first);
  EXPECT_EQ(ensure(pairing("second", "things", {"first", "second"})), second);
}

TEST_F(SyncsTest, NamesThatWentRoundTakeTheirEntriesAlong) {
  const std::int64_t lamps = ensure(pairing("a", "lamps", {"a", "b"}));
  const std::int64_t cups = ensure(pairing("b", "cups", {"a", "b"}));
  EXPECT_EQ(ensure(pairing("a", "cups", {"a", "b"})), cups);
  EXPECT_EQ(ensure(pairing("b", "lamps", {"a", "b"})), lamps);
  EXPECT_EQ(state_.find_sync("a")->table, "cups");
  EXPECT_EQ(state_.find_sync("b")->table, "lamps");
}

TEST_F(SyncsTest, AnotherAddressIsTheSameSyncAndNeverAnothersEntry) {
  const std::int64_t first = ensure(pairing("first", "things", {"first", "second"}));
  const std::int64_t second = ensure(pairing("second", "things", {"first", "second"}, "https://other.example"));
  EXPECT_NE(first, second);
  EXPECT_EQ(ensure(pairing("first", "things", {"first", "second"}, "https://other.example")), first);
  EXPECT_EQ(state_.find_sync("first")->address, kHome) << "until a run was allowed to ask there";
}

TEST_F(SyncsTest, AnotherTableIsAnotherSyncUnlessTheOldOneIsGone) {
  const std::int64_t gone = ensure(pairing("bots", "things", {"bots"}));
  EXPECT_EQ(ensure(pairing("bots", "lockstep_sync", {"bots"})), gone) << "no table \"things\" is there: it was renamed";
  const std::int64_t other = ensure(pairing("bots", "others", {"bots"}));
  EXPECT_NE(other, gone);
  EXPECT_EQ(state_.find_sync("bots")->id, other);
  EXPECT_EQ(ensure(pairing("machines", "lockstep_sync", {"bots", "machines"})), gone) << "what it had is not lost";
}

}  // namespace
}  // namespace lockstep::test
