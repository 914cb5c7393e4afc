// TLS: who is believed, what an end without close_notify means, and the way through a proxy.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>

#include <atomic>

#include "http/certificates.h"
#include "http/client_fixture.h"

namespace lockstep::http {
namespace {

using test::answer;
using test::Authority;
using test::Caller;
using test::error_of;
using test::get;
using test::no_items;
using test::Peer;
using test::post;
using test::quick;
using test::ScriptedServer;
using test::without_retries;

/// api.example.test is at 127.0.0.1.
ClientOptions named(const ScriptedServer& server, const std::string& ca_file) {
  ClientOptions options = without_retries("https://api.example.test:" + std::to_string(server.port()));
  options.ca_file = ca_file;
  options.resolver = [](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; };
  return options;
}

TEST(Tls, ACertificateOfTheAuthorityForTheNameIsBelieved) {
  const Authority authority;
  const auto context = authority.server("DNS:api.example.test");
  ScriptedServer server(ScriptedServer::serve(no_items), context.get());
  HttpClient client(named(server, authority.file()));
  Caller caller;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.send(get("/"), caller.call).body(), "[]");
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Tls, AnAddressIsBelievedByItsOwnName) {
  const Authority authority;
  const auto context = authority.server("IP:127.0.0.1");
  ScriptedServer server(ScriptedServer::serve(no_items), context.get());
  ClientOptions options = quick(server.url());
  options.ca_file = authority.file();
  HttpClient client(options);
  Caller caller;
  EXPECT_EQ(client.send(get("/"), caller.call).body(), "[]");
}

TEST(Tls, ACertificateForAnotherNameIsRefused) {
  const Authority authority;
  for (const char* name : {"DNS:other.example.test", "DNS:example.test", "IP:127.0.0.1"}) {
    const auto context = authority.server(name);
    ScriptedServer server(ScriptedServer::serve(no_items), context.get());
    HttpClient client(named(server, authority.file()));
    Caller caller;
    const Error error = error_of([&] { client.send(post("/", "{}"), caller.call); });
    EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
    EXPECT_EQ(error.effect(), Effect::None);
    EXPECT_EQ(error.message(), "the TLS certificate is not one for api.example.test") << name;
  }
}

TEST(Tls, EvenThisMachineIsCheckedByName) {
  const Authority authority;
  const auto context = authority.server("DNS:other.example.test");
  ScriptedServer server(ScriptedServer::serve(no_items), context.get());
  ClientOptions options = named(server, authority.file());
  options.base_url = "https://localhost:" + std::to_string(server.port());
  HttpClient client(options);
  Caller caller;
  EXPECT_EQ(error_of([&] { client.send(get("/"), caller.call); }).message(), "the TLS certificate is not one for localhost");
}

TEST(Tls, AnUnknownAuthorityOrAnExpiredCertificateIsRefused) {
  const Authority authority;
  const Authority stranger;
  const auto foreign = stranger.server("DNS:api.example.test");
  const auto expired = authority.server("DNS:api.example.test", true);
  for (SSL_CTX* context : {foreign.get(), expired.get()}) {
    ScriptedServer server(ScriptedServer::serve(no_items), context);
    HttpClient client(named(server, authority.file()));
    Caller caller;
    const Error error = error_of([&] { client.send(get("/"), caller.call); });
    EXPECT_EQ(error.message(), "the TLS certificate of api.example.test is not trusted");
  }
}

TEST(Tls, AWildcardCoversOneLabelAndNoMore) {
  const Authority authority;
  const auto told = [&](const char* name) {
    const auto context = authority.server(name);
    ScriptedServer server(ScriptedServer::serve(no_items), context.get());
    HttpClient client(named(server, authority.file()));
    Caller caller;
    try {
      return std::string(client.send(get("/"), caller.call).body());
    } catch (const Error& error) {
      return error.message();
    }
  };
  EXPECT_EQ(told("DNS:*.example.test"), "[]");
  for (const char* name : {"DNS:*.test", "DNS:*", "DNS:*.api.example.test", "DNS:api.example.test.evil.test"}) {
    EXPECT_EQ(told(name), "the TLS certificate is not one for api.example.test") << name;
  }
}

TEST(Tls, ARedirectOutOfTlsIsRefusedAndNothingIsSentThere) {
  const Authority authority;
  const auto context = authority.server("DNS:api.example.test");
  std::atomic<int> asked = 0;
  ScriptedServer plain(ScriptedServer::serve([&](const std::string&) {
    ++asked;
    return answer(200, "[]");
  }));
  std::string location;
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(302, "", "Location: " + location + "\r\n"); }),
                        context.get());
  ClientOptions options = named(server, authority.file());
  HttpClient client(options);
  Caller caller;
  const std::string own = "api.example.test:" + std::to_string(server.port());
  for (const std::string& to : {plain.url() + "/", "http://" + own + "/", "//127.0.0.1:" + std::to_string(plain.port()) + "/",
                                "https://" + own + "@127.0.0.1:" + std::to_string(plain.port()) + "/", "https://" + own + ".evil.test/",
                                std::string("javascript:alert(1)"), std::string()}) {
    location = to;
    Request request = get("/");
    request.headers.emplace_back("Authorization", "Bearer sk-never-elsewhere");
    EXPECT_EQ(error_of([&] { client.send(request, caller.call); }).kind(), ErrorKind::Unreachable) << to;
  }
  EXPECT_EQ(asked, 0);
}

