// Who answers: certificates of the server, and what a program that wants to be sure of them does.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "http/certificates.h"
#include "mariadb_database.h"
#include "support/database_server.h"

namespace lockstep::conformance {
namespace {

constexpr const char* kPassword = "of-nobody-else-4711";

std::string free_port() {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool fine = bind(probe, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                    getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(probe);
  if (!fine) throw std::runtime_error("no free port");
  return std::to_string(ntohs(address.sin_port));
}

class MysqlTls : public testing::Test {
 protected:
  void SetUp() override { LOCKSTEP_NEEDS_MARIADB(); }

  /// A server on the loopback; with a certificate for localhost of `authority`, unless that is null.
  void start(const test::Authority* authority) {
    std::string options = "--skip-networking=0 --bind-address=127.0.0.1 --port=" + port_;
    if (authority != nullptr) {
      const test::ServerContext server = authority->server("DNS:localhost");
      write("server.crt", [&](std::FILE* out) { return PEM_write_X509(out, SSL_CTX_get0_certificate(server.get())); });
      write("server.key", [&](std::FILE* out) {
        return PEM_write_PrivateKey(out, SSL_CTX_get0_privatekey(server.get()), nullptr, nullptr, 0, nullptr, nullptr);
      });
      // The server runs as somebody else.
      std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
      options += " --ssl-cert=" + file("server.crt") + " --ssl-key=" + file("server.key");
    } else {
      options += " --skip-ssl";
    }
    server_ = std::make_unique<DatabaseServer>("mariadb", options);
    const auto admin = connect_mariadb(server_->folder() + "/s", "");
    const std::string account =
        std::string("CREATE DATABASE app; CREATE USER ann IDENTIFIED BY '") + kPassword + "'; GRANT ALL ON app.* TO ann";
    ASSERT_EQ(mysql_real_query(admin.get(), account.data(), account.size()), 0);
    while (mysql_next_result(admin.get()) == 0) {
    }
  }

  std::string file(const std::string& name) const { return (folder_.path() / name).string(); }
  void write(const char* name, const std::function<int(std::FILE*)>& put) const {
    std::FILE* out = std::fopen(file(name).c_str(), "w");
    if (out == nullptr || put(out) != 1) throw std::runtime_error(std::string("cannot write ") + name);
    std::fclose(out);
    std::filesystem::permissions(file(name), std::filesystem::perms(0644));
  }

  Options options(const std::string& tls, const std::string& host = "localhost") const {
    return {{"url", "mysql://ann@" + host + ":" + port_ + "/app"}, {"password", kPassword}, {"tls", tls}};
  }
  static std::string told_by(const Options& options) {
    try {
      return open_mysql(options)->check();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::Storage) << error.what();
      EXPECT_EQ(std::string(error.what()).find(kPassword), std::string::npos);
      EXPECT_NE(error.hint().find("ca_file"), std::string::npos) << error.what();
      return "refused";
    }
  }

  ScratchFolder folder_{"certificates"};
  const std::string port_ = free_port();
  std::unique_ptr<DatabaseServer> server_;
};

TEST_F(MysqlTls, OnlyTheServerThatTheAuthorityVouchesForIsSpokenTo) {
  const test::Authority authority, other;
  start(&authority);
  const auto with = [&](const std::string& tls, const std::string& host, const std::string& ca_file) {
    Options out = options(tls, host);
    out["ca_file"] = ca_file;
    return told_by(out);
  };
  EXPECT_EQ(with("verify-full", "127.0.0.1", authority.file()), "refused") << "the certificate is another name's";
  EXPECT_EQ(with("verify-full", "localhost", other.file()), "refused") << "another authority's";
  EXPECT_EQ(with("verify-ca", "localhost", other.file()), "refused") << "another authority's";
  EXPECT_EQ(with("verify-full", "localhost", authority.file() + ".missing"), "refused");
  EXPECT_EQ(told_by(options("verify-full")), "refused") << "the authorities of this machine know nothing of the test's";
  EXPECT_NE(with("verify-full", "localhost", authority.file()).find(", encrypted"), std::string::npos);
  EXPECT_NE(with("verify-ca", "127.0.0.1", authority.file()).find(", encrypted"), std::string::npos);
  EXPECT_NE(told_by(options("require")).find(", encrypted"), std::string::npos);
  EXPECT_EQ(told_by(options("disable")).find(", encrypted"), std::string::npos);
}

TEST_F(MysqlTls, AServerWithoutTlsIsRefusedWhereTlsIsWanted) {
  start(nullptr);
  for (const char* wanted : {"require", "verify-ca", "verify-full"}) EXPECT_EQ(told_by(options(wanted)), "refused") << wanted;
  EXPECT_NE(told_by(options("disable")), "refused") << "a person may say so";
}

}  // namespace
}  // namespace lockstep::conformance
