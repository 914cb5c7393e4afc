// Lists: limits, filters, order, ties, framing, and the items that are generated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <Poco/InflatingStream.h>

#include "sandbox/test_client.h"

namespace lockstep::sandbox {
namespace {

Options generated(std::size_t count) {
  Options options;
  options.assistants = 0;
  options.generate.count = count;
  options.generate.bytes = 4000;
  return options;
}

std::vector<std::string> at(const Json& list, std::string_view member) {
  std::vector<std::string> out;
  for (const auto& item : *list.array()) out.push_back(item.text_at(member));
  return out;
}

TEST(SandboxLists, HaveTheLimitsOfTheApi) {
  const Sandbox sandbox(generated(1200));
  TestClient client(sandbox);
  EXPECT_EQ(client.get("/assistant").json().array()->size(), 100U);
  EXPECT_EQ(client.get("/assistant?limit=1000").json().array()->size(), 1000U);
  EXPECT_EQ(client.get("/assistant?limit=0").body, "[]");
  EXPECT_EQ(client.get("/assistant?limit=1001").body,
            R"({"message":["limit must not be greater than 1000"],"error":"Bad Request","statusCode":400})");
  EXPECT_EQ(client.get("/assistant?limit=-1").status, 400);
  EXPECT_EQ(client.get("/assistant?limit=ten").status, 400);
  EXPECT_EQ(client.get("/assistant?page=2").status, 400);
  EXPECT_EQ(client.get("/assistant?createdAtLt=yesterday").body,
            R"({"message":["createdAtLt must be a valid ISO 8601 date string"],"error":"Bad Request","statusCode":400})");
}

TEST(SandboxLists, AreNewestFirstWithTiesAcrossPageBoundaries) {
  Sandbox sandbox(generated(1200));
  TestClient client(sandbox);
  const auto times = at(client.get("/assistant?limit=1000").json(), "createdAt");
  EXPECT_TRUE(std::is_sorted(times.rbegin(), times.rend()));
  const auto rest = at(client.get("/assistant?limit=1000&createdAtLt=" + times.back()).json(), "createdAt");
  EXPECT_LT(1000 + rest.size(), 1200U) << "strict comparison loses items that share the boundary";
  const auto with_ties = client.get("/assistant?limit=1000&createdAtLe=" + times.back()).json();
  EXPECT_GE(1000 + with_ties.array()->size(), 1201U);
  auto settings = sandbox.settings();
  settings.manners.order = Order::OldestFirst;
  sandbox.set(settings);
  const auto oldest = at(client.get("/assistant?limit=1000").json(), "createdAt");
  EXPECT_TRUE(std::is_sorted(oldest.begin(), oldest.end()));
}

TEST(SandboxLists, FilterByBothTimesAndAllComparisons) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const std::string tie = "2026-10-15T10:10:10.100Z";  // two hand-made items share it
  const auto count = [&](const std::string& filter) { return client.get("/assistant?" + filter).json().array()->size(); };
  EXPECT_EQ(count("createdAtGe=" + tie) - count("createdAtGt=" + tie), 2U);
  EXPECT_EQ(count("createdAtLe=" + tie) - count("createdAtLt=" + tie), 2U);
  EXPECT_EQ(count("createdAtGe=" + tie + "&createdAtLe=" + tie), 2U);
  EXPECT_EQ(count("createdAtGt=" + tie) + count("createdAtLe=" + tie), 15U);
  EXPECT_EQ(at(client.get("/assistant?updatedAtGe=2026-11-18T17:45:30.987Z").json(), "name"),
            std::vector<std::string>{"Outbound Sales – Q4"});
  EXPECT_EQ(count("updatedAtGt=2026-11-18T17:45:30.987Z"), 0U);
  EXPECT_EQ(count("updatedAtLt=2026-11-18T17:45:30.987Z"), 14U);
  EXPECT_EQ(count("updatedAtLe=2026-11-18T17:45:30.987Z"), 15U);
}

TEST(SandboxLists, HoldFullObjectsWithTheirSpelling) {
  const Sandbox sandbox;
  TestClient client(sandbox);
  const auto list = client.get("/assistant?limit=1000");
  const auto one = client.get("/assistant/6e0b5b1c-3d42-4f7b-9a6f-1f2e3d4c5b6a");
  EXPECT_THAT(list.body, testing::HasSubstr(one.body));
  EXPECT_THAT(one.body, testing::HasSubstr("9007199254740993"));
}

TEST(SandboxLists, ShowAChangeOnTheNextRequest) {
  Sandbox sandbox;
  TestClient client(sandbox);
  const auto before = client.get("/assistant").body;
  EXPECT_EQ(client.get("/assistant").body, before);
  sandbox.edit("9712f531-bf48-43f4-bf72-591e1e812868", "model.temperature", Json(0.9));
  const auto after = client.get("/assistant").body;
  EXPECT_NE(after, before);
  EXPECT_THAT(after, testing::HasSubstr(R"("temperature":0.9)"));
}

TEST(SandboxLists, AreGeneratedAlikeFromTheSameSeed) {
  const Sandbox one(generated(50));
  const Sandbox other(generated(50));
  EXPECT_EQ(one.state(), other.state());
  auto options = generated(50);
  options.generate.seed = 2;
  const Sandbox different(options);
  EXPECT_NE(one.state(), different.state());
  EXPECT_NEAR(static_cast<double>(TestClient(one).get("/assistant/" + one.ids().front()).body.size()), 4000.0, 200.0);
}

TEST(SandboxLists, AreCompressedOnlyForThoseWhoAccept) {
  Sandbox sandbox;
  TestClient plain(sandbox);
  const auto body = plain.get("/assistant").body;
  TestClient gzip(sandbox);
  gzip.with({{"User-Agent", "test"}, {"Authorization", "Bearer sandbox-key"}, {"Accept-Encoding", "gzip"}});
  const auto compressed = gzip.get("/assistant");
  EXPECT_EQ(compressed.response.get("Content-Encoding"), "gzip");
  std::istringstream stream(compressed.body);
  Poco::InflatingInputStream inflating(stream, Poco::InflatingStreamBuf::STREAM_GZIP);
  std::string text;
  Poco::StreamCopier::copyToString(inflating, text);
  EXPECT_EQ(text, body);
  auto settings = sandbox.settings();
  settings.gzip = false;
  sandbox.set(settings);
  EXPECT_EQ(gzip.get("/assistant").body, body);
}

TEST(SandboxLists, ComeInChunksWhenAsked) {
  Options options = generated(100);
  const Sandbox whole(options);
  options.settings.chunked = true;
  const Sandbox chunked(options);
  const auto answer = TestClient(chunked).get("/assistant");
  EXPECT_TRUE(answer.response.getChunkedTransferEncoding());
  EXPECT_EQ(answer.body, TestClient(whole).get("/assistant").body);
}

}  // namespace
}  // namespace lockstep::sandbox
