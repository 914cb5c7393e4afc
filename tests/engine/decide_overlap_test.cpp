// Parents and leaves: a JSON column and the columns of its leaves hold the same places twice.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "decide_world.h"

namespace lockstep::test {
namespace {

/// The model with extra, prompt and temperature, and its leaf columns saying the same.
std::string model(const std::string& extra, const std::string& prompt, const std::string& temperature) {
  return R"("model":{"extra":")" + extra + R"(","prompt":")" + prompt + R"(","temperature":)" + temperature + "}";
}
std::string leaves(const std::string& prompt, const std::string& temperature) {
  return R"("model_prompt":")" + prompt + R"(","model_temperature":)" + temperature;
}
std::string item(const std::string& columns) { return R"({"item_id":"r1",)" + columns + "}"; }

const std::string kItem = item(model("e", "p", "0.5") + "," + leaves("p", "0.5"));
const std::string kModel = R"({"extra":"e","prompt":"p","temperature":0.5})";

/// Sides, base and the settled decision as text.
struct Tried {
  World world;
  Decision decision;

  Tried(Policy policy, const std::string& here, const std::string& there, const std::string& base = kItem,
        std::vector<std::string> unknown = {}) {
    world.here = here;
    world.there = there;
    world.base = base;
    world.unknown = std::move(unknown);
    decision = decide(item_mapping(), policy, world.build());
  }
  std::string said() const { return text(decision); }
};

Policy manual(Mode mode) { return under(mode, OnConflict::Manual); }

TEST(Overlap, ALeafEditedHereIsSentAlone) {
  const std::string here = item(model("e", "p", "0.5") + "," + leaves("p", "0.9"));
  EXPECT_EQ(Tried(manual(Mode::Full), here, kItem).said(), "remote=patch(model_temperature:0.5>0.9) base");
  EXPECT_EQ(Tried(manual(Mode::Import), here, kItem).said(), "pending_local(model_temperature) notes(PendingExport)");
}

TEST(Overlap, AnUnrelatedChangeOfTheParentThereIsNoConflictAtTheLeaf) {
  const std::string here = item(model("e", "p", "0.5") + "," + leaves("p", "0.9"));
  const std::string there = item(model("R", "p", "0.5") + "," + leaves("p", "0.5"));
  EXPECT_EQ(
      Tried(manual(Mode::Full), here, there).said(),
      "local=update(model:" + kModel + R"(>{"extra":"R","prompt":"p","temperature":0.5}) remote=patch(model_temperature:0.5>0.9) base)");
}

TEST(Overlap, AParentThatOnlyRepeatsItsLeafsEditMakesNoConflict) {
  const std::string here = item(model("e", "p", "0.9") + "," + leaves("p", "0.9"));
  const std::string there = item(model("R", "p", "0.5") + "," + leaves("p", "0.5"));
  const Tried full(manual(Mode::Full), here, there);
  EXPECT_TRUE(full.decision.conflicts.empty()) << full.said();
  EXPECT_EQ(full.decision.remote_fields.size(), 1U);
  EXPECT_EQ(full.decision.remote_fields.at(0).ordinal, ordinal("model_temperature"));
  EXPECT_EQ(full.decision.local_fields.at(0).ordinal, ordinal("model"));
  const Tried send(manual(Mode::Export), here, there);
  EXPECT_EQ(send.said(), "remote=patch(model_temperature:0.5>0.9) pending_remote(model) notes(PendingImport) base");
}

TEST(Overlap, AParentThatWaitsWhileItsLeafIsSentMakesNoConflictLater) {
  const std::string here = item(model("e", "p", "0.9") + "," + leaves("p", "0.9"));
  Tried first(manual(Mode::Export), here, item(model("R", "p", "0.5") + "," + leaves("p", "0.5")));
  const Facts& facts = first.world.build();
  Arena arena;
  const std::vector<Value> answer = row(item(model("R", "p", "0.9") + "," + leaves("p", "0.9")), arena);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, first.decision, facts.here, answer);
  Facts next = facts;
  next.there = answer;
  next.base = base;
  EXPECT_EQ(text(decide(item_mapping(), manual(Mode::Export), next)), "pending_remote(model) notes(PendingImport)");
}

TEST(Overlap, ALeafChangedThereSurvivesTheSendingOfItsParent) {
  const std::string here = item(model("L", "p", "0.5") + "," + leaves("p", "0.5"));
  const std::string there = item(model("e", "p", "0.8") + "," + leaves("p", "0.8"));
  const Tried full(manual(Mode::Full), here, there);
  EXPECT_EQ(full.said(), R"(local=update(model_temperature:0.5>0.8) remote=patch(model:{"extra":"e","prompt":"p","temperature":0.8}>)"
                         R"({"extra":"L","prompt":"p","temperature":0.5} model_temperature:0.8>0.8) base)");
  // Also when an import took the leaf before, and the parent is sent by a later export.
  const std::string later = item(model("L", "p", "0.5") + "," + leaves("p", "0.8"));
  Tried send(manual(Mode::Export), later, there, there);
  send.world.base_here = R"({"model":)" + kModel + "}";
  send.decision = decide(item_mapping(), manual(Mode::Export), send.world.build());
  ASSERT_EQ(send.decision.remote_fields.size(), 2U) << send.said();
  EXPECT_EQ(send.decision.remote_fields[0].ordinal, ordinal("model")) << "a parent is laid before its leaves";
  EXPECT_EQ(send.decision.remote_fields[1].ordinal, ordinal("model_temperature"));
  EXPECT_EQ(send.decision.remote_fields[1].after.as_real(), 0.8);
}

TEST(Overlap, ALeafThatIsHeldApartStaysWhereItsParentIsSent) {
  const std::string there = item(model("e", "p", "0.7") + "," + leaves("p", "0.7"));
  Tried send(manual(Mode::Export), item(model("L", "p", "0.5") + "," + leaves("p", "0.9")), there, there);
  send.world.base_here = "{" + model("e", "p", "0.5") + R"(,"model_temperature":0.9})";
  const Facts& facts = send.world.build();
  const Decision decision = decide(item_mapping(), manual(Mode::Export), facts);
  ASSERT_EQ(decision.remote_fields.size(), 2U) << text(decision);
  EXPECT_EQ(decision.remote_fields[1].ordinal, ordinal("model_temperature")) << "as the remote has it";
  Arena arena;
  const std::vector<Value> answer = row(item(model("L", "p", "0.7") + "," + leaves("p", "0.7")), arena);
  const std::vector<FieldChange> back = after_write(item_mapping(), facts, decision, answer);
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0].ordinal, ordinal("model"));
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, answer);
  EXPECT_EQ(base[ordinal("model_temperature")].here.as_real(), 0.9);
  EXPECT_EQ(base[ordinal("model_temperature")].there.as_real(), 0.7);
}

