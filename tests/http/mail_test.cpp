// Mail over TLS: only to the server that its certificate names, and nothing in clear text where TLS is wanted.
#include "http/mail.h"

#include <gtest/gtest.h>

#include "certificates.h"
#include "common/error.h"
#include "scripted_server.h"

namespace lockstep::http {
namespace {

using test::Authority;
using test::Peer;
using test::ScriptedServer;

const Mail kMail{"a@example.com", {"b@example.com"}, "Well again", "all is well"};

/// What a client says to a server that takes every mail; `secure`: null until STARTTLS, which is offered where there is a context.
class Post {
 public:
  explicit Post(SSL_CTX* later) : later_(later) {}

  void serve(Peer& peer) {
    SSL* secure = nullptr;
    const auto say = [&](std::string_view line) {
      if (secure != nullptr) {
        SSL_write(secure, line.data(), static_cast<int>(line.size()));
      } else {
        peer.send(line);
      }
    };
    std::string line;
    char letter = 0;
    bool data = false;
    say("220 mail\r\n");
    while ((secure != nullptr ? SSL_read(secure, &letter, 1) : static_cast<int>(::recv(peer.descriptor(), &letter, 1, 0))) == 1) {
      line += letter;
      if (letter != '\n') continue;
      (secure != nullptr ? sealed : clear) += line;
      if (line.starts_with("STARTTLS") && later_ == nullptr) {
        say("502 no\r\n");
      } else if (line.starts_with("STARTTLS")) {
        say("220 go on\r\n");
        secure = SSL_new(later_);
        SSL_set_fd(secure, peer.descriptor());
        if (SSL_accept(secure) != 1) break;
      } else if (!data || line == ".\r\n") {
        data = line.starts_with("DATA");
        say(data ? "354 go on\r\n" : line.starts_with("QUIT") ? "221 bye\r\n" : "250 ok\r\n");
      }
      line.clear();
    }
    if (secure != nullptr) SSL_free(secure);
  }
  std::string clear, sealed;

 private:
  SSL_CTX* later_;
};

std::string outcome(const MailServer& server) {
  try {
    send_mail(server, kMail, 0);
  } catch (const Error& error) {
    return std::string(to_string(error.kind()));
  }
  return "taken";
}

std::string send_by_starttls(const Authority& authority, Post& post) {
  ScriptedServer server([&](Peer& peer) { post.serve(peer); });
  return outcome({"127.0.0.1", static_cast<std::uint16_t>(server.port()), MailServer::Security::StartTls, {}, {}, authority.file()});
}

TEST(Mail, StartTlsSealsEverythingThatFollows) {
  const Authority authority;
  const auto context = authority.server("IP:127.0.0.1");
  Post post(context.get());
  EXPECT_EQ(send_by_starttls(authority, post), "taken");
  EXPECT_EQ(post.clear.find("MAIL FROM"), std::string::npos);
  EXPECT_NE(post.sealed.find("RCPT TO: <b@example.com>"), std::string::npos);
}

TEST(Mail, AServerOfAnotherNameGetsNothing) {
  const Authority authority;
  const auto context = authority.server("DNS:other.example.test");
  Post post(context.get());
  EXPECT_EQ(send_by_starttls(authority, post), "unreachable");
  EXPECT_EQ((post.clear + post.sealed).find("MAIL FROM"), std::string::npos);
}

TEST(Mail, AServerWithoutTlsGetsNothing) {
  const Authority authority;
  Post post(nullptr);
  EXPECT_EQ(send_by_starttls(authority, post), "rejected");
  EXPECT_EQ(post.clear.find("MAIL FROM"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::http
