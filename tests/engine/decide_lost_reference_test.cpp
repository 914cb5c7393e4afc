// References that lead nowhere, as values: an edit that is never sent, and what nobody wrote, which follows.
#include <gtest/gtest.h>

#include "decide_world.h"
#include "engine/decide/merge.h"

namespace lockstep::test {
namespace {

using Why = LostReference::Why;

constexpr char kAgent[] = R"({"item_id":"r1","name":"a","agent_id":"x"})";
constexpr char kOtherAgent[] = R"({"item_id":"r1","name":"a","agent_id":"y"})";

TEST(DecideLostReference, AnEditIsNeverSentAndIsAConflictForAPerson) {
  const std::vector<LostReference> lost{{ordinal("agent_id"), Why::NoRow, true}};
  World world;
  world.here = world.there = world.base = kAgent;
  world.bad_here = {"agent_id"};
  world.facts.lost_references = lost;
  const Decision pending = decide(item_mapping(), under(Mode::Full), world.build());
  EXPECT_TRUE(pending.nothing());
  EXPECT_EQ(pending.pending_local, std::vector<std::size_t>{ordinal("agent_id")});
  EXPECT_TRUE(pending.has(Note::LostReference));
  EXPECT_FALSE(pending.has(Note::Unreadable));
  EXPECT_EQ(merging::left_leading_nowhere(world.facts, pending), std::vector<std::size_t>{ordinal("agent_id")});
  EXPECT_TRUE(merging::left_unreadable(item_mapping(), world.facts, pending).empty());
  world.there = kOtherAgent;
  const Decision conflict = decide(item_mapping(), under(Mode::Full, OnConflict::Local), world.build());
  ASSERT_EQ(conflict.conflicts.size(), 1U);
  EXPECT_EQ(conflict.conflicts[0].winner, FieldConflict::Winner::Nobody);
  const Decision taken = decide(item_mapping(), under(Mode::Full), world.build());
  ASSERT_EQ(taken.conflicts.size(), 1U);
  EXPECT_EQ(taken.conflicts[0].winner, FieldConflict::Winner::There);
  EXPECT_TRUE(merging::left_leading_nowhere(world.facts, taken).empty()) << "it is replaced";
  world.bad_here = {"agent_id", "note"};
  EXPECT_TRUE(decide(item_mapping(), under(Mode::Full), world.build()).has(Note::Unreadable));
}

TEST(DecideLostReference, WhatNobodyWroteFollowsAndIsNoChangedRule) {
  const std::vector<LostReference> lost{{ordinal("agent_id"), Why::NoRow, false}};
  World world;
  world.here = world.there = world.base = kAgent;
  world.bad_here = world.untouched = {"agent_id"};
  world.facts.lost_references = lost;
  const Decision decision = decide(item_mapping(), under(Mode::Import), world.build());
  EXPECT_EQ(decision.case_number, 25);
  ASSERT_NE(merging::find(decision.local_fields, ordinal("agent_id")), nullptr);
  EXPECT_FALSE(decision.has(Note::RuleChanged));
  EXPECT_TRUE(decide(item_mapping(), under(Mode::Export), world.build()).nothing());
  EXPECT_TRUE(merging::left_leading_nowhere(world.facts, {}).empty());
}

TEST(DecideLostReference, ANewItemIsMadeWithoutIt) {
  const std::vector<LostReference> lost{{ordinal("agent_id"), Why::NoItem, true}};
  World world;
  world.here = R"({"name":"a","agent_id":"x"})";
  world.bad_here = {"agent_id"};
  world.facts.lost_references = lost;
  Policy policy = under(Mode::Full);
  policy.can_create = true;
  const Decision decision = decide(item_mapping(), policy, world.build());
  EXPECT_EQ(decision.remote, Action::Create);
  EXPECT_EQ(merging::find(decision.remote_fields, ordinal("agent_id")), nullptr);
  EXPECT_EQ(decision.pending_local, std::vector<std::size_t>{ordinal("agent_id")});
  EXPECT_TRUE(merging::left_leading_nowhere(world.facts, decision).empty()) << "its row is there";
}

}  // namespace
}  // namespace lockstep::test