TEST(Overlap, AParentEditedAtAPlaceThatAwaitsAPersonIsAConflictToo) {
  const std::vector<std::size_t> undecided{ordinal("model_temperature")};
  const auto tried = [&](Mode mode, const std::string& model_here) {
    const std::string there = item(model("e", "p", "0.7") + "," + leaves("p", "0.7"));
    Tried open(manual(mode), item(model_here + "," + leaves("p", "0.9")), there, there);
    open.world.base_here = R"({"model_temperature":0.9})";
    open.world.facts.undecided = undecided;
    return decide(item_mapping(), manual(mode), open.world.build());
  };
  for (const Mode mode : {Mode::Export, Mode::Full}) {
    const Decision decision = tried(mode, model("e", "p", "0.5"));
    EXPECT_TRUE(decision.remote_fields.empty()) << text(decision);
    ASSERT_EQ(decision.conflicts.size(), 1U) << text(decision);
    EXPECT_EQ(decision.conflicts[0].ordinal, ordinal("model"));
    EXPECT_EQ(tried(mode, model("e", "L", "0.7")).remote_fields.size(), 1U) << "another place of the object";
  }
  EXPECT_TRUE(tried(Mode::Import, model("e", "p", "0.5")).conflicts.empty());
}

TEST(Overlap, AParentThatSaysWhatTheRemoteHoldsSettlesNothingThatAwaitsAPerson) {
  const std::vector<std::size_t> undecided{ordinal("model_temperature")};
  const std::string there = item(model("e", "p", "0.7") + "," + leaves("p", "0.7"));
  Tried open(manual(Mode::Full), item(model("L", "p", "0.7") + "," + leaves("p", "0.9")), there, there);
  open.world.base_here = "{" + model("e", "p", "0.5") + R"(,"model_temperature":0.9})";
  open.world.facts.undecided = undecided;
  EXPECT_EQ(decide(item_mapping(), manual(Mode::Full), open.world.build()).remote_fields.size(), 1U);
  open.world.bad_here = {"model"};
  const Decision unreadable = decide(item_mapping(), manual(Mode::Full), open.world.build());
  EXPECT_TRUE(unreadable.remote_fields.empty() && unreadable.conflicts.empty()) << text(unreadable);
}

