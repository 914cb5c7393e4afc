// Who answers: certificates of the server, and what a program that wants to be sure of them sends before it is.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "http/certificates.h"
#include "postgres_database.h"
#include "support/postgres_server.h"

namespace lockstep::conformance {
namespace {

using Options = std::map<std::string, std::string, std::less<>>;

constexpr const char* kName = "db.example.test";

int free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool fine = bind(probe, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                    getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(probe);
  if (!fine) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

/// server.crt and server.key of an authority's server.
class Certificates {
 public:
  explicit Certificates(const test::Authority& authority) {
    const test::ServerContext server = authority.server(std::string("DNS:") + kName);
    write("server.crt", [&](std::FILE* out) { return PEM_write_X509(out, SSL_CTX_get0_certificate(server.get())); });
    write("server.key", [&](std::FILE* out) {
      return PEM_write_PrivateKey(out, SSL_CTX_get0_privatekey(server.get()), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }
  std::string folder() const { return folder_.path().string(); }

 private:
  void write(const char* name, const std::function<int(std::FILE*)>& put) const {
    std::FILE* out = std::fopen((folder_.path() / name).c_str(), "w");
    if (out == nullptr || put(out) != 1) throw std::runtime_error(std::string("cannot write ") + name);
    std::fclose(out);
  }
  ScratchFolder folder_{"certificates"};
};

std::string on_port(int port, const std::string& options) {
  return "-c port=" + std::to_string(port) + " -c log_connections=on " + options;
}

class PostgresTls : public testing::Test {
 protected:
  static constexpr const char* kPassword = "of-nobody-else-4711";

  void SetUp() override { LOCKSTEP_NEEDS_POSTGRES(); }

  /// A server on the loopback, by name.
  Options options(int port, const std::string& name = kName) const {
    return {
        {"url", "postgresql://lockstep@" + name + "/postgres?hostaddr=127.0.0.1"}, {"port", std::to_string(port)}, {"password", kPassword}};
  }
  static std::optional<Error> failure_of(const Options& options) {
    try {
      open_postgres(options)->check();
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }
  static bool let_somebody_in(const PostgresServer& server) {
    return server.log().find("connection authorized: user=lockstep") != std::string::npos;
  }

  test::Authority authority_;
};

TEST_F(PostgresTls, OnlyTheServerThatTheAuthorityVouchesForIsSpokenTo) {
  const Certificates certificates(authority_);
  const int port = free_port();
  const PostgresServer server(on_port(port, ""), certificates.folder());
  const std::size_t before = server.log().size();
  const test::Authority other;
  auto wrong_name = options(port, "other.example.test"), other_authority = options(port), nobody_known = options(port);
  wrong_name["ca_file"] = authority_.file();
  other_authority["ca_file"] = other.file();
  nobody_known["ca_file"] = authority_.file() + ".missing";
  for (const auto& [what, refused] :
       {std::pair("another name", wrong_name), {"another authority", other_authority}, {"no file", nobody_known}}) {
    SCOPED_TRACE(what);
    const auto failure = failure_of(refused);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind(), ErrorKind::Storage) << failure->what();
    EXPECT_NE(failure->hint().find("ca_file"), std::string::npos) << failure->hint();
    EXPECT_EQ(std::string(failure->what()).find(kPassword), std::string::npos);
    EXPECT_EQ(server.log().find("connection authorized", before), std::string::npos) << server.log();
  }
  // The authorities of this machine know nothing of the test's.
  EXPECT_TRUE(failure_of(options(port)));
  EXPECT_EQ(server.log().find("connection authorized", before), std::string::npos) << server.log();

  auto right = options(port);
  right["ca_file"] = authority_.file();
  const std::string told = open_postgres(right)->check();
  EXPECT_NE(told.find(", encrypted"), std::string::npos) << told;
  EXPECT_NE(server.log().find("connection authorized", before), std::string::npos) << server.log();
}

TEST_F(PostgresTls, AServerWithoutTlsIsRefusedWhereTlsIsWanted) {
  const int port = free_port();
  const PostgresServer server(on_port(port, "-c listen_addresses=127.0.0.1"));
  const std::size_t before = server.log().size();
  for (const char* wanted : {"", "require", "verify-ca", "verify-full"}) {
    SCOPED_TRACE(wanted);
    auto refused = options(port);
    refused["ca_file"] = authority_.file();
    if (*wanted != '\0') refused["tls"] = wanted;
    const auto failure = failure_of(refused);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind(), ErrorKind::Storage) << failure->what();
    EXPECT_NE(std::string(failure->what()).find("does not support SSL"), std::string::npos) << failure->what();
    EXPECT_EQ(std::string(failure->what()).find(kPassword), std::string::npos);
    EXPECT_EQ(server.log().find("connection authorized", before), std::string::npos) << server.log();
  }
  auto open = options(port);
  open["tls"] = "disable";
  EXPECT_FALSE(failure_of(open)) << "a person may say so";
}

}  // namespace
}  // namespace lockstep::conformance
