// What is remembered once a decision was carried out, and what the server's answer brings back into the row.
#include <gtest/gtest.h>

#include <algorithm>

#include "decide_world.h"

namespace lockstep::test {
namespace {

World edited_here() {
  World world;
  world.here = kEditedHere;
  world.there = world.base = kRow;
  return world;
}

TEST(NextBase, RemembersAColumnThatWasNotReadAsNothing) {
  World world = edited_here();
  world.here = world.base;
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Full), facts);
  std::vector<Value> here(facts.here.begin(), facts.here.end());
  std::vector<Value> there(facts.there.begin(), facts.there.end());
  here[ordinal("count")] = there[ordinal("count")] = Value();
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, here, there);
  EXPECT_EQ(base[ordinal("count")].here.tag(), Value::Tag::Null);
  EXPECT_EQ(base[ordinal("count")].there.tag(), Value::Tag::Null) << "absent would say that nothing is known";
}

TEST(NextBase, RemembersWhatTheServerMadeOfAValue) {
  World world = edited_here();
  const Facts& facts = world.build();
  const Policy policy = under(Mode::Export);
  const Decision decision = decide(item_mapping(), policy, facts);
  Arena arena;
  const std::vector<Value> answer = row(R"({"item_id":"r1","name":"l","note":"n"})", arena);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, answer);
  Facts next = facts;
  next.base = base;
  next.there = answer;
  EXPECT_EQ(text(decide(item_mapping(), policy, next)), "");
}

TEST(NextBase, LeavesAPendingEditVisible) {
  World world = edited_here();
  world.there = R"({"item_id":"r1","name":"a","note":"R"})";
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Import), facts);
  Arena arena;
  const std::vector<Value> here = row(R"({"item_id":"r1","name":"L","note":"R"})", arena);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, here, facts.there);
  Facts next = facts;
  next.here = here;
  next.base = base;
  EXPECT_EQ(text(decide(item_mapping(), under(Mode::Import), next)), "pending_local(name) notes(PendingExport)");
  EXPECT_EQ(text(decide(item_mapping(), under(Mode::Export), next)), "remote=patch(name:a>L) base");
}

TEST(NextBase, LeavesAnUnknownFieldUnknownWhileItsEditWaits) {
  World world;
  world.here = kEditedHere;
  world.there = R"({"item_id":"r1","name":"L"})";
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Import), facts);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, facts.there);
  EXPECT_TRUE(base[ordinal("note")].there.is_absent());
  EXPECT_EQ(base[ordinal("name")].there.as_view(), "L");
}

TEST(NextBase, TakesWhatTheRemoteAddedToAnObjectForAgreedAndTheRowFollows) {
  World world;
  world.here = R"({"item_id":"r1","name":"a","model":{"provider":"x"}})";
  world.there = world.base = R"({"item_id":"r1","name":"a","model":{"provider":"w"}})";
  const Facts& facts = world.build();
  Decision decision = decide(item_mapping(), under(Mode::Export), facts);
  Arena arena;
  const std::vector<Value> answer = row(R"({"item_id":"r1","name":"a","model":{"provider":"x","computed":1}})", arena);
  const auto follows = [&] {
    const std::vector<FieldChange> changes = after_write(item_mapping(), facts, decision, answer);
    return std::any_of(changes.begin(), changes.end(), [](const FieldChange& change) { return change.ordinal == ordinal("model"); });
  };
  EXPECT_FALSE(follows()) << "unless that was found to be news, it was not taken";
  decision.answered = {ordinal("model")};
  EXPECT_TRUE(follows());
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, answer);
  EXPECT_EQ(base[ordinal("model")].here.as_view(), answer[ordinal("model")].as_view());
  EXPECT_EQ(base[ordinal("model")].there.as_view(), answer[ordinal("model")].as_view());
}

TEST(AfterWrite, BringsBackWhatTheRemoteOwnsAndOverlaps) {
  World world;
  world.base = R"({"item_id":"r1","status":"s1","name":"a","model":{"temperature":0.5},"model_temperature":0.5})";
  world.there = world.base;
  world.here = R"({"item_id":"r1","status":"s1","name":"L","model":{"temperature":0.5},"model_temperature":0.9})";
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Full), facts);
  Arena arena;
  // The server normalised the name, which stays as the row has it.
  const std::vector<Value> answer =
      row(R"({"item_id":"r1","status":"s2","name":"l","model":{"temperature":0.9},"model_temperature":0.9,"token":"***"})", arena);
  const std::vector<FieldChange> changes = after_write(item_mapping(), facts, decision, answer);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].ordinal, ordinal("model"));
  EXPECT_EQ(changes[0].before.as_view(), R"({"temperature":0.5})");
  EXPECT_EQ(changes[1].ordinal, ordinal("status"));
  EXPECT_EQ(changes[1].after.as_view(), "s2");
}

