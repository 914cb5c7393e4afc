// Faults: each does on the wire what it says, strikes when it should, and leaves the effect that it promises.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>

#include "common/error.h"
#include "sandbox/test_client.h"

namespace lockstep::sandbox {
namespace {

using testing::HasSubstr;

Fault of(FaultKind kind) {
  Fault fault;
  fault.kind = kind;
  return fault;
}

/// Everything that one request brings until the peer closes; `ended_by_reset` tells how it closed.
struct Raw {
  std::string bytes;
  bool ended_by_reset = false;
};

Raw raw_get(std::uint16_t port, const std::string& path, int times = 1) {
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", port));
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\nAuthorization: Bearer sandbox-key\r\n\r\n";
  std::string requests;
  for (int i = 0; i < times; ++i) requests += request;
  socket.sendBytes(requests.data(), static_cast<int>(requests.size()));
  Raw raw;
  char buffer[4096];
  try {
    for (int n = socket.receiveBytes(buffer, sizeof buffer); n > 0; n = socket.receiveBytes(buffer, sizeof buffer))
      raw.bytes.append(buffer, static_cast<std::size_t>(n));
  } catch (const Poco::Net::ConnectionResetException&) {
    raw.ended_by_reset = true;
  }
  return raw;
}

TEST(SandboxFaults, StrikeTheNthMatchingRequestSoManyTimes) {
  Sandbox sandbox;
  Fault fault = of(FaultKind::Status);
  fault.method = "GET";
  fault.path = "/assistant";
  fault.nth = 2;
  fault.times = 2;
  fault.status = 503;
  sandbox.fault(fault);
  TestClient client(sandbox);
  EXPECT_EQ(client.get("/phone-number").status, 200);
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(client.get("/assistant").status);
  EXPECT_THAT(statuses, testing::ElementsAre(200, 503, 503, 200));
  sandbox.fault(of(FaultKind::Status));
  sandbox.clear_faults();
  EXPECT_EQ(client.get("/assistant").status, 200);
}

TEST(SandboxFaults, RateLimitComesWithAndWithoutRetryAfter) {
  Sandbox sandbox;
  TestClient client(sandbox);
  Fault fault = of(FaultKind::Status);
  fault.status = 429;
  sandbox.fault(fault);
  const auto without = client.get("/assistant");
  EXPECT_EQ(without.body, R"({"message":"Rate limit exceeded","error":"Too Many Requests","statusCode":429})");
  EXPECT_FALSE(without.response.has("Retry-After"));
  fault.retry_after = "7";
  sandbox.fault(fault);
  EXPECT_EQ(client.get("/assistant").response.get("Retry-After"), "7");
}

TEST(SandboxFaults, StatusMayComeAfterTheEffect) {
  Sandbox sandbox;
  Fault fault = of(FaultKind::Status);
  fault.took_effect = true;
  sandbox.fault(fault);
  TestClient client(sandbox);
  EXPECT_EQ(client.send("POST", "/assistant", R"({"name":"Made"})").status, 500);
  EXPECT_EQ(sandbox.size(), 16U);
}

TEST(SandboxFaults, ResetBeforeHasNoEffectAndResetAfterHas) {
  Sandbox sandbox;
  sandbox.fault(of(FaultKind::ResetBefore));
  TestClient client(sandbox);
  EXPECT_THROW(client.send("POST", "/assistant", R"({"name":"Lost"})"), Poco::Exception);
  EXPECT_EQ(sandbox.size(), 15U);
  sandbox.clear_faults();
  sandbox.fault(of(FaultKind::ResetAfter));
  TestClient again(sandbox);
  EXPECT_THROW(again.send("POST", "/assistant", R"({"name":"Made"})"), Poco::Exception);
  EXPECT_EQ(sandbox.size(), 16U);
  sandbox.fault(of(FaultKind::ResetBefore));
  const Raw raw = raw_get(sandbox.port(), "/assistant");
  EXPECT_TRUE(raw.ended_by_reset);
  EXPECT_EQ(raw.bytes, "");
}

TEST(SandboxFaults, CloseBeforeEndsInOrder) {
  Sandbox sandbox;
  sandbox.fault(of(FaultKind::CloseBefore));
  const Raw raw = raw_get(sandbox.port(), "/assistant");
  EXPECT_FALSE(raw.ended_by_reset);
  EXPECT_EQ(raw.bytes, "");
}

TEST(SandboxFaults, TruncateKeepsThePromiseOfTheWholeLength) {
  Sandbox sandbox;
  const auto whole = TestClient(sandbox).get("/assistant").body;
  Fault fault = of(FaultKind::Truncate);
  fault.bytes = 1000;
  sandbox.fault(fault);
  const Raw raw = raw_get(sandbox.port(), "/assistant");
  EXPECT_THAT(raw.bytes, HasSubstr("Content-Length: " + std::to_string(whole.size()) + "\r\n"));
  EXPECT_EQ(raw.bytes.substr(raw.bytes.find("\r\n\r\n") + 4), whole.substr(0, 1000));
}

TEST(SandboxFaults, TruncateChunkedSendsNoLastChunk) {
  Sandbox sandbox;
  Fault fault = of(FaultKind::TruncateChunked);
  fault.bytes = 16;
  sandbox.fault(fault);
  const Raw raw = raw_get(sandbox.port(), "/assistant");
  EXPECT_THAT(raw.bytes, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_TRUE(raw.bytes.ends_with("\r\n\r\n10\r\n[{\"id\":\"6e0b5b1c\r\n")) << raw.bytes;
}

TEST(SandboxFaults, CloseAfterReplyPromisesKeepAliveAndAnswersNothingMore) {
  Sandbox sandbox;
  sandbox.fault(of(FaultKind::CloseAfterReply));
  const Raw raw = raw_get(sandbox.port(), "/assistant?limit=0", 2);
  EXPECT_THAT(raw.bytes, HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_TRUE(raw.bytes.ends_with("[]"));
  EXPECT_EQ(raw.bytes.rfind("HTTP/1.1 200"), 0U) << "one answer";
  EXPECT_EQ(sandbox.requests().size(), 1U);
}

TEST(SandboxFaults, HangNeverAnswersUntilTheSandboxEnds) {
  auto sandbox = std::make_unique<Sandbox>();
  sandbox->fault(of(FaultKind::Hang));
  auto hanging = std::async(std::launch::async, [port = sandbox->port()] { return raw_get(port, "/assistant"); });
  while (sandbox->requests().empty()) std::this_thread::yield();
  EXPECT_EQ(sandbox->requests().front().status, 0);
  EXPECT_EQ(hanging.wait_for(Millis(20)), std::future_status::timeout);
  sandbox.reset();
  EXPECT_EQ(hanging.get().bytes, "");
}

TEST(SandboxFaults, HtmlAndEmptyListAreWellFormedLies) {
  Sandbox sandbox;
  sandbox.fault(of(FaultKind::Html));
  TestClient client(sandbox);
  const auto html = client.get("/assistant");
  EXPECT_EQ(html.status, 200);
  EXPECT_EQ(html.response.getContentType(), "text/html; charset=utf-8");
  EXPECT_TRUE(html.body.starts_with("<!DOCTYPE html>"));
  sandbox.fault(of(FaultKind::EmptyList));
  EXPECT_EQ(client.get("/assistant").body, "[]");
}

TEST(SandboxFaults, EchoSecretRepeatsTheHeader) {
  Sandbox sandbox;
  sandbox.fault(of(FaultKind::EchoSecret));
  const auto answer = TestClient(sandbox).get("/assistant");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("Bearer sandbox-key"));
}

TEST(SandboxFaults, DripAndLatencyDelayTheWholeAnswer) {
  Sandbox sandbox;
  Fault drip = of(FaultKind::Drip);
  drip.bytes = 500;
  drip.wait = Millis(5);
  sandbox.fault(drip);
  Fault latency = of(FaultKind::Latency);
  latency.wait = Millis(30);
  sandbox.fault(latency);
  TestClient client(sandbox);
  const auto whole = client.get("/phone-number").body.size();
  sandbox.clear_faults();
  sandbox.fault(drip);
  sandbox.fault(latency);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(client.get("/phone-number").body.size(), whole);
  const auto pauses = (whole - 1) / 500;
  EXPECT_GE(std::chrono::steady_clock::now() - start, Millis(30) + Millis(5) * pauses);
}

TEST(SandboxRate, LetsSoManyThroughAtOnceAndRefusesTheNext) {
  Options options;
  options.settings.rate = 0.001;  // no second one while this test runs
  Sandbox slow(options);
  EXPECT_EQ(TestClient(slow).get("/phone-number").status, 429) << "less than one is allowed";
  options.settings.rate = 3;
  Sandbox sandbox(options);
  TestClient client(sandbox);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get("/phone-number").status, 200);
  Settings settings = sandbox.settings();
  settings.rate = 0.001;
  sandbox.set(settings);
  const Answer refused = client.get("/phone-number");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.response.get("Retry-After"), "1");
}

TEST(SandboxFaults, TheListChangesBetweenPages) {
  Sandbox sandbox;
  TestClient client(sandbox);
  for (const auto& [change, size] : {std::pair{"insert", 16U}, {"delete", 15U}, {"edit", 15U}}) {
    Fault fault = of(FaultKind::ChangeWhilePaged);
    fault.change = change;
    const auto before = sandbox.state();
    const auto entries = sandbox.size();
    sandbox.fault(fault);
    EXPECT_EQ(client.get("/assistant?limit=1000").json().array()->size(), entries) << "this page is as it was";
    EXPECT_EQ(sandbox.size(), size);
    EXPECT_NE(sandbox.state(), before);
  }
}

TEST(SandboxFaults, IgnoredFiltersRepeatTheFirstPage) {
  Sandbox sandbox;
  sandbox.fault(of(FaultKind::IgnoreFilters));
  TestClient client(sandbox);
  const auto later = client.get("/assistant?limit=5&createdAtLe=2024-01-01T00:00:00Z");
  EXPECT_EQ(later.body, client.get("/assistant?limit=5").body);
}

TEST(SandboxFaults, MistakesInAFaultAreTold) {
  EXPECT_THROW(read_fault(json::parse(R"({"fault":"reset_befor"})")), Error);
  EXPECT_THROW(read_fault(json::parse(R"({"fault":"status","statsu":500})")), Error);
  EXPECT_THROW(read_fault(json::parse(R"({"fault":"status","match":{"nht":1}})")), Error);
  EXPECT_THROW(read_fault(json::parse(R"({"fault":"change_while_paged","change":"burn"})")), Error);
  EXPECT_THROW(read_fault(json::parse(R"({"fault":"status","match":{"nth":0}})")), Error);
  const Fault fault =
      read_fault(json::parse(R"({"match":{"method":"GET","path":"/a","nth":3,"times":0},"fault":"status","status":429,"retry_after":1})"));
  EXPECT_EQ(fault.kind, FaultKind::Status);
  EXPECT_EQ(fault.retry_after, "1");
  EXPECT_EQ(fault.nth, 3U);
}

}  // namespace
}  // namespace lockstep::sandbox
