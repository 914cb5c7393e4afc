// What the client sends, when it repeats and how it waits.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "common/log.h"
#include "http/client_fixture.h"
#include "http/fake_clock.h"
#include "support/files.h"

namespace lockstep::http {
namespace {

using test::answer;
using test::Caller;
using test::error_of;
using test::FakeClock;
using test::get;
using test::post;
using test::quick;
using test::ScriptedServer;

/// Answers each request with the next of `answers`, the last again.
class Sequence {
 public:
  explicit Sequence(std::vector<std::string> answers)
      : answers_(std::move(answers)), server_(ScriptedServer::serve([this](const std::string& request) { return next(request); })) {}
  std::string url() const { return server_.url(); }
  std::string last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  std::size_t requests() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::string next(const std::string& request) {
    const std::lock_guard lock(mutex_);
    last_ = request;
    return answers_[std::min(count_++, answers_.size() - 1)];
  }
  std::vector<std::string> answers_;
  mutable std::mutex mutex_;
  std::size_t count_ = 0;
  std::string last_;
  ScriptedServer server_;
};

TEST(Client, SendsAProperRequest) {
  Sequence server({answer(200, "[]")});
  HttpClient client(quick(server.url()));
  Caller caller;
  Request request = get("");
  request.headers.emplace_back("Authorization", "Bearer k");
  client.send(std::move(request), caller.call);
  EXPECT_TRUE(server.last().starts_with("GET / HTTP/1.1\r\nHost: 127.0.0.1:")) << server.last();
  EXPECT_NE(server.last().find("\r\nUser-Agent: lockstep-test\r\n"), std::string::npos);
  EXPECT_NE(server.last().find("\r\nAuthorization: Bearer k\r\n"), std::string::npos);
}

TEST(Client, PutsTheTargetBehindTheBasePath) {
  Sequence server({answer(200, "[]")});
  HttpClient client(quick(server.url() + "/v1/"));
  Caller caller;
  client.send(post("/assistant", "{\"a\":1}"), caller.call);
  EXPECT_TRUE(server.last().starts_with("POST /v1/assistant HTTP/1.1\r\n")) << server.last();
  EXPECT_NE(server.last().find("Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"), std::string::npos);
}

TEST(Client, RefusesLineBreaksInHeadersAndPaths) {
  Sequence server({answer(200, "[]")});
  HttpClient client(quick(server.url()));
  Caller caller;
  Request request = get("/");
  request.headers.emplace_back("Authorization", "Bearer k\r\nX: y");
  EXPECT_EQ(error_of([&] { client.send(std::move(request), caller.call); }).kind(), ErrorKind::Invalid);
  EXPECT_EQ(error_of([&] { client.send(get("/a\nb"), caller.call); }).kind(), ErrorKind::Invalid);
  EXPECT_EQ(server.requests(), 0U);
}

TEST(Client, RefusesClearTextToOthers) {
  EXPECT_EQ(error_of([] { HttpClient client(quick("http://api.vapi.ai")); }).kind(), ErrorKind::Invalid);
}

TEST(Client, RepeatsAGetOnPassingTrouble) {
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    Sequence server({answer(status, "{}"), answer(status, "{}"), answer(200, "[1]")});
    HttpClient client(quick(server.url()));
    Caller caller;
    EXPECT_EQ(client.send(get("/"), caller.call).body(), "[1]") << status;
    EXPECT_EQ(caller.meter.retries, 2U) << status;
  }
}

TEST(Client, DoesNotRepeatWhatTheServerRefused) {
  for (const int status : {400, 401, 403, 404, 409, 422}) {
    Sequence server({answer(status, "{}"), answer(200, "[]")});
    HttpClient client(quick(server.url()));
    Caller caller;
    EXPECT_EQ(client.send(get("/"), caller.call).status, status);
    EXPECT_EQ(server.requests(), 1U) << status;
  }
}

TEST(Client, GivesUpAfterItsRetries) {
  Sequence server({answer(500, "{}")});
  ClientOptions options = quick(server.url());
  options.retry.retries = 2;
  HttpClient client(options);
  Caller caller;
  const Response response = client.send(get("/"), caller.call);
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.attempts, 3);
}

TEST(Client, RepeatsAPostOnlyWhenTheServerDidNotAct) {
  struct Case {
    std::string first;
    std::size_t requests;
    int status;
    Effect effect;
  };
  const Case cases[] = {{answer(500, "{}"), 1, 500, Effect::Maybe},
                        {answer(503, "{}"), 1, 503, Effect::Maybe},
                        {answer(503, "{}", "Retry-After: 0\r\n"), 2, 201, Effect::Done},
                        {answer(429, "{}"), 2, 201, Effect::Done},
                        {answer(400, "{}"), 1, 400, Effect::None}};
  for (const Case& one : cases) {
    Sequence server({one.first, answer(201, "{}")});
    HttpClient client(quick(server.url()));
    Caller caller;
    const Response response = client.send(post("/", "{}"), caller.call);
    EXPECT_EQ(response.status, one.status) << one.first;
    EXPECT_EQ(response.effect, one.effect) << one.first;
    EXPECT_EQ(server.requests(), one.requests) << one.first;
  }
}