TEST(Overlap, AParentEditedAtALeafsPlaceSpeaksForTheLeaf) {
  const std::string here = item(model("e", "p", "0.9") + "," + leaves("p", "0.5"));
  EXPECT_EQ(Tried(manual(Mode::Full), here, kItem).said(),
            "remote=patch(model:" + kModel + R"(>{"extra":"e","prompt":"p","temperature":0.9}) base)");
}

TEST(Overlap, AParentEditedAtAPlaceThatTheRemoteChangedTooIsAConflict) {
  const std::string here = item(model("e", "p", "0.9") + "," + leaves("p", "0.5"));
  const std::string there = item(model("e", "p", "0.8") + "," + leaves("p", "0.8"));
  const Tried full(manual(Mode::Full), here, there);
  ASSERT_EQ(full.decision.conflicts.size(), 1U) << full.said();
  EXPECT_EQ(full.decision.conflicts[0].ordinal, ordinal("model"));
}

TEST(Overlap, BothChangedTheParentItself) {
  const std::string here = item(model("L", "p", "0.5") + "," + leaves("p", "0.5"));
  const std::string there = item(model("R", "p", "0.5") + "," + leaves("p", "0.5"));
  EXPECT_EQ(Tried(manual(Mode::Full), here, there).decision.conflicts.size(), 1U);
  EXPECT_EQ(Tried(under(Mode::Full, OnConflict::Local), here, there).decision.remote_fields.size(), 1U);
}

TEST(Overlap, AParentAndItsLeafEditedHereAlikeAreSentTogether) {
  const std::string here = item(model("e", "p", "0.9") + "," + leaves("p", "0.9"));
  const Tried full(manual(Mode::Full), here, kItem);
  EXPECT_TRUE(full.decision.conflicts.empty());
  EXPECT_EQ(full.decision.remote_fields.size(), 2U) << full.said();
}

TEST(Overlap, AParentAndItsLeafEditedHereAtDifferentPlacesAreSentTogether) {
  const std::string here = item(model("L", "p", "0.5") + "," + leaves("p", "0.9"));
  const Tried full(manual(Mode::Full), here, kItem);
  EXPECT_TRUE(full.decision.conflicts.empty());
  ASSERT_EQ(full.decision.remote_fields.size(), 2U) << full.said();
  EXPECT_EQ(full.decision.remote_fields[1].after.as_real(), 0.9);
}

