// What the shipped mappings lay into documents is what the API takes: new agents, edits of bare ones, and the assignment of a number of
// each provider, sent to the sandbox with its strict rules.

#include <gtest/gtest.h>

#include "mapping/mapping.h"
#include "sandbox/test_client.h"

namespace lockstep::test {
namespace {

Mapping shipped(const std::string& file, const std::string& resource_name) {
  Resource resource;
  resource.name = resource_name;
  resource.read_only = {"id", "orgId", "createdAt", "updatedAt", "status", "latestVersion", "isServerUrlSecretSet"};
  yaml::Problems problems;
  const yaml::Node root = yaml::load_file(std::string(LOCKSTEP_SOURCE_DIR) + "/config/mappings/" + file, file, {}, problems);
  Mapping mapping = Mapping::load(root, resource, {}, problems);
  problems.raise();
  return mapping;
}

const Mapping& agents() {
  static const Mapping mapping = shipped("vapi-agents.yaml", "assistant");
  return mapping;
}

Json laid(const Mapping& mapping, Json document, const std::vector<std::pair<std::string, Value>>& cells) {
  for (const auto& [column, value] : cells) lay(mapping, mapping.find(column).value(), value, document);
  return document;
}

TEST(MappedBodies, ANewAgentIsTaken) {
  sandbox::Sandbox sandbox;
  sandbox::TestClient client(sandbox);
  std::vector<Value> row(agents().fields().size(), Value::null());
  for (const auto& [column, text] : std::vector<std::pair<const char*, const char*>>{
           {"name", "New"}, {"greeting", "Hi"}, {"language", "de"}, {"voice", "Elliot"}, {"personality", "Be kind."}}) {
    row[agents().find(column).value()] = Value::text(text);
  }
  const auto answer = client.send("POST", "/assistant", json::to_text(to_document(agents(), row)));
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ((*answer.json().find("model")->find("messages")->array())[0].text_at("content"), "Be kind.");
}

TEST(MappedBodies, ABareAssistantTakesWhatAnAgentAdds) {
  sandbox::Sandbox sandbox;
  sandbox::TestClient client(sandbox);
  const std::string id = sandbox.put(json::parse(R"({"name":"Bare"})"));
  const Json document = laid(agents(), *sandbox.item(id),
                             {{"personality", Value::text("Be kind.")}, {"voice", Value::text("Elliot")}, {"language", Value::text("de")}});
  Json body;
  for (const char* key : {"model", "voice", "transcriber"}) body[key] = *document.find(key);
  const auto answer = client.send("PATCH", "/assistant/" + id, json::to_text(body));
  EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST(MappedBodies, EveryKindOfNumberTakesAnAssignmentAndItsEnd) {
  const Mapping numbers = shipped("vapi-phone-numbers.yaml", "phone_number");
  sandbox::Sandbox sandbox;
  sandbox::TestClient client(sandbox);
  const std::string assistant = sandbox.ids().front();
  ASSERT_EQ(sandbox.ids(sandbox::Kind::PhoneNumber).size(), 5U);
  for (const std::string& id : sandbox.ids(sandbox::Kind::PhoneNumber)) {
    for (const char* column : {"vapi_assistant_id", "assistant_id"}) {
      for (const Value& value : {Value::text(assistant), Value::null()}) {
        Json body;
        const Json document = laid(numbers, *sandbox.item(id), {{column, value}});
        const Json* reference = document.find("assistantId");
        body["assistantId"] = reference == nullptr ? Json(nullptr) : *reference;
        const auto answer = client.send("PATCH", "/phone-number/" + id, json::to_text(body));
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.json().text_at("assistantId"), value.is_nothing() ? "" : assistant) << id << " " << column;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::test
