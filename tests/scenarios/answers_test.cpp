// Answers as APIs give them, through whole runs of the real program: a service that a table describes, whose manners each test chooses.
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

#include "common/text.h"
#include "format/json.h"
#include "http/scripted_server.h"
#include "scenarios/database.h"
#include "scenarios/workbench.h"

namespace lockstep::test {
namespace {

constexpr const char* kConfiguration = R"(stores:
  main: {plugin: sqlite, path: "${LOCKSTEP_DB}"}
providers:
  svc: {plugin: rest, table: providers/svc.yaml, base_url: "${BASE}", timeout: 10s}
syncs:
  things: {provider: svc, resource: thing, store: main, mapping: mappings/things.yaml, default: true}
)";

/// Items by id, a PATCH that lays top-level members over them, and a list of all. All of it may be answered otherwise.
class Service {
 public:
  Service() : server_(ScriptedServer::serve([this](const std::string& request) { return serve(request); })) {}

  std::string url() const { return server_.url(); }
  void put(const std::string& text) {
    const std::lock_guard lock(mutex_);
    Json item = json::parse(text);
    items_[item.text_at("id")] = std::move(item);
  }
  std::vector<std::string> sent() {
    const std::lock_guard lock(mutex_);
    return std::exchange(sent_, {});
  }

  bool says_nothing = false;                ///< to a PATCH
  std::vector<std::string> summary = {};    ///< the list names these members alone
  std::vector<std::string> repeated = {};   ///< items that the list has besides
  std::vector<std::string> merged_in = {};  ///< objects that a PATCH is merged into
  std::string part = {};                    ///< answered to each id instead of the item
  std::string edit = {};                    ///< members that somebody sets once the list has been read

 private:
  std::string serve(const std::string& request) {
    const std::lock_guard lock(mutex_);
    const std::size_t from = request.find(' ') + 1;
    const std::string target = request.substr(from, request.find(' ', from) - from);
    if (target == "/things") return answer(200, list());
    const auto item = items_.find(target.substr(std::string_view("/things/").size()));
    if (item == items_.end()) return answer(404, R"({"message":"unknown"})");
    if (request.starts_with("GET")) {
      if (!edit.empty()) change(item->second, json::parse(std::exchange(edit, {})));
      return answer(200, part.empty() ? json::to_text(item->second) : part);
    }
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    sent_.push_back(body);
    change(item->second, json::parse(body));
    return says_nothing ? std::string("HTTP/1.1 204 No Content\r\n\r\n") : answer(200, json::to_text(item->second));
  }

  void change(Json& item, const Json& with) const {
    for (const auto& [name, value] : *with.object()) {
      if (std::find(merged_in.begin(), merged_in.end(), name) == merged_in.end()) {
        item[name] = value;
        continue;
      }
      for (const auto& [inner, one] : *value.object()) {
        item[name][inner] = one;
        if (one.is_null()) item[name].erase(inner);
      }
    }
  }

  std::string list() const {
    Json::Array all;
    for (const auto& [id, item] : items_) {
      Json shown = summary.empty() ? item : Json(Json::Object{});
      for (const std::string& member : summary) shown[member] = *item.find(member);
      all.push_back(std::move(shown));
    }
    for (const std::string& text : repeated) all.push_back(json::parse(text));
    return json::to_text(Json(std::move(all)));
  }

  std::mutex mutex_;
  std::map<std::string, Json> items_;
  std::vector<std::string> sent_;
  ScriptedServer server_;
};

class Answers : public testing::Test {
 protected:
  Answers() : sandbox_(sandbox_options()), bench_(sandbox_) {
    bench_.write("config/lockstep.yaml", kConfiguration);
    bench_.environment()["BASE"] = service_.url();
  }

  /// `resource`: lines of the table beside the usual ones. `fields`: lines of the mapping.
  void begin(const std::string& fields, const std::string& resource = "read_only: [id]") {
    bench_.write("config/providers/svc.yaml",
                 "label: Things\nauth: {style: none}\nlimits: {rate: 0}\nresources:\n  thing:\n    list: {path: /things}\n"
                 "    get: \"/things/{id}\"\n    update: \"/things/{id}\"\n    " +
                     resource + "\n");
    bench_.write("config/mappings/things.yaml", "table: things\nkey: {column: remote_id, from: id}\nfields:\n" + fields);
    const Outcome made = bench_.run({"migrate"});
    ASSERT_EQ(made.exit, 0) << said(made);
  }

  Outcome run(const std::string& mode, int exit = 0) {
    const Outcome outcome = bench_.run({mode, "things"});
    EXPECT_EQ(outcome.exit, exit) << mode << "\n" << said(outcome);
    return outcome;
  }
  std::string cell(const std::string& column) { return query(bench_.database(), "SELECT " + column + " FROM things").at(0).at(0); }
  void sql(const std::string& statement) { execute(bench_.database(), statement); }

