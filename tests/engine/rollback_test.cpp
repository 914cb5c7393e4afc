// A rollback's decision: what comes back, what stays, and what the next run is made to see.

#include "engine/passes/rollback.h"

#include <gtest/gtest.h>

#include "engine/decide_world.h"
#include "engine/sides/reader.h"
#include "format/json.h"

namespace lockstep {
namespace {

using test::item_mapping;
using test::ordinal;
using test::World;

constexpr const char* kSame = R"({"item_id": "i1", "name": "new", "note": "n", "count": 1})";

void fill(World& world, const char* here, const char* there, const char* base) {
  world.here = here;
  world.there = there;
  world.base = base;
}

std::optional<Value> refers_to_nothing(Side, std::size_t, const Value&) { return std::nullopt; }

class RollbackDecision : public ::testing::Test {
 protected:
  static Written wrote(const char* column, const char* before, const char* after) {
    return {ordinal(column), Value::text(before), Value::text(after)};
  }
  Decision decide(World& world) { return decide_rollback(item_mapping(), world.build(), undo_); }
  std::string left() const {
    std::string out;
    for (const Left& each : undo_.left) {
      out += std::string(to_string(each.side)) + " " + each.column + " " + std::to_string(static_cast<int>(each.why)) + ", ";
    }
    return out;
  }
  /// How the next full run finds the pair that this decision leaves behind.
  Decision next_run(World& world, const Decision& done, Mode mode) {
    const Facts& facts = world.build();
    here_.assign(facts.here.begin(), facts.here.end());
    there_.assign(facts.there.begin(), facts.there.end());
    for (const FieldChange& change : done.local_fields) here_[change.ordinal] = change.after;
    for (const FieldChange& change : done.remote_fields) there_[change.ordinal] = change.after;
    base_ = next_base(item_mapping(), facts, done, here_, there_);
    Facts next;
    next.here = here_;
    next.there = there_;
    next.base = base_;
    next.linked = true;
    Policy policy;
    policy.mode = mode;
    return lockstep::decide(item_mapping(), policy, next);
  }