TEST(Overlap, ALeafAndItsParentEditedHereAndDisagreeingAreBothInConflict) {
  const std::string here = item(model("e", "p", "0.8") + "," + leaves("q", "0.9"));
  const auto winners = [&](OnConflict on_conflict) {
    const Tried full(under(Mode::Full, on_conflict), here, kItem);
    EXPECT_EQ(full.decision.conflicts.size(), 2U) << full.said();
    // The other leaf is no part of it.
    EXPECT_EQ(full.decision.remote_fields.size(), 1U) << full.said();
    EXPECT_EQ(full.decision.remote_fields.at(0).ordinal, ordinal("model_prompt"));
    EXPECT_EQ(full.decision.case_number, 12);
    return full.decision.conflicts.at(0).winner;
  };
  EXPECT_EQ(winners(OnConflict::Manual), FieldConflict::Winner::Nobody);
  EXPECT_EQ(winners(OnConflict::Local), FieldConflict::Winner::Nobody) << "the row says two things";
  EXPECT_EQ(winners(OnConflict::Remote), FieldConflict::Winner::There);
  EXPECT_EQ(Tried(manual(Mode::Import), here, kItem).decision.pending_local.size(), 3U) << "an import sends nothing: no conflict yet";
}

TEST(Overlap, WithoutABaseADifferenceOfTheLeafIsToldOnce) {
  const std::string here = item(model("e", "p", "0.9") + "," + leaves("p", "0.9"));
  for (const OnConflict on_conflict : {OnConflict::Remote, OnConflict::Local, OnConflict::Manual}) {
    const Tried full(under(Mode::Full, on_conflict), here, kItem, "");
    ASSERT_EQ(full.decision.conflicts.size(), 1U) << full.said();
    EXPECT_EQ(full.decision.conflicts[0].ordinal, ordinal("model_temperature"));
    EXPECT_EQ(full.decision.local_fields.size(), on_conflict == OnConflict::Remote ? 2U : 0U) << "the parent follows its leaf";
  }
}

TEST(Overlap, WithoutABaseAParentThatItsLeavesDoNotExplainIsAConflict) {
  const std::string here = item(model("e", "p", "0.9") + "," + leaves("p", "0.5"));
  const Tried full(manual(Mode::Full), here, kItem, "");
  ASSERT_EQ(full.decision.conflicts.size(), 1U) << full.said();
  EXPECT_EQ(full.decision.conflicts[0].ordinal, ordinal("model"));
  const std::string own = item(model("L", "p", "0.9") + "," + leaves("p", "0.9"));
  EXPECT_EQ(Tried(manual(Mode::Full), own, kItem, "").decision.conflicts.size(), 2U);
}

TEST(Overlap, ALeafMissingHereIsFilledAndItsParentFollows) {
  const std::string here = item(R"("model":{"extra":"e","prompt":"p"},"model_prompt":"p")");
  const Tried import(manual(Mode::Import), here, kItem, "");
  EXPECT_TRUE(import.decision.conflicts.empty()) << import.said();
  EXPECT_EQ(import.decision.case_number, 5);
  EXPECT_EQ(import.decision.local_fields.size(), 2U);
}

TEST(Overlap, WithoutABaseALeafThatItsParentContradictsIsNotSent) {
  const std::string here = item(model("e", "p", "0.8") + "," + leaves("p", "0.9"));
  const Tried send(manual(Mode::Export), here, item(R"("name":null)"), "");
  EXPECT_EQ(send.decision.conflicts.size(), 2U) << send.said();
}

TEST(Overlap, ALeafThatTheRemoteOwnsSurvivesTheSendingOfItsParent) {
  const std::string base = item(R"("model":{"extra":"e","size":1},"model_size":1)");
  const std::string here = item(R"("model":{"extra":"L","size":1},"model_size":1)");
  const std::string there = item(R"("model":{"extra":"e","size":2},"model_size":2)");
  const Tried full(manual(Mode::Full), here, there, base);
  EXPECT_EQ(full.said(),
            R"(local=update(model_size:1>2) remote=patch(model:{"extra":"e","size":2}>{"extra":"L","size":1} model_size:2>2) base)");
  // Edited in the row together with the parent: the column is warned of, the parent is what the user said.
  const std::string both = item(R"("model":{"extra":"L","size":3},"model_size":3)");
  const Tried edited(manual(Mode::Full), both, base, base);
  EXPECT_TRUE(edited.decision.conflicts.empty()) << edited.said();
  EXPECT_TRUE(edited.decision.has(Note::DerivedEdited));
  EXPECT_EQ(edited.decision.remote_fields.size(), 1U) << edited.said();
}

