// Connections: reuse, stale ones, several addresses, deadlines, stops, redirects.
#include <gtest/gtest.h>

#include <future>

#include "http/client_fixture.h"
#include "http/fake_clock.h"

namespace lockstep::http {
namespace {

using test::answer;
using test::Caller;
using test::error_of;
using test::get;
using test::no_items;
using test::Peer;
using test::post;
using test::quick;
using test::ScriptedServer;
using test::without_retries;

TEST(Connection, IsKeptForTheNextRequest) {
  ScriptedServer server(ScriptedServer::serve(no_items));
  HttpClient client(quick(server.url()));
  Caller caller;
  for (int i = 0; i < 5; ++i) client.send(get("/"), caller.call);
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(caller.meter.get, 5U);
  EXPECT_EQ(caller.meter.bytes_received, 10U);
}

TEST(Connection, IsNotKeptWhenTheServerSaysCloseOrSendsTooMuch) {
  for (const std::string& bytes : {answer(200, "[]", "Connection: close\r\n"), answer(200, "[]") + "junk",
                                   std::string("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n[]")}) {
    ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return bytes; }));
    HttpClient client(quick(server.url()));
    Caller caller;
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client.send(get("/"), caller.call).body(), "[]");
    EXPECT_EQ(server.connections(), 2U);
  }
}

/// Answers one request, then closes when it reads the second: the moment an idle timeout strikes.
void close_on_second(Peer& peer) {
  peer.read_request();
  peer.send(answer(200, "[]"));
  peer.read_request();
  peer.close();
}

TEST(Connection, AStaleOneCostsAGetNothing) {
  ScriptedServer server({close_on_second, ScriptedServer::serve(no_items)});
  ClientOptions options = without_retries(server.url());
  HttpClient client(options);
  Caller caller;
  client.send(get("/"), caller.call);
  EXPECT_EQ(client.send(get("/"), caller.call).status, 200);
  EXPECT_EQ(server.connections(), 2U);
}

