// Whose items a list shows: strangers stop a run before its first write.
#include "engine/sides/account.h"

#include "engine/catalogue_world.h"

namespace lockstep::test {
namespace {

using Lines = std::vector<std::string>;

TEST(Account, IsAddressAndOrganisationAsOneText) {
  const Account account{"https://api.vapi.ai", "org 1"};
  EXPECT_EQ(Account::read(account.text()).address, account.address);
  EXPECT_EQ(Account::read(account.text()).organisation, "org 1");
  EXPECT_EQ(Account{}.text(), "");
  EXPECT_EQ((Account{"", "x"}).text(), " x");
}

TEST(Account, AFirstPageOfStrangersStopsTheRunBeforeItsFirstWrite) {
  CatalogueWorld world;
  const Lines ten{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  world.list(ten);
  ASSERT_EQ(world.run().exit_code(), 0);
  const Lines before = world.models();
  const Lines links = world.rows("lockstep_link", {"remote_id", "gone_at", "account"});
  world.list({"x", "y", "z"});
  SyncReport report = world.run();
  EXPECT_EQ(report.exit_code(), 1);
  EXPECT_NE(report.failure.value_or("").find("names none of the 10 known models"), std::string::npos) << report.failure.value_or("");
  EXPECT_EQ(world.models(), before);
  EXPECT_EQ(world.rows("lockstep_link", {"remote_id", "gone_at", "account"}), links);
  world.list({"j", "x", "y"});
  RunOptions options;
  options.allow_mass_change = true;
  EXPECT_EQ(world.run(options).exit_code(), 0) << "one that is known is enough";
}

TEST(Account, StrangersAreTakenOnPurposeAndWhereFewAreKnown) {
  CatalogueWorld world;
  world.list({"a", "b", "c"});
  ASSERT_EQ(world.run().exit_code(), 0);
  RunOptions options;
  options.allow_mass_change = true;
  world.list({"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"});
  EXPECT_EQ(world.run(options).exit_code(), 0);
  world.list({"x"});
  EXPECT_EQ(world.run(options).exit_code(), 1);
  options.allow_account_change = true;
  EXPECT_EQ(world.run(options).exit_code(), 0);
}

}  // namespace
}  // namespace lockstep::test
