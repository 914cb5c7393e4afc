// What a row of the table does not show: newest, hooks, manual conflicts, force.
#include <gtest/gtest.h>

#include "decide_world.h"
#include "engine/decide/merge.h"

namespace lockstep::test {
namespace {

World clash() {
  World world;
  world.here = kEditedHere;
  world.there = kEditedThere;
  world.base = kRow;
  return world;
}

std::string newest(std::optional<Micros> here, std::optional<Micros> there) {
  World world = clash();
  world.facts.here_modified = here;
  world.facts.there_modified = there;
  return text(decide(item_mapping(), under(Mode::Full, OnConflict::Newest), world.build()));
}

TEST(Newest, TakesTheLaterSideAndTheRemoteOnATie) {
  EXPECT_EQ(newest(2, 1), "remote=patch(name:R>L) conflicts(name:a/L/R=here) base");
  EXPECT_EQ(newest(1, 2), "local=update(name:L>R) conflicts(name:a/L/R=there) base");
  const std::string tie = "local=update(name:L>R) conflicts(name:a/L/R=there) notes(TieToRemote) base";
  EXPECT_EQ(newest(1, 1), tie);
  EXPECT_EQ(newest(std::nullopt, 1), tie);
  EXPECT_EQ(newest(1, std::nullopt), tie);
}

std::string hook(Mode mode, std::optional<Value> winner, std::string_view column = "name") {
  World world = clash();
  const std::vector<Verdict> verdicts{{ordinal(column), winner}};
  return text(decide(item_mapping(), under(mode, OnConflict::Hook), world.build(), verdicts));
}

TEST(Hook, IsAskedBeforeAnythingIsDecided) {
  World world = clash();
  world.here = R"({"item_id":"r1","name":"L","note":"M"})";
  world.facts.id = IdState::Changed;
  const Decision decision = decide(item_mapping(), under(Mode::Full, OnConflict::Hook), world.build());
  EXPECT_EQ(text(decision), "conflicts(name:a/L/R=nobody) ask");
  EXPECT_TRUE(decision.nothing());
}

TEST(Hook, DecidesForASide) {
  EXPECT_EQ(hook(Mode::Full, Value::text("L")), "remote=patch(name:R>L) conflicts(name:a/L/R=hook) base");
  EXPECT_EQ(hook(Mode::Full, Value::text("R")), "local=update(name:L>R) conflicts(name:a/L/R=hook) base");
  EXPECT_EQ(hook(Mode::Import, Value::text("L")), "conflicts(name:a/L/R=hook!) pending_local(name) notes(PendingExport)");
  EXPECT_EQ(hook(Mode::Export, Value::text("R")), "conflicts(name:a/L/R=hook!) pending_remote(name) notes(PendingImport)");
}

TEST(Hook, MayGiveAThirdValue) {
  EXPECT_EQ(hook(Mode::Full, Value::text("W")), "local=update(name:L>W) remote=patch(name:R>W) conflicts(name:a/L/R=hook) base");
  EXPECT_EQ(hook(Mode::Import, Value::text("W")),
            "local=update(name:L>W) conflicts(name:a/L/R=hook) pending_local(name) notes(PendingExport) base");
  EXPECT_EQ(hook(Mode::Export, Value::text("W")),
            "remote=patch(name:R>W) conflicts(name:a/L/R=hook) pending_remote(name) notes(PendingImport) base");
}

TEST(Hook, WithoutAWordLeavesItToAPerson) {
  EXPECT_EQ(hook(Mode::Full, std::nullopt), "conflicts(name:a/L/R=nobody) base");
  EXPECT_EQ(hook(Mode::Full, Value::text("W"), "note"), "conflicts(name:a/L/R=nobody) base");
}

TEST(Hook, ThatDecidesAParentAnewDecidesItsLeavesToo) {
  World world;
  world.base = R"({"item_id":"r1","model":{"e":1,"temperature":0.5},"model_temperature":0.5})";
  world.here = R"({"item_id":"r1","model":{"e":2,"temperature":0.5},"model_temperature":0.5})";
  world.there = R"({"item_id":"r1","model":{"e":3,"temperature":0.8},"model_temperature":0.8})";
  const std::vector<Verdict> verdicts{{ordinal("model"), Value::json(R"({"e":4})")}};
  const Decision decision = decide(item_mapping(), under(Mode::Full, OnConflict::Hook), world.build(), verdicts);
  ASSERT_EQ(decision.remote_fields.size(), 1U) << text(decision);
  EXPECT_EQ(decision.remote_fields[0].ordinal, ordinal("model"));
}

TEST(Manual, AConflictThatWasHeldIsNotToldAgain) {
  World world = clash();
  const Facts& facts = world.build();
  const Policy policy = under(Mode::Full, OnConflict::Manual);
  const Decision first = decide(item_mapping(), policy, facts);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, first, facts.here, facts.there);
  Facts next = facts;
  next.base = base;
  EXPECT_EQ(text(decide(item_mapping(), policy, next)), "");
  EXPECT_EQ(base[ordinal("name")].here.as_view(), "L");
  EXPECT_EQ(base[ordinal("name")].there.as_view(), "R");
}

TEST(Manual, AConflictThatWasHeldIsDecidedWhereTheRunIsToldTo) {
  World world = clash();
  Facts facts = world.build();
  const Decision first = decide(item_mapping(), under(Mode::Full, OnConflict::Manual), facts);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, first, facts.here, facts.there);
  facts.base = base;
  const Policy remote = under(Mode::Full, OnConflict::Remote);
  EXPECT_EQ(text(decide(item_mapping(), remote, facts)), "");
  // The note is the same on both sides by now.
  const std::vector<std::size_t> awaiting{ordinal("name"), ordinal("note")};
  facts.awaiting = awaiting;
  const Decision decision = decide(item_mapping(), remote, facts);
  EXPECT_EQ(text(decision), "local=update(name:L>R) conflicts(name:R/L/R=there) base");
  EXPECT_EQ(decision.case_number, 12);
}

