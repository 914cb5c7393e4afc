// Random histories of edits on both sides, of runs in random modes and with random policies, while the server stumbles. A model knows every
// value that a person ever wrote; after each run each one still stands on one side or in the journal, nothing has vanished or come twice,
// and in the end both sides say the same.

#include <gtest/gtest.h>

#include <set>

#include "format/json.h"
#include "scenarios/invariants.h"
#include "scenarios/random_histories.h"
#include "scenarios/two_sided.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kItems = 5;

/// Column and its path; all are texts but the last, a leaf of an object.
const std::vector<std::pair<std::string, std::string>> kFields = {{"first_message", "firstMessage"},
                                                                  {"end_call_message", "endCallMessage"},
                                                                  {"voicemail_message", "voicemailMessage"},
                                                                  {"model_name", "model.model"}};

class TwoSided : public TwoSidedHistory {
 public:
  TwoSided(std::uint64_t seed, TwoSidedStage& stage) : TwoSidedHistory(seed, stage) {
    for (std::size_t i = 0; i < kItems; ++i) make_remotely();
  }

  void play() {
    run({"import", "assistants"}, false);
    const int rounds = number(2, 4);
    for (int round = 1; round <= rounds && !failed(); ++round) {
      for (int i = number(1, 5); i > 0; --i) change_something();
      const bool stumbles = number(1, 3) == 1;
      if (stumbles) stumble();
      run(random_command(), stumbles);
    }
    // Whatever was left open is decided and carried out, once no create can be under way any more.
    stage_.clock.leap(std::chrono::hours(1));
    std::string said;
    if (!failed()) said = run({"full", "assistants", "--on-conflict", "remote", "--allow-mass-change"}, false);
    if (!failed()) expect_the_same(said);
  }

 private:
  std::string fresh(const std::string& side) {
    const std::string text = side + "-" + std::to_string(++texts_) + ".";
    written_.insert(text);
    return text;
  }

  // Edits

  void change_something() {
    const int kind = number(1, 20);
    if (kind <= 7) return edit_remotely();
    if (kind == 8) return make_remotely();
    if (kind == 9 && sandbox().size() > 1) return remove_remotely();
    if (kind == 10) return make_locally();
    const std::vector<Cells> rows = query(database(), "SELECT id FROM assistants ORDER BY id");
    if (rows.empty()) return make_locally();
    const std::string key = one_of(rows)[0];
    if (kind == 11) return remove_locally(key);
    if (kind == 12) return sql("UPDATE assistants SET vapi_assistant_id = NULL WHERE id = " + key);
    edit_locally(key);
  }

  void edit_remotely() {
    const std::vector<std::string> ids = sandbox().ids();
    if (ids.empty()) return;
    const std::string id = one_of(ids);
    const std::string path = one_of(kFields).second;
    const std::string value = fresh("there");
    note("remote: " + path + " of " + id + " := " + value);
    forget(text_at(id, path));
    sandbox().edit(id, path, Json(value));
  }