TEST(AfterWrite, LeavesWhatIsOpen) {
  World world;
  world.base = R"({"item_id":"r1","model":{"e":1,"temperature":0.5,"prompt":"p"},"model_temperature":0.5,"model_prompt":"p"})";
  world.here = R"({"item_id":"r1","model":{"e":2,"temperature":0.5,"prompt":"p"},"model_temperature":0.9,"model_prompt":"h"})";
  world.there = R"({"item_id":"r1","model":{"e":3,"temperature":0.5,"prompt":"p"},"model_temperature":0.5,"model_prompt":"p"})";
  world.base_here = R"({"model_prompt":"h"})";
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Full, OnConflict::Manual), facts);
  ASSERT_EQ(
      text(decision),
      R"(remote=patch(model_temperature:0.5>0.9) conflicts(model:{"e":1,"prompt":"p","temperature":0.5}/{"e":2,"prompt":"p","temperature":0.5}/{"e":3,"prompt":"p","temperature":0.5}=nobody) base)");
  Arena arena;
  const std::vector<Value> answer =
      row(R"({"item_id":"r1","model":{"e":3,"temperature":0.9,"prompt":"p"},"model_temperature":0.9,"model_prompt":"p"})", arena);
  EXPECT_TRUE(after_write(item_mapping(), facts, decision, answer).empty()) << "the parent awaits a person";

  // A leaf held apart since an earlier run stays so when its parent is sent.
  World sent;
  sent.base = sent.there = world.base;
  sent.here = world.here;
  sent.base_here = world.base_here;
  const Facts& other = sent.build();
  const Decision sending = decide(item_mapping(), under(Mode::Full), other);
  for (const FieldChange& change : after_write(item_mapping(), other, sending, answer)) EXPECT_NE(change.ordinal, ordinal("model_prompt"));
}

/// What the answer brings back, as columns and values after.
std::string brought_back(World& world, const Policy& policy, std::string_view answered) {
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), policy, facts);
  Arena arena;
  const std::vector<Value> answer = row(answered, arena);
  std::string out;
  for (const FieldChange& change : after_write(item_mapping(), facts, decision, answer)) {
    out.append(out.empty() ? "" : " ").append(item_mapping().fields()[change.ordinal].column).append(":");
    out.append(to_display(change.before)).append(">").append(to_display(change.after));
  }
  return out;
}

TEST(AfterWrite, LeavesWhatTheRemoteDidNotTake) {
  World world;
  world.base = world.there = R"({"item_id":"r1","model":{"e":1,"temperature":0.5},"model_temperature":0.5})";
  world.here = R"({"item_id":"r1","model":{"e":2,"temperature":0.5},"model_temperature":0.9})";
  const Facts& facts = world.build();
  Decision decision = decide(item_mapping(), under(Mode::Full), facts);
  Arena arena;
  const std::vector<Value> answer = row(world.base, arena);
  const auto brought = [&] {
    const std::vector<FieldChange> changes = after_write(item_mapping(), facts, decision, answer);
    return std::any_of(changes.begin(), changes.end(), [](const FieldChange& change) { return change.ordinal != ordinal("status"); });
  };
  EXPECT_TRUE(brought());
  decision.not_taken = {ordinal("model"), ordinal("model_temperature")};
  EXPECT_FALSE(brought());
}

TEST(AfterWrite, GoesOnFromWhatTheDecisionWritesIntoTheRow) {
  World world;
  world.base = R"({"item_id":"r1","model":{"e":1,"temperature":0.5},"model_temperature":0.5})";
  world.here = R"({"item_id":"r1","model":{"e":1,"temperature":0.5},"model_temperature":0.9})";
  world.there = R"({"item_id":"r1","model":{"e":2,"temperature":0.5},"model_temperature":0.5})";
  EXPECT_EQ(brought_back(world, under(Mode::Full), R"({"item_id":"r1","model":{"e":2,"temperature":0.9},"model_temperature":0.9})"),
            R"(model:{"e":2,"temperature":0.5}>{"e":2,"temperature":0.9})");
}

