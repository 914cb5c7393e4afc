// What a batch writes, and what it does not write twice.
#include "state/state_fixture.h"

namespace lockstep {
namespace {

class StateBatchTest : public StateTest {
 protected:
  RejectedEntry rejection(const std::string& remote_id, const std::string& reason, Micros since = kNow) {
    RejectedEntry entry;
    entry.remote_id = remote_id;
    entry.label = "Front Desk";
    entry.reason = reason;
    entry.since = since;
    return entry;
  }
  ConflictEntry conflict(const std::string& field, Json here, Micros since = kNow) {
    ConflictEntry entry;
    entry.link_id = 7;
    entry.remote_id = "r1";
    entry.field = field;
    entry.base = "base";
    entry.here = std::move(here);
    entry.there = "there";
    entry.since = since;
    return entry;
  }

  Links links_;
  StateBatch batch_{sync_.id, links_};
};

TEST_F(StateBatchTest, TheSameRejectionWritesNothing) {
  batch_.put_rejected(rejection("r1", "too long"));
  save(batch_);
  batch_.put_rejected(rejection("r1", "too long", kNow + 10));
  EXPECT_TRUE(batch_.empty());

  StateBatch next(sync_.id, links_);
  next.know(state_.rejected(sync_.id), {});
  next.put_rejected(rejection("r1", "too long", kNow + 20));
  EXPECT_TRUE(next.empty());
  const auto open = state_.rejected();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].since, kNow);
  EXPECT_EQ(open[0].sync, "assistants");
  EXPECT_EQ(open[0].label, "Front Desk");
}

TEST_F(StateBatchTest, AnotherReasonIsWrittenAndKeepsSince) {
  batch_.put_rejected(rejection("r1", "too long"));
  save(batch_);
  batch_.put_rejected(rejection("r1", "no owner", kNow + 10));
  save(batch_);
  const auto open = state_.rejected(sync_.id);
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].reason, "no owner");
  EXPECT_EQ(open[0].since, kNow);
}

TEST_F(StateBatchTest, AClosedRejectionIsGoneAndMayComeBack) {
  RejectedEntry local = rejection("", "no owner");
  local.local_key = "5";
  batch_.put_rejected(rejection("r1", "too long"));
  batch_.put_rejected(local);
  save(batch_);
  batch_.close_rejected("r1", "17", kNow + 1);
  batch_.close_rejected("r2", "", kNow + 1);
  save(batch_);
  ASSERT_EQ(state_.rejected().size(), 1U);
  EXPECT_EQ(state_.rejected()[0].local_key, "5");
  batch_.close_rejected("r1", "17", kNow + 2);
  EXPECT_TRUE(batch_.empty()) << "closing twice writes";
  batch_.put_rejected(rejection("r1", "again", kNow + 3));
  save(batch_);
  EXPECT_EQ(state_.rejected().size(), 2U);
  EXPECT_EQ(ask("SELECT count(*) FROM lockstep_rejected"), "2");
}

TEST_F(StateBatchTest, TheSameConflictWritesNothing) {
  batch_.put_conflict(conflict("name", "here"));
  batch_.put_conflict(conflict("name", "here"));
  batch_.put_conflict(conflict("voice", Json()));
  save(batch_);
  ASSERT_EQ(state_.conflicts().size(), 2U);
  StateBatch next(sync_.id, links_);
  next.know({}, state_.conflicts(sync_.id));
  next.put_conflict(conflict("name", "here", kNow + 1));
  EXPECT_TRUE(next.empty());
  next.put_conflict(conflict("name", "edited", kNow + 2));
  save(next);
  const auto open = state_.conflicts();
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].field, "name");
  EXPECT_EQ(open[0].here, Json("edited"));
  EXPECT_EQ(open[0].since, kNow);
  EXPECT_TRUE(open[1].here.is_null());
}

TEST_F(StateBatchTest, AConflictOfThisRunCanBeClosedInIt) {
  batch_.put_conflict(conflict("name", "here"));
  save(batch_);
  batch_.put_conflict(conflict("name", "edited"));
  save(batch_);
  EXPECT_EQ(ask("SELECT count(*) FROM lockstep_conflict"), "1");
  batch_.close_conflict(conflict("name", "edited"), kNow + 1);
  batch_.put_conflict(conflict("voice", "x"));
  batch_.close_conflict(conflict("voice", "x"), kNow + 1);
  save(batch_);
  EXPECT_TRUE(state_.conflicts().empty());
  EXPECT_EQ(ask("SELECT count(*) FROM lockstep_conflict"), "1");
}

TEST_F(StateBatchTest, IntentsStayOpenUntilTheyAreClosed) {
  IntentEntry later, earlier;
  later.run_id = earlier.run_id = 1;
  later.local_key = "2";
  earlier.local_key = "1";
  later.action = earlier.action = "create";
  earlier.marker = "m1";
  earlier.body["name"] = "x";
  later.opened_at = kNow + 1;
  earlier.opened_at = kNow;
  batch_.open_intent(later);
  batch_.open_intent(earlier);
  EXPECT_NE(later.id, earlier.id);
  save(batch_);
  const auto open = state_.intents(sync_.id);
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].marker, "m1");
  EXPECT_EQ(open[0].body, earlier.body);
  EXPECT_EQ(open[0].id, earlier.id);
  batch_.close_intent(open[0], kNow + 2);
  save(batch_);
  ASSERT_EQ(state_.intents(sync_.id).size(), 1U);
  EXPECT_EQ(state_.intents(sync_.id)[0].local_key, "2");
  EXPECT_THROW(batch_.close_intent(IntentEntry(), kNow), Error);
}

TEST_F(StateBatchTest, WhatWasRolledBackIsWrittenAgain) {
  const auto collect = [&] {
    batch_.put_rejected(rejection("r1", "too long"));
    batch_.put_conflict(conflict("name", "here"));
  };
  collect();
  {
    const auto transaction = store_->begin(*lease_);
    batch_.flush(*transaction);
  }
  EXPECT_TRUE(state_.rejected().empty());
  batch_.discard();
  collect();
  batch_.discard();
  EXPECT_TRUE(batch_.empty());
  collect();
  save(batch_);
  EXPECT_EQ(state_.rejected().size(), 1U);
  EXPECT_EQ(state_.conflicts().size(), 1U);
}

}  // namespace
}  // namespace lockstep
