// What holds for every record: decisions are carried out on a real document and a real row, and decided again.
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include "data/record.h"
#include "decide_world.h"
#include "engine/decide/merge.h"
#include "format/json.h"

namespace lockstep::test {
namespace {

using Cells = std::vector<Value>;

/// Both sides of one record as they really are: a document and a row. Bytes live in the arena.
struct Pair {
  Arena arena;
  Json document;
  Cells here;
  std::vector<BaseField> base;

  Cells there() {
    Mapper mapper(item_mapping());
    const std::string text = json::to_text(document);
    std::string padded = text + std::string(kPagePadding, '\0');
    Cells row(item_mapping().fields().size());
    Arena scratch;
    const auto problems = mapper.map(std::string_view(padded).substr(0, text.size()), row, scratch);
    RC_ASSERT(problems.empty());
    kept_.emplace_back(Row(row));
    const Row owned = kept_.back().row();
    return {owned.begin(), owned.end()};
  }

 private:
  std::vector<OwnedRow> kept_;
};

int pick(int below) { return *rc::gen::inRange(0, below); }

Value any_text() {
  static const std::vector<Value> kTexts{Value::null(), Value::text("a"), Value::text("b"), Value::text("")};
  return kTexts[static_cast<std::size_t>(pick(4))];
}

Json any_model() {
  if (pick(5) == 0) return nullptr;
  Json model{Json::Object{}};
  if (pick(3) > 0) model["extra"] = pick(2);
  if (pick(3) > 0) model["temperature"] = static_cast<double>(pick(3)) / 2;
  // A text is what the column of a number cannot show; a format that is missing is the default in its column.
  if (pick(8) == 0) model["temperature"] = "hot";
  if (pick(3) == 0) model["format"] = pick(2) == 0 ? "plain" : "rich";
  if (pick(3) > 0) model["prompt"] = std::string(1, static_cast<char>('p' + pick(2)));
  return model;
}

Json any_document() {
  Json document{Json::Object{{"id", "r1"}}};
  for (const char* key : {"name", "note", "status", "pin", "oldVoice"}) {
    if (pick(3) > 0) document[key] = json::from_value(any_text());
  }
  if (pick(3) > 0) document["count"] = pick(2);
  if (Json model = any_model(); pick(4) > 0) document["model"] = std::move(model);
  if (pick(2) > 0) document["plan"]["enabled"] = pick(2) == 0;
  return document;
}

/// Another document that has some of its keys from `from`.
Json edited(const Json& from) {
  Json other = any_document();
  for (const Json::Member& member : *from.object()) {
    if (pick(3) > 0) other[member.first] = member.second;
  }
  return other;
}

void edit_row(Pair& pair) {
  for (const char* column : {"name", "note", "status", "token", "pin", "old_voice", "model_prompt"}) {
    if (pick(4) == 0) pair.here[ordinal(column)] = any_text();
  }
  if (pick(4) == 0) pair.here[ordinal("count")] = Value::integer(pick(2));
  if (pick(4) == 0) pair.here[ordinal("enabled")] = Value::boolean(pick(2) == 0);
  if (pick(4) == 0) pair.here[ordinal("model_temperature")] = Value::real(static_cast<double>(pick(3)) / 2);
  if (pick(6) == 0) pair.here[ordinal("model_format")] = Value::text(pick(2) == 0 ? "plain" : "rich");
  if (pick(3) == 0) pair.here[ordinal("model")] = json::to_value(any_model(), pair.arena);
}

/// A record whose sides agreed once, and were edited since.
void make(Pair& pair, bool with_base, bool all_known = false) {
  pair.document = any_document();
  pair.here = pair.there();
  if (with_base) {
    for (const Value& value : pair.here) pair.base.push_back({value, value});
    for (BaseField& field : pair.base) {
      if (!all_known && pick(12) == 0) field = {};
    }
  }
  edit_row(pair);
  if (pick(4) > 0) pair.document = edited(pair.document);
}

Facts facts_of(const Pair& pair, const Cells& there) {
  Facts facts;
  facts.here = pair.here;
  facts.there = there;
  facts.base = pair.base;
  facts.linked = true;
  return facts;
}

Policy any_policy() {
  return {
      .mode = static_cast<Mode>(pick(3)), .on_conflict = static_cast<OnConflict>(pick(5)), .local_edits = static_cast<LocalEdits>(pick(2))};
}

std::string told(const Pair& pair, const Cells& there) {
  std::string out = json::to_text(pair.document) + '\n';
  for (std::size_t at = 1; at < there.size(); ++at) {
    out += item_mapping().fields()[at].column + ": here " + to_display(pair.here[at]) + ", there " + to_display(there[at]);
    if (!pair.base.empty()) out += ", base " + to_display(pair.base[at].here) + " / " + to_display(pair.base[at].there);
    if (!pair.base.empty() && pair.base[at].there.is_absent()) out += " (unknown)";
    out += '\n';
  }
  return out;
}

/// A hook whose word depends on nothing but the conflict.
std::vector<Verdict> verdicts(const Decision& decision, int taste) {
  std::vector<Verdict> out;
  for (const FieldConflict& conflict : decision.conflicts) {
    if (taste == 0) out.push_back({conflict.ordinal, std::nullopt});
    if (taste == 1) out.push_back({conflict.ordinal, conflict.here});
    if (taste == 2) out.push_back({conflict.ordinal, conflict.there});
  }
  return out;
}

Decision decided(const Policy& policy, const Facts& facts, int taste) {
  Decision decision = decide(item_mapping(), policy, facts);
  if (!decision.needs_verdicts) return decision;
  RC_ASSERT(decision.nothing());
  return decide(item_mapping(), policy, facts, verdicts(decision, taste));
}

/// Carries a decision out as a run does.
void carry_out(Pair& pair, const Facts& facts, const Decision& decision, bool take_answer) {
  Cells here = pair.here;
  for (const FieldChange& change : decision.local_fields) here[change.ordinal] = change.after;
  for (const FieldChange& change : decision.remote_fields) lay(item_mapping(), change.ordinal, change.after, pair.document);
  const Cells answer = pair.there();
  if (decision.remote == Action::Patch && take_answer) {
    for (const FieldChange& change : after_write(item_mapping(), facts, decision, answer)) here[change.ordinal] = change.after;
  }
  if (decision.take_base) pair.base = next_base(item_mapping(), facts, decision, here, answer);
  pair.here = here;
}

TEST(Decide, DecidesNothingASecondTime) {
  const bool held = rc::check("what was carried out is settled", [] {
    Pair pair;
    make(pair, pick(4) > 0);
    const Policy policy = any_policy();
    const int taste = pick(3);
    const bool take_answer = policy.mode == Mode::Full || pick(2) == 0;
    const Cells there = pair.there();
    const Facts facts = facts_of(pair, there);
    RC_LOG() << to_string(policy.mode) << ' ' << to_string(policy.on_conflict) << '\n' << told(pair, there);
    const Decision first = decided(policy, facts, taste);
    carry_out(pair, facts, first, take_answer);
    const Cells after = pair.there();
    const Decision second = decided(policy, facts_of(pair, after), taste);
    RC_LOG() << "first: " << text(first) << "\nthen\n" << told(pair, after) << "second: " << text(second) << '\n';
    RC_ASSERT(second.nothing());
    RC_ASSERT(!second.take_base);
  });
  EXPECT_TRUE(held);
}

TEST(Decide, KeepsToTheSideThatTheModeMayWrite) {
  const bool held = rc::check("an import sends nothing, an export changes no value of the row", [] {
    Pair pair;
    make(pair, pick(4) > 0);
    Policy policy = any_policy();
    policy.force = pick(4) == 0;
    const Cells there = pair.there();
    Facts facts = facts_of(pair, there);
    facts.id = static_cast<IdState>(pick(3));
    if (facts.id == IdState::Emptied) pair.here[0] = Value::null();
    facts.here = pair.here;
    const Decision decision = decided(policy, facts, pick(3));
    if (policy.mode == Mode::Import) RC_ASSERT(decision.remote == Action::None && decision.remote_fields.empty());
    if (policy.mode == Mode::Export) {
      RC_ASSERT(decision.local == Action::None || decision.local == Action::Link);
      for (const FieldChange& change : decision.local_fields) RC_ASSERT(change.ordinal == 0U);
    }
  });
  EXPECT_TRUE(held);
}

TEST(Decide, NamesEveryValueItOverwrites) {
  const bool held = rc::check("before is what the side holds, once for each field", [] {
    Pair pair;
    make(pair, pick(4) > 0);
    Policy policy = any_policy();
    policy.force = pick(4) == 0;
    const Cells there = pair.there();
    const Decision decision = decided(policy, facts_of(pair, there), pick(3));
    std::vector<int> seen(there.size(), 0);
    for (const FieldChange& change : decision.local_fields) {
      RC_ASSERT(identical(change.before, pair.here[change.ordinal]));
      RC_ASSERT(++seen[change.ordinal] == 1);
    }
    seen.assign(there.size(), 0);
    for (const FieldChange& change : decision.remote_fields) {
      RC_ASSERT(identical(change.before, there[change.ordinal]));
      RC_ASSERT(++seen[change.ordinal] == 1);
    }
  });
  EXPECT_TRUE(held);
}

bool in_conflict(const Decision& decision, std::size_t at) {
  return std::any_of(decision.conflicts.begin(), decision.conflicts.end(), [&](const FieldConflict& each) { return each.ordinal == at; });
}

TEST(Decide, FullKeepsTheEditsOfBothSides) {
  const bool held = rc::check("fields edited on one side alone arrive on the other", [] {
    Pair pair;
    make(pair, true);
    const Cells there = pair.there();
    const Facts facts = facts_of(pair, there);
    Policy policy = any_policy();
    policy.mode = Mode::Full;
    const Cells here_before = pair.here;
    const std::vector<BaseField> base = pair.base;
    const Decision decision = decided(policy, facts, pick(3));
    carry_out(pair, facts, decision, true);
    const Cells after = pair.there();
    for (const char* column : {"name", "note", "count"}) {
      const std::size_t at = ordinal(column);
      const Field& field = item_mapping().fields()[at];
      if (base[at].there.is_absent()) continue;
      const bool here_edited = !same(field, here_before[at], base[at].here);
      const bool there_edited = !same(field, there[at], base[at].there);
      if (here_edited && !there_edited) RC_ASSERT(same(field, after[at], here_before[at]));
      if (there_edited && !here_edited) RC_ASSERT(same(field, pair.here[at], there[at]) && same(field, after[at], there[at]));
      if (here_edited && there_edited && !same(field, here_before[at], there[at])) RC_ASSERT(in_conflict(decision, at));
    }
  });
  EXPECT_TRUE(held);
}

/// What a parent's value holds at the place of a leaf.
Json place(const Value& parent, const Field& leaf) {
  Json document{Json::Object{{"model", json::from_value(parent)}}};
  const Json* found = leaf.from.find(document);
  return found == nullptr ? Json() : *found;
}

TEST(Decide, ALeafEditedOnOneSideAloneIsNeverUndone) {
  const bool held = rc::check("the leaves of a parent keep the edit of either side", [] {
    Pair pair;
    make(pair, true, true);
    const std::vector<BaseField> base = pair.base;
    const Cells here = pair.here;
    const Cells there = pair.there();
    Facts facts = facts_of(pair, there);
    facts.here = here;
    facts.base = base;
    Policy policy = any_policy();
    policy.mode = pick(2) == 0 ? Mode::Export : Mode::Full;
    const Decision decision = decided(policy, facts, pick(3));
    if (in_conflict(decision, ordinal("model"))) return;
    carry_out(pair, facts, decision, policy.mode == Mode::Full);
    const Cells after = pair.there();
    for (const char* column : {"model_temperature", "model_prompt"}) {
      const std::size_t at = ordinal(column);
      const Field& field = item_mapping().fields()[at];
      // A parent that was edited at this place speaks for the leaf.
      if (place(here[ordinal("model")], field) != place(base[ordinal("model")].here, field)) continue;
      const bool here_edited = !same(field, here[at], base[at].here);
      const bool there_edited = !same(field, there[at], base[at].there);
      RC_LOG() << column << ": " << text(decision) << '\n';
      if (here_edited && !there_edited) RC_ASSERT(same(field, after[at], here[at]));
      if (there_edited && !here_edited) RC_ASSERT(same(field, after[at], there[at]));
    }
  });
  EXPECT_TRUE(held);
}

TEST(Decide, AnObjectAndItsLeavesAgreeAfterARun) {
  const bool held = rc::check("the row says one thing at a place that has two columns", [] {
    Pair pair;
    make(pair, true, true);
    const Cells there = pair.there();
    const Facts facts = facts_of(pair, there);
    Policy policy = any_policy();
    policy.mode = pick(3) == 0 ? Mode::Import : Mode::Full;
    if (policy.mode == Mode::Import) policy.local_edits = LocalEdits::Replace;
    RC_LOG() << to_string(policy.mode) << ' ' << to_string(policy.on_conflict) << '\n' << told(pair, there);
    const Decision decision = decided(policy, facts, pick(3));
    carry_out(pair, facts, decision, policy.mode == Mode::Full);
    RC_LOG() << text(decision) << "\nthen\n" << told(pair, pair.there());
    const std::size_t model = ordinal("model");
    for (const char* column : {"model_temperature", "model_prompt"}) {
      const std::size_t at = ordinal(column);
      if (in_conflict(decision, at) || in_conflict(decision, model)) continue;
      if (place(pair.here[model], item_mapping().fields()[at]) == Json("hot")) continue;
      RC_ASSERT(merging::agree(item_mapping(), model, pair.here[model], at, pair.here[at]));
    }
  });
  EXPECT_TRUE(held);
}

TEST(Decide, NothingUnreadableIsSent) {
  const bool held = rc::check("whatever mode and policy say", [] {
    Pair pair;
    make(pair, pick(4) > 0);
    for (std::size_t at = 1; at < pair.here.size(); ++at) {
      if (pick(3) == 0) pair.here[at] = Value::unreadable(static_cast<Value::Storage>(pick(4)), "5");
    }
    Policy policy = any_policy();
    policy.force = pick(4) == 0;
    const Cells there = pair.there();
    Facts facts = facts_of(pair, there);
    if (pick(4) == 0) facts.there = {};
    facts.gone_confirmed = true;
    const Decision decision = decided(policy, facts, pick(3));
    for (const FieldChange& change : decision.remote_fields) RC_ASSERT(!change.after.is_unreadable());
    for (const FieldChange& change : decision.local_fields) RC_ASSERT(!change.after.is_unreadable());
  });
  EXPECT_TRUE(held);
}

TEST(Decide, ANewItemIsTheWholeRow) {
  const bool held = rc::check("a row that agrees with itself maps back to itself", [] {
    Pair pair;
    make(pair, false);
    pair.document = any_document();
    for (const char* of_the_server : {"status", "oldVoice", "plan"}) pair.document.erase(of_the_server);
    pair.here = pair.there();
    const Cells row = pair.here;
    pair.here[0] = Value::null();
    Facts facts;
    facts.here = pair.here;
    Policy policy;
    policy.mode = Mode::Export;
    const Decision decision = decide(item_mapping(), policy, facts);
    RC_LOG() << text(decision) << '\n';
    RC_ASSERT(decision.remote == Action::Create && decision.conflicts.empty() && decision.leaves_taken.empty());
    pair.document = Json(Json::Object{});
    for (const FieldChange& change : decision.remote_fields) lay(item_mapping(), change.ordinal, change.after, pair.document);
    pair.document["id"] = Json("r1");
    const Cells back = pair.there();
    for (std::size_t at = 1; at < row.size(); ++at) {
      const Field& field = item_mapping().fields()[at];
      if (field.legacy || field.remote_owned()) continue;
      RC_ASSERT(same(field, back[at], row[at]));
    }
  });
  EXPECT_TRUE(held);
}

Value any_cell() {
  static const std::vector<Value> kCells{Value(),
                                         Value::null(),
                                         Value::boolean(true),
                                         Value::integer(-1),
                                         Value::real(0.5),
                                         Value::text("x"),
                                         Value::number("1e400"),
                                         Value::json("{\"temperature\":1}"),
                                         Value::json("[]"),
                                         Value::json("{no"),
                                         Value::unreadable(Value::Storage::Text, "{no"),
                                         Value::text(std::string_view("\0", 1))};
  return kCells[static_cast<std::size_t>(pick(static_cast<int>(kCells.size())))];
}

TEST(Decide, IsTotal) {
  const bool held = rc::check("any facts under any policy give a row of the table", [] {
    const std::size_t width = item_mapping().fields().size();
    const auto cells = [&] {
      Cells out(width);
      for (Value& value : out) value = any_cell();
      return out;
    };
    const Cells here = cells();
    const Cells there = cells();
    std::vector<BaseField> base(width);
    for (BaseField& field : base) field = {any_cell(), any_cell()};
    Facts facts;
    if (pick(3) > 0) facts.here = here;
    if (pick(3) > 0) facts.there = there;
    if (pick(3) > 0) facts.base = base;
    facts.linked = pick(2) == 0;
    facts.rows_share_id = pick(10) == 0;
    facts.gone_confirmed = pick(2) == 0;
    facts.gone_remembered = pick(2) == 0;
    facts.id = static_cast<IdState>(pick(3));
    facts.intent = static_cast<IntentState>(pick(5));
    facts.natural_matches = static_cast<std::size_t>(pick(3));
    facts.by_natural_key = pick(2) == 0;
    if (pick(2) == 0) facts.here_modified = pick(2);
    if (pick(2) == 0) facts.there_modified = pick(2);
    Policy policy = any_policy();
    policy.force = pick(3) == 0;
    policy.existing_only = pick(3) == 0;
    policy.can_create = pick(3) > 0;
    policy.can_repeat_create = pick(3) > 0;
    const Decision decision = decided(policy, facts, pick(3));
    RC_ASSERT(decision.case_number >= 1 && decision.case_number <= 24);
    // Nothing is created where nothing may be, and nothing concluded from what is not known.
    if (policy.existing_only)
      RC_ASSERT(decision.local != Action::Insert && decision.remote != Action::Create && decision.remote != Action::Recreate);
    if (decision.has(Note::Unknown)) RC_ASSERT(decision.nothing());
    RC_ASSERT((decision.local == Action::None) == decision.local_fields.empty());
    if (decision.remote == Action::None) RC_ASSERT(decision.remote_fields.empty());
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace lockstep::test
