// Two names of one reference, a plain column and a lookup: either may be set, the other follows, and they never speak against each other.
#include <gtest/gtest.h>

#include "engine/decide/decide.h"
#include "format/yaml.h"

namespace lockstep {
namespace {

constexpr std::size_t kPlain = 1, kLookup = 2;

const Mapping& mapping() {
  static const Mapping made = [] {
    Resource resource;
    resource.name = "phone_number";
    yaml::Problems problems;
    const yaml::Node root = yaml::load_text(
        "table: t\nkey: {column: remote_id, from: id}\nfields:\n  vapi_assistant_id: {from: assistantId, type: text}\n"
        "  assistant_id: {from: assistantId, references: assistants.vapi_assistant_id}\n",
        "m.yaml", {}, problems);
    Mapping out = Mapping::load(root, resource, {}, problems);
    problems.raise();
    return out;
  }();
  return made;
}

Value text(const char* value) { return value == nullptr ? Value::null() : Value::text(value); }

/// The sides of a linked number: what each column says (the lookup as remote id), what Vapi says, and what both agreed on.
class Twins : public ::testing::Test {
 protected:
  Decision decided(Mode mode, const char* plain, const char* lookup, const char* remote, const char* base, bool with_base = true,
                   OnConflict on_conflict = OnConflict::Local, LocalEdits local_edits = LocalEdits::Keep) {
    here_ = {Value::text("p"), text(plain), text(lookup)};
    there_ = {Value::text("p"), text(remote), text(remote)};
    base_ = {{here_[0], here_[0]}, {text(base), text(base)}, {text(base), text(base)}};
    facts_ = {};
    facts_.here = here_;
    facts_.there = there_;
    facts_.linked = true;
    facts_.by_natural_key = true;
    if (with_base) facts_.base = base_;
    Policy policy;
    policy.mode = mode;
    policy.on_conflict = on_conflict;
    policy.local_edits = local_edits;
    policy.can_create = false;
    return decide(mapping(), policy, facts_);
  }

  std::vector<Value> here_, there_;
  std::vector<BaseField> base_;
  Facts facts_;
};

TEST_F(Twins, KnowEachOther) {
  EXPECT_EQ(mapping().fields()[kPlain].twins, std::vector<std::size_t>{kLookup});
  EXPECT_EQ(mapping().fields()[kLookup].twins, std::vector<std::size_t>{kPlain});
}

TEST_F(Twins, EitherIsSentAndTheOtherFollowsTheAnswer) {
  for (const bool by_lookup : {false, true}) {
    const Decision decision = decided(Mode::Export, by_lookup ? "a1" : "a2", by_lookup ? "a2" : "a1", "a1", "a1");
    EXPECT_EQ(decision.case_number, 8);
    EXPECT_EQ(decision.remote, Action::Patch);
    ASSERT_EQ(decision.remote_fields.size(), 1U);
    EXPECT_EQ(to_display(decision.remote_fields[0].after), "a2");
    const std::vector<Value> answer{Value::text("p"), Value::text("a2"), Value::text("a2")};
    const auto follow = after_write(mapping(), facts_, decision, answer);
    ASSERT_EQ(follow.size(), 1U);
    EXPECT_EQ(follow[0].ordinal, by_lookup ? kPlain : kLookup);
    EXPECT_EQ(to_display(follow[0].after), "a2");
  }
}

TEST_F(Twins, AnAssignmentThatVapiLacksIsRow24InEitherColumn) {
  for (const bool by_lookup : {false, true}) {
    const char* plain = by_lookup ? nullptr : "a1";
    const char* lookup = by_lookup ? "a1" : nullptr;
    const Decision sent = decided(Mode::Export, plain, lookup, nullptr, nullptr, false);
    EXPECT_EQ(sent.case_number, 24);
    EXPECT_EQ(sent.remote, Action::Patch);
    const Decision kept = decided(Mode::Import, plain, lookup, nullptr, nullptr, false);
    EXPECT_EQ(kept.case_number, 24);
    EXPECT_EQ(kept.remote, Action::None);
    EXPECT_EQ(kept.local, Action::None);
    EXPECT_EQ(kept.pending_local.size(), 1U);
  }
}

TEST_F(Twins, BothSetToOneItemAreOneEdit) {
  const Decision decision = decided(Mode::Export, "a2", "a2", "a1", "a1");
  EXPECT_EQ(decision.case_number, 8);
  EXPECT_TRUE(decision.conflicts.empty());
  for (const FieldChange& change : decision.remote_fields) EXPECT_EQ(to_display(change.after), "a2");
}

TEST_F(Twins, BothSetToDifferentItemsGoNowhereByThemselves) {
  for (const OnConflict on_conflict : {OnConflict::Remote, OnConflict::Local, OnConflict::Manual, OnConflict::Hook}) {
    for (const Mode mode : {Mode::Import, Mode::Export, Mode::Full}) {
      for (const char* remote : {"a1", "a4"}) {
        const Decision decision = decided(mode, "a2", "a3", remote, "a1", true, on_conflict);
        EXPECT_TRUE(decision.nothing()) << to_string(mode) << to_string(on_conflict);
        EXPECT_TRUE(decision.conflicts.empty());
        EXPECT_TRUE(decision.has(Note::Opposed));
        EXPECT_EQ(decision.opposed, (std::vector<std::size_t>{kPlain, kLookup}));
        EXPECT_EQ(decision.pending_local, decision.opposed);
      }
    }
  }
}

TEST_F(Twins, AMirrorTakesWhatTheRemoteSays) {
  const Decision decision = decided(Mode::Import, "a2", "a3", "a1", "a1", true, OnConflict::Remote, LocalEdits::Replace);
  EXPECT_TRUE(decision.opposed.empty());
  ASSERT_EQ(decision.local_fields.size(), 2U);
  for (const FieldChange& change : decision.local_fields) EXPECT_EQ(to_display(change.after), "a1");
}

TEST_F(Twins, NoItemIsMadeOfARowThatContradictsItself) {
  here_ = {Value::null(), text("a2"), text("a3")};
  facts_ = {};
  facts_.here = here_;
  Policy policy;
  policy.mode = Mode::Export;
  const Decision decision = decide(mapping(), policy, facts_);
  EXPECT_EQ(decision.remote, Action::None);
  EXPECT_TRUE(decision.has(Note::Opposed));
}

/// An object's column, and beside it the columns of a reference and of a text in it.
class ReferenceInAnObject : public ::testing::Test {
 protected:
  static constexpr std::size_t kObject = 1, kReference = 2, kNote = 3;

