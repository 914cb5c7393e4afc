// sqlite: a store in one SQLite file.
#include "sdk/plugin.h"
#include "connection.h"
#include "sql/sql_store.h"

namespace lockstep::sqlite {
namespace {

constexpr Option kOptions[] = {
    {"path", OptionType::Path, nullptr, true, false, "LOCKSTEP_DB", "the database file; it is created when it is missing"},
    {"busy_timeout", OptionType::Duration, "5s", false, false, nullptr, "how long to wait for another program that writes the file"},
};

Store* create(const std::string&, const OptionValues& options, std::string& error) noexcept {
  return guarded_create<Store>(error, [&]() -> std::unique_ptr<Store> {
    if (!options.has("path")) throw Error(ErrorKind::Invalid, "the store has no `path`", "name the SQLite file, or set LOCKSTEP_DB");
    return std::make_unique<sql::SqlStore>(std::make_unique<SqliteConnection>(options.text("path"), options.duration("busy_timeout")));
  });
}

}  // namespace
}  // namespace lockstep::sqlite

LOCKSTEP_EXPORT_STORE("sqlite", "0.1.0", "SQLite database file", lockstep::sqlite::kOptions, lockstep::sqlite::create)