TEST(Manual, AConflictThatWasLeftToAPersonIsDecidedByNoPolicy) {
  World world;
  world.base = kRow;
  world.here = kEditedHere;
  world.there = kEditedThere;
  Facts facts = world.build();
  const std::vector<std::size_t> undecided{ordinal("name")};
  facts.undecided = undecided;
  for (const Mode mode : {Mode::Import, Mode::Export, Mode::Full}) {
    for (const OnConflict on_conflict : {OnConflict::Remote, OnConflict::Local, OnConflict::Newest, OnConflict::Manual, OnConflict::Hook}) {
      Policy policy = under(mode, on_conflict, LocalEdits::Replace);
      EXPECT_EQ(text(decide(item_mapping(), policy, facts)), "conflicts(name:a/L/R=nobody) base");
      policy.force = true;
      const Decision forced = decide(item_mapping(), policy, facts);
      EXPECT_EQ(merging::find(forced.local_fields, ordinal("name")), nullptr);
      EXPECT_EQ(merging::find(forced.remote_fields, ordinal("name")), nullptr);
    }
  }
}

TEST(Manual, AConflictThatHasMovedIsDecidedWhereTheRunIsToldTo) {
  World world;
  world.base = kRow;
  world.here = kEditedHere;
  world.there = kEditedThere;
  const std::vector<std::size_t> awaiting{ordinal("name")};
  world.facts.awaiting = awaiting;
  EXPECT_EQ(text(decide(item_mapping(), under(Mode::Full, OnConflict::Local), world.build())),
            "remote=patch(name:R>L) conflicts(name:a/L/R=here) base");
}

TEST(Manual, WhatWasNotTakenIsNotReplacedWhileAPersonOwesAnAnswer) {
  World world;
  world.here = kEditedHere;
  world.there = world.base = kRow;
  world.base_here = R"({"name":"L"})";
  world.not_taken = {"name"};
  const std::vector<std::size_t> undecided{ordinal("name")};
  const Policy mirror = under(Mode::Import, OnConflict::Remote, LocalEdits::Replace);
  EXPECT_EQ(text(decide(item_mapping(), mirror, world.build())), "local=update(name:L>a) replaced(name) notes(LocalEditsReplaced) base");
  world.facts.undecided = undecided;
  EXPECT_EQ(text(decide(item_mapping(), mirror, world.build())), "");
}