TEST(Tls, WithoutACaFileTheSystemDecides) {
  const Authority authority;
  const auto context = authority.server("DNS:api.example.test");
  ScriptedServer server(ScriptedServer::serve(no_items), context.get());
  HttpClient client(named(server, ""));
  Caller caller;
  EXPECT_EQ(error_of([&] { client.send(get("/"), caller.call); }).kind(), ErrorKind::Unreachable);
}

TEST(Tls, AnUnusableCaFileIsNamed) {
  const Error missing = error_of([] {
    ClientOptions options = quick("https://api.example.test");
    options.ca_file = "/nowhere/ca.pem";
    HttpClient client(options);
  });
  EXPECT_EQ(missing.kind(), ErrorKind::Invalid);
  EXPECT_NE(missing.message().find("/nowhere/ca.pem"), std::string::npos);
}

TEST(Tls, AnEndWithoutCloseNotifyIsNoEnd) {
  const Authority authority;
  const auto context = authority.server("DNS:api.example.test");
  const auto unframed = [](bool orderly) {
    return [orderly](Peer& peer) {
      peer.read_request();
      peer.send("HTTP/1.1 200 OK\r\n\r\n[1]");
      orderly ? peer.close() : peer.cut();
    };
  };
  Caller caller;
  ScriptedServer orderly(unframed(true), context.get());
  HttpClient content(named(orderly, authority.file()));
  EXPECT_EQ(content.send(get("/"), caller.call).body(), "[1]");
  ScriptedServer cut(unframed(false), context.get());
  HttpClient wary(named(cut, authority.file()));
  EXPECT_EQ(error_of([&] { wary.send(get("/"), caller.call); }).kind(), ErrorKind::Corrupt);
}