  sandbox::Sandbox sandbox_;
  Service service_;
  Workbench bench_;
};

TEST_F(Answers, AnUpdateThatIsAnsweredByNothingIsReadAgain) {
  service_.put(R"({"id":"a","n":3})");
  begin("  n: integer\n");
  run("import");
  service_.says_nothing = true;
  sql("UPDATE things SET n = 5");
  run("export");
  EXPECT_EQ(service_.sent(), std::vector<std::string>{R"({"n":5})"});
  run("full");
  EXPECT_EQ(service_.sent(), std::vector<std::string>());
  EXPECT_EQ(cell("n"), "5");
}

TEST_F(Answers, WhatAColumnCannotHoldLeavesItsCellAsItIs) {
  service_.put(R"({"id":"a","n":3,"t":"x"})");
  begin("  n: integer\n  t: text\n");
  run("import");
  service_.put(R"({"id":"a","n":"many","t":"y"})");
  EXPECT_TRUE(contains(run("import"), "n: expected an integer, not \"many\""));
  EXPECT_EQ(cell("n || t"), "3y");
  const Outcome again = run("full");
  EXPECT_FALSE(contains(again, "expected an integer")) << "told once";
  sql("UPDATE things SET t = 'z'");
  run("full");
  EXPECT_EQ(service_.sent(), std::vector<std::string>{R"({"t":"z"})"}) << "what could not be read is not sent as null";
  service_.put(R"({"id":"a","n":4,"t":"z"})");
  run("import");
  EXPECT_EQ(cell("n"), "4");
}

TEST_F(Answers, ANewRecordComesInWithoutWhatCannotBeRead) {
  service_.put(R"({"id":"a","n":0.5,"at":"soon","t":"cut \ud83d"})");
  begin("  n: integer\n  at: timestamp\n  t: text\n  all: {from: $, type: json}\n");
  run("import");
  EXPECT_EQ(query(bench_.database(), "SELECT n, at, t FROM things"), (std::vector<Cells>{{"NULL", "NULL", "NULL"}}));
  EXPECT_EQ(cell("\"all\""), R"({"at":"soon","id":"a","n":0.5,"t":"cut \ud83d"})");
}

TEST_F(Answers, TwoItemsOfOneIdentityAreToldEachTime) {
  service_.put(R"({"id":"5","n":1})");
  service_.repeated = {R"({"id":5,"n":2})"};
  begin("  n: integer\n", "read_only: [id]");
  EXPECT_TRUE(contains(run("import", 2), "\"5\" once as a number and once as a text"));
  EXPECT_EQ(cell("n"), "1");
  EXPECT_TRUE(contains(run("import", 2), "\"5\" once as a number and once as a text"));
}

TEST_F(Answers, AListOfSummariesEmptiesNothing) {
  service_.put(R"({"id":"a","name":"A","prompt":"Be kind"})");
  service_.summary = {"id", "name"};
  begin("  name: text\n  prompt: text\n", "detail: get\n    read_only: [id]");
  run("import");
  EXPECT_EQ(cell("prompt"), "Be kind");
  run("import");
  EXPECT_EQ(cell("prompt"), "Be kind");
  sql("UPDATE things SET prompt = 'Be brief'");
  run("full");
  EXPECT_EQ(service_.sent(), std::vector<std::string>{R"({"prompt":"Be brief"})"});
}

TEST_F(Answers, WhatAnItemIsAnsweredWithoutIsNotEmptied) {
  service_.put(R"({"id":"a","name":"A","prompt":"Be kind"})");
  begin("  name: text\n  prompt: text\n");
  run("import");
  sql("UPDATE things SET prompt = 'Be brief'");
  service_.part = R"({"id":"a"})";
  EXPECT_TRUE(contains(run("full", 2), "answers with a part of the thing when asked for it by its ID a, without prompt"));
  EXPECT_EQ(cell("name || prompt"), "ABe brief");
  EXPECT_TRUE(contains(bench_.run({"rejected"}), "answers with a part"));
  service_.part = {};
  run("full");
  EXPECT_EQ(service_.sent(), std::vector<std::string>{R"({"prompt":"Be brief"})"});
  EXPECT_FALSE(contains(bench_.run({"rejected"}), "answers with a part"));
}

TEST_F(Answers, AWholeItemThatIsLessThanItsSummaryIsNone) {
  service_.put(R"({"id":"a","name":"A","prompt":"Be kind"})");
  service_.summary = {"id", "name"};
  begin("  name: text\n  prompt: text\n", "detail: get\n    read_only: [id]");
  run("import");
  service_.part = R"({"id":"a"})";
  EXPECT_TRUE(contains(run("import", 2), "answers with less than its list shows"));
  EXPECT_EQ(cell("name || prompt"), "ABe kind");
}

TEST_F(Answers, ASummaryTakesNothingAwayFromWhatAWriteWasAnsweredWith) {
  service_.put(R"({"id":"a","name":"A","prompt":"Be kind"})");
  service_.summary = {"id", "name"};
  begin("  name: text\n  prompt: text\n");
  run("import");
  EXPECT_EQ(cell("prompt"), "NULL");
  sql("UPDATE things SET name = 'B'");
  run("full");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(cell("name || prompt"), "BBe kind");
    run("full");
  }
  sql("UPDATE things SET prompt = 'Be brief'");
  run("full");
  EXPECT_EQ(service_.sent(), (std::vector<std::string>{R"({"name":"B"})", R"({"prompt":"Be brief"})"}));
  run("import");
  EXPECT_EQ(cell("name || prompt"), "BBe brief");
}