TEST(Overlap, AWriteOnlyLeafNeverDisagreesAndIsNeverKept) {
  const std::string base = item(R"("model":{"extra":"e"})");
  const std::string here = item(R"("model":{"extra":"L","key":"k1"},"model_key":"k2")");
  const Tried full(manual(Mode::Full), here, base, base);
  EXPECT_TRUE(full.decision.conflicts.empty()) << full.said();
  EXPECT_EQ(full.decision.remote_fields.size(), 2U) << full.said();
  const std::string echoed = item(R"("model":{"extra":"e","key":"***"},"model_key":"***")");
  const Tried sent(manual(Mode::Full), item(R"("model":{"extra":"L"})"), echoed, base);
  EXPECT_EQ(find_if(sent.decision.remote_fields.begin(), sent.decision.remote_fields.end(),
                    [](const FieldChange& change) { return change.ordinal == ordinal("model_key"); }),
            sent.decision.remote_fields.end())
      << sent.said();
}

TEST(Overlap, ALeafWithAConverterIsHeldAgainstWhatTheConverterMakesOfItsPlace) {
  const std::string base = item(R"("model":{"mode":"A"},"model_mode":"a")");
  const std::string alike = item(R"("model":{"mode":"B"},"model_mode":"b")");
  EXPECT_EQ(Tried(manual(Mode::Full), alike, base, base).decision.conflicts.size(), 0U);
  const std::string here = item(R"("model":{"mode":"C"},"model_mode":"b")");
  EXPECT_EQ(Tried(manual(Mode::Full), here, base, base).decision.conflicts.size(), 2U) << "edited twice, and not alike";
  const std::string leaf = item(R"("model":{"mode":"A"},"model_mode":"b")");
  EXPECT_EQ(Tried(manual(Mode::Full), leaf, base, base).said(), "remote=patch(model_mode:a>b) base");
}

TEST(Overlap, ALeafOfWhatTheRemoteEmptiedIsPartOfTheConflict) {
  const std::string base = item(R"("model":{"extra":"e"})");
  const std::string here = item(R"("model":{"extra":"L"},"model_prompt":"p")");
  const Tried send(under(Mode::Export, OnConflict::Remote), here, item(R"("name":null)"), base);
  EXPECT_EQ(send.decision.conflicts.size(), 2U) << send.said();
  EXPECT_EQ(send.decision.remote, Action::None) << "the leaf alone would bring the parent back";
}

TEST(Overlap, ACellThatIsNoObjectIsComparedAsAWhole) {
  const std::string here = item(R"("model":"text",)" + leaves("p", "0.5"));
  const std::string there = item(model("e", "p", "0.8") + "," + leaves("p", "0.8"));
  const Tried full(manual(Mode::Full), here, there);
  ASSERT_EQ(full.decision.conflicts.size(), 1U) << full.said();
  EXPECT_EQ(full.decision.conflicts[0].ordinal, ordinal("model"));
}

/// The record with a model that cannot be read in the row, at the remote, or in what either held at the last agreement.
struct Broken {
  World world;
  Facts facts;
  std::vector<Value> here, there;
  std::vector<BaseField> base;

  Broken(const std::string& row, const std::string& remote, const std::string& agreed) {
    world.here = row;
    world.there = remote;
    world.base = agreed;
    facts = world.build();
    here.assign(facts.here.begin(), facts.here.end());
    there.assign(facts.there.begin(), facts.there.end());
    base.assign(facts.base.begin(), facts.base.end());
    facts.here = here;
    facts.there = there;
    facts.base = base;
  }
};