TEST(AfterWrite, GoesOnFromAHeldLeafThatTheDecisionGivesUp) {
  World world;
  world.base = R"({"item_id":"r1","model":{"e":1,"prompt":"p"},"model_prompt":"p"})";
  world.base_here = R"({"model_prompt":"h"})";
  world.here = R"({"item_id":"r1","model":{"e":2,"prompt":"q"},"model_prompt":"h"})";
  world.there = R"({"item_id":"r1","model":{"e":1,"prompt":"q"},"model_prompt":"q"})";
  EXPECT_EQ(brought_back(world, under(Mode::Full), R"({"item_id":"r1","model":{"e":2,"prompt":"Q"},"model_prompt":"Q"})"),
            "model_prompt:q>Q");
}

TEST(AfterWrite, FillsAParentOfWhichNothingWasKnown) {
  World world;
  world.here = R"({"item_id":"r1","model_prompt":"p"})";
  world.there = R"({"item_id":"r1"})";
  EXPECT_EQ(brought_back(world, under(Mode::Full), R"({"item_id":"r1","model":{"prompt":"p"},"model_prompt":"p"})"),
            R"(model:null>{"prompt":"p"})");
}

TEST(AfterWrite, LeavesAParentThatAwaitsAnImport) {
  World world;
  world.base = R"({"item_id":"r1","model":{"e":1,"temperature":0.5},"model_temperature":0.5})";
  world.here = R"({"item_id":"r1","model":{"e":1,"temperature":0.9},"model_temperature":0.9})";
  world.there = R"({"item_id":"r1","model":{"e":2,"temperature":0.5},"model_temperature":0.5})";
  EXPECT_EQ(brought_back(world, under(Mode::Export), R"({"item_id":"r1","model":{"e":2,"temperature":0.9},"model_temperature":0.9})"), "");
}

TEST(AfterWrite, LeavesALeafThatCouldNotBeSent) {
  World world;
  world.base = R"({"item_id":"r1","model":{"e":1,"old":"a"},"model_old":"a"})";
  world.here = R"({"item_id":"r1","model":{"e":2,"old":"a"},"model_old":"L"})";
  world.there = R"({"item_id":"r1","model":{"e":1}})";
  const Policy policy = under(Mode::Full, OnConflict::Local);
  const Decision decision = decide(item_mapping(), policy, world.build());
  ASSERT_EQ(decision.pending_local, std::vector<std::size_t>{ordinal("model_old")}) << "the remote has given the legacy key up";
  EXPECT_EQ(brought_back(world, policy, R"({"item_id":"r1","model":{"e":2}})"), R"(model:{"e":2,"old":"a"}>{"e":2})");
}

TEST(AfterWrite, TakesAParentThatWonAConflictAsTheServerStoresIt) {
  World world;
  world.base = R"({"item_id":"r1","model":{"e":1,"temperature":0.5},"model_temperature":0.5})";
  world.here = R"({"item_id":"r1","model":{"e":2,"temperature":0.5},"model_temperature":0.9})";
  world.there = R"({"item_id":"r1","model":{"e":3,"temperature":0.5},"model_temperature":0.5})";
  const std::string_view answer = R"({"item_id":"r1","model":{"e":2,"temperature":0.9},"model_temperature":0.9})";
  EXPECT_EQ(brought_back(world, under(Mode::Full, OnConflict::Local), answer),
            R"(model:{"e":2,"temperature":0.5}>{"e":2,"temperature":0.9})");
}

TEST(AfterWrite, TakesWhatTheServerFillsInAfterACreate) {
  World world;
  world.here = R"({"item_id":null,"name":"a","model_format":"plain"})";
  EXPECT_EQ(brought_back(world, under(Mode::Full), R"({"item_id":"r9","name":"a","note":"given","count":3,"model_format":"plain"})"),
            "note:null>given count:null>3");
}

