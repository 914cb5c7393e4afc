// Random histories: both sides are edited at random, the server stumbles, runs of every flavour follow one another, and what safe mode
// promises holds after each of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "format/json.h"
#include "scenarios/invariants.h"
#include "scenarios/random_histories.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

constexpr std::size_t kAtVapi = 12;
constexpr int kMostRemovals = 2;

enum class Flavour { Plain, Keep, Force, ExistingOnly, DryRun };

std::vector<std::string> arguments_of(Flavour flavour) {
  switch (flavour) {
    case Flavour::Plain: return {"assistants:sync"};
    case Flavour::Keep: return {"assistants:sync", "--local-edits", "keep"};
    case Flavour::Force: return {"assistants:sync", "--force"};
    case Flavour::ExistingOnly: return {"assistants:sync", "--existing-only"};
    case Flavour::DryRun: return {"assistants:sync", "--dry-run"};
  }
  return {};
}

class History {
 public:
  History(std::uint64_t seed, sandbox::Sandbox& sandbox) : random_(seed), sandbox_(sandbox), bench_(sandbox_) { sandbox_.reset(); }

  void play() {
    ASSERT_EQ(bench_.run({"migrate"}).exit, 0);
    bench_.add_users();
    const int rounds = number(2, 4);
    faulty_round_ = number(1, 4);
    for (int round = 1; round <= rounds && !::testing::Test::HasFailure(); ++round) play_round(round);
    if (::testing::Test::HasFailure()) return;
    run(Flavour::Plain);
  }

  const std::string& steps() const { return steps_; }

 private:
  // Chance