  void make_remotely() {
    const std::string name = "R" + std::to_string(++names_);
    const std::string text = fresh("there");
    note("remote: new " + name + " " + text);
    sandbox().put(json::parse(R"({"name": ")" + name + R"(", "firstMessage": ")" + text +
                              R"(", "model": {"provider": "openai", "model": "gpt-4o", "maxTokens": 200}})"));
  }

  void remove_remotely() {
    const std::vector<std::string> ids = sandbox().ids();
    const std::string id = one_of(ids);
    note("remote: " + id + " removed");
    for (const auto& [column, path] : kFields) forget(text_at(id, path));
    ASSERT_TRUE(sandbox().remove(id));
  }

  void make_locally() {
    const std::string name = "L" + std::to_string(++names_);
    sql("INSERT INTO assistants (name, first_message, user_id, created_by) VALUES ('" + name + "', '" + fresh("here") + "', 1, 1)");
  }

  void edit_locally(const std::string& key) {
    const std::string column = one_of(kFields).first;
    forget(query(database(), "SELECT " + column + " FROM assistants WHERE id = " + key)[0][0]);
    // A model needs its provider at the API.
    sql("UPDATE assistants SET " + column + " = '" + fresh("here") +
        "', model = coalesce(model, '{\"provider\":\"openai\"}') WHERE id = " + key);
  }

  void remove_locally(const std::string& key) {
    for (const auto& [column, path] : kFields) forget(query(database(), "SELECT " + column + " FROM assistants WHERE id = " + key)[0][0]);
    sql("DELETE FROM assistants WHERE id = " + key);
  }

  /// A person has overwritten or removed it: it is no loss when it is nowhere any more.
  void forget(const std::string& value) { written_.erase(value); }

  std::string text_at(const std::string& id, const std::string& path) const {
    const auto item = sandbox().item(id);
    const Json* value = value_in(*item, path);
    return value == nullptr || value->text() == nullptr ? "" : *value->text();
  }

  void stumble() {
    const std::string kind = one_of<std::string>({R"("status", "status": 500)", R"("status", "status": 429, "retry_after": "0")",
                                                  R"("reset_before")", R"("reset_after")", R"("truncate")"});
    const std::string method = one_of<std::string>({"GET", "POST", "PATCH", "PATCH"});
    const std::string text = R"({"fault": )" + kind + R"(, "match": {"method": ")" + method + R"(", "nth": )" +
                             std::to_string(number(1, 3)) + R"(, "times": )" + std::to_string(number(1, 4)) + "}}";
    fault(text);
  }

  // Runs

  /// What it said.
  std::string run(const std::vector<std::string>& command, bool stumbles) {
    const Dump before = dump(database(), false);
    const World world = world_of(sandbox());
    const Outcome outcome = carry_out(command);
    const std::string said = outcome.out + outcome.err;
    EXPECT_TRUE(outcome.exit == 0 || outcome.exit == 2 || (stumbles && outcome.exit == 1)) << said;
    expect_nothing_vanished(before, world, said);
    if (command[0] == "import") {
      EXPECT_EQ(count_writes(sandbox().requests()), 0U) << "an import wrote to the remote side\n" << said;
    }
    sandbox().clear_faults();
    // The answer to a write may have been lost: the next run knows what became of it.
    if (outcome.exit == 1 || stumbles) carry_out({"full", "assistants", "--on-conflict", "manual", "--allow-mass-change"});
    expect_nothing_lost(said);
    expect_no_duplicates(said);
    if (!stumbles && !failed()) expect_idempotent(command);
    return said;
  }

  void expect_nothing_lost(const std::string& said) {
    std::string everywhere = sandbox().state() + state_text(database());
    Dump now = dump(database(), false);
    for (const auto& [key, cells] : now["assistants"]) {
      for (const auto& [column, value] : cells) everywhere += value + "\n";
    }
    for (const std::string& value : written_) {
      if (everywhere.find(value) == std::string::npos) ADD_FAILURE() << "lost: " << value << "\n" << said;
    }
  }

  void expect_no_duplicates(const std::string& said) {
    std::set<std::string> names;
    for (const std::string& id : sandbox().ids()) {
      const std::string name = sandbox().item(id)->text_at("name");
      EXPECT_TRUE(names.insert(name).second) << "two items named " << name << "\n" << said;
    }
    for (const Cells& row : query(database(), "SELECT name FROM assistants GROUP BY name HAVING count(*) > 1")) {
      ADD_FAILURE() << "two rows named " << row[0] << "\n" << said;
    }
  }

  /// But for rows of which a person has to say whether their item was made already.
  void expect_the_same(const std::string& said) {
    auto rows = query(database(),
                      "SELECT vapi_assistant_id, name, first_message, end_call_message, voicemail_message, model_name "
                      "FROM assistants WHERE vapi_assistant_id IS NOT NULL");
    std::erase_if(rows, [&](const Cells& row) {
      const std::string told = row[1] + " (ID: " + row[0] + ") may have been created already; see: lockstep conflicts";
      return !sandbox().item(row[0]) && said.find(told) != std::string::npos;
    });
    EXPECT_EQ(rows.size(), sandbox().size());
    for (const Cells& row : rows) {
      ASSERT_TRUE(sandbox().item(row[0]).has_value()) << row[1];
      for (std::size_t i = 0; i < kFields.size(); ++i) {
        EXPECT_EQ(row[i + 2] == "NULL" ? "" : row[i + 2], text_at(row[0], kFields[i].second)) << row[1] << " " << kFields[i].first;
      }
    }
  }

  std::set<std::string> written_;  ///< what people wrote and did not overwrite themselves
  int texts_ = 0, names_ = 0;
};

class TwoSidedHistories : public ::testing::TestWithParam<KindAndPart> {};

TEST_P(TwoSidedHistories, LoseNothing) {
  const auto& [kind, part] = GetParam();
  if (const std::string why = kind->missing(); !why.empty()) GTEST_SKIP() << why;
  TwoSidedStage stage(*kind);
  play_histories(part, 9100, how_many(*kind, 200), [&](std::uint64_t seed) { return TwoSided(seed, stage); });
}

INSTANTIATE_TEST_SUITE_P(Sqlite, TwoSidedHistories, all_parts(sqlite_kind()), kPart);
INSTANTIATE_TEST_SUITE_P(Postgresql, TwoSidedHistories, all_parts(postgres_kind()), kPart);
INSTANTIATE_TEST_SUITE_P(Mysql, TwoSidedHistories, all_parts(mysql_kind()), kPart);

}  // namespace
}  // namespace lockstep::test
