// Saved plans: what counts as moved. And a person's word: one field of a record, and nothing else of it.
#include "engine/decide/plan.h"

#include <gtest/gtest.h>

#include "decide_world.h"

namespace lockstep::test {
namespace {

Hash128 hash(std::uint64_t number) { return {number, number}; }

Sighting record(const std::string& id, std::uint64_t here, std::uint64_t there) {
  Sighting one;
  one.remote_id = id;
  one.local_key = "k" + id;
  one.label = "Label " + id;
  one.here = hash(here);
  one.there = hash(there);
  one.base = hash(7);
  one.decision = hash(9);
  return one;
}

/// "id:here", "id:there", "id:both", "id:rules", one for each record that moved.
std::string moved(const Sightings& then, const Sightings& now) {
  std::string out;
  for (const Moved& one : find_moved(then, now)) {
    out += (out.empty() ? "" : " ") + (one.remote_id.empty() ? one.local_key : one.remote_id) + ":";
    out += one.here && one.there ? "both" : one.here ? "here" : one.there ? "there" : "rules";
  }
  return out;
}

TEST(MovedRecords, AreNamedWithTheSide) {
  const Sightings then{{record("a", 1, 2), record("b", 3, 4)}, hash(5)};
  EXPECT_EQ(moved(then, then), "");
  EXPECT_EQ(moved(then, {{record("b", 3, 4), record("a", 1, 2)}, hash(5)}), "");
  EXPECT_EQ(moved(then, {{record("a", 0, 2), record("b", 3, 4)}, hash(5)}), "a:here");
  EXPECT_EQ(moved(then, {{record("a", 1, 8), record("b", 3, 4)}, hash(5)}), "a:there");
  EXPECT_EQ(moved(then, {{record("a", 8, 8), record("b", 3, 0)}, hash(5)}), "a:both b:there");
}

TEST(MovedRecords, ABaseOrADecisionOfItsOwnCountsToo) {
  const Sightings then{{record("a", 1, 2)}, {}};
  Sightings now = then;
  now.records[0].base = hash(8);
  EXPECT_EQ(moved(then, now), "a:rules");
  now = then;
  now.records[0].decision = {};
  EXPECT_EQ(moved(then, now), "a:rules");
}

TEST(MovedRecords, NewOnesSayWhichSideMovedAndMissingOnesWhatTheyHad) {
  const Sightings then{{record("a", 1, 0)}, {}};
  Sighting fresh = record("n", 0, 4);
  fresh.there_moved = true;
  EXPECT_EQ(moved(then, {{record("a", 1, 0), fresh}, {}}), "n:there");
  EXPECT_EQ(moved(then, {{}, {}}), "a:here");
}

TEST(MovedRecords, ARowThatGotItsIdIsToldOfOnce) {
  Sighting row = record("", 1, 0);
  row.local_key = "k1";
  Sighting linked = record("1", 1, 2);
  linked.here_moved = linked.there_moved = true;
  EXPECT_EQ(moved({{row}, {}}, {{linked}, {}}), "1:both");
}

TEST(MovedRecords, UnchangedOnesAreCountedWithoutOrder) {
  Sightings then, now, other;
  then.leave("a", hash(1), hash(2));
  then.leave("b", hash(3), hash(4));
  now.leave("b", hash(3), hash(4));
  now.leave("a", hash(1), hash(2));
  other.leave("b", hash(3), hash(4));
  other.leave("a", hash(1), hash(3));
  EXPECT_EQ(find_moved(then, now).size(), 0U);
  ASSERT_EQ(find_moved(then, other).size(), 1U);
  EXPECT_TRUE(find_moved(then, other)[0].remote_id.empty());
}

World world(const std::string& here, const std::string& there, const std::string& base) {
  World one;
  one.here = here;
  one.there = there;
  one.base = base;
  return one;
}

Hash128 fingerprint_of(const std::string& here, const std::string& there) {
  World one = world(here, there, R"({"item_id":"r1","name":"a","note":"n"})");
  return fingerprint(decide(item_mapping(), {.mode = Mode::Full}, one.build()));
}

TEST(DecisionFingerprint, IsOfWhatIsWrittenAndWhatIsOverwritten) {
  const Hash128 one = fingerprint_of(R"({"item_id":"r1","name":"L","note":"n"})", R"({"item_id":"r1","name":"a","note":"n"})");
  EXPECT_TRUE(one);
  EXPECT_EQ(one, fingerprint_of(R"({"item_id":"r1","name":"L","note":"n"})", R"({"item_id":"r1","name":"a","note":"n"})"));
  EXPECT_FALSE(one == fingerprint_of(R"({"item_id":"r1","name":"M","note":"n"})", R"({"item_id":"r1","name":"a","note":"n"})"));
  EXPECT_FALSE(one == fingerprint_of(R"({"item_id":"r1","name":"a","note":"n"})", R"({"item_id":"r1","name":"L","note":"n"})"));
  EXPECT_FALSE(one == fingerprint_of(R"({"item_id":"r1","name":"L","note":"n"})", R"({"item_id":"r1","name":"a","note":"R"})"));
  EXPECT_FALSE(fingerprint_of(R"({"item_id":"r1","name":"a","note":"n"})", R"({"item_id":"r1","name":"a","note":"n"})"));
}

std::string settled(World& one, std::string_view column, const Value& winner) {
  const Verdict verdict{ordinal(column), winner};
  one.facts.settled = &verdict;
  return text(decide(item_mapping(), {.mode = Mode::Full, .on_conflict = OnConflict::Remote, .existing_only = true}, one.build()));
}

TEST(PersonsWord, IsCarriedOutForItsFieldWhateverThePolicySays) {
  const char* const base = R"({"item_id":"r1","name":"a","note":"n","count":1})";
  World both = world(R"({"item_id":"r1","name":"L","note":"n","count":1})", R"({"item_id":"r1","name":"R","note":"n","count":1})", base);
  EXPECT_EQ(settled(both, "name", Value::text("L")), "remote=patch(name:R>L) conflicts(name:a/L/R=person) base");
  EXPECT_EQ(settled(both, "name", Value::text("R")), "local=update(name:L>R) conflicts(name:a/L/R=person) base");
  EXPECT_EQ(settled(both, "name", Value::text("X")), "local=update(name:L>X) remote=patch(name:R>X) conflicts(name:a/L/R=person) base");
}

TEST(PersonsWord, ReachesFieldsThatWereLeftDifferent) {
  World apart = world(R"({"item_id":"r1","name":"L"})", R"({"item_id":"r1","name":"R"})", R"({"item_id":"r1","name":"R"})");
  apart.base_here = R"({"name":"L"})";
  EXPECT_EQ(settled(apart, "name", Value::text("L")), "remote=patch(name:R>L) conflicts(name:R/L/R=person) base");
}

TEST(PersonsWord, CountsAlsoWhereTheSidesNeverAgreed) {
  World one = world(R"({"item_id":"r1","name":"L"})", R"({"item_id":"r1","name":"R"})", "");
  one.facts.linked = true;
  EXPECT_EQ(settled(one, "name", Value::text("L")), "remote=patch(name:R>L) conflicts(name:null/L/R=person) base");
  const Verdict verdict{ordinal("name"), Value::text("L")};
  one.facts.settled = &verdict;
  EXPECT_EQ(decide(item_mapping(), {.mode = Mode::Full}, one.build()).case_number, 6);
}

TEST(PersonsWord, LeavesWhatNoSideMaySend) {
  World one = world(R"({"item_id":"r1","name":"L","old_voice":"v","status":"s1","model":{"prompt":"p2"},"model_prompt":"p3"})",
                    R"({"item_id":"r1","name":"R","note":"there","status":"s2","model":{"prompt":"p"},"model_prompt":"p"})",
                    R"({"item_id":"r1","name":"a","status":"s1","model":{"prompt":"p"},"model_prompt":"p"})");
  EXPECT_EQ(settled(one, "name", Value::text("L")),
            "remote=patch(name:R>L) conflicts(name:a/L/R=person) pending_local(model model_prompt) pending_remote(note model model_prompt) "
            "notes(PendingExport PendingImport) base");
}

TEST(PersonsWord, LeavesEveryOtherFieldToTheNextRun) {
  World one = world(R"({"item_id":"r1","name":"L","note":"here","count":2})", R"({"item_id":"r1","name":"R","note":"n","count":3})",
                    R"({"item_id":"r1","name":"a","note":"n","count":1})");
  EXPECT_EQ(settled(one, "name", Value::text("L")),
            "remote=patch(name:R>L) conflicts(name:a/L/R=person) pending_local(note count) pending_remote(count) "
            "notes(PendingExport PendingImport) base");
  // What waits is met again as it was: nothing of it is taken as agreed on.
  const Verdict verdict{ordinal("name"), Value::text("L")};
  one.facts.settled = &verdict;
  const Facts& facts = one.build();
  const Decision decision = decide(item_mapping(), {.mode = Mode::Full}, facts);
  std::vector<Value> there(facts.there.begin(), facts.there.end());
  there[ordinal("name")] = Value::text("L");
  const std::vector<BaseField> next = next_base(item_mapping(), facts, decision, facts.here, there);
  EXPECT_EQ(to_display(next[ordinal("name")].here), "L");
  EXPECT_EQ(to_display(next[ordinal("note")].here), "n");
  EXPECT_EQ(to_display(next[ordinal("count")].here), "1");
  EXPECT_EQ(to_display(next[ordinal("count")].there), "1");
}

}  // namespace
}  // namespace lockstep::test
