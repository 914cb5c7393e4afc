// postgresql: a store in a PostgreSQL database.
#include "sdk/plugin.h"
#include "connection.h"
#include "settings.h"
#include "sql/sql_store.h"

namespace lockstep::postgresql {
namespace {

constexpr Option kOptions[] = {
    {"url", OptionType::Text, nullptr, false, false, "DATABASE_URL",
     "postgresql://user@host:port/database?sslmode=…; what the other options say goes first"},
    {"host", OptionType::Text, nullptr, false, false, nullptr, "the machine, or the folder of a socket; several with commas (PGHOST)"},
    {"port", OptionType::Integer, nullptr, false, false, nullptr, "5432 without saying (PGPORT)", nullptr, 1, 65535},
    {"database", OptionType::Text, nullptr, false, false, nullptr, "the database (PGDATABASE)"},
    {"user", OptionType::Text, nullptr, false, false, nullptr, "the role (PGUSER)"},
    {"password", OptionType::Text, nullptr, false, true, nullptr, "its password (PGPASSWORD, ~/.pgpass)"},
    {"schema", OptionType::Text, nullptr, false, false, nullptr,
     "where tables are looked for and made that name no schema; without it the first of the role's search_path"},
    {"tls", OptionType::Text, nullptr, false, false, nullptr,
     "verify-full without saying where the host is another machine (PGSSLMODE): encrypted, and the server's name checked",
     "disable|allow|prefer|require|verify-ca|verify-full"},
    {"ca_file", OptionType::Path, nullptr, false, false, nullptr,
     "certificates of authorities to trust (PGSSLROOTCERT); without it ~/.postgresql/root.crt, else those of the system"},
    {"cert_file", OptionType::Path, nullptr, false, false, nullptr, "the client's certificate (PGSSLCERT)"},
    {"key_file", OptionType::Path, nullptr, false, false, nullptr, "its private key (PGSSLKEY)"},
    {"connect_timeout", OptionType::Duration, "10s", false, false, nullptr, "how long to wait for each host to answer"},
    {"statement_timeout", OptionType::Duration, "10m", false, false, nullptr, "how long one statement may take"},
    {"busy_timeout", OptionType::Duration, "5s", false, false, nullptr, "how long to wait for another program that locks a row or a table"},
};

Store* create(const std::string&, const OptionValues& options, std::string& error) noexcept {
  return guarded_create<Store>(error, [&]() -> std::unique_ptr<Store> {
    return std::make_unique<sql::SqlStore>(std::make_unique<PostgresConnection>(read_settings(options)));
  });
}

}  // namespace
}  // namespace lockstep::postgresql

LOCKSTEP_EXPORT_STORE("postgresql", "0.1.0", "PostgreSQL database", lockstep::postgresql::kOptions, lockstep::postgresql::create)