  Undo undo_;
  std::vector<Value> here_, there_;
  std::vector<BaseField> base_;
};

TEST_F(RollbackDecision, ARowGetsItsValueBackAndIsALocalEditThen) {
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.local = {wrote("name", "old", "new")};
  const Decision decision = decide(world);
  EXPECT_EQ(decision.local, Action::Update);
  EXPECT_EQ(decision.remote, Action::None);
  ASSERT_EQ(decision.local_fields.size(), 1U);
  EXPECT_EQ(decision.local_fields[0].after.as_view(), "old");
  EXPECT_EQ(decision.pending_local, std::vector{ordinal("name")});
  const Decision kept = next_run(world, decision, Mode::Import);
  EXPECT_TRUE(kept.nothing());
  EXPECT_EQ(kept.case_number, 8);
  const Decision full = next_run(world, decision, Mode::Full);
  EXPECT_EQ(full.remote, Action::Patch);
  EXPECT_EQ(full.local, Action::None);
  EXPECT_TRUE(full.conflicts.empty());
}

TEST_F(RollbackDecision, ACellThatIsEmptyAgainIsNeverSentAndIsFilledAgain) {
  for (const char* empty : {"", "[]", "{}"}) {
    World world;
    fill(world, kSame, kSame, kSame);
    undo_.local = {wrote("name", empty, "new")};
    EXPECT_TRUE(next_run(world, decide(world), Mode::Export).remote_fields.empty()) << empty;
  }
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.local = {{ordinal("name"), Value::null(), Value::text("new")}};
  const Decision decision = decide(world);
  EXPECT_EQ(decision.local, Action::Update);
  EXPECT_TRUE(next_run(world, decision, Mode::Export).nothing());
  for (const Mode mode : {Mode::Import, Mode::Full}) {
    const Decision next = next_run(world, decision, mode);
    EXPECT_EQ(next.remote, Action::None);
    ASSERT_EQ(next.local_fields.size(), 1U);
    EXPECT_EQ(next.local_fields[0].after.as_view(), "new");
  }
}

TEST_F(RollbackDecision, WhatAnAdoptionWroteIsAConflictAgain) {
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.local = {wrote("name", "old", "new")};
  undo_.local[0].adopted = true;
  const Decision next = next_run(world, decide(world), Mode::Full);
  ASSERT_EQ(next.conflicts.size(), 1U);
  EXPECT_TRUE(next.remote_fields.empty());
}

TEST_F(RollbackDecision, WhatWasDecidedBetweenTwoEditsIsAConflictAgain) {
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.local = {wrote("name", "mine", "new")};
  undo_.remote = {wrote("name", "theirs", "new")};
  undo_.remote[0].sent = Value::text("new");
  const Decision next = next_run(world, decide(world), Mode::Full);
  EXPECT_EQ(next.conflicts.size(), 1U);
  EXPECT_TRUE(next.remote_fields.empty());
}

TEST_F(RollbackDecision, WhatTheServerMadeOfTheRowsEditIsTheRowsEditAgain) {
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.local = {wrote("name", " NEW", "new")};
  undo_.remote = {wrote("name", "old", "new")};
  undo_.remote[0].sent = Value::text(" NEW");
  const Decision next = next_run(world, decide(world), Mode::Full);
  EXPECT_TRUE(next.conflicts.empty());
  ASSERT_EQ(next.remote_fields.size(), 1U);
  EXPECT_EQ(next.remote_fields[0].after.as_view(), " NEW");
}

TEST_F(RollbackDecision, ALegacyKeyThatTheRemoteHoldsNoMoreIsListed) {
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.remote = {{ordinal("old_voice"), Value::text("v"), Value::null()}};
  EXPECT_TRUE(decide(world).nothing());
  EXPECT_EQ(left(), "remote old_voice 5, ");
}

TEST_F(RollbackDecision, ARemoteValueGoesBackAndTheRowIsALocalEditThen) {
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.remote = {wrote("name", "old", "new")};
  const Decision decision = decide(world);
  EXPECT_EQ(decision.local, Action::None);
  EXPECT_EQ(decision.remote, Action::Patch);
  const Decision full = next_run(world, decision, Mode::Full);
  EXPECT_EQ(full.case_number, 8);
  ASSERT_EQ(full.remote_fields.size(), 1U);
  EXPECT_EQ(full.remote_fields[0].after.as_view(), "new");
  EXPECT_EQ(full.local, Action::None);
  EXPECT_TRUE(next_run(world, decision, Mode::Import).nothing());
}

TEST_F(RollbackDecision, WhatIsRestoredOnBothSidesIsInStep) {
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.local = {wrote("name", "old", "new")};
  undo_.remote = {wrote("name", "old", "new")};
  const Decision decision = decide(world);
  EXPECT_TRUE(decision.pending_local.empty());
  EXPECT_TRUE(next_run(world, decision, Mode::Full).nothing());
}

TEST_F(RollbackDecision, WhatWasEditedSinceStaysAndIsNamed) {
  World world;
  fill(world, R"({"item_id": "i1", "name": "by hand", "note": "new"})", R"({"item_id": "i1", "name": "elsewhere", "note": "new"})",
       R"({"item_id": "i1", "name": "new", "note": "new"})");
  undo_.local = {wrote("name", "old", "new"), wrote("note", "old", "new")};
  undo_.remote = {wrote("name", "old", "new")};
  const Decision decision = decide(world);
  ASSERT_EQ(decision.local_fields.size(), 1U);
  EXPECT_EQ(decision.local_fields[0].ordinal, ordinal("note"));
  EXPECT_EQ(decision.remote, Action::None);
  EXPECT_EQ(left(), "local name 0, remote name 0, ");
  // The conflict that stood before stands after.
  EXPECT_EQ(next_run(world, decision, Mode::Full).case_number, 12);
}

TEST_F(RollbackDecision, WhatIsRestoredAlreadyIsNeitherWrittenNorListed) {
  World world;
  fill(world, kSame, kSame, kSame);
  undo_.local = {wrote("name", "new", "newer")};
  undo_.remote = {wrote("name", "new", "newer")};
  const Decision decision = decide(world);
  EXPECT_TRUE(decision.nothing());
  EXPECT_FALSE(decision.take_base);
  EXPECT_EQ(left(), "");
}

TEST_F(RollbackDecision, ARestoredRemoteThatTheBaseHasNotHeardOfIsNoEditThere) {
  World world;
  fill(world, kSame, R"({"item_id": "i1", "name": "old", "note": "n", "count": 1})", kSame);
  undo_.remote = {wrote("name", "old", "new")};
  const Decision decision = decide(world);
  EXPECT_TRUE(decision.nothing());
  EXPECT_TRUE(decision.take_base);
  EXPECT_EQ(next_run(world, decision, Mode::Full).remote, Action::Patch);
  EXPECT_EQ(next_run(world, decision, Mode::Full).local, Action::None);
}

TEST_F(RollbackDecision, OtherEditsStayPendingTheWayTheyWere) {
  World world;
  fill(world, R"({"item_id": "i1", "name": "new", "note": "edited here", "count": 1})",
       R"({"item_id": "i1", "name": "new", "note": "n", "count": 2})", kSame);
  undo_.local = {wrote("name", "old", "new")};
  const Decision decision = decide(world);
  EXPECT_EQ(decision.pending_local, (std::vector{ordinal("name"), ordinal("note")}));
  EXPECT_EQ(decision.pending_remote, std::vector{ordinal("count")});
  const Decision full = next_run(world, decision, Mode::Full);
  EXPECT_EQ(full.case_number, 10);
  EXPECT_EQ(full.remote_fields.size(), 2U);
  EXPECT_EQ(full.local_fields.size(), 1U);
}

TEST_F(RollbackDecision, AMissingSideIsLeftWithItsReason) {
  World no_row;
  fill(no_row, "", kSame, kSame);
  undo_.local = {wrote("name", "old", "new")};
  undo_.remote = {wrote("note", "m", "n")};
  EXPECT_TRUE(decide(no_row).nothing());
  EXPECT_EQ(left(), "local name 1, remote note 1, ");
  World no_item;
  fill(no_item, kSame, kSame, kSame);
  undo_.item_gone = true;
  const Decision decision = decide(no_item);
  EXPECT_EQ(decision.local, Action::Update);
  EXPECT_EQ(decision.remote, Action::None);
  EXPECT_EQ(left(), "remote note 2, ");
}

TEST_F(RollbackDecision, AColumnOfTheRemoteFollowsItWhereItIsWritten) {
  const char* row = R"({"item_id": "i1", "name": "new", "status": "v2"})";
  World world;
  fill(world, row, row, row);
  undo_.local = {wrote("status", "v1", "v2")};
  const Decision alone = decide(world);
  EXPECT_EQ(alone.local, Action::Update);
  EXPECT_FALSE(next_run(world, alone, Mode::Import).has(Note::DerivedEdited)) << "nobody edited it";
  undo_.remote = {wrote("name", "old", "new")};
  EXPECT_EQ(decide(world).local, Action::None);
  EXPECT_EQ(left(), "");
}

TEST_F(RollbackDecision, AnObjectAndItsLeafAreRestoredTogetherOrNotAtAll) {
  World world;
  const char* row = R"({"item_id": "i1", "model": {"temperature": 0.9, "size": 3}, "model_temperature": 0.9, "model_size": 3})";
  fill(world, row, row, row);
  const Value before = Value::json(R"({"size":3,"temperature":0.1})"), after = Value::json(R"({"size":3,"temperature":0.9})");
  const Written object{ordinal("model"), before, after};
  const Written leaf{ordinal("model_temperature"), Value::real(0.1), Value::real(0.9)};
  undo_.local = {object, leaf};
  EXPECT_EQ(decide(world).local_fields.size(), 2U);
  undo_.local = {leaf};
  EXPECT_EQ(decide(world).local_fields.size(), 1U) << "who gave the object its value is not known";
  undo_.remote = {object};
  EXPECT_TRUE(decide(world).local_fields.empty()) << "the run has sent the row's own object";
  EXPECT_EQ(left(), "local model_temperature 11, ");
  undo_.local = {object};
  undo_.remote = {leaf};
  EXPECT_TRUE(decide(world).local_fields.empty()) << "the run has sent the row's own leaf";
  EXPECT_EQ(left(), "local model 11, ");
  undo_.local = {object, wrote("note", "m", "x")};
  undo_.remote = {wrote("note", "m", "x")};
  EXPECT_EQ(decide(world).local_fields.size(), 1U) << "another column says nothing of it";
  undo_.local = {object, {ordinal("model_temperature"), Value::real(0.1), Value::real(0.5)}};
  undo_.remote.clear();
  EXPECT_TRUE(decide(world).local_fields.empty());
  EXPECT_EQ(left(), "local model_temperature 0, local model 0, ");
}

TEST_F(RollbackDecision, WhatWasTakenOutOfTheDocumentIsPutBackThoughItsDefaultReadsTheSame) {
  World world;
  const char* there = R"({"item_id": "i1", "model_format": "plain"})";
  fill(world, R"({"item_id": "i1"})", there, there);
  const Value plain = Value::text("plain"), rich = Value::text("rich");
  const auto decides = [&](const Value& before, const Value& after, std::optional<Json> raw) {
    undo_.remote = {{ordinal("model_format"), before, after, false, std::move(raw)}};
    const Decision decision = decide(world);
    if (decision.remote_fields.empty()) return left();
    const Value& sent = decision.remote_fields[0].after;
    return sent.is_nothing() ? std::string("nothing") : std::string(sent.as_view());
  };
  EXPECT_EQ(decides(plain, Value::null(), Json("plain")), "") << "the document holds it";
  EXPECT_EQ(decides(rich, Value::null(), std::nullopt), "remote model_format 0, ");
  undo_.lacking = {ordinal("model_format")};
  EXPECT_EQ(decides(plain, Value::null(), Json("plain")), "plain");
  EXPECT_EQ(decides(plain, plain, Json("plain")), "plain") << "as it was journaled by earlier versions";
  EXPECT_EQ(decides(rich, Value::null(), std::nullopt), "rich");
  EXPECT_EQ(decides(plain, Value::null(), std::nullopt), "") << "it was a default before, too";
  EXPECT_EQ(decides(plain, Value::null(), Json()), "");
  EXPECT_EQ(decides(Value::null(), plain, std::nullopt), "nothing");
  EXPECT_EQ(decides(rich, Value::text("other"), std::nullopt), "remote model_format 0, ");
}

TEST_F(RollbackDecision, WhatIsBackThereAndCannotBeReadIsAgreedOnNoMore) {
  World world;
  fill(world, kSame, kSame, kSame);
  world.unread = {"note"};
  undo_.remote = {{ordinal("note"), Value::null(), Value::text("n")}};
  const Decision decision = decide(world);
  EXPECT_TRUE(decision.nothing());
  EXPECT_TRUE(decision.take_base);
  next_run(world, decision, Mode::Full);
  EXPECT_TRUE(base_[ordinal("note")].there.is_absent());
  EXPECT_FALSE(base_[ordinal("name")].there.is_absent());
}

class RollbackJournal : public ::testing::Test {
 protected:
  RollbackJournal() {
    resource_.write_only = {"token", "model.key"};
    resource_.secret = {"pin"};
  }
  static ChangeEntry entry(const char* side, const char* action, const char* fields) {
    ChangeEntry out;
    out.side = side_words().find(side).value();
    out.action = action;
    out.local_key = "1";
    out.remote_id = "i1";
    if (*fields != '\0') out.fields = json::parse(fields);
    return out;
  }
  Resource resource_;
};

TEST_F(RollbackJournal, TheFirstBeforeAndTheLastAfterOfAFieldCount) {
  const SecretPaths secrets(resource_, item_mapping());
  Rollback rollback(item_mapping(), secrets, refers_to_nothing);
  rollback.add(entry("local", "update", R"({"name": {"before": "a", "after": "b"}})"), 0);
  rollback.add(entry("local", "update", R"({"name": {"before": "b", "after": "c"}})"), 0);
  rollback.add(entry("remote", "update", R"({"note": {"before": "x", "after": "y ", "stored": "y"}})"), 0);
  const Undo& undo = rollback.pairs().at(0);
  ASSERT_EQ(undo.local.size(), 1U);
  EXPECT_EQ(undo.local[0].before.as_view(), "a");
  EXPECT_EQ(undo.local[0].after.as_view(), "c");
  ASSERT_EQ(undo.remote.size(), 1U);
  EXPECT_EQ(undo.remote[0].after.as_view(), "y");
}

TEST_F(RollbackJournal, SecretsUnknownColumnsIdsAndWhatWasCreatedAreNotRestored) {
  const SecretPaths secrets(resource_, item_mapping());
  Rollback rollback(item_mapping(), secrets, refers_to_nothing);
  rollback.add(entry("local", "create", ""), 0);
  rollback.add(entry("remote", "recreate", R"({"item_id": {"before": "i0", "after": "i1"}})"), 0);
  rollback.add(entry("local", "update",
                     R"({"item_id": {"before": null, "after": "i1"}, "pin": {"before": "[secret]", "after": null},
                         "model": {"before": {"key": "[secret]"}, "after": {}}, "gone_column": {"before": 1, "after": 2}})"),
               0);
  EXPECT_EQ(rollback.created().size(), 2U);
  EXPECT_TRUE(rollback.pairs().at(0).local.empty());
  std::string codes;
  for (const SkippedField& each : rollback.skipped({"item", "items", "Shop"})) codes += each.field + " " + each.code + ", ";
  EXPECT_EQ(codes, "pin secret, model secret, gone_column no_rule, ");
}

TEST_F(RollbackJournal, AReferenceOfTheRowIsTheCellThatItHeld) {
  const SecretPaths secrets(resource_, item_mapping());
  Rollback rollback(item_mapping(), secrets, [](Side side, std::size_t, const Value& value) -> std::optional<Value> {
    if (side == Side::Remote) return value;
    if (to_display(value) == "7") return Value::text("a7");
    return std::nullopt;
  });
  rollback.add(entry("local", "update", R"({"agent_id": {"before": 7, "after": null}, "model_tool": {"before": 8, "after": 7}})"), 0);
  rollback.add(entry("remote", "update", R"({"agent_id": {"before": "a7", "after": "a9"}})"), 0);
  const Undo& undo = rollback.pairs().at(0);
  ASSERT_EQ(undo.local.size(), 1U);
  EXPECT_EQ(undo.local[0].before.as_view(), "a7");
  ASSERT_EQ(undo.remote.size(), 1U);
  EXPECT_EQ(undo.remote[0].after.as_view(), "a9");
  const auto skipped = rollback.skipped({"item", "items", "Shop"});
  ASSERT_EQ(skipped.size(), 1U);
  EXPECT_EQ(skipped[0].field, "model_tool");
  EXPECT_EQ(skipped[0].reason, "the row that it referred to is not in the database any more");
}

TEST_F(RollbackJournal, APairThatIsNoneAnyMoreIsListed) {
  const SecretPaths secrets(resource_, item_mapping());
  Rollback rollback(item_mapping(), secrets, refers_to_nothing);
  rollback.add(entry("local", "update", R"({"name": {"before": "a", "after": "b"}})"), kNoIndex);
  const auto skipped = rollback.skipped({"item", "items", "Shop"});
  ASSERT_EQ(skipped.size(), 1U);
  EXPECT_EQ(skipped[0].code, "missing");
}

TEST_F(RollbackDecision, APairWhoseAgreementIsNotKnownStaysUnknown) {
  World world;
  fill(world, R"({"item_id": "i1", "name": "new", "note": "here"})", R"({"item_id": "i1", "name": "new", "note": "there"})", kSame);
  world.unknown = {"note"};
  undo_.local = {wrote("name", "old", "new")};
  const Decision decision = decide(world);
  next_run(world, decision, Mode::Full);
  EXPECT_TRUE(base_[ordinal("note")].there.is_absent());
}

TEST_F(RollbackDecision, ALeafFollowsItsParentThatWasRestoredThere) {
  World world;
  const char* const sides = R"({"item_id": "i1", "model": {"prompt": "new"}, "model_prompt": "new"})";
  fill(world, sides, sides, sides);
  undo_.remote = {{ordinal("model"), Value::json(R"({"prompt":"old"})"), Value::json(R"({"prompt":"new"})")}};
  const Decision decision = decide(world);
  ASSERT_EQ(decision.remote, Action::Patch);
  const Facts& facts = world.build();
  Arena arena;
  const std::vector<Value> answer = test::row(R"({"item_id": "i1", "model": {"prompt": "old"}, "model_prompt": "old"})", arena);
  const std::vector<BaseField> base = next_base(item_mapping(), facts, decision, facts.here, answer);
  EXPECT_EQ(base[ordinal("model_prompt")].here.as_view(), "old") << "the row's is an edit, with that of the object";
  EXPECT_EQ(base[ordinal("model_prompt")].there.as_view(), "old");
}

TEST_F(RollbackDecision, WhatSomebodyEditedInTheObjectOfALeafThatWasRestoredThereIsAnEditYet) {
  World world;
  const char* const agreed = R"({"item_id": "i1", "model": {"prompt": "new", "extra": 1}, "model_prompt": "new"})";
  undo_.remote = {{ordinal("model_prompt"), Value::text("old"), Value::text("new")}};
  const auto object = [&](const char* base, const char* there, const char* answered) {
    fill(world, agreed, there, base);
    const Decision decision = decide(world);
    EXPECT_EQ(decision.remote, Action::Patch);
    const Facts& facts = world.build();
    Arena arena;
    const std::vector<BaseField> next = next_base(item_mapping(), facts, decision, facts.here, test::row(answered, arena));
    return std::string(next[ordinal("model")].there.as_view());
  };
  EXPECT_EQ(object(agreed, agreed, R"({"item_id": "i1", "model": {"prompt": "old", "extra": 1}, "model_prompt": "old"})"),
            R"({"extra":1,"prompt":"old"})");
  const char* const edited = R"({"item_id": "i1", "model": {"prompt": "new", "extra": 2}, "model_prompt": "new"})";
  const char* const answered = R"({"item_id": "i1", "model": {"prompt": "old", "extra": 2}, "model_prompt": "old"})";
  EXPECT_EQ(object(agreed, edited, answered), R"({"extra":1,"prompt":"new"})") << "the edit is news to the row";

  // What cannot be read can only be compared as a whole.
  fill(world, agreed, agreed, agreed);
  const Decision decision = decide(world);
  Facts facts = world.build();
  Arena arena;
  std::vector<Value> answer = test::row(answered, arena);
  const Value bad = Value::unreadable(Value::Storage::Text, "{bad");
  base_.assign(facts.base.begin(), facts.base.end());
  facts.base = base_;
  base_[ordinal("model")].there = bad;
  EXPECT_TRUE(next_base(item_mapping(), facts, decision, facts.here, answer)[ordinal("model")].there.is_unreadable());
  base_[ordinal("model")] = {Value::json(R"({"extra":9,"prompt":"new"})"), Value::json(R"({"extra":2,"prompt":"new"})")};
  EXPECT_EQ(next_base(item_mapping(), facts, decision, facts.here, answer)[ordinal("model")].here.as_view(),
            R"({"extra":9,"prompt":"new"})")
      << "what was held apart stays apart";
  answer[ordinal("model")] = bad;
  EXPECT_FALSE(next_base(item_mapping(), facts, decision, facts.here, answer)[ordinal("model")].there.is_unreadable());
}

TEST_F(RollbackDecision, AnObjectAndItsLeafStayTogetherWhereOneWasEditedSince) {
  const auto undo = [&] {
    undo_ = {};
    undo_.local = {{ordinal("model"), Value::json(R"({"temperature":0.5})"), Value::json(R"({"temperature":0.9})")},
                   {ordinal("model_temperature"), Value::real(0.5), Value::real(0.9)},
                   wrote("name", "old", "new")};
  };
  const auto restored = [&](const std::string& model, const std::string& temperature) {
    undo();
    const std::string row = R"({"item_id":"i1","name":"new","model":)" + model + R"(,"model_temperature":)" + temperature + "}";
    World world;
    world.here = world.there = world.base = row;
    std::string out;
    for (const FieldChange& change : decide(world).local_fields) out += item_mapping().fields()[change.ordinal].column + " ";
    return out + "/ " + left();
  };
  const std::string why = std::to_string(static_cast<int>(Stays::EditedSince)) + ", ";
  EXPECT_EQ(restored(R"({"temperature":0.9})", "0.9"), "model model_temperature name / ");
  EXPECT_EQ(restored(R"({"temperature":0.9})", "1.5"), "name / local model_temperature " + why + "local model " + why);
  EXPECT_EQ(restored(R"({"extra":"e","temperature":0.9})", "0.9"), "name / local model " + why + "local model_temperature " + why);
  EXPECT_EQ(restored(R"({"extra":"e","temperature":0.5})", "0.9"), "model_temperature name / local model " + why);
}

TEST_F(RollbackDecision, WhatWasUnreadableComesBackAsItWasStored) {
  const Value bad = Value::unreadable(Value::Storage::Blob, "{bad");
  undo_.local = {{ordinal("model"), bad, Value::json(R"({"extra":"e"})")}};
  World world;
  world.here = world.there = world.base = R"({"item_id":"i1","model":{"extra":"e"}})";
  const Decision decision = decide(world);
  ASSERT_EQ(decision.local_fields.size(), 1U);
  EXPECT_TRUE(identical(decision.local_fields[0].after, bad));
}

}  // namespace
}  // namespace lockstep
