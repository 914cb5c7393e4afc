// What the options, a url and ~/.my.cnf say about a connection.
#include <gtest/gtest.h>

#include "common/error.h"
#include "mariadb_database.h"
#include "mysql/option_file.h"
#include "mysql/settings.h"

namespace lockstep::mysql {
namespace {

class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name), before_(std::getenv(name) == nullptr ? "" : std::getenv(name)) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
};

Settings read(conformance::Options options) {
  const StorePlugin& plugin = conformance::mysql_plugin();
  return read_settings(OptionValues({plugin.head.options, plugin.head.option_count}, std::move(options)));
}

std::string failure_of(const conformance::Options& options) {
  try {
    read(options);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(MysqlSettings, AUrlSaysEverything) {
  const Variable home("HOME", "/nowhere");
  const Settings all = read({{"url", "mysql://ann:p%40ss%3A@db.example.com:3307/app?ssl-mode=VERIFY_CA&ssl-ca=/ca.pem&pool=5"}});
  EXPECT_EQ(all.host, "db.example.com");
  EXPECT_EQ(all.port, 3307U);
  EXPECT_EQ(all.user, "ann");
  EXPECT_EQ(all.password, "p@ss:");
  EXPECT_EQ(all.database, "app");
  EXPECT_EQ(all.tls, Tls::VerifyCa);
  EXPECT_EQ(all.ca_file, "/ca.pem");
  EXPECT_EQ(all.shown, "MySQL database \"app\" on db.example.com port 3307");
  EXPECT_EQ(read({{"url", "mariadb://[::1]/app"}}).shown, "MariaDB database \"app\" on ::1");
  EXPECT_EQ(read({{"url", "mysql://u@h/app"}, {"database", "other"}}).database, "other") << "an option goes first";
  EXPECT_EQ(read({{"url", "mysql://u@localhost/app"}}).host, "") << "the socket";
  EXPECT_EQ(read({{"url", "mysql://u@localhost:3307/app"}}).host, "localhost") << "a port is none of a socket";
}

TEST(MysqlSettings, OffThisMachineTheServerMustShowWhoItIs) {
  const Variable home("HOME", "/nowhere");
  EXPECT_EQ(read({{"host", "db.example.com"}, {"database", "app"}}).tls, Tls::VerifyFull);
  EXPECT_FALSE(read({{"host", "db.example.com"}, {"database", "app"}}).ca_file.empty()) << "the system's authorities";
  EXPECT_EQ(read({{"host", "127.0.0.1"}, {"database", "app"}}).tls, Tls::Disable);
  EXPECT_EQ(read({{"host", "db.example.com"}, {"tls", "require"}, {"database", "app"}}).tls, Tls::Require);
  EXPECT_NE(failure_of({{"url", "mysql://u@h/app?ssl-mode=PREFERRED"}}).find("PREFERRED"), std::string::npos);
}

TEST(MysqlSettings, AUrlThatCannotBeReadIsRefusedWithoutItsPassword) {
  const Variable home("HOME", "/nowhere");
  for (const char* url :
       {"postgresql://u:hunter2@h/app", "mysql://u:hunter2%zz@h/app", "mysql://u:hunter2@h/app?no=1", "mysql://u:hunter2@h:x/a"}) {
    const std::string failure = failure_of({{"url", url}});
    EXPECT_NE(failure, "nothing") << url;
    EXPECT_EQ(failure.find("hunter2"), std::string::npos) << failure;
  }
}

TEST(MysqlSettings, TheCommonVariableCountsOnlyWhereItIsThisDatabases) {
  const Variable home("HOME", "/nowhere");
  {
    const Variable url("DATABASE_URL", "mysql://ann@db.example.com/app");
    EXPECT_EQ(read({}).host, "db.example.com");
    EXPECT_EQ(read({{"database", "mine"}}).host, "") << "the store has said where it is";
  }
  const Variable url("DATABASE_URL", "postgresql://ann@db.example.com/app");
  EXPECT_EQ(read({}).host, "");
}

TEST(MysqlSettings, TheOptionFileFillsWhatNobodySaid) {
  const auto options = client_options(
      "[mysqld]\nuser=server\n[client]\n# a comment\nuser = ann\npassword=\"a # b\\\\c\"\nssl_ca=/ca.pem # "
      "trailing\nssl-verify-server-cert=0\n"
      "[client-mariadb]\nuser=other\n");
  EXPECT_EQ(options, (std::map<std::string, std::string>{{"user", "ann"}, {"password", "a # b\\c"}, {"ssl-ca", "/ca.pem"}}));
}

}  // namespace
}  // namespace lockstep::mysql
