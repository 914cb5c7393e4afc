// The control paths do over HTTP what the in-process API does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/test_client.h"

namespace lockstep::sandbox {
namespace {

using testing::HasSubstr;

TEST(SandboxControl, ShowsTheRequestsWithoutTheKey) {
  Sandbox sandbox;
  TestClient client(sandbox);
  client.get("/assistant?limit=2");
  client.send("PATCH", "/assistant/unknown", R"({"name":"x"})");
  const auto answer = client.get("/_sandbox/requests");
  const Json log = answer.json();
  ASSERT_EQ(log.array()->size(), 2U) << "control requests are not logged";
  EXPECT_EQ(log.array()->front().text_at("query"), "limit=2");
  EXPECT_EQ(log.array()->back().text_at("body"), R"({"name":"x"})");
  EXPECT_EQ(*log.array()->back().find("status")->integer(), 404);
  EXPECT_THAT(answer.body, testing::Not(HasSubstr("sandbox-key")));
  client.send("POST", "/_sandbox/requests/clear");
  EXPECT_TRUE(sandbox.requests().empty());
}

TEST(SandboxControl, GeneratesEditsAndRemoves) {
  Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.send("POST", "/_sandbox/generate", R"({"count":5,"bytes":3000,"seed":9,"same_instant":5})").status, 200);
  EXPECT_EQ(sandbox.size(), 20U);
  const std::string id = "9712f531-bf48-43f4-bf72-591e1e812868";
  EXPECT_EQ(
      client.send("POST", "/_sandbox/edit", R"({"id":")" + id + R"(","set":{"model.messages.0.content":"Hi","metadata.new":null}})").status,
      200);
  const Json item = *sandbox.item(id);
  EXPECT_EQ(item.find("model")->find("messages")->array()->front().text_at("content"), "Hi");
  EXPECT_TRUE(item.find("metadata")->find("new")->is_null());
  const Json edited = client.send("POST", "/_sandbox/edit", R"({"count":3,"seed":4})").json();
  EXPECT_EQ(edited.find("edited")->array()->size(), 3U);
  const Json removed = client.send("POST", "/_sandbox/remove", R"({"ids":[")" + id + R"(","unknown"]})").json();
  EXPECT_EQ(json::to_text(removed), R"({"removed":[")" + id + R"("]})");
  EXPECT_FALSE(sandbox.item(id));
}

TEST(SandboxControl, ARequestWithoutABodyIsAnswered) {
  Sandbox sandbox;
  TestClient client(sandbox);
  for (const char* path : {"/_sandbox/faults/clear", "/_sandbox/requests/clear", "/_sandbox/reset"})
    EXPECT_EQ(client.send("POST", path).status, 200) << path;
}

TEST(SandboxControl, TakesAndGivesTheWholeState) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const auto before = client.get("/_sandbox/state").body;
  client.send("PUT", "/_sandbox/state",
              R"([{"id":"a","name":"One","createdAt":"2026-01-01T00:00:00.000Z","server":{"url":"u","secret":"hush"}}])");
  EXPECT_EQ(sandbox.ids(), std::vector<std::string>{"a"});
  EXPECT_EQ(sandbox.secret("a"), "hush");
  EXPECT_EQ(sandbox.size(Kind::PhoneNumber), 5U);
  client.send("PUT", "/_sandbox/state", before);
  EXPECT_EQ(client.get("/_sandbox/state").body, before);
}

TEST(SandboxControl, ResetsEverything) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const auto before = sandbox.state();
  sandbox.edit_some(2);
  client.send("POST", "/_sandbox/settings", R"({"order":"oldest_first","gzip":false,"chunked":true,"key":"other"})");
  EXPECT_EQ(sandbox.key(), "other");
  client.send("POST", "/_sandbox/faults", R"([{"fault":"status","match":{"times":0}}])");
  EXPECT_EQ(client.get("/assistant").status, 500);
  EXPECT_EQ(client.send("POST", "/_sandbox/reset").status, 200);
  EXPECT_EQ(sandbox.state(), before);
  EXPECT_TRUE(sandbox.requests().empty());
  EXPECT_EQ(client.get("/assistant").status, 200);
  EXPECT_EQ(sandbox.settings().manners.order, Order::NewestFirst);
}

TEST(SandboxControl, RefusesWhatItDoesNotUnderstand) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  EXPECT_EQ(client.send("POST", "/_sandbox/generate", R"({"cuont":5})").status, 400);
  EXPECT_EQ(client.send("POST", "/_sandbox/edit", R"({"id":"unknown","set":{"name":"x"}})").status, 404);
  EXPECT_EQ(client.send("POST", "/_sandbox/faults", R"({"fault":"no"})").status, 400);
  EXPECT_EQ(client.send("POST", "/_sandbox/nothing").status, 404);
  EXPECT_EQ(client.send("PUT", "/_sandbox/state", "{}").status, 400);
  EXPECT_EQ(client.send("POST", "/_sandbox/edit", "{").status, 400);
}

}  // namespace
}  // namespace lockstep::sandbox
