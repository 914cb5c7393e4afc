// Evidence before policy: what a run may conclude from a cell that nobody edited, a column that is new, a value that the remote did not
// take, a cell or a value that cannot be read, and an object part of which is a secret.
#include "decide_table.h"
#include "engine/decide/merge.h"

namespace lockstep::test {
namespace {

using Change = std::function<void(World&, Policy&)>;

Change fresh(std::vector<std::string> columns, bool alike = false) {
  return [=](World& world, Policy&) {
    world.fresh = columns;
    world.alike = alike;
  };
}
Change both_moved(std::vector<std::string> columns) {
  return [=](World& world, Policy&) { world.moved = columns; };
}
Change untouched(std::vector<std::string> columns) {
  return [=](World& world, Policy&) { world.untouched = columns; };
}
Change bad_here(std::vector<std::string> columns) {
  return [=](World& world, Policy&) { world.bad_here = columns; };
}
Change bad_all_along(std::vector<std::string> columns) {
  return [=](World& world, Policy&) { world.bad_here = world.bad_then = columns; };
}
Change unread(std::vector<std::string> columns) {
  return [=](World& world, Policy&) { world.unread = columns; };
}
/// The row held this, and the remote kept what it had.
Change not_taken(std::string held) {
  return [=](World& world, Policy&) {
    world.base_here = held;
    world.not_taken = {"name"};
  };
}

constexpr char kNameThere[] = R"({"item_id":"r1","name":"R","note":"n","count":1})";
constexpr char kNoteHere[] = R"({"item_id":"r1","name":"a","note":"L","count":1})";

// ---- nobody has edited it ------------------------------------------------------------------------------------------------------------

const std::vector<Situation> kNobodyEdited{
    {"TheRuleMakesTheSameOfBothSides",
     25,
     with(sides(kNameEdited, kNameThere, kNameThere), untouched({"name", "note"})),
     {in({I, F}, "local=update(name:L>R) notes(RuleChanged) base"), always("")}},
    {"TheRuleEmptiesTheField",
     25,
     with(sides(kBase, kNoName, kNoName), untouched({"name"})),
     {in({I, F}, "local=update(name:a>null) notes(RuleChanged) base"), always("")}},
    {"TheRuleReadsWhatWasEmpty",
     25,
     with(sides(kNoName, kBase, kBase), untouched({"name"})),
     {in({I, F}, "local=update(name:null>a) notes(RuleChanged) base"), always("")}},
    {"TheRuleMeetsAnEditThereOfAnotherField",
     9,
     with(sides(kNameEdited, kNoteEdited, kBase), untouched({"name"})),
     {in({I, F}, "local=update(name:L>a note:n>R) notes(RuleChanged) base"), in({E}, "pending_remote(note) notes(PendingImport)")}},
    {"TheSameDifferenceWithoutAPrintIsAnEdit",
     8,
     sides(kNameEdited, kBase, kBase),
     {in({I}, Replace, "local=update(name:L>a) replaced(name) notes(LocalEditsReplaced) base"),
      in({I}, "pending_local(name) notes(PendingExport)"), in({E, F}, "remote=patch(name:a>L) base")}},
};

// ---- a column that is new ------------------------------------------------------------------------------------------------------------

const std::vector<Situation> kNewColumn{
    {"EmptyHereIsFilled",
     25,
     with(sides(kNoName, kBase, kBase), fresh({"name"}, true)),
     {in({I, F}, "local=update(name:null>a) notes(RuleChanged) base"), always("")}},
    {"ADefaultInEveryRowGivesWay",
     25,
     with(sides(kNameEdited, kBase, kBase), fresh({"name"}, true)),
     {in({I, F}, "local=update(name:L>a) notes(RuleChanged) base"), always("")}},
    {"TheRemoteChangedMeanwhile",
     25,
     with(sides(kNoName, kNameThere, kBase), fresh({"name"}, true)),
     {in({I, F}, "local=update(name:null>R) notes(RuleChanged) base"), always("")}},
    {"EmptyOnBothSides", 11, with(sides(kNoName, kNoName, kNoName), fresh({"name"})), {always("base")}},
    {"BesideAnEdit",
     8,
     with(sides(R"({"item_id":"r1","note":"L","count":1})", kBase, kBase), fresh({"name"}, true)),
     {in({I}, Replace, "local=update(name:null>a note:L>n) replaced(note) notes(RuleChanged LocalEditsReplaced) base"),
      in({I}, "local=update(name:null>a) pending_local(note) notes(RuleChanged PendingExport) base"),
      in({E}, "remote=patch(note:n>L) base"), in({F}, "local=update(name:null>a) remote=patch(note:n>L) notes(RuleChanged) base")}},
    {"WhatTheRemoteHoldsCannotBeRead", 7, with(with(sides(kNoName, kBase, kBase), fresh({"name"}, true)), unread({"name"})), {always("")}},
};

const std::vector<Situation> kBothMoved{
    {"IsAConflict",
     12,
     with(sides(kNameEdited, kNameThere, kBase), both_moved({"name"})),
     {in({F}, {Local}, "remote=patch(name:R>L) conflicts(name:null/L/R=here) base"), always("*")}},
    {"AlsoWhereTheRowWasEmptied",
     12,
     with(sides(kNoName, kNameThere, kBase), both_moved({"name"})),
     {in({F}, {Manual}, "conflicts(name:null/null/R=nobody) base"), always("*")}},
    {"EndsWhereTheSidesMeet", 11, with(sides(kNameThere, kNameThere, kBase), both_moved({"name"})), {always("base")}},
    {"SaysNothingOfAnItemThatIsGone", 13, gone(with(sides(kNameEdited, "", kBase), both_moved({"name"}))), {always("*")}},
};

// ---- not taken -----------------------------------------------------------------------------------------------------------------------

const std::vector<Situation> kNotTaken{
    {"StaysAsItIs",
     7,
     with(sides(kNameEdited, kBase, kBase), not_taken(R"({"name":"L"})")),
     {in({I}, Replace, "local=update(name:L>a) replaced(name) notes(LocalEditsReplaced) base"), always("")}},
    {"EditedAgainIsSentAgain",
     8,
     with(sides(R"({"item_id":"r1","name":"M","note":"n","count":1})", kBase, kBase), not_taken(R"({"name":"L"})")),
     {in({I}, Replace, "local=update(name:M>a) replaced(name) notes(LocalEditsReplaced) base"),
      in({I}, "pending_local(name) notes(PendingExport)"), in({E, F}, "remote=patch(name:a>M) base")}},
    // The row's value is an edit that never arrived.
    {"TheRemoteHasMoved",
     12,
     with(sides(kNameEdited, kNameThere, kBase), not_taken(R"({"name":"L"})")),
     {in({I}, Replace, "local=update(name:L>R) replaced(name) notes(LocalEditsReplaced) base"),
      in({I, F}, {Remote}, "local=update(name:L>R) conflicts(name:a/L/R=there) base"),
      in({E}, {Remote}, "conflicts(name:a/L/R=there!) pending_remote(name) notes(PendingImport)"),
      in({I}, {Local}, "conflicts(name:a/L/R=here!) pending_local(name) notes(PendingExport)"),
      in({E, F}, {Local}, "remote=patch(name:R>L) conflicts(name:a/L/R=here) base"),
      in({I, F}, {Newest}, "local=update(name:L>R) conflicts(name:a/L/R=there) notes(TieToRemote) base"),
      in({E}, {Newest}, "conflicts(name:a/L/R=there!) pending_remote(name) notes(TieToRemote PendingImport)"),
      in({}, {Manual}, "conflicts(name:a/L/R=nobody) base"), in({}, {AskHook}, "conflicts(name:a/L/R=nobody) ask")}},
    {"TakenInTheEnd", 11, with(sides(kNameEdited, kNameEdited, kBase), not_taken(R"({"name":"L"})")), {always("base")}},
    {"TheSidesWereTheSameAllAlong", 7, with(sides(kBase, kBase, kBase), not_taken("")), {always("")}},
    {"TheRowGaveIn", 11, with(sides(kBase, kBase, kBase), not_taken(R"({"name":"L"})")), {always("base")}},
};

// ---- cells and values that cannot be read ----------------------------------------------------------------------------------------------

const std::vector<Situation> kUnreadable{
    {"ACellIsNeverSent",
     8,
     with(sides(kBase, kBase, kBase), bad_here({"name"})),
     {in({I}, Replace, "local=update(name:{bad>a) replaced(name) notes(LocalEditsReplaced Unreadable) base"),
      always("pending_local(name) notes(PendingExport Unreadable)")}},
    {"ACellBesideAGoodEdit",
     8,
     with(sides(kNoteHere, kBase, kBase), bad_here({"name"})),
     {in({I}, Replace, "local=update(name:{bad>a note:L>n) replaced(name note) notes(LocalEditsReplaced Unreadable) base"),
      in({I}, "pending_local(name note) notes(PendingExport Unreadable)"),
      in({E, F}, "remote=patch(note:n>L) pending_local(name) notes(PendingExport Unreadable) base")}},
    {"ACellThatWasSoAtTheAgreement", 7, with(sides(kBase, kBase, kBase), bad_all_along({"name"})), {always("notes(Unreadable)")}},
    {"ACellThatNobodyEditedFollowsTheRule",
     25,
     with(with(sides(kBase, kBase, kBase), bad_here({"name"})), untouched({"name"})),
     {in({I, F}, "local=update(name:{bad>a) notes(RuleChanged Unreadable) base"), always("notes(Unreadable)")}},
    {"ACellWithoutABaseAgainstNothing",
     5,
     with(sides(kBase, kNoName, ""), bad_here({"name"})),
     {in({I}, Replace, "local=update(name:{bad>null) replaced(name) notes(LocalEditsReplaced Unreadable) base"),
      always("pending_local(name) notes(PendingExport Unreadable) base")}},
    {"ACellInANewColumnGivesWay",
     25,
     with(with(with(sides(kBase, kBase, kBase), fresh({"name"})), bad_here({"name"})), [](World& world, Policy&) { world.alike = true; }),
     {in({I, F}, "local=update(name:{bad>a) notes(RuleChanged Unreadable) base"), always("notes(Unreadable)")}},
    {"ACellThatTheRemoteOwns",
     9,
     with(sides(kBase, R"({"item_id":"r1","name":"a","note":"n","count":1,"status":"s"})", kBase), bad_here({"status"})),
     {in({I, F}, "local=update(status:{bad>s) notes(DerivedEdited Unreadable) base"), always("notes(DerivedEdited Unreadable)")}},
    {"ACellInAConflict",
     12,
     with(sides(kBase, kNameThere, kBase), bad_here({"name"})),
     {in({I}, Replace, "local=update(name:{bad>R) replaced(name) notes(LocalEditsReplaced Unreadable) base"),
      in({I, F}, {Remote}, "local=update(name:{bad>R) conflicts(name:a/{bad/R=there) notes(Unreadable) base"),
      in({I, F}, {Newest}, "local=update(name:{bad>R) conflicts(name:a/{bad/R=there) notes(TieToRemote Unreadable) base"),
      in({F}, {Local, Manual}, "conflicts(name:a/{bad/R=nobody) notes(Unreadable) base"),
      in({F}, {AskHook}, "conflicts(name:a/{bad/R=nobody) notes(Unreadable) ask"), always("*")}},
    {"AValueThereSaysNothing", 7, with(sides(kBase, kBase, kBase), unread({"name"})), {always("")}},
    {"AValueThereSaysNothingOfAnEditHere", 7, with(sides(kNameEdited, kBase, kBase), unread({"name"})), {always("")}},
    {"AValueThereBesideAnEditThere",
     9,
     with(sides(kBase, kNoteEdited, kBase), unread({"name"})),
     {in({I, F}, "local=update(note:n>R) base"), in({E}, "pending_remote(note) notes(PendingImport)")}},
};

// ---- whole rows, and what is gone ------------------------------------------------------------------------------------------------------

Change at_work(bool can_repeat) {
  return [=](World& world, Policy& policy) {
    world.facts.intent = IntentState::AtWork;
    policy.can_repeat_create = can_repeat;
  };
}
Change stays_gone(bool remembered) {
  return [=](World& world, Policy&) {
    world.facts.linked = world.facts.gone_confirmed = world.facts.stays_gone = true;
    world.facts.gone_remembered = remembered;
  };
}

const std::vector<Situation> kWholeRows{
    {"NoItemIsMadeOfARowThatCannotBeRead",
     2,
     with(sides(R"({"name":"a"})", "", ""), bad_here({"name"})),
     {in({I}, "notes(LocalOnly Unreadable)"), always("notes(Unreadable)")}},
    {"ACellThatTheRemoteOwnsHindersNoItem",
     2,
     with(sides(R"({"name":"a"})", "", ""), bad_here({"status"})),
     {in({I}, "notes(LocalOnly Unreadable)"), always("remote=create(name:null>a) notes(Unreadable) base")}},
    {"AnEmptyIdIsNone",
     2,
     sides(R"({"item_id":"","name":"a"})", "", ""),
     {in({I}, "notes(LocalOnly)"), always("remote=create(name:null>a) base")}},
    {"AnIdThatCannotBeReadIsOne", 13, with(sides(R"({"name":"a"})", "", ""), bad_here({"item_id"})), {always("notes(Unknown Unreadable)")}},
    {"AnObjectAndItsLeafSayTwoThings",
     2,
     sides(R"({"model":{"prompt":"a"},"model_prompt":"b"})", "", ""),
     {in({I}, "notes(LocalOnly)"), always(R"(remote=create(model:null>{"prompt":"a"} model_prompt:null>b) notes(LeavesTaken) base)")}},
    {"ACreateAtWorkThatHasNoMarkerAwaitsAPerson",
     17,
     with(sides(R"({"name":"a"})", "", ""), at_work(false)),
     {always("notes(CreateUnresolved) error")}},
    {"ACreateAtWorkIsNotRepeatedYet",
     17,
     with(sides(R"({"name":"a"})", "", ""), at_work(true)),
     {in({I}, "notes(CreatePending)"), always("notes(OutcomeUnknown) error")}},
    {"DeletedHereOnPurpose", 14, with(sides("", kBase, kBase), stays_gone(false)), {always("")}},
    {"DeletedThereOnPurpose", 13, with(sides(kBase, "", kBase), stays_gone(false)), {always("notes(MissingRemote)")}},
    {"DeletedThereOnPurposeLongAgo", 13, with(sides(kBase, "", kBase), stays_gone(true)), {always("")}},
};

// ---- an object part of which is a secret, shown as a mask ------------------------------------------------------------------------------

std::string masked(const std::string& temperature, const std::string& mask, const std::string& leaf) {
  return R"({"item_id":"r1","model":{"headers":")" + mask + R"(","temperature":)" + temperature + R"(},"model_temperature":)" + leaf + "}";
}
const std::string kMasked = masked("0.5", "$1", "0.5");

const std::vector<Situation> kMaskedParent{
    {"TheSecretWasRotatedThere",
     9,
     sides(kMasked, masked("0.5", "$2", "0.5"), kMasked),
     {in({I, F}, R"(local=update(model:{"headers":"$1","temperature":0.5}>{"headers":"$2","temperature":0.5}) base)"),
      in({E}, "pending_remote(model) notes(PendingImport)")}},
    {"TheSecretWasRotatedThereAndALeafEditedHere",
     10,
     sides(masked("0.5", "$1", "0.9"), masked("0.5", "$2", "0.5"), kMasked),
     {in({F}, R"(local=update(model:{"headers":"$1","temperature":0.5}>{"headers":"$2","temperature":0.5}) )"
              "remote=patch(model_temperature:0.5>0.9) base"),
      in({E}, "remote=patch(model_temperature:0.5>0.9) pending_remote(model) notes(PendingImport) base"), always("*")}},
    {"TheSecretWasRotatedHereAndALeafEditedThere",
     10,
     sides(masked("0.5", "$2", "0.5"), masked("0.8", "$1", "0.8"), kMasked),
     {in({F}, R"(local=update(model_temperature:0.5>0.8) remote=patch(model:{"headers":"$1","temperature":0.8}>)"
              R"({"headers":"$2","temperature":0.5} model_temperature:0.8>0.8) base)"),
      always("*")}},
    {"TheSecretWasRotatedOnBothSides",
     12,
     sides(masked("0.5", "$2", "0.5"), masked("0.5", "$3", "0.5"), kMasked),
     {in({F}, {Manual},
         R"(conflicts(model:{"headers":"$1","temperature":0.5}/{"headers":"$2","temperature":0.5}/{"headers":"$3","temperature":0.5}=nobody) base)"),
      always("*")}},
    {"TheParentCannotBeReadAndTheLeafIsEdited",
     8,
     with(sides(masked("0.5", "$1", "0.9"), kMasked, kMasked), bad_here({"model"})),
     {in({E, F}, "remote=patch(model_temperature:0.5>0.9) pending_local(model) notes(PendingExport Unreadable) base"), always("*")}},
};

class Evidence : public testing::TestWithParam<Situation> {};

TEST_P(Evidence, GoesBeforePolicy) { check(GetParam()); }

INSTANTIATE_TEST_SUITE_P(NobodyEdited, Evidence, testing::ValuesIn(kNobodyEdited), name_of_situation);
INSTANTIATE_TEST_SUITE_P(NewColumn, Evidence, testing::ValuesIn(kNewColumn), name_of_situation);
INSTANTIATE_TEST_SUITE_P(BothMoved, Evidence, testing::ValuesIn(kBothMoved), name_of_situation);
INSTANTIATE_TEST_SUITE_P(NotTaken, Evidence, testing::ValuesIn(kNotTaken), name_of_situation);
INSTANTIATE_TEST_SUITE_P(Unreadable, Evidence, testing::ValuesIn(kUnreadable), name_of_situation);
INSTANTIATE_TEST_SUITE_P(WholeRows, Evidence, testing::ValuesIn(kWholeRows), name_of_situation);
INSTANTIATE_TEST_SUITE_P(MaskedParent, Evidence, testing::ValuesIn(kMaskedParent), name_of_situation);

// ---- single questions ------------------------------------------------------------------------------------------------------------------

TEST(Unreadable, ForceWritesNeitherWhatCannotBeReadNorOverIt) {
  World world;
  world.here = world.there = world.base = kBase;
  world.bad_here = world.bad_then = {"name"};
  world.unread = {"note"};
  Policy policy = under(Mode::Export);
  policy.force = true;
  EXPECT_EQ(text(decide(item_mapping(), policy, world.build())), "remote=patch(count:1>1) notes(Unreadable) base");
  policy.mode = Mode::Import;
  EXPECT_EQ(text(decide(item_mapping(), policy, world.build())).find("note:"), std::string::npos);
}

TEST(Unreadable, APersonWhoTakesSuchACellLeavesItInTheRow) {
  World world;
  world.here = world.base = kBase;
  world.there = kNameThere;
  world.bad_here = {"name"};
  Facts facts = world.build();
  const Verdict verdict{ordinal("name"), facts.here[ordinal("name")]};
  facts.settled = &verdict;
  const Decision decision = decide(item_mapping(), under(Mode::Full), facts);
  EXPECT_EQ(decision.remote, Action::None);
  EXPECT_EQ(decision.pending_local, std::vector<std::size_t>{ordinal("name")});
}

TEST(Unreadable, IsLeftWhereNothingReadableIsWritten) {
  World world;
  world.here = world.there = world.base = kBase;
  world.bad_here = {"name", "note", "status"};
  const Facts& facts = world.build();
  Decision decision;
  const Value bad = facts.here[ordinal("name")];
  decision.local_fields = {{ordinal("name"), bad, Value::text("a")}, {ordinal("note"), bad, bad}};
  EXPECT_EQ(merging::left_unreadable(item_mapping(), facts, decision), std::vector<std::size_t>{ordinal("note")});
  decision.local_fields.clear();
  EXPECT_EQ(merging::left_unreadable(item_mapping(), facts, decision), (std::vector<std::size_t>{ordinal("name"), ordinal("note")}));
}

TEST(NextBase, RemembersACellThatWasNotReadAsNothing) {
  World world;
  world.here = world.there = world.base = kRow;
  const Facts& facts = world.build();
  std::vector<Value> here(facts.here.begin(), facts.here.end());
  here[ordinal("count")] = Value();
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decide(item_mapping(), under(Mode::Full), facts), here, facts.there);
  EXPECT_EQ(base[ordinal("count")].here.tag(), Value::Tag::Null);
}

TEST(AfterWrite, BringsNothingOfWhatTheAnswerDoesNotTell) {
  World world;
  world.here = kEditedHere;
  world.there = world.base = kRow;
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Full), facts);
  Arena arena;
  std::vector<Value> answer = row(R"({"item_id":"r1","name":"L","note":"theirs"})", arena);
  EXPECT_EQ(after_write(item_mapping(), facts, decision, answer).size(), 1U);
  EXPECT_TRUE(after_write(item_mapping(), facts, decision, answer, false).empty()) << "news of the remote are for a run that writes rows";
  answer[ordinal("note")] = Value();
  EXPECT_TRUE(after_write(item_mapping(), facts, decision, answer).empty());
}