TEST(Overlap, AHeldJsonThatCannotBeReadIsComparedAsAWhole) {
  const std::size_t at = ordinal("model");
  const std::vector<std::function<Value&(Broken&)>> places{
      [at](Broken& broken) -> Value& { return broken.here[at]; }, [at](Broken& broken) -> Value& { return broken.there[at]; },
      [at](Broken& broken) -> Value& { return broken.base[at].here; }, [at](Broken& broken) -> Value& { return broken.base[at].there; }};
  // But for the broken one these are edits of different places: no conflict.
  const std::vector<std::array<std::string, 3>> records{
      {item(model("e", "p", "0.9") + "," + leaves("p", "0.9")), item(model("R", "p", "0.5") + "," + leaves("p", "0.5")), kItem},
      {item(R"("model":{"extra":"L"})"), item(R"("model":{"extra":"e","prompt":"p"},"model_prompt":"p")"),
       item(R"("model":{"extra":"e"})")}};
  for (const auto& [here, there, base] : records) {
    for (const auto& place : places) {
      Broken broken(here, there, base);
      EXPECT_TRUE(decide(item_mapping(), manual(Mode::Full), broken.facts).conflicts.empty());
      place(broken) = Value::unreadable(Value::Storage::Text, "{broken");
      const Decision decision = decide(item_mapping(), manual(Mode::Full), broken.facts);
      ASSERT_EQ(decision.conflicts.size(), 1U) << text(decision);
      EXPECT_EQ(decision.conflicts[0].ordinal, at);
    }
  }
}

TEST(Overlap, AJsonThatCannotBeReadContradictsNoLeaf) {
  Broken broken(item(model("e", "p", "0.5") + "," + leaves("p", "0.9")), kItem, kItem);
  broken.here[ordinal("model")] = Value::unreadable(Value::Storage::Text, "{broken");
  EXPECT_EQ(text(decide(item_mapping(), manual(Mode::Full), broken.facts)),
            "remote=patch(model_temperature:0.5>0.9) pending_local(model) notes(PendingExport Unreadable) base");
}

TEST(Overlap, WithoutABaseADefaultIsNoDifferenceOfTheLeaf) {
  const std::string here = item(R"("name":"a","model":{"extra":"e"},"model_format":"plain")");
  const std::string there = item(R"("name":"a","model":{"extra":"e","format":"plain"},"model_format":"plain")");
  const std::string followed = R"(local=update(model:{"extra":"e"}>{"extra":"e","format":"plain"}) base)";
  for (const Mode mode : {Mode::Import, Mode::Full}) {
    const Tried fresh(manual(mode), here, there, "");
    EXPECT_EQ(fresh.said(), followed);
    EXPECT_EQ(fresh.decision.case_number, 5);
    // A rule that has changed: of parent and leaf nothing is known, of the rest all.
    const Tried known(manual(mode), here, there, there, {"model", "model_format"});
    EXPECT_EQ(known.said(), followed);
    EXPECT_EQ(known.decision.case_number, 9);
  }
  EXPECT_EQ(Tried(manual(Mode::Export), here, there, "").said(), "base") << "an export changes no value of the row";
}

TEST(Overlap, WithoutABaseAParentFollowsOnlyWhatTheRemoteWins) {
  World world;
  world.here = item(model("e", "p", "0.9") + "," + leaves("p", "0.9"));
  world.there = kItem;
  const std::vector<Verdict> verdicts{{ordinal("model_temperature"), Value::real(0.7)}};
  EXPECT_EQ(
      text(decide(item_mapping(), under(Mode::Full, OnConflict::Hook), world.build(), verdicts)),
      "local=update(model_temperature:0.9>0.7) remote=patch(model_temperature:0.5>0.7) conflicts(model_temperature:null/0.9/0.5=hook) "
      "base");
}