TEST(AfterWrite, TakesADefaultForNoNews) {
  World world;
  world.base = world.there = kRow;
  world.here = kEditedHere;
  EXPECT_EQ(brought_back(world, under(Mode::Full), R"({"item_id":"r1","name":"L","note":"n","model_format":"plain"})"), "");
  EXPECT_EQ(brought_back(world, under(Mode::Full), R"({"item_id":"r1","name":"L","note":"n","model_format":"other"})"),
            "model_format:null>other");
}

TEST(NextBase, KeepsAsARemoteEditWhatAnExportCouldNotBringBack) {
  World world = edited_here();
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Export), facts);
  Arena arena;
  // Somebody was faster: the note came with the answer to a patch of the name.
  const std::vector<Value> answer = row(R"({"item_id":"r1","name":"L","note":"theirs"})", arena);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, answer);
  Facts next = facts;
  next.base = base;
  next.there = answer;
  EXPECT_EQ(text(decide(item_mapping(), under(Mode::Import), next)), "local=update(note:n>theirs) base");
}

TEST(NextBase, OfARecreatedItemExpectsWhatThePostHeld) {
  World world;
  world.base = R"({"item_id":"r1","name":"a","note":"n","count":1})";
  world.unknown = {"count"};
  world.here = R"({"item_id":"r1","name":"L","note":"n","count":null})";
  world.facts.gone_confirmed = true;
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Full), facts);
  ASSERT_EQ(decision.remote, Action::Recreate);
  Arena arena;
  const std::vector<Value> answer = row(R"({"item_id":"r2","name":"L","note":"other","count":7})", arena);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, answer);
  EXPECT_EQ(base[ordinal("note")].there.as_view(), "n") << "the other note is an edit there";
  EXPECT_EQ(to_display(base[ordinal("count")].there), "null");
}

/// Base and sides after a hook's third value has reached the one side that this mode may write.
std::string after_the_hook(Mode mode, std::string_view here, std::string_view there) {
  World world;
  world.here = kEditedHere;
  world.there = R"({"item_id":"r1","name":"R","note":"n"})";
  world.base = kRow;
  const Facts& facts = world.build();
  const std::vector<Verdict> verdicts{{ordinal("name"), Value::text("W")}};
  const Decision decision = decide(item_mapping(), under(mode, OnConflict::Hook), facts, verdicts);
  Arena arena;
  const std::vector<Value> now_here = row(here, arena), now_there = row(there, arena);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, now_here, now_there);
  Facts next = facts;
  next.here = now_here;
  next.there = now_there;
  next.base = base;
  return text(decide(item_mapping(), under(Mode::Full), next));
}

TEST(NextBase, TakesTheHooksValueForAnEditOfTheSideThatWasWritten) {
  EXPECT_EQ(after_the_hook(Mode::Import, R"({"item_id":"r1","name":"W","note":"n"})", R"({"item_id":"r1","name":"R","note":"n"})"),
            "remote=patch(name:R>W) base");
  EXPECT_EQ(after_the_hook(Mode::Export, R"({"item_id":"r1","name":"L","note":"n"})", R"({"item_id":"r1","name":"W","note":"n"})"),
            "local=update(name:L>W) base");
}

TEST(NextBase, MeetsAConflictAgainWhoseWinnerCouldNotBeWritten) {
  World world = edited_here();
  world.there = R"({"item_id":"r1","name":"R","note":"n"})";
  const Facts& facts = world.build();
  const std::vector<Verdict> verdicts{{ordinal("name"), Value::text("L")}};
  const Policy policy = under(Mode::Import, OnConflict::Hook);
  const Decision decision = decide(item_mapping(), policy, facts, verdicts);
  ASSERT_TRUE(decision.conflicts.at(0).reported_only);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, facts.there);
  EXPECT_EQ(base[ordinal("name")].here.as_view(), "a");
  EXPECT_EQ(base[ordinal("name")].there.as_view(), "a");
}

TEST(NextBase, ARowThatHasFollowedAChangedRuleHasAgreed) {
  World world;
  world.here = kEditedHere;
  world.there = world.base = kRow;
  world.untouched = {"name"};
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Import), facts);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.there, facts.there);
  EXPECT_EQ(base[ordinal("name")].here.as_view(), "a");
  // What a trigger makes of the write stands beside what the remote holds.
  const std::vector<BaseField> bent = next_base(item_mapping(), facts, decision, facts.here, facts.there);
  EXPECT_EQ(bent[ordinal("name")].here.as_view(), "L");
}

}  // namespace
}  // namespace lockstep::test
