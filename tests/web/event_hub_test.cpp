// Streams of events: what each client gets, misses and gets again.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "served.h"

namespace lockstep::web {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kListen = "GET /events HTTP/1.1\r\nHost: here\r\n";

/// Serves a stream of the events of one topic, or of all.
void serve_events(Served& served, const std::string& topic = {}, std::function<bool()> alive = {}) {
  served.echo.reply = [topic, alive](const Request& request) {
    Response response{200, {{"Content-Type", "text/event-stream"}}};
    const auto wanted = [topic](const Event& event) {
      return topic.empty() || std::find(event.topics.begin(), event.topics.end(), topic) != event.topics.end();
    };
    response.events = std::make_shared<Subscription>(wanted, std::string(request.headers.get("Last-Event-ID")), alive);
    return response;
  };
}

void wait_for_streams(const Served& served, std::size_t count) {
  while (served.hub.streams() != count) std::this_thread::sleep_for(1ms);
}

std::string id_in(const std::string& event) { return event.substr(4, event.find('\n') - 4); }

TEST(Events, ReachWhoeverListens) {
  Served served;
  serve_events(served);
  Client client(served.server.port());
  client.send(std::string(kListen) + "\r\n");
  EXPECT_EQ(client.until("\r\n\r\n").find("Content-Length"), std::string::npos);
  EXPECT_EQ(client.until("\n\n"), "retry: 3000\n\n");
  served.hub.publish("run.started", R"({"id":1})", {});
  const std::string event = client.until("\n\n");
  EXPECT_TRUE(event.ends_with("-1\nevent: run.started\ndata: {\"id\":1}\n\n")) << event;
}

TEST(Events, AreThoseThatWereAskedFor) {
  Served served;
  serve_events(served, "numbers");
  Client client(served.server.port());
  client.send(std::string(kListen) + "\r\n").until("retry: 3000\n\n");
  served.hub.publish("a", "1", {"assistants"});
  served.hub.publish("b", "2", {"numbers"});
  EXPECT_NE(client.until("\n\n").find("event: b"), std::string::npos);
}

TEST(Events, WhoComesBackGetsWhatItMissed) {
  Served served;
  serve_events(served);
  std::string last;
  {
    Client client(served.server.port());
    client.send(std::string(kListen) + "\r\n").until("retry: 3000\n\n");
    served.hub.publish("a", "1", {});
    last = id_in(client.until("\n\n"));
  }
  served.hub.publish("b", "2", {});
  served.hub.publish("c", "3", {});
  Client again(served.server.port());
  again.send(std::string(kListen) + "Last-Event-ID: " + last + "\r\n\r\n").until("retry: 3000\n\n");
  EXPECT_NE(again.until("\n\n").find("event: b"), std::string::npos);
  EXPECT_NE(again.until("\n\n").find("event: c"), std::string::npos);
}

TEST(Events, WhoMissedTooMuchIsToldToAskForAll) {
  Served served({}, {.remembered = 2});
  serve_events(served);
  for (int i = 0; i < 5; ++i) served.hub.publish("a", "1", {});
  for (const std::string last : {"00000000-1", "nonsense"}) {
    Client client(served.server.port());
    client.send(std::string(kListen) + "Last-Event-ID: " + last + "\r\n\r\n").until("retry: 3000\n\n");
    EXPECT_NE(client.until("\n\n").find("event: reset"), std::string::npos);
  }
}

TEST(Events, AClientThatDoesNotReadIsDropped) {
  Served served({}, {.unsent = 1000});
  serve_events(served);
  Client deaf(served.server.port());
  deaf.send(std::string(kListen) + "\r\n");
  wait_for_streams(served, 1);
  const std::string large = "\"" + std::string(1'000'000, 'x') + "\"";
  for (int i = 0; i < 30 && served.hub.streams() > 0; ++i) {
    served.hub.publish("a", large, {});
    std::this_thread::sleep_for(10ms);
  }
  wait_for_streams(served, 0);
}

TEST(Events, AClientThatIsGoneIsForgotten) {
  Served served;
  serve_events(served);
  {
    Client client(served.server.port());
    client.send(std::string(kListen) + "\r\n").until("retry: 3000\n\n");
    wait_for_streams(served, 1);
  }
  wait_for_streams(served, 0);
}

TEST(Events, AStreamEndsWithTheRightToIt) {
  Served served({}, {.ping = 20ms});
  std::atomic<bool> valid = true;
  serve_events(served, {}, [&] { return valid.load(); });
  Client client(served.server.port());
  client.send(std::string(kListen) + "\r\n").until("retry: 3000\n\n");
  EXPECT_EQ(client.until("\n\n"), ": ping\n\n");
  valid = false;
  EXPECT_NE(client.rest().find("event: bye"), std::string::npos);
}

TEST(Events, TheHubSaysByeAtItsEnd) {
  Served served;
  serve_events(served);
  Client client(served.server.port());
  client.send(std::string(kListen) + "\r\n").until("retry: 3000\n\n");
  served.hub.stop();
  EXPECT_NE(client.rest().find("event: bye"), std::string::npos);
}

TEST(Events, ManyStreamsCostNoThreads) {
  Served served({.connections = 4});
  serve_events(served);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 100; ++i) {
    clients.push_back(std::make_unique<Client>(served.server.port()));
    clients.back()->send(std::string(kListen) + "\r\n").until("retry: 3000\n\n");
  }
  EXPECT_EQ(served.hub.streams(), 100U);
  served.hub.publish("a", "1", {});
  for (const auto& client : clients) EXPECT_NE(client->until("\n\n").find("event: a"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::web
