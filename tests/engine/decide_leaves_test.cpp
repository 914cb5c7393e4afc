// Leaves of special kinds: a set, one that a hook converts, one with two parents, a secret.
#include <gtest/gtest.h>

#include "decide_world.h"
#include "engine/decide/merge.h"
#include "format/json.h"
#include "format/yaml.h"

namespace lockstep::test {
namespace {

constexpr std::string_view kLeaves = R"(
table: items
key: {column: item_id, from: id}
fields:
  name: text
  model: json
  tags: {from: model.tags, type: json, as: set}
  loud: {from: model.loud, type: text, transform: shout}
  inner: {from: model.inner, type: json}
  word: {from: model.inner.word, type: text}
  pin: {from: model.pin, type: text}
)";

const Mapping& mapping() {
  static const Mapping loaded = [] {
    Resource resource;
    resource.name = "item";
    resource.read_only = {"id"};
    resource.secret = {"model.pin"};
    yaml::Problems problems;
    const yaml::Node root = yaml::load_text(
        kLeaves, "items.yaml", [](std::string_view) { return std::nullopt; }, problems);
    Mapping made = Mapping::load(root, resource, std::vector<std::string>{"shout", "shout_inverse"}, problems);
    problems.raise();
    return made;
  }();
  return loaded;
}

std::size_t at(std::string_view column) { return mapping().find(column).value(); }

class Leaves : public testing::Test {
 protected:
  std::vector<Value> row(std::string_view columns) {
    std::vector<Value> out(mapping().fields().size(), Value::null());
    const Json object = json::parse(columns);
    for (const Json::Member& member : *object.object())
      out[at(member.first)] = normalise(mapping().fields()[at(member.first)], json::to_value(member.second, arena_), arena_);
    return out;
  }

  /// Empty texts: no such side, no base.
  Decision decided(Mode mode, std::string_view here, std::string_view there, std::string_view base) {
    here_ = row(here);
    there_ = there.empty() ? std::vector<Value>() : row(there);
    base_.clear();
    if (!base.empty()) {
      for (const Value& value : row(base)) base_.push_back({value, value});
    }
    facts_.here = here_;
    facts_.there = there_;
    facts_.base = base_;
    return decide(mapping(), under(mode, OnConflict::Manual), facts_);
  }

  static std::string sent(const Decision& decision) {
    std::string out;
    for (const FieldChange& change : decision.remote_fields)
      out += (out.empty() ? "" : " ") + mapping().fields()[change.ordinal].column + ":" + to_display(change.after);
    return out;
  }

  Arena arena_;
  Facts facts_;
  std::vector<Value> here_, there_;
  std::vector<BaseField> base_;
};

TEST_F(Leaves, TheOrderOfASetIsNoDifferenceOfItsPlaceInTheParent) {
  const Decision decision = decided(Mode::Full, R"({"item_id":"r","model":{"e":2,"tags":["b","a"]},"tags":["a","b"]})",
                                    R"({"item_id":"r","model":{"e":1,"tags":["a","b"]},"tags":["a","b"]})",
                                    R"({"item_id":"r","model":{"e":1,"tags":["a","b"]},"tags":["a","b"]})");
  EXPECT_TRUE(decision.conflicts.empty());
  EXPECT_EQ(sent(decision), R"(model:{"e":2,"tags":["b","a"]})");
}

TEST_F(Leaves, WhatAHookMakesOfAPlaceIsNotKnown) {
  // The row says two things; whether they are two is the hook's affair.
  const Decision made = decided(Mode::Full, R"({"model":{"e":1,"loud":"a"},"loud":"A"})", "", "");
  EXPECT_TRUE(made.leaves_taken.empty());
  EXPECT_EQ(sent(made), R"(model:{"e":1,"loud":"a"} loud:A)");
  EXPECT_TRUE(merging::agree(mapping(), at("model"), row(R"({"model":{"loud":"a"}})")[at("model")], at("loud"), Value::text("B")));
}

TEST_F(Leaves, AgreeWhereTheySayTheSameOrCannotBeRead) {
  const Value object = row(R"({"model":{"inner":{"word":"a"}}})")[at("model")];
  const Value bad = Value::unreadable(Value::Storage::Text, "{bad");
  EXPECT_TRUE(merging::agree(mapping(), at("model"), object, at("word"), Value::text("a")));
  EXPECT_FALSE(merging::agree(mapping(), at("model"), object, at("word"), Value::text("b")));
  EXPECT_TRUE(merging::agree(mapping(), at("model"), bad, at("word"), Value::text("b")));
  EXPECT_TRUE(merging::agree(mapping(), at("model"), object, at("word"), bad));
}

TEST_F(Leaves, ALeafThatTwoParentsContradictIsToldOnce) {
  const Decision decision = decided(Mode::Full, R"({"model":{"inner":{"word":"a"}},"inner":{"word":"b","more":1},"word":"c"})", "", "");
  EXPECT_TRUE(decision.has(Note::LeavesTaken));
  EXPECT_EQ(decision.leaves_taken, (std::vector<std::size_t>{at("inner"), at("word")}));
}

TEST_F(Leaves, ANewItemWithABaseIsContradictedOnlyWhereBothAreKnown) {
  facts_.linked = facts_.gone_confirmed = true;
  const std::string_view base = R"({"item_id":"r","model":{"inner":{"word":"a"}},"inner":{"word":"a"},"word":"a"})";
  const std::string_view here = R"({"item_id":"r","model":{"inner":{"word":"b"}},"inner":{"word":"a"},"word":"c"})";
  const Decision known = decided(Mode::Full, here, "", base);
  EXPECT_TRUE(known.leaves_taken.empty());
  EXPECT_FALSE(known.conflicts.empty());
  base_[at("word")] = {};
  const Decision unknown = decide(mapping(), under(Mode::Full, OnConflict::Manual), facts_);
  EXPECT_EQ(unknown.leaves_taken, std::vector<std::size_t>{at("word")});
}

TEST_F(Leaves, ASecretOfARecreatedItemIsSentAgain) {
  facts_.linked = facts_.gone_confirmed = true;
  const std::string_view agreed = R"({"item_id":"r","name":"a","model":{"e":1,"pin":"$mask"},"pin":"$mask"})";
  const Decision decision = decided(Mode::Full, agreed, "", agreed);
  EXPECT_EQ(decision.remote, Action::Recreate);
  EXPECT_TRUE(decision.conflicts.empty());
  EXPECT_EQ(sent(decision), "pin:$mask");
}

TEST_F(Leaves, AHiddenValueOfTheOtherSideIsNoEmptyPlace) {
  // The leaf's column cannot show what stands at its place there: to fill it would overwrite a value that nobody has seen.
  const Decision decision = decided(Mode::Full, R"({"item_id":"r","model":{"inner":{"word":{"x":1}}},"word":"mine"})",
                                    R"({"item_id":"r","model":{"inner":{"word":{"x":1}}}})", "");
  ASSERT_EQ(decision.conflicts.size(), 1U);
  EXPECT_EQ(decision.conflicts[0].ordinal, at("word"));
}

}  // namespace
}  // namespace lockstep::test
