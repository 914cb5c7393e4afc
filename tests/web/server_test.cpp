// Slow, silent and hostile clients, and the end of a server.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "common/error.h"
#include "served.h"

namespace lockstep::web {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: here\r\n\r\n";

TEST(Server, ASlowHeadIsGivenUpInTheEnd) {
  Served served({.head = 300ms});
  Client client(served.server.port());
  client.send("GET / HT");
  for (int i = 0; i < 4; ++i) {
    std::this_thread::sleep_for(100ms);
    client.send("T");
  }
  const std::string answer = client.rest();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
  EXPECT_EQ(served.echo.asked, 0);
}

TEST(Server, ASlowBodyIsGivenUpAndNeverActedOn) {
  Served served({.body = 200ms});
  Client client(served.server.port());
  client.send("POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n{\"dry_run\": true");
  EXPECT_TRUE(client.rest().starts_with("HTTP/1.1 408 "));
  EXPECT_EQ(served.echo.asked, 0);
}

TEST(Server, AClientThatDoesNotReadIsGivenUp) {
  Served served({.connections = 1, .answer = 200ms});
  served.echo.reply = [](const Request& request) {
    return text_response(200, request.target.path == "/large" ? std::string(50'000'000, 'x') : "well");
  };
  Client deaf(served.server.port());
  deaf.send("GET /large HTTP/1.1\r\nHost: here\r\n\r\n");
  // There is one place: nobody else is answered before that client has lost it.
  const auto enough = std::chrono::steady_clock::now() + 30s;
  bool well = false;
  while (!well && std::chrono::steady_clock::now() < enough) {
    std::this_thread::sleep_for(100ms);
    well = served.ask(kGet).ends_with("well");
  }
  EXPECT_TRUE(well);
}

TEST(Server, AQuietConnectionIsClosedWithoutAWord) {
  Served served({.idle = 100ms});
  Client client(served.server.port());
  client.send(kGet);
  client.answer();
  EXPECT_EQ(client.rest(), "");
}

TEST(Server, SilentClientsDoNotKeepOthersOut) {
  Served served({.connections = 8, .grace = 20ms});
  std::vector<std::unique_ptr<Client>> silent;
  for (int i = 0; i < 60; ++i) {
    silent.push_back(std::make_unique<Client>(served.server.port()));
    silent.back()->send("GET / HTTP/1.1\r\nHost");
  }
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(served.ask(kGet).starts_with("HTTP/1.1 200 "));
  EXPECT_GE(served.server.counts().given_up, 52U);
}

// As a page does that many people open in the same instant.
TEST(Server, WhoeverComesInTheSameInstantIsAnsweredToo) {
  Served served({.connections = 4});
  std::vector<std::unique_ptr<Client>> crowd;
  for (int i = 0; i < 100; ++i) crowd.push_back(std::make_unique<Client>(served.server.port()));
  for (const auto& client : crowd) client->send("GET /x HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  for (const auto& client : crowd) EXPECT_TRUE(client->rest().starts_with("HTTP/1.1 200 "));
}

TEST(Server, ARequestAtWorkIsNeverGivenUpForAnother) {
  Served served({.connections = 1, .room = 100ms});
  std::atomic<bool> go = false;
  served.echo.reply = [&](const Request&) {
    while (!go) std::this_thread::sleep_for(1ms);
    return text_response(200, "done");
  };
  Client working(served.server.port());
  working.send(kGet);
  while (served.echo.asked == 0) std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(Client(served.server.port()).send(kGet).rest().starts_with("HTTP/1.1 503 "));
  go = true;
  EXPECT_TRUE(working.answer().ends_with("done"));
}

TEST(Server, WhatAnApplicationThrowsIsNotShown) {
  Served served;
  served.echo.reply = [](const Request&) -> Response { throw std::runtime_error("the password is 12345"); };
  const std::string answer = served.ask(kGet);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(answer.find("12345"), std::string::npos);
}

TEST(Server, StopsAtOnceWithQuietConnectionsAndLetsAnswersOut) {
  auto served = std::make_unique<Served>();
  Client quiet(served->server.port()), working(served->server.port());
  quiet.send(kGet);
  quiet.answer();
  std::atomic<bool> go = false;
  served->echo.reply = [&](const Request&) {
    while (!go) std::this_thread::sleep_for(1ms);
    return text_response(200, "done");
  };
  working.send(kGet);
  while (served->echo.asked < 2) std::this_thread::sleep_for(1ms);
  std::jthread stopping([&] { served->server.stop(); });
  EXPECT_EQ(quiet.rest(), "");
  go = true;
  const std::string answer = working.rest();
  EXPECT_TRUE(answer.ends_with("done")) << answer;
  stopping.join();
  EXPECT_THROW(Client(served->server.port()), std::runtime_error);
}

TEST(Server, AConnectionHasSoManyRequests) {
  Served served({.requests = 2});
  Client client(served.server.port());
  client.send(std::string(kGet) + std::string(kGet) + std::string(kGet));
  const std::string all = client.rest();
  EXPECT_NE(all.find("Connection: close"), std::string::npos);
  EXPECT_EQ(served.echo.asked, 2);
}

TEST(Listening, TwoServersNeverShareAPort) {
  Served first;
  const http::ListenAddress same = http::parse_listen("127.0.0.1:" + std::to_string(first.server.port()));
  try {
    open_listener(same);
    ADD_FAILURE() << "a second server took the same port";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::Storage);
    EXPECT_NE(std::string(error.what()).find(same.text()), std::string::npos);
  }
}

TEST(Listening, AddressesAreReadAndWritten) {
  for (const char* text : {"127.0.0.1:8787", "[::1]:8787", "localhost:1", "unix:/run/x.sock", "systemd"})
    EXPECT_EQ(http::parse_listen(text).text(), text);
  for (const char* text : {"", "8787", ":8787", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "::1:80", "unix:relative"})
    EXPECT_THROW(http::parse_listen(text), Error) << text;
  EXPECT_TRUE(http::parse_listen("[::1]:80").local());
  EXPECT_TRUE(http::parse_listen("unix:/x").local());
  EXPECT_FALSE(http::parse_listen("0.0.0.0:80").local());
}

}  // namespace
}  // namespace lockstep::web