TEST(Recreate, SendsWhatWasNotTakenAndWhatTheLastDocumentLacked) {
  World world;
  world.here = R"({"item_id":"r1","name":"L","note":"n","count":2})";
  world.base = R"({"item_id":"r1","name":"a"})";
  world.base_here = R"({"name":"L","note":"n"})";
  world.not_taken = {"name"};
  world.fresh = {"count"};
  world.facts.gone_confirmed = true;
  EXPECT_EQ(text(decide(item_mapping(), under(Mode::Full), world.build())), "remote=recreate(name:a>L note:null>n count:null>2) base");
}

TEST(Manual, AConflictThatWasHeldIsDecidedAlsoWhereTheItemIsMadeAnew) {
  World world;
  world.here = R"({"item_id":"r1","name":"L","note":"n"})";
  world.base = R"({"item_id":"r1","name":"R","note":"n"})";
  world.base_here = R"({"name":"L"})";
  world.facts.gone_confirmed = true;
  const std::vector<std::size_t> awaiting{ordinal("name")};
  world.facts.awaiting = awaiting;
  EXPECT_EQ(text(decide(item_mapping(), under(Mode::Full, OnConflict::Remote), world.build())),
            "local=update(name:L>R) remote=recreate() conflicts(name:R/L/R=there) base");
  EXPECT_EQ(text(decide(item_mapping(), under(Mode::Full, OnConflict::Local), world.build())),
            "remote=recreate(name:R>L) conflicts(name:R/L/R=here) base");
}

Decision forced(Mode mode, const World& from, LocalEdits edits = LocalEdits::Keep) {
  static World world;
  world = World();
  world.here = from.here;
  world.there = from.there;
  world.base = from.base;
  world.base_here = from.base_here;
  world.facts = from.facts;
  Policy policy = under(mode, OnConflict::Manual, edits);
  policy.force = true;
  return decide(item_mapping(), policy, world.build());
}

World equal_sides() {
  World world;
  world.here = world.there = world.base = R"({"item_id":"r1","name":"a","status":"s","enabled":true,"pin":"p"})";
  return world;
}

TEST(Force, WritesEveryMappedColumnOfAnImport) {
  const Decision decision = forced(Mode::Import, equal_sides());
  EXPECT_EQ(decision.case_number, 7);
  EXPECT_EQ(decision.local, Action::Update);
  // All but the key and the three write-only columns.
  EXPECT_EQ(decision.local_fields.size(), item_mapping().fields().size() - 4);
  EXPECT_EQ(decision.remote, Action::None);
}

TEST(Force, SendsEveryColumnThatHoldsSomething) {
  World world = equal_sides();
  world.here = R"({"item_id":"r1","name":"a","status":"s","enabled":true,"pin":"p","token":"t"})";
  world.base_here = R"({"token":"set"})";
  EXPECT_EQ(text(forced(Mode::Export, world)), "remote=patch(name:a>a token:null>t pin:p>p) base");
}

TEST(Force, LeavesWhatIsNotThisRunsToWrite) {
  const auto columns = [](const std::vector<FieldChange>& changes) {
    std::vector<std::size_t> out;
    for (const FieldChange& change : changes) out.push_back(change.ordinal);
    return out;
  };
  const World world = clash();
  const Decision conflict = forced(Mode::Import, world);
  const std::vector<std::size_t> written = columns(conflict.local_fields);
  EXPECT_EQ(std::find(written.begin(), written.end(), ordinal("name")), written.end()) << "a conflict awaits a person";
  EXPECT_NE(std::find(written.begin(), written.end(), ordinal("note")), written.end());

  World edited = clash();
  edited.there = edited.base;
  const Decision kept = forced(Mode::Import, edited);
  EXPECT_EQ(kept.pending_local, std::vector<std::size_t>{ordinal("name")});
  const Decision replaced = forced(Mode::Import, edited, LocalEdits::Replace);
  EXPECT_EQ(replaced.replaced, std::vector<std::size_t>{ordinal("name")});
  EXPECT_EQ(replaced.local_fields.size(), item_mapping().fields().size() - 4);
}

