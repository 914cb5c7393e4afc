// mysql: a store in a MariaDB or MySQL database.
#include "sdk/plugin.h"
#include "connection.h"
#include "settings.h"
#include "sql/sql_store.h"

namespace lockstep::mysql {
namespace {

constexpr Option kOptions[] = {
    {"url", OptionType::Text, nullptr, false, false, "DATABASE_URL",
     "mysql://user@host:port/database?ssl-mode=…, or mariadb://…; what the other options say goes first"},
    {"host", OptionType::Text, nullptr, false, false, nullptr, "the machine; without it the server's socket on this one"},
    {"port", OptionType::Integer, nullptr, false, false, nullptr, "3306 without saying", nullptr, 1, 65535},
    {"socket", OptionType::Path, nullptr, false, false, nullptr, "the server's socket on this machine"},
    {"database", OptionType::Text, nullptr, false, false, nullptr, "the database"},
    {"user", OptionType::Text, nullptr, false, false, nullptr, "the account; without it the one of ~/.my.cnf, else the system's"},
    {"password", OptionType::Text, nullptr, false, true, nullptr, "its password; without it the one of ~/.my.cnf"},
    {"tls", OptionType::Text, nullptr, false, false, nullptr,
     "verify-full without saying where the host is another machine: encrypted, and the server's name checked; require encrypts without "
     "looking who answers",
     "disable|require|verify-ca|verify-full"},
    {"ca_file", OptionType::Path, nullptr, false, false, nullptr, "certificates of authorities to trust; without it those of the system"},
    {"cert_file", OptionType::Path, nullptr, false, false, nullptr, "the client's certificate"},
    {"key_file", OptionType::Path, nullptr, false, false, nullptr, "its private key"},
    {"connect_timeout", OptionType::Duration, "10s", false, false, nullptr, "how long to wait for the server to answer"},
    {"statement_timeout", OptionType::Duration, "10m", false, false, nullptr, "how long one statement may take"},
    {"busy_timeout", OptionType::Duration, "5s", false, false, nullptr,
     "how long to wait for another program that locks a row or a table, in whole seconds"},
    {"one_node", OptionType::Boolean, "false", false, false, nullptr,
     "of a cluster whose nodes all take writes (Galera), every run of this table connects to the same one: without that word such a "
     "cluster is refused"},
};

Store* create(const std::string&, const OptionValues& options, std::string& error) noexcept {
  return guarded_create<Store>(error, [&]() -> std::unique_ptr<Store> {
    return std::make_unique<sql::SqlStore>(std::make_unique<MysqlConnection>(read_settings(options)));
  });
}

}  // namespace
}  // namespace lockstep::mysql

LOCKSTEP_EXPORT_STORE("mysql", "0.1.0", "MariaDB or MySQL database", lockstep::mysql::kOptions, lockstep::mysql::create)