  static const Mapping& mapping() {
    static const Mapping made = [] {
      Resource resource;
      resource.name = "pair";
      yaml::Problems problems;
      const yaml::Node root = yaml::load_text(
          "table: t\nkey: {column: remote_id, from: id}\nfields:\n  squad: json\n"
          "  squad_id: {from: squad.assistantId, references: assistants.vapi_assistant_id}\n  note: {from: squad.note, type: text}\n",
          "m.yaml", {}, problems);
      Mapping out = Mapping::load(root, resource, {}, problems);
      problems.raise();
      return out;
    }();
    return made;
  }

  Decision decided(const char* object, const char* reference, const char* note) {
    here_ = {Value::text("p"), Value::json(object), text(reference), text(note)};
    there_ = {Value::text("p"), Value::json(R"({"assistantId":"a1","note":"n"})"), text("a1"), text("n")};
    base_.clear();
    for (const Value& value : there_) base_.push_back({value, value});
    facts_ = {};
    facts_.here = here_;
    facts_.there = there_;
    facts_.base = base_;
    facts_.linked = true;
    Policy policy;
    policy.mode = Mode::Full;
    return decide(mapping(), policy, facts_);
  }

  std::vector<Value> here_, there_;
  std::vector<BaseField> base_;
  Facts facts_;
};

TEST_F(ReferenceInAnObject, ThatSaysTheSameIsOneEdit) {
  const Decision decision = decided(R"({"assistantId":"a2","note":"n"})", "a2", "n");
  EXPECT_TRUE(decision.opposed.empty());
  EXPECT_TRUE(decision.conflicts.empty());
  EXPECT_EQ(decision.remote, Action::Patch);
}

TEST_F(ReferenceInAnObject, ThatNamesAnotherItemIsLeftAlone) {
  const Decision decision = decided(R"({"assistantId":"a2","note":"n"})", "a3", "n");
  EXPECT_EQ(decision.opposed, (std::vector<std::size_t>{kObject, kReference}));
  EXPECT_TRUE(decision.nothing());
  EXPECT_TRUE(decision.conflicts.empty());
}

TEST_F(ReferenceInAnObject, AnotherLeafThatDisagreesIsAConflictWithinTheRow) {
  const Decision decision = decided(R"({"assistantId":"a1","note":"m"})", "a1", "o");
  EXPECT_TRUE(decision.opposed.empty());
  ASSERT_EQ(decision.conflicts.size(), 2U);
  for (const FieldConflict& conflict : decision.conflicts) EXPECT_TRUE(conflict.within_row);
}

TEST_F(Twins, ARemoteChangeReachesBoth) {
  const Decision decision = decided(Mode::Import, "a1", "a1", "a2", "a1");
  EXPECT_EQ(decision.case_number, 9);
  ASSERT_EQ(decision.local_fields.size(), 2U);
  for (const FieldChange& change : decision.local_fields) EXPECT_EQ(to_display(change.after), "a2");
}

}  // namespace
}  // namespace lockstep