TEST(Force, TakesHeldValuesOnlyWhereLocalEditsAreReplaced) {
  World world = clash();
  world.there = world.base;
  world.base_here = R"({"name":"L"})";
  EXPECT_EQ(forced(Mode::Import, world).replaced.size(), 0U);
  EXPECT_EQ(forced(Mode::Import, world, LocalEdits::Replace).replaced, std::vector<std::size_t>{ordinal("name")});
}

TEST(Force, IsNothingToAFullRunOrToARecreate) {
  EXPECT_EQ(text(forced(Mode::Full, equal_sides())), "");
  World world = equal_sides();
  world.there.clear();
  world.facts.gone_confirmed = true;
  EXPECT_EQ(text(forced(Mode::Export, world)), "remote=recreate(pin:null>p) base");
}

TEST(Force, SendsAnEditOnceAndLeavesWhatTheRemoteEdited) {
  World world = clash();
  world.here = R"({"item_id":"r1","name":"L","note":"n","token":"t"})";
  world.there = R"({"item_id":"r1","name":"a","note":"R"})";
  EXPECT_EQ(text(forced(Mode::Export, world)), "remote=patch(name:a>L token:null>t) pending_remote(note) notes(PendingImport) base");
}

TEST(Force, KeepsAnAssignmentThatOnlyTheRowHolds) {
  World world;
  world.here = R"({"item_id":"r1","name":"a","agent_id":"x"})";
  world.there = R"({"item_id":"r1","name":"a"})";
  world.facts.by_natural_key = true;
  const Decision decision = forced(Mode::Import, world, LocalEdits::Replace);
  EXPECT_EQ(decision.case_number, 24);
  EXPECT_TRUE(decision.replaced.empty());
  EXPECT_EQ(decision.pending_local, std::vector<std::size_t>{ordinal("agent_id")});
  for (const FieldChange& change : decision.local_fields) EXPECT_NE(change.ordinal, ordinal("agent_id"));
}

TEST(Words, AreThoseOfTheCommandLine) {
  for (const Mode mode : {Mode::Import, Mode::Export, Mode::Full}) EXPECT_EQ(mode_words().find(to_string(mode)), mode);
  EXPECT_EQ(mode_words().find("ful"), std::nullopt);
  EXPECT_EQ(mode_words().find(""), std::nullopt);
  EXPECT_EQ(to_string(Mode::Import), "import");
  EXPECT_EQ(to_string(Mode::Export), "export");
  EXPECT_EQ(to_string(Mode::Full), "full");
  EXPECT_EQ(to_string(OnConflict::Remote), "remote");
  EXPECT_EQ(to_string(OnConflict::Local), "local");
  EXPECT_EQ(to_string(OnConflict::Newest), "newest");
  EXPECT_EQ(to_string(OnConflict::Manual), "manual");
  EXPECT_EQ(to_string(OnConflict::Hook), "hook");
  EXPECT_EQ(to_string(Action::None), "none");
  EXPECT_EQ(to_string(Action::Insert), "insert");
  EXPECT_EQ(to_string(Action::Update), "update");
  EXPECT_EQ(to_string(Action::Link), "link");
  EXPECT_EQ(to_string(Action::Create), "create");
  EXPECT_EQ(to_string(Action::Patch), "patch");
  EXPECT_EQ(to_string(Action::Recreate), "recreate");
  EXPECT_EQ(to_string(FieldConflict::Winner::Here), "local");
  EXPECT_EQ(to_string(FieldConflict::Winner::There), "remote");
  EXPECT_EQ(to_string(FieldConflict::Winner::Hook), "hook");
  EXPECT_EQ(to_string(FieldConflict::Winner::Person), "person");
  EXPECT_EQ(to_string(FieldConflict::Winner::Nobody), "nobody");
}

}  // namespace
}  // namespace lockstep::test