  int number(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
  template <typename T>
  T one_of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(number(0, static_cast<int>(all.size()) - 1))];
  }
  void note(const std::string& step) { steps_ += "  " + step + "\n"; }
  std::string fresh_text() { return "text " + std::to_string(++texts_); }

  void play_round(int round) {
    note("round " + std::to_string(round));
    const int changes = round == 1 ? 0 : number(1, 8);
    for (int i = 0; i < changes; ++i) change_something();
    if (round == faulty_round_) stumble();
    run(one_of<Flavour>({Flavour::Plain, Flavour::Plain, Flavour::Keep, Flavour::Force, Flavour::ExistingOnly, Flavour::DryRun}));
  }

  void change_something() {
    const int kind = number(1, 20);
    if (kind <= 8) return edit_remotely();
    if (kind <= 10) return create_remotely();
    if (kind == 11) return remove_remotely();
    const std::vector<Cells> keys = query(bench_.database(), "SELECT id FROM assistants ORDER BY id");
    if (keys.empty()) return;
    const std::string key = one_of(keys)[0];
    if (kind <= 16) return edit_locally(key);
    if (kind <= 18) return sql("DELETE FROM assistants WHERE id = " + key, key);
    if (kind == 19) return sql("UPDATE assistants SET vapi_assistant_id = NULL WHERE id = " + key);
    sql("UPDATE assistants SET user_id = " + std::to_string(number(1, 4)) + " WHERE id = " + key);
  }

  // The remote side

  void edit_remotely() {
    const std::vector<std::string> ids = sandbox_.ids();
    const std::string id = one_of(ids);
    const std::string path = one_of<std::string>({"firstMessage", "firstMessage", "name", "model.temperature", "metadata.note",
                                                  "metadata.assistant_phone_number", "endCallPhrases", "voicemailMessage"});
    const Json value = value_for(path);
    note("remote: " + path + " of " + id + " := " + json::to_text(value));
    sandbox_.edit(id, path, value);
    remotely_edited_.insert(id);
  }

  Json value_for(const std::string& path) {
    if (path != "name" && number(1, 5) == 1) return Json();
    if (path == "firstMessage" && number(1, 5) == 1) return Json(std::string());
    if (path == "model.temperature") return Json(number(0, 8) * 0.25);
    if (path == "endCallPhrases") return Json(Json::Array{Json(fresh_text()), Json("goodbye — “ciao”")});
    return Json(fresh_text());
  }

  void create_remotely() {
    Json document;
    document["name"] = Json("New " + fresh_text());
    document["firstMessage"] = Json(fresh_text());
    document["metadata"]["user_email"] = Json(one_of<std::string>({"ana@example.com", " BRUNO@example.com", "nobody@example.com"}));
    document["model"] = Json(Json::Object{{"provider", Json("openai")}, {"model", Json("gpt-4o")}});
    note("remote: new " + sandbox_.put(document));
  }

  void remove_remotely() {
    if (removals_ == kMostRemovals) return;
    ++removals_;
    const std::vector<std::string> ids = sandbox_.ids();
    const std::string id = one_of(ids);
    note("remote: " + id + " removed");
    ASSERT_TRUE(sandbox_.remove(id));
  }

  void stumble() {
    const std::string& fault =
        one_of<std::string>({R"({"fault": "status", "status": 429, "retry_after": "0")", R"({"fault": "status", "status": 500)",
                             R"({"fault": "reset_before")", R"({"fault": "truncate", "bytes": 700)"});
    note("server: " + fault + "}");
    sandbox_.fault(sandbox::read_fault(json::parse(fault + R"(, "match": {"method": "GET", "path": "/assistant"}})")));
  }

  // The local side

  void edit_locally(const std::string& key) {
    const std::string column = one_of<std::string>({"first_message", "first_message", "model_temperature", "name"});
    const std::string value = column == "model_temperature" ? std::to_string(number(1, 60)) + ".125" : fresh_text();
    sql("UPDATE assistants SET " + column + " = '" + value + "' WHERE id = " + key);
    kept_[key][column] = value;
  }

  void sql(const std::string& statement, const std::string& deleted = {}) {
    note("local: " + statement);
    execute(bench_.database(), statement);
    kept_.erase(deleted);
  }

  // Runs

  struct Look {
    Dump users, own;
    const std::map<std::string, std::map<std::string, std::string>>& table(const std::string& name) const {
      static const std::map<std::string, std::map<std::string, std::string>> none;
      const auto found = (name.starts_with("lockstep_") ? own : users).find(name);
      return found == (name.starts_with("lockstep_") ? own : users).end() ? none : found->second;
    }
  };
  Look look() const { return {dump(bench_.database(), false), dump(bench_.database(), true)}; }

  void run(Flavour flavour) {
    std::vector<std::string> arguments = arguments_of(flavour);
    Look before = look();
    Outcome outcome = program(arguments);
    if (outcome.exit == 1 && outcome.out.find("--allow-mass-change") != std::string::npos) {
      // So many cells emptied by chance: the guard stopped it before the first overwrite.
      const Look stopped = look();
      expect_nothing_overwritten(before, stopped);
      before = stopped;
      arguments.push_back("--allow-mass-change");
      outcome = program(arguments);
    }
    const std::string said = outcome.out + outcome.err;
    EXPECT_EQ(outcome.exit, 0) << said;
    const Look after = look();
    const bool wrote = before.users != after.users || before.own != after.own;
    EXPECT_FALSE(flavour == Flavour::DryRun && wrote) << "a dry run wrote\n" << said;
    expect_promises(before, after, said);
    if (flavour == Flavour::Keep) expect_kept(after, said);
    if (flavour == Flavour::Plain) expect_mirror(said);
    if (flavour != Flavour::DryRun) {
      remotely_edited_.clear();
      if (flavour != Flavour::Keep) kept_.clear();
    }
    if (flavour != Flavour::Force) expect_idempotent(arguments, after);
  }

  Outcome program(const std::vector<std::string>& arguments) {
    std::string line = "run:";
    for (const std::string& word : arguments) line += " " + word;
    sandbox_.clear_requests();
    Outcome outcome = bench_.run(arguments);
    note(line + " → exit " + std::to_string(outcome.exit));
    for (const std::string& request : forbidden_requests(sandbox_.requests())) ADD_FAILURE() << "sent " << request;
    EXPECT_EQ(sandbox_.requests().size(), sandbox_.count("GET")) << "an import wrote to the remote side";
    return outcome;
  }

  static void expect_nothing_overwritten(const Look& before, const Look& after) {
    for (const auto& [key, cells] : before.table("assistants")) {
      ASSERT_TRUE(after.table("assistants").contains(key)) << "row " << key << " vanished";
      EXPECT_EQ(cells, after.table("assistants").at(key)) << "the guard came too late for row " << key;
    }
  }

  /// Nothing vanished, owners stay, each overwritten cell is in this run's part of the journal with the value that it had.
  void expect_promises(const Look& before, const Look& after, const std::string& said) const {
    for (const std::string& row : vanished(before.users, after.users)) ADD_FAILURE() << "vanished: " << row << "\n" << said;
    std::map<std::string, Json> journal;  // key of the row → its fields
    for (const auto& [id, change] : after.table("lockstep_change")) {
      if (before.table("lockstep_change").contains(id) || change.at("fields") == "NULL") continue;
      EXPECT_FALSE(journal.contains(change.at("local_key"))) << "two entries for row " << change.at("local_key") << "\n" << said;
      journal[change.at("local_key")] = json::parse(change.at("fields"));
    }
    for (const auto& [key, cells] : before.table("assistants")) {
      const auto now = after.table("assistants").find(key);
      if (now == after.table("assistants").end()) continue;
      for (const auto& [column, value] : cells) {
        if (now->second.at(column) == value) continue;
        EXPECT_FALSE(column == "id" || column == "user_id" || column == "created_by") << column << " of row " << key << "\n" << said;
        const Json* entry = journal[key].find(column);
        ASSERT_NE(entry, nullptr) << "not in the journal: " << column << " of row " << key << ", it was " << value << "\n" << said;
        expect_before_image(*entry, column, value);
      }
    }
  }

  static void expect_before_image(const Json& entry, const std::string& column, const std::string& value) {
    const Json* image = entry.find("before");
    if (value == "NULL") {
      EXPECT_TRUE(image == nullptr || image->is_null()) << column << ": " << json::to_text(entry);
      return;
    }
    ASSERT_NE(image, nullptr) << column << ": " << json::to_text(entry);
    EXPECT_EQ(image->text() == nullptr ? value : *image->text(), value) << column;
  }

  /// What was edited in the database stays, where nobody has touched the record at the other side.
  void expect_kept(const Look& after, const std::string& said) {
    const auto& table = after.table("assistants");
    std::erase_if(kept_, [&](const auto& edited) { return remotely_edited_.contains(table.at(edited.first).at("vapi_assistant_id")); });
    for (const auto& [key, columns] : kept_) {
      const auto& row = table.at(key);
      for (const auto& [column, value] : columns) EXPECT_EQ(row.at(column), value) << column << " of row " << key << "\n" << said;
    }
  }

  /// Each remote assistant has one row, and the row says what Vapi says.
  void expect_mirror(const std::string& said) const {
    for (const std::string& id : sandbox_.ids()) {
      const std::vector<Cells> rows =
          query(bench_.database(), "SELECT name, first_message, model_temperature FROM assistants WHERE vapi_assistant_id = '" + id + "'");
      ASSERT_EQ(rows.size(), 1U) << id << "\n" << said;
      const Json document = *sandbox_.item(id);
      EXPECT_EQ(rows[0][0], document.text_at("name")) << id << "\n" << said;
      const Json* message = document.find("firstMessage");
      EXPECT_EQ(rows[0][1], message == nullptr || message->is_null() ? "NULL" : *message->text()) << id << "\n" << said;
      const Json* model = document.find("model");
      const Json* temperature = model == nullptr ? nullptr : model->find("temperature");
      const bool none = temperature == nullptr || temperature->is_null();
      ASSERT_EQ(rows[0][2] == "NULL", none) << id << "\n" << said;
      EXPECT_TRUE(none || std::stod(rows[0][2]) == std::stod(json::to_text(*temperature))) << id << "\n" << said;
    }
  }

  void expect_idempotent(const std::vector<std::string>& arguments, const Look& first) {
    const Outcome again = program(arguments);
    const std::string said = again.out + again.err;
    EXPECT_EQ(again.exit, 0) << said;
    const Look second = look();
    for (const auto& [key, cells] : second.table("assistants")) {
      const auto known = first.table("assistants").find(key);
      ASSERT_NE(known, first.table("assistants").end()) << "the same command again made row " << key << "\n" << said;
      EXPECT_EQ(known->second, cells) << "the same command again wrote row " << key << "\n" << said;
    }
    EXPECT_EQ(first.users, second.users) << "the same command again wrote\n" << said;
    EXPECT_EQ(first.table("lockstep_change"), second.table("lockstep_change")) << "the same command again wrote to the journal\n" << said;
  }

  std::mt19937_64 random_;
  sandbox::Sandbox& sandbox_;
  Workbench bench_;
  std::string steps_;
  int texts_ = 0;
  int removals_ = 0;
  int faulty_round_ = 0;
  std::map<std::string, std::map<std::string, std::string>>
      kept_;                               ///< key → column → what it was edited to, since the last run that could replace it
  std::set<std::string> remotely_edited_;  ///< since the last run that wrote
};

class Histories : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Histories, KeepEveryPromise) {
  sandbox::Sandbox sandbox(sandbox_options(kAtVapi));
  play_histories(GetParam(), 4200, 40, [&](std::uint64_t seed) { return History(seed, sandbox); });
}

INSTANTIATE_TEST_SUITE_P(Parts, Histories, ::testing::Range(std::uint64_t{0}, kParts));

}  // namespace
}  // namespace lockstep::test