TEST_F(Answers, AConflictThatArisesRightBeforeTheWriteIsToldAndKept) {
  service_.put(R"({"id":"a","name":"A","prompt":"Be kind"})");
  begin("  name: text\n  prompt: text\n");
  run("import");
  sql("UPDATE things SET prompt = 'Be brief'");
  service_.edit = R"({"prompt":"Be loud"})";
  const Outcome manual = bench_.run({"full", "things", "--on-conflict", "manual"});
  EXPECT_EQ(manual.exit, 2) << said(manual);
  EXPECT_TRUE(contains(manual, "was edited on both sides: prompt; left as it is, see: lockstep conflicts")) << said(manual);
  const Outcome open = bench_.run({"conflicts"});
  EXPECT_TRUE(contains(open, ": \"Be loud\"")) << said(open);
  EXPECT_EQ(cell("prompt"), "Be brief");
  EXPECT_EQ(service_.sent(), std::vector<std::string>());
  sql("UPDATE things SET name = 'B'");
  service_.edit = R"({"name":"C"})";
  const Outcome decided = run("full", 2);
  EXPECT_TRUE(contains(decided, "was edited on both sides: name; ")) << said(decided);
  EXPECT_TRUE(contains(decided, "values win, the others are in the journal")) << said(decided);
  EXPECT_EQ(cell("name"), "C");
}

TEST_F(Answers, ReadOnlyMembersInsideAnObjectStayHere) {
  service_.put(R"({"id":"a","fields":{"Name":"A","Price":1,"Total":2}})");
  begin("  name: {from: fields.Name, type: text}\n  price: {from: fields.Price, type: real}\n", "read_only: [id, fields.Total]");
  run("import");
  sql("UPDATE things SET price = 5");
  run("export");
  EXPECT_EQ(service_.sent(), std::vector<std::string>{R"({"fields":{"Name":"A","Price":5}})"});
}

TEST_F(Answers, AnObjectThatIsMergedGetsWhatChangedAndNullForWhatWasEmptied) {
  service_.put(R"({"id":"a","fields":{"Name":"A","Price":1,"Note":"n"}})");
  service_.merged_in = {"fields"};
  begin("  name: {from: fields.Name, type: text}\n  price: {from: fields.Price, type: real}\n  note: {from: fields.Note, type: text}\n",
        "merge: [fields]\n    read_only: [id]");
  run("import");
  sql("UPDATE things SET price = 5, note = NULL");
  run("export");
  EXPECT_EQ(service_.sent(), std::vector<std::string>{R"({"fields":{"Price":5,"Note":null}})"});
  run("full");
  EXPECT_EQ(service_.sent(), std::vector<std::string>());
  EXPECT_EQ(cell("note"), "NULL");
}

TEST_F(Answers, ANameWithDotsIsOneMember) {
  service_.put(R"({"id":"a","labels":{"app.kubernetes.io/name":"web"}})");
  begin("  app: {from: \"labels['app.kubernetes.io/name']\", type: text}\n");
  run("import");
  EXPECT_EQ(cell("app"), "web");
  sql("UPDATE things SET app = 'api'");
  run("export");
  EXPECT_EQ(service_.sent(), std::vector<std::string>{R"({"labels":{"app.kubernetes.io/name":"api"}})"});
}

TEST_F(Answers, ANumberKeepsEveryDigit) {
  service_.put(R"({"id":"a","j":{"x":1.000000000000000005},"n":1e2,"t":"x"})");
  begin("  j: json\n  n: integer\n  t: text\n");
  run("import");
  EXPECT_EQ(cell("j"), R"({"x":1.000000000000000005})");
  EXPECT_EQ(cell("n"), "100");
  sql("UPDATE things SET t = 'y'");
  run("full");
  EXPECT_EQ(service_.sent(), std::vector<std::string>{R"({"t":"y"})"});
}

}  // namespace
}  // namespace lockstep::test