TEST(Connection, AStaleOneLeavesAPostInDoubt) {
  ScriptedServer server({close_on_second, ScriptedServer::serve(no_items)});
  HttpClient client(quick(server.url()));
  Caller caller;
  client.send(get("/"), caller.call);
  const Error error = error_of([&] { client.send(post("/", "{}"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
  EXPECT_EQ(error.effect(), Effect::Maybe);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Connection, OneThatWasClosedWhileIdleIsNotUsed) {
  std::promise<void> idle;
  std::promise<void> closed;
  ScriptedServer server({[&](Peer& peer) {
                           peer.read_request();
                           peer.send(answer(200, "[]"));
                           idle.get_future().wait();
                           peer.close();
                           closed.set_value();
                         },
                         ScriptedServer::serve(no_items)});
  HttpClient client(quick(server.url()));
  Caller caller;
  client.send(get("/"), caller.call);
  idle.set_value();
  closed.get_future().wait();
  EXPECT_EQ(client.send(post("/", "{}"), caller.call).status, 200);
}

TEST(Connection, AResetIsRepeatedForAGetOnly) {
  const auto reset = [](Peer& peer) {
    peer.read_request();
    peer.reset();
  };
  ScriptedServer server({reset, reset, ScriptedServer::serve(no_items)});
  HttpClient client(quick(server.url()));
  Caller caller;
  const Response response = client.send(get("/"), caller.call);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.attempts, 3);
  EXPECT_EQ(caller.meter.retries, 2U);

  ScriptedServer other({reset, ScriptedServer::serve(no_items)});
  HttpClient writer(quick(other.url()));
  EXPECT_EQ(error_of([&] { writer.send(post("/", "{}"), caller.call); }).effect(), Effect::Maybe);
  EXPECT_EQ(other.connections(), 1U);
}

TEST(Connection, ACutBodyIsRepeatedForAGet) {
  ScriptedServer server({ScriptedServer::once("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n["), ScriptedServer::serve(no_items)});
  HttpClient client(quick(server.url()));
  Caller caller;
  EXPECT_EQ(client.send(get("/"), caller.call).body(), "[]");
}

TEST(Connection, ACutAnswerToAPostMeansDone) {
  ScriptedServer server(ScriptedServer::once("HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{"));
  HttpClient client(quick(server.url()));
  Caller caller;
  const Error error = error_of([&] { client.send(post("/", "{}"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
  EXPECT_EQ(error.effect(), Effect::Done);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Connection, RefusedMeansNothingHappened) {
  int port = 0;
  {
    ScriptedServer gone(ScriptedServer::serve(no_items));
    port = gone.port();
  }
  HttpClient client(quick("http://127.0.0.1:" + std::to_string(port)));
  Caller caller;
  const Error error = error_of([&] { client.send(post("/", "{}"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
  EXPECT_EQ(error.effect(), Effect::None);
  EXPECT_NE(error.message().find("Could not connect to 127.0.0.1:" + std::to_string(port)), std::string::npos) << error.message();
  EXPECT_EQ(caller.meter.retries, 4U);
}

TEST(Connection, APeerThatClosesWhileWeSendDoesNotKillTheProgram) {
  // After an orderly end, what is sent on raises SIGPIPE; after a reset it does not.
  ScriptedServer server({[](Peer& peer) { peer.close(); }, [](Peer& peer) { peer.reset(); }, [](Peer& peer) { peer.end_and_reset(); }});
  HttpClient client(quick(server.url()));
  Caller caller;
  test::unblock_sigpipe();
  for (int i = 0; i < 3; ++i) {
    const Error error = error_of([&] { client.send(post("/", std::string(20'000'000, 'x')), caller.call); });
    EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
  }
}

TEST(Connection, ALargeBodyReachesAPeerThatReadsSlowly) {
  std::atomic<std::size_t> received = 0;
  ScriptedServer server([&](Peer& peer) {
    received = peer.read_request_slowly(16 * 1024, std::chrono::milliseconds(1)).size();
    peer.send(answer(200, "{}"));
  });
  HttpClient client(without_retries(server.url()));
  Caller caller;
  EXPECT_EQ(client.send(post("/", std::string(8'000'000, 'x')), caller.call).status, 200);
  EXPECT_GT(received, 8'000'000U);
}

TEST(Connection, ALargeBodyMayTakeLongerThanTheTimeout) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request_slowly(64 * 1024, std::chrono::milliseconds(5));
    peer.send(answer(200, "{}"));
  });
  ClientOptions options = without_retries(server.url());
  options.timeout = Millis(500);
  HttpClient client(options);
  Caller caller;
  EXPECT_EQ(client.send(post("/", std::string(16'000'000, 'x')), caller.call).status, 200);
}

TEST(Connection, EveryAddressOfANameIsTried) {
  ScriptedServer server(ScriptedServer::serve(no_items));
  ClientOptions options = quick("http://localhost:" + std::to_string(server.port()));
  options.resolver = [](const std::string& host) {
    EXPECT_EQ(host, "localhost");
    return std::vector<std::string>{"::1", "127.0.0.77", "127.0.0.1"};
  };
  HttpClient client(options);
  Caller caller;
  EXPECT_EQ(client.send(get("/"), caller.call).status, 200);
}

TEST(Connection, IPv6IsTriedAfterIPv4) {
  std::unique_ptr<ScriptedServer> server;
  try {
    server = std::make_unique<ScriptedServer>(std::vector<ScriptedServer::Script>{ScriptedServer::serve(no_items)}, nullptr, "::1");
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "this machine has no IPv6";
  }
  ClientOptions options = quick("http://localhost:" + std::to_string(server->port()));
  options.resolver = [](const std::string&) { return std::vector<std::string>{"127.0.0.1", "::1"}; };
  HttpClient client(options);
  Caller caller;
  EXPECT_EQ(client.send(get("/"), caller.call).status, 200);
}

TEST(Connection, AnUnknownNameIsNamed) {
  ClientOptions options = quick("https://api.example.test");
  options.resolver = [](const std::string&) -> std::vector<std::string> { throw std::runtime_error("Host not found"); };
  HttpClient client(options);
  Caller caller;
  const Error error = error_of([&] { client.send(get("/"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
  EXPECT_EQ(error.message(), "Could not resolve host api.example.test: Host not found");
}

TEST(Deadline, ASilentServerIsGivenUp) {
  ScriptedServer server([](Peer& peer) { peer.wait_closed(); });
  ClientOptions options = quick(server.url());
  options.timeout = Millis(200);
  HttpClient client(options);
  Caller caller;
  const Error error = error_of([&] { client.send(get("/"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
  EXPECT_EQ(error.message(), "Request timeout after 200 milliseconds");
}

TEST(Deadline, TheCallsOwnCountsToo) {
  ScriptedServer server([](Peer& peer) { peer.wait_closed(); });
  HttpClient client(quick(server.url()));
  Caller caller;
  caller.call.deadline = Deadline::after(Millis(150));
  const Error error = error_of([&] { client.send(post("/", "{}"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
  EXPECT_EQ(error.effect(), Effect::Maybe);
}

/// `head`, then one byte after another until the client leaves, at most 2000: without a total deadline the answer would be complete.
ScriptedServer::Script drip(std::string head, std::string drop, std::string tail) {
  return [=](Peer& peer) {
    peer.read_request();
    peer.send(head);
    for (int i = 0; i < 2000; ++i) {
      if (!peer.send(drop)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    peer.send(tail);
    peer.close();
  };
}

TEST(Deadline, ADripOfBytesDoesNotOutliveIt) {
  const std::vector<ScriptedServer::Script> drips{
      drip("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", " ", ""),
      drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n", "0\r\n\r\n"),
      drip("HTTP/1.1 200 OK\r\nX: ", "x", "\r\nContent-Length: 0\r\n\r\n"),
      drip("HTTP/1.1 200 OK\r\n\r\n", " ", ""),
  };
  for (const auto& script : drips) {
    ScriptedServer server(script);
    ClientOptions options = quick(server.url());
    options.timeout = Millis(250);
    HttpClient client(options);
    Caller caller;
    EXPECT_EQ(error_of([&] { client.send(get("/"), caller.call); }).message(), "Request timeout after 250 milliseconds");
  }
}

TEST(Deadline, RetriesShareIt) {
  test::FakeClock clock;
  ScriptedServer server(ScriptedServer::serve([](const std::string&) { return answer(500, "{}"); }));
  ClientOptions options = quick(server.url());
  options.clock = &clock;
  options.random = [] { return 0.99; };
  options.retry = {100, Millis(4000), Millis(60'000)};
  HttpClient client(options);
  Caller caller;
  EXPECT_EQ(client.send(get("/"), caller.call).status, 500);
  Millis slept{0};
  for (const Millis one : clock.slept()) slept += one;
  EXPECT_LT(slept, Millis(30'000));
  EXPECT_EQ(clock.slept().size(), 3U);
}

TEST(Stop, InterruptsAWaitForTheAnswer) {
  std::promise<void> asked;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    asked.set_value();
    peer.wait_closed();
  });
  HttpClient client(quick(server.url()));
  Caller caller;
  std::thread stopper([&] {
    asked.get_future().wait();
    caller.stop.request_stop();
  });
  const Error error = error_of([&] { client.send(post("/", "{}"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Interrupted);
  EXPECT_EQ(error.effect(), Effect::Maybe);
  stopper.join();
}

TEST(Stop, InterruptsALookupThatHangs) {
  std::promise<void> asked;
  auto release = std::make_shared<std::promise<void>>();
  ClientOptions options = quick("https://api.example.test");
  options.resolver = [&asked, released = std::make_shared<std::shared_future<void>>(release->get_future().share())](const std::string&) {
    asked.set_value();
    released->wait();
    return std::vector<std::string>{};
  };
  HttpClient client(options);
  Caller caller;
  std::thread stopper([&] {
    asked.get_future().wait();
    caller.stop.request_stop();
  });
  EXPECT_EQ(error_of([&] { client.send(get("/"), caller.call); }).kind(), ErrorKind::Interrupted);
  stopper.join();
  release->set_value();
}

TEST(Stop, InterruptsTheWaitBeforeARetry) {
  Caller caller;
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) {
    caller.stop.request_stop();
    return answer(503, "{}", "Retry-After: 20\r\n");
  }));
  HttpClient client(quick(server.url()));
  EXPECT_EQ(error_of([&] { client.send(get("/"), caller.call); }).kind(), ErrorKind::Interrupted);
}

TEST(Redirect, WithinTheOriginIsFollowed) {
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    return request.starts_with("GET /new ") ? answer(200, "[7]") : answer(308, "", "Location: /new\r\n");
  }));
  HttpClient client(quick(server.url()));
  Caller caller;
  EXPECT_EQ(client.send(get("/old"), caller.call).body(), "[7]");
}

TEST(Redirect, ToAnotherOriginIsRefusedAndNeverSeesTheKey) {
  ScriptedServer other(ScriptedServer::serve(no_items));
  for (const std::string& location :
       {other.url() + "/x", "//127.0.0.1:" + std::to_string(other.port()) + "/x", std::string("https://example.test/")}) {
    ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(302, "", "Location: " + location + "\r\n"); }));
    HttpClient client(quick(server.url()));
    Caller caller;
    Request request = get("/");
    request.headers.emplace_back("Authorization", "Bearer sk-1234567890");
    const Error error = error_of([&] { client.send(std::move(request), caller.call); });
    EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
    EXPECT_EQ(error.hint(), "check base_url");
  }
  EXPECT_EQ(other.connections(), 0U);
}

TEST(Redirect, OfAPostIsRefused) {
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(307, "", "Location: /new\r\n"); }));
  HttpClient client(quick(server.url()));
  Caller caller;
  EXPECT_EQ(error_of([&] { client.send(post("/", "{}"), caller.call); }).effect(), Effect::Maybe);
  EXPECT_EQ(caller.meter.post, 1U);
}

TEST(Redirect, ALoopEnds) {
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(301, "", "Location: /again\r\n"); }));
  HttpClient client(quick(server.url()));
  Caller caller;
  EXPECT_EQ(error_of([&] { client.send(get("/"), caller.call); }).kind(), ErrorKind::Unreachable);
  EXPECT_EQ(caller.meter.get, 6U);
}

}  // namespace
}  // namespace lockstep::http