TEST(AfterWrite, BringsARecreatedItemsRowAfterAChangedRule) {
  World world;
  world.here = R"({"item_id":"r1","name":"A","note":"n"})";
  world.base = kRow;
  world.untouched = {"name"};
  world.facts.gone_confirmed = true;
  const Facts& facts = world.build();
  const Decision decision = decide(item_mapping(), under(Mode::Full), facts);
  ASSERT_EQ(decision.remote, Action::Recreate);
  Arena arena;
  const std::vector<Value> answer = row(R"({"item_id":"r2","name":"a","note":"n"})", arena);
  const std::vector<FieldChange> changes = after_write(item_mapping(), facts, decision, answer);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].ordinal, ordinal("name"));
  EXPECT_EQ(changes[0].after.as_view(), "a");
}

/// The column cannot hold what stands there.
TEST(Unread, AnEditOverAValueThatTheColumnCannotHoldIsAConflict) {
  const auto tried = [](const char* here, const char* column, OnConflict on_conflict,
                        const std::function<void(World&, Policy&)>& adjust = {}) {
    World world;
    world.here = here;
    world.there = world.base = kRow;
    world.unread = {column};
    const std::vector<std::size_t> unread{ordinal(column)};
    world.facts.unread = unread;
    Policy policy = under(Mode::Full, on_conflict);
    if (adjust) adjust(world, policy);
    return text(decide(item_mapping(), policy, world.build()));
  };
  const auto unknown = [](World& world, Policy&) { world.base.clear(); };
  const auto mirrored = [](World&, Policy& policy) {
    policy.mode = Mode::Import;
    policy.local_edits = LocalEdits::Replace;
  };
  EXPECT_EQ(tried(kRow, "name", OnConflict::Remote), "");
  EXPECT_EQ(tried(kEditedHere, "name", OnConflict::Local), "remote=patch(name:null>L) conflicts(name:a/L/null=here) base");
  EXPECT_EQ(tried(kEditedHere, "name", OnConflict::Remote), "conflicts(name:a/L/null=there!)");
  EXPECT_EQ(tried(kEditedHere, "name", OnConflict::Remote, mirrored), "conflicts(name:a/L/null=there!)");
  EXPECT_EQ(tried(kRow, "name", OnConflict::Manual, unknown), "conflicts(name:null/a/null=nobody) base");
  EXPECT_EQ(tried(R"({"item_id":"r1","note":"n"})", "name", OnConflict::Manual, unknown), "base");
  for (const bool alike : {true, false}) {
    const auto fresh = [alike](World& world, Policy&) {
      world.fresh = {"name"};
      world.alike = alike;
    };
    EXPECT_EQ(tried(kRow, "name", OnConflict::Remote, fresh).empty(), alike);
  }
  EXPECT_EQ(tried(R"({"item_id":"r1","name":"a","note":"n","token":"t"})", "token", OnConflict::Remote), "");
  EXPECT_EQ(tried(R"({"item_id":"r1","name":"a","note":"n","status":"s"})", "status", OnConflict::Remote), "");
}

}  // namespace
}  // namespace lockstep::test