TEST(Tls, AWholeBodyIsWholeWithoutCloseNotify) {
  const Authority authority;
  const auto context = authority.server("DNS:api.example.test");
  const std::string body(300'000, 'x');
  ScriptedServer server(
      [&](Peer& peer) {
        peer.read_request();
        peer.send(answer(200, body));
        peer.cut();
      },
      context.get());
  HttpClient client(named(server, authority.file()));
  Caller caller;
  EXPECT_EQ(client.send(get("/"), caller.call).body(), body);
}

TEST(Tls, AStaleConnectionCostsAGetNothing) {
  const Authority authority;
  const auto context = authority.server("DNS:api.example.test");
  ScriptedServer server({[](Peer& peer) {
                           peer.read_request();
                           peer.send(answer(200, "[]"));
                           peer.read_request();
                           peer.cut();
                         },
                         ScriptedServer::serve(no_items)},
                        context.get());
  HttpClient client(named(server, authority.file()));
  Caller caller;
  client.send(get("/"), caller.call);
  EXPECT_EQ(client.send(get("/"), caller.call).status, 200);
}

TEST(Tls, APeerThatClosesWhileWeSendDoesNotKillTheProgram) {
  const Authority authority;
  const auto context = authority.server("DNS:api.example.test");
  ScriptedServer server({[](Peer& peer) { peer.close(); }, [](Peer& peer) { peer.reset(); }, [](Peer& peer) { peer.end_and_reset(); }},
                        context.get());
  HttpClient client(named(server, authority.file()));
  Caller caller;
  test::unblock_sigpipe();
  for (int i = 0; i < 3; ++i) {
    const Error error = error_of([&] { client.send(post("/", std::string(20'000'000, 'x')), caller.call); });
    EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
  }
}

TEST(Tls, ALargeBodyReachesAPeerThatReadsSlowly) {
  const Authority authority;
  const auto context = authority.server("DNS:api.example.test");
  ScriptedServer server(
      [](Peer& peer) {
        const std::string request = peer.read_request_slowly(16 * 1024, std::chrono::milliseconds(1));
        peer.send(answer(request.size() > 8'000'000 ? 200 : 400, "{}"));
      },
      context.get());
  HttpClient client(named(server, authority.file()));
  Caller caller;
  EXPECT_EQ(client.send(post("/", std::string(8'000'000, 'x')), caller.call).status, 200);
}

TEST(Tls, AHandshakeThatHangsIsGivenUp) {
  ScriptedServer silent([](Peer& peer) { peer.wait_closed(); });
  ClientOptions options = named(silent, "");
  options.connect_timeout = Millis(200);
  HttpClient client(options);
  Caller caller;
  const Error error = error_of([&] { client.send(post("/", "{}"), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Unreachable);
  EXPECT_EQ(error.effect(), Effect::None);
  EXPECT_TRUE(error.message().starts_with("Connection timeout after 200 milliseconds")) << error.message();
}

/// Copies bytes both ways until either end closes.
void tunnel(int left, int right) {
  char block[16 * 1024];
  for (;;) {
    pollfd watched[2] = {{left, POLLIN, 0}, {right, POLLIN, 0}};
    ::poll(watched, 2, -1);
    for (int i = 0; i < 2; ++i) {
      if (watched[i].revents == 0) continue;
      const auto got = ::recv(watched[i].fd, block, sizeof block, 0);
      if (got <= 0 || ::send(watched[1 - i].fd, block, static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) return;
    }
  }
}

int dial(int port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return descriptor;
}

TEST(Tls, GoesThroughAProxysTunnelAndStillChecksTheName) {
  const Authority authority;
  const auto right = authority.server("DNS:api.example.test");
  const auto wrong = authority.server("DNS:other.example.test");
  for (SSL_CTX* context : {right.get(), wrong.get()}) {
    ScriptedServer server(ScriptedServer::serve(no_items), context);
    std::string asked;
    ScriptedServer proxy([&](Peer& peer) {
      asked = peer.read_request();
      const int onward = dial(server.port());
      peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
      tunnel(peer.descriptor(), onward);
      ::close(onward);
    });
    ClientOptions options = named(server, authority.file());
    options.base_url = "https://api.example.test";
    const std::string address = "http://user:secret-password@127.0.0.1:" + std::to_string(proxy.port());
    options.environment = [address](const std::string& name) { return name == "HTTPS_PROXY" ? address : std::string(); };
    HttpClient client(options);
    Caller caller;
    if (context == right.get()) {
      EXPECT_EQ(client.send(get("/"), caller.call).body(), "[]");
    } else {
      EXPECT_EQ(error_of([&] { client.send(get("/"), caller.call); }).message(), "the TLS certificate is not one for api.example.test");
    }
    EXPECT_TRUE(asked.starts_with("CONNECT api.example.test:443 HTTP/1.1\r\n")) << asked;
    EXPECT_NE(asked.find("Proxy-Authorization: Basic "), std::string::npos);
  }
}

TEST(Tls, AProxyThatRefusesIsNamed) {
  ScriptedServer proxy(ScriptedServer::once("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
  ClientOptions options = without_retries("https://api.example.test");
  const std::string address = "127.0.0.1:" + std::to_string(proxy.port());
  options.environment = [address](const std::string& name) { return name == "https_proxy" ? address : std::string(); };
  HttpClient client(options);
  Caller caller;
  const Error error = error_of([&] { client.send(post("/", "{}"), caller.call); });
  EXPECT_EQ(error.effect(), Effect::None);
  EXPECT_NE(error.message().find("refused to connect to api.example.test:443 (407)"), std::string::npos) << error.message();
}

}  // namespace
}  // namespace lockstep::http