TEST(Overlap, WithoutABaseALeafThatCannotShowWhatTheRemoteHoldsIsNotFilledThere) {
  const std::string shown = item(R"("model":{"extra":"e","temperature":0.9},"model_temperature":0.9)");
  const std::string unshown = item(R"("model":{"extra":"e","temperature":"hot"})");
  const Tried held(manual(Mode::Full), shown, unshown, "");
  EXPECT_EQ(held.decision.remote, Action::None) << held.said();
  EXPECT_EQ(held.decision.conflicts.size(), 2U) << held.said();
  EXPECT_EQ(held.decision.case_number, 6);
  // Also where the parents agree on it and the row's column alone says something else.
  const Tried alone(manual(Mode::Full), item(R"("model":{"extra":"e","temperature":"hot"},"model_temperature":0.9)"), unshown, "");
  EXPECT_EQ(alone.said(), "conflicts(model_temperature:null/0.9/null=nobody) base");
  const Tried local(under(Mode::Full, OnConflict::Local), shown, unshown, "");
  EXPECT_EQ(local.decision.remote_fields.size(), 2U) << local.said();
}

TEST(Overlap, WithoutABaseALeafIsSentWhereConvertersMakeNothingOfTheRemotesOrItsEchoIsNoValue) {
  const std::string empty = item(R"("model":{"mode":""})");
  EXPECT_EQ(Tried(manual(Mode::Full), item(R"("model":{"mode":""},"model_mode":"b")"), empty, "").said(),
            "remote=patch(model_mode:null>b) base");
  const std::string masked = item(R"("model":{"key":{"set":true}})");
  EXPECT_EQ(Tried(manual(Mode::Full), item(R"("model":{"key":{"set":true}},"model_key":"k")"), masked, "").said(),
            "remote=patch(model_key:null>k) base");
}

TEST(Overlap, AParentInConflictWhoseLeafContradictsItTakesTheLeafAlong) {
  const std::string here = item(model("e", "p", "0.9") + "," + leaves("p", "0.8"));
  const std::string there = item(model("R", "p", "0.5") + "," + leaves("p", "0.5"));
  const Tried full(manual(Mode::Full), here, there);
  EXPECT_EQ(full.decision.remote, Action::None) << full.said();
  EXPECT_EQ(full.decision.conflicts.size(), 2U) << full.said();
  // An import sends nothing, so the leaf only waits.
  EXPECT_EQ(Tried(manual(Mode::Import), here, there).decision.conflicts.size(), 1U);
}

TEST(Overlap, AParentEditedAlikeOnBothSidesAtALeafsPlaceIsNoConflict) {
  const std::string here = item(model("L", "p", "0.8") + "," + leaves("p", "0.5"));
  const std::string there = item(model("e", "p", "0.8") + "," + leaves("p", "0.8"));
  EXPECT_EQ(Tried(manual(Mode::Full), here, there).said(),
            R"(local=update(model_temperature:0.5>0.8) remote=patch(model:{"extra":"e","prompt":"p","temperature":0.8}>)"
            R"({"extra":"L","prompt":"p","temperature":0.8}) base)");
}

TEST(Overlap, AParentEditedAtTheOnePlaceAndAnotherLeafChangedThereAreNoConflict) {
  const std::string here = item(model("e", "q", "0.5") + "," + leaves("p", "0.5"));
  const std::string there = item(model("e", "p", "0.8") + "," + leaves("p", "0.8"));
  EXPECT_EQ(Tried(manual(Mode::Full), here, there).said(),
            R"(local=update(model_temperature:0.5>0.8) remote=patch(model:{"extra":"e","prompt":"p","temperature":0.8}>)"
            R"({"extra":"e","prompt":"q","temperature":0.5} model_temperature:0.8>0.8) base)");
}

TEST(Overlap, ALeafInConflictSurvivesTheSendingOfItsParent) {
  const std::string here = item(model("L", "p", "0.9") + "," + leaves("p", "0.9"));
  const std::string there = item(model("e", "p", "0.8") + "," + leaves("p", "0.8"));
  EXPECT_EQ(Tried(manual(Mode::Full), here, there).said(),
            R"(remote=patch(model:{"extra":"e","prompt":"p","temperature":0.8}>{"extra":"L","prompt":"p","temperature":0.9} )"
            "model_temperature:0.8>0.8) conflicts(model_temperature:0.5/0.9/0.8=nobody) base");
}

