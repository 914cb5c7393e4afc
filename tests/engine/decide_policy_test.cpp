// What a row of the table does not show: newest, hooks, force, the next base, the server's answer.
#include <gtest/gtest.h>

#include "decide_world.h"

namespace lockstep::test {
namespace {

constexpr char kHere[] = R"({"item_id":"r1","name":"L","note":"n"})";
constexpr char kThere[] = R"({"item_id":"r1","name":"R","note":"n"})";
constexpr char kBase[] = R"({"item_id":"r1","name":"a","note":"n"})";

World clash() {
  World world;
  world.here = kHere;
  world.there = kThere;
  world.base = kBase;
  return world;
}

Policy in(Mode mode, OnConflict on_conflict = OnConflict::Remote, LocalEdits edits = LocalEdits::Keep) {
  return {.mode = mode, .on_conflict = on_conflict, .local_edits = edits};
}

std::string newest(std::optional<Micros> here, std::optional<Micros> there) {
  World world = clash();
  world.facts.here_modified = here;
  world.facts.there_modified = there;
  return text(decide(item_mapping(), in(Mode::Full, OnConflict::Newest), world.build()));
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
  return text(decide(item_mapping(), in(mode, OnConflict::Hook), world.build(), verdicts));
}

TEST(Hook, IsAskedBeforeAnythingIsDecided) {
  World world = clash();
  world.here = R"({"item_id":"r1","name":"L","note":"M"})";
  world.facts.id = IdState::Changed;
  const Decision decision = decide(item_mapping(), in(Mode::Full, OnConflict::Hook), world.build());
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
  const Decision decision = decide(item_mapping(), in(Mode::Full, OnConflict::Hook), world.build(), verdicts);
  ASSERT_EQ(decision.remote_fields.size(), 1U) << text(decision);
  EXPECT_EQ(decision.remote_fields[0].ordinal, ordinal("model"));
}

TEST(Manual, AConflictThatWasHeldIsNotToldAgain) {
  World world = clash();
  const Facts& facts = world.build();
  const Policy policy = in(Mode::Full, OnConflict::Manual);
  const Decision first = decide(item_mapping(), policy, facts);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, first, facts.here, facts.there);
  Facts next = facts;
  next.base = base;
  EXPECT_EQ(text(decide(item_mapping(), policy, next)), "");
  EXPECT_EQ(base[ordinal("name")].here.as_view(), "L");
  EXPECT_EQ(base[ordinal("name")].there.as_view(), "R");
}

Decision forced(Mode mode, const World& from, LocalEdits edits = LocalEdits::Keep) {
  static World world;
  world = World();
  world.here = from.here;
  world.there = from.there;
  world.base = from.base;
  world.base_here = from.base_here;
  world.facts = from.facts;
  Policy policy = in(mode, OnConflict::Manual, edits);
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
  // All but the key and the two write-only columns.
  EXPECT_EQ(decision.local_fields.size(), item_mapping().fields().size() - 3);
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
  EXPECT_EQ(replaced.local_fields.size(), item_mapping().fields().size() - 3);
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

TEST(NextBase, RemembersWhatTheServerMadeOfAValue) {
  World world = clash();
  world.there = world.base;
  const Facts& facts = world.build();
  const Policy policy = in(Mode::Export);
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
  World world = clash();
  world.there = R"({"item_id":"r1","name":"a","note":"R"})";
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), in(Mode::Import), facts);
  Arena arena;
  const std::vector<Value> here = row(R"({"item_id":"r1","name":"L","note":"R"})", arena);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, here, facts.there);
  Facts next = facts;
  next.here = here;
  next.base = base;
  EXPECT_EQ(text(decide(item_mapping(), in(Mode::Import), next)), "pending_local(name) notes(PendingExport)");
  EXPECT_EQ(text(decide(item_mapping(), in(Mode::Export), next)), "remote=patch(name:a>L) base");
}

TEST(NextBase, LeavesAnUnknownFieldUnknownWhileItsEditWaits) {
  World world;
  world.here = kHere;
  world.there = R"({"item_id":"r1","name":"L"})";
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), in(Mode::Import), facts);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, facts.there);
  EXPECT_TRUE(base[ordinal("note")].there.is_absent());
  EXPECT_EQ(base[ordinal("name")].there.as_view(), "L");
}

TEST(AfterWrite, BringsBackWhatTheRemoteOwnsAndOverlaps) {
  World world;
  world.base = R"({"item_id":"r1","status":"s1","name":"a","model":{"temperature":0.5},"model_temperature":0.5})";
  world.there = world.base;
  world.here = R"({"item_id":"r1","status":"s1","name":"L","model":{"temperature":0.5},"model_temperature":0.9})";
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), in(Mode::Full), facts);
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
  const Decision decision = decide(item_mapping(), in(Mode::Full, OnConflict::Manual), facts);
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
  const Decision sending = decide(item_mapping(), in(Mode::Full), other);
  for (const FieldChange& change : after_write(item_mapping(), other, sending, answer)) EXPECT_NE(change.ordinal, ordinal("model_prompt"));
}

TEST(Words, AreThoseOfTheCommandLine) {
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
}

}  // namespace
}  // namespace lockstep::test