TEST(Client, WaitsAsLongAsRetryAfterSays) {
  for (const char* header : {"Retry-After: 7\r\n", "Retry-After: Sat, 21 Nov 2026 00:00:07 GMT\r\n"}) {
    FakeClock clock;
    Sequence server({answer(429, "{}", header), answer(200, "[]")});
    ClientOptions options = quick(server.url());
    options.clock = &clock;
    HttpClient client(options);
    Caller caller;
    EXPECT_EQ(client.send(get("/"), caller.call).status, 200);
    EXPECT_EQ(clock.slept(), std::vector<Millis>{Millis(7000)}) << header;
  }
}

TEST(Client, DoesNotWaitLongerThanItsDeadline) {
  FakeClock clock;
  Sequence server({answer(429, "{}", "Retry-After: 60\r\n"), answer(200, "[]")});
  ClientOptions options = quick(server.url());
  options.clock = &clock;
  HttpClient client(options);
  Caller caller;
  const Response response = client.send(get("/"), caller.call);
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.retry_after, Millis(60'000));
  EXPECT_TRUE(clock.slept().empty());
}

TEST(Client, ARateLimitToldToOneRequestHoldsTheOthers) {
  FakeClock clock;
  Sequence server({answer(429, "{}", "Retry-After: 60\r\n"), answer(200, "[]")});
  ClientOptions options = quick(server.url());
  options.clock = &clock;
  HttpClient client(options);
  Caller caller;
  client.send(get("/"), caller.call);
  clock.advance(Millis(10'000));
  const Error error = error_of([&] { client.send(get("/"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::RateLimited);
  EXPECT_EQ(error.message(), "Rate limit exceeded, retry after 50 seconds");
  EXPECT_EQ(error.retry_after(), Millis(50'000));
  EXPECT_EQ(server.requests(), 1U);
  clock.advance(Millis(30'000));
  EXPECT_EQ(client.send(get("/"), caller.call).status, 200);
  EXPECT_EQ(clock.slept(), std::vector<Millis>{Millis(20'000)});
}

TEST(Client, BacksOffWithJitterFromTheGivenSource) {
  FakeClock clock;
  Sequence server({answer(500, "{}"), answer(500, "{}"), answer(500, "{}"), answer(200, "[]")});
  ClientOptions options = quick(server.url());
  options.clock = &clock;
  options.random = [] { return 0.5; };
  HttpClient client(options);
  Caller caller;
  client.send(get("/"), caller.call);
  EXPECT_EQ(clock.slept(), (std::vector<Millis>{Millis(250), Millis(500), Millis(1000)}));
}

TEST(Client, AFinalAnswerIsNotRepeated) {
  Sequence server({answer(429, "{\"code\":\"insufficient_quota\"}"), answer(200, "[]")});
  HttpClient client(quick(server.url()));
  Caller caller;
  Request request = get("/");
  request.advice = [](const Response& response) { return Advice{response.body().find("insufficient_quota") != std::string_view::npos}; };
  EXPECT_EQ(client.send(std::move(request), caller.call).status, 429);
  EXPECT_EQ(server.requests(), 1U);
}

TEST(Client, KeepsToItsRate) {
  FakeClock clock;
  Sequence server({answer(200, "[]")});
  ClientOptions options = quick(server.url());
  options.clock = &clock;
  options.rate = 4;
  options.burst = 2;
  HttpClient client(options);
  Caller caller;
  for (int i = 0; i < 4; ++i) client.send(get("/"), caller.call);
  EXPECT_EQ(clock.slept(), (std::vector<Millis>{Millis(250), Millis(250)}));
}

TEST(Client, KeepsToItsConcurrency) {
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) {
    const int now = ++inside;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::yield();
    --inside;
    return answer(200, "[]");
  }));
  ClientOptions options = quick(server.url());
  options.concurrency = 2;
  HttpClient client(options);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Caller caller;
      for (int k = 0; k < 20; ++k) client.send(get("/"), caller.call);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 2);
  EXPECT_LE(server.connections(), 2U);
}

TEST(Client, LogsRequestsWithoutSecrets) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / ("lockstep-http-" + std::to_string(::getpid()) + ".log");
  log::configure({log::Level::Trace, log::Format::Text, file.string()});
  register_secret("sk-logged-secret");
  Sequence server({answer(200, "{\"echo\":\"sk-logged-secret\"}")});
  HttpClient client(quick(server.url()));
  Caller caller;
  Request request = post("/assistant?key=hidden-key", "{\"name\":\"Visible\"}");
  request.mask = [](std::string_view body) { return std::string(body); };
  client.send(std::move(request), caller.call);
  log::flush();
  log::configure({});
  const std::string text = test::file_text(file);
  std::filesystem::remove(file);
  EXPECT_NE(text.find("/assistant"), std::string::npos);
  EXPECT_NE(text.find("Visible"), std::string::npos);
  EXPECT_EQ(text.find("sk-logged-secret"), std::string::npos);
  EXPECT_EQ(text.find("hidden-key"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::http
