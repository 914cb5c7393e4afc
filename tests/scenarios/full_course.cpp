#include "scenarios/full_course.h"

#include <gtest/gtest.h>

#include "format/json.h"
#include "scenarios/invariants.h"
#include "scenarios/remote_side.h"

namespace lockstep::test {
namespace {

void edit_both_sides(const std::string& place, sandbox::Sandbox& remote) {
  const auto sql = [&](const std::string& statement) { execute(place, statement); };
  sql("UPDATE assistants SET first_message = 'here' WHERE vapi_assistant_id IN ('a', 'c', 'd', 'e')");
  sql("UPDATE assistants SET model_temperature = 1.5 WHERE vapi_assistant_id = 'a'");
  remote.edit("b", "endCallMessage", Json("there"));
  remote.edit("c", "endCallMessage", Json("there"));  // another field
  remote.edit("c", "model.maxTokens", Json(std::int64_t{90}));
  remote.edit("d", "firstMessage", Json("here"));   // the same value
  remote.edit("e", "firstMessage", Json("there"));  // a conflict
  sql("UPDATE assistants SET voicemail_message = 'made anew' WHERE vapi_assistant_id = 'f'");
  EXPECT_TRUE(remote.remove("f"));
  sql("DELETE FROM assistants WHERE vapi_assistant_id = 'g'");
  sql("UPDATE assistants SET vapi_assistant_id = NULL, end_call_message = 'id lost' WHERE vapi_assistant_id = 'h'");
  sql("UPDATE assistants SET end_call_message = NULL WHERE vapi_assistant_id = 'i'");
  sql("INSERT INTO assistants (name, first_message, user_id, created_by) VALUES ('New here', 'new', 2, 2), ('Another here', NULL, 3, 3)");
  for (const char* name : {"New there", "Another there"}) remote.put(Json(Json::Object{{"name", Json(name)}}));
}

}  // namespace

Ends ends_of(const std::string& place, const sandbox::Sandbox& sandbox) {
  Ends ends;
  const char* columns = "name, first_message, end_call_message, voicemail_message, model, model_temperature, user_id";
  for (const Cells& row : query(place, std::string("SELECT ") + columns + " FROM assistants")) {
    EXPECT_TRUE(ends.rows.emplace(row[0], row).second) << "two rows named " << row[0];
  }
  for (auto& [id, item] : world_of(sandbox)) {
    const std::string name = item.text_at("name", id);  // tools have none
    for (const char* own : {"id", "createdAt", "updatedAt", "latestVersion"}) item.erase(own);
    if (Json* metadata = item.find("metadata")) {
      metadata->erase("lockstepMarker");
      if (metadata->object() != nullptr && metadata->object()->empty()) item.erase("metadata");
    }
    EXPECT_TRUE(ends.items.emplace(name, json::canonical(item)).second) << "two items named " << name;
  }
  return ends;
}

void prepare_full_course(Workbench& bench, sandbox::Sandbox& remote) {
  remote.load(Json(Json::Array()));
  for (int i = 0; i < 10; ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    remote.put(
        json::parse(R"({"id": ")" + letter + R"(", "name": "Item )" + letter + R"(", "firstMessage": "hello", "endCallMessage": "bye",
      "model": {"provider": "openai", "model": "gpt-4o", "temperature": 0.5, "maxTokens": 200}})"));
  }
  EXPECT_EQ(bench.run({"migrate"}).exit, 0);
  bench.add_users();
  EXPECT_EQ(bench.run({"import", "assistants"}).exit, 0);
  edit_both_sides(bench.database(), remote);
}

void expect_full_course_ends(const std::string& place, sandbox::Sandbox& remote, const Ends& expected, const std::function<Outcome()>& run,
                             const std::string& what) {
  for (const std::string& request : forbidden_requests(remote.requests())) ADD_FAILURE() << "sent " << request;
  remote.clear_faults();
  // A create that may be under way still is not sent again before its time is over.
  run();
  execute(place, "UPDATE lockstep_intent SET until = '2026-01-01T00:00:00Z' WHERE closed_at IS NULL");
  const Outcome next = run();
  EXPECT_EQ(next.exit, 0) << what << "\n" << said(next);
  const Ends ends = ends_of(place, remote);
  EXPECT_EQ(ends.rows, expected.rows) << what << "\n" << said(next);
  EXPECT_EQ(ends.items, expected.items) << what << "\n" << said(next);
  const std::string unlinked =
      "SELECT name FROM assistants a WHERE NOT EXISTS (SELECT 1 FROM lockstep_link l WHERE l.remote_id = "
      "a.vapi_assistant_id AND CAST(l.local_key AS TEXT) = CAST(a.id AS TEXT))";
  EXPECT_EQ(query(place, unlinked), std::vector<Cells>()) << what;
  EXPECT_EQ(query(place, "SELECT action, local_key FROM lockstep_intent WHERE closed_at IS NULL"), std::vector<Cells>()) << what;
  EXPECT_EQ(query(place, "SELECT run FROM lockstep_run WHERE finished_at IS NULL"), std::vector<Cells>()) << what;
  // What was overwritten is in the journal, once.
  EXPECT_EQ(query(place, "SELECT count(*) FROM lockstep_change WHERE side = 'remote' AND remote_id = 'a'")[0][0], "1") << what;
  EXPECT_EQ(query(place, "SELECT count(*) FROM lockstep_change WHERE side = 'remote' AND action = 'create'")[0][0], "2") << what;
  EXPECT_EQ(query(place, "SELECT count(*) FROM lockstep_change WHERE side = 'remote' AND action = 'recreate'")[0][0], "1") << what;
  remote.clear_requests();
  const Outcome again = run();
  EXPECT_EQ(count_writes(remote.requests()), 0U) << what << "\n" << said(again);
  EXPECT_TRUE(ends_of(place, remote) == ends) << what;
}

}  // namespace lockstep::test