TEST(Overlap, AReferenceEditedTogetherWithItsParentHasToNameTheSameItem) {
  // A lookup's column is compared as the remote value that its row stands for.
  const std::string base = item(R"("model":{"toolId":"1"},"model_tool":"1")");
  const std::string here = item(R"("model":{"toolId":"2"},"model_tool":"2")");
  EXPECT_EQ(Tried(manual(Mode::Full), here, base, base).decision.remote_fields.size(), 2U);
  const std::string other = item(R"("model":{"toolId":"2"},"model_tool":"3")");
  const Decision opposed = Tried(manual(Mode::Full), other, base, base).decision;
  EXPECT_EQ(opposed.opposed.size(), 2U);
  EXPECT_TRUE(opposed.nothing());
  const std::string leaf = item(R"("model":{"toolId":"1"},"model_tool":"2")");
  EXPECT_EQ(Tried(manual(Mode::Full), leaf, base, base).said(), "remote=patch(model_tool:1>2) base");
}

/// A list of which one element has a column.
struct Talk {
  static std::string of(const std::string& elements, const std::string& prompt) {
    return item(R"("talk":[)" + elements + R"(],"talk_prompt":)" + prompt);
  }
  static Decision full(const std::string& here, const std::string& there, const std::string& base) {
    return Tried(manual(Mode::Full), here, there, base).decision;
  }
  static constexpr const char* kSystem = R"({"role":"system","content":"p"})";
  static constexpr const char* kUser = R"({"role":"user","content":"u"})";
  static constexpr const char* kOther = R"({"role":"user","content":"other"})";
};

TEST(Overlap, ThePlaceOfAnElementIsAnEditOfTheListBesideAnother) {
  const std::string system = Talk::kSystem, user = Talk::kUser, other = Talk::kOther, p = R"("p")";
  const std::string base = Talk::of(system + "," + user, p), moved = Talk::of(user + "," + system, p);
  const std::string edited = Talk::of(system + "," + other, p);
  EXPECT_EQ(Talk::full(moved, edited, base).conflicts.size(), 1U) << "the row has moved it, the remote has edited another";
  EXPECT_EQ(Talk::full(edited, moved, base).conflicts.size(), 1U);
  const std::string three = Talk::of(system + "," + user + "," + other, p);
  EXPECT_EQ(
      Talk::full(Talk::of(user + "," + system + "," + other, p), Talk::of(user + "," + other + "," + system, p), three).conflicts.size(),
      1U);
  // The element's own edit goes beside its move.
  const std::string prompt = Talk::of(R"({"role":"system","content":"q"},)" + user, R"("q")");
  const Decision both = Talk::full(moved, prompt, base);
  EXPECT_TRUE(both.conflicts.empty()) << text(both);
  EXPECT_EQ(both.remote, Action::Patch);
  EXPECT_EQ(both.local, Action::Update);
}

TEST(Overlap, AnElementThatComesAndGoesWithItsLeafIsNoEditOfTheList) {
  const std::string system = Talk::kSystem, user = Talk::kUser, other = Talk::kOther, p = R"("p")";
  const std::string none = Talk::of(user, "null"), base = Talk::of(system + "," + user, p);
  EXPECT_TRUE(Talk::full(Talk::of(other, "null"), Talk::of(user + "," + system, p), none).conflicts.empty()) << "it came there";
  EXPECT_TRUE(Talk::full(Talk::of(user + "," + system, p), Talk::of(other, "null"), none).conflicts.empty()) << "it came here";
  EXPECT_TRUE(Talk::full(none, Talk::of(system + "," + other, p), base).conflicts.empty()) << "it went here";
  // Without a value of the leaf it is the list's own.
  const std::string bare = R"({"role":"system"})";
  const std::string empty = Talk::of(bare + "," + user, "null");
  EXPECT_EQ(Talk::full(Talk::of(user, "null"), Talk::of(bare + "," + other, "null"), empty).conflicts.size(), 1U);
}

}  // namespace
}  // namespace lockstep::test
