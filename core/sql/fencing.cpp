#include "sql/fencing.h"

#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

#include "common/error.h"
#include "common/time.h"

namespace lockstep::sql {
namespace {

using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;
using Poco::Data::Keywords::use;

/// The lease's token, or 0 when nobody has ever held it.
std::int64_t stored_token(Connection& connection, const std::string& name) {
  const Dialect& dialect = connection.dialect();
  std::string text = "SELECT coalesce(max(" + dialect.quote("token") + "), 0) FROM " + dialect.quote(lease_table().name) + " WHERE " +
                     dialect.quote("name") + " = " + dialect.placeholder(1);
  std::string key = name;
  Poco::Int64 token = 0;
  connection.session() << text, into(token), use(key), now;
  return token;
}

void store_token(Connection& connection, const std::string& name, std::int64_t token) {
  const Dialect& dialect = connection.dialect();
  const auto column = [&](const char* column_name) { return dialect.quote(column_name); };
  std::string text = "INSERT INTO " + dialect.quote(lease_table().name) + " (" + column("name") + ", " + column("token") + ", " +
                     column("holder") + ", " + column("since") + ") VALUES (" + dialect.placeholder(1) + ", " + dialect.placeholder(2) +
                     ", " + dialect.placeholder(3) + ", " + dialect.placeholder(4) + ") ";
  std::string assignments;
  for (const char* name_of : {"token", "holder", "since"}) {
    if (!assignments.empty()) assignments += ", ";
    assignments += column(name_of) + " = " + dialect.proposed(column(name_of));
  }
  text += dialect.on_conflict_update(column("name"), assignments);
  std::string key = name;
  Poco::Int64 value = token;
  std::string holder = this_holder() + " pid " + std::to_string(getpid());
  std::string since = format_time(system_clock().now());
  connection.session() << text, use(key), use(value), use(holder), use(since), now;
}

}  // namespace

const Table& lease_table() {
  static const Table table{"lockstep_lease",
                           {{"name", ColumnType::Key, false, {}},
                            {"token", ColumnType::Integer, false, {}},
                            {"holder", ColumnType::Text, true, {}},
                            {"since", ColumnType::Timestamp, true, {}}},
                           {"name"},
                           {}};
  return table;
}

std::string this_holder() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  // The account's own name, not $USER, which sudo and cron leave wrong.
  std::array<char, 4096> scratch{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(geteuid(), &entry, scratch.data(), scratch.size(), &found);
  const std::string user = found != nullptr ? found->pw_name : std::to_string(geteuid());
  return user + "@" + (host[0] != '\0' ? host.data() : "localhost");
}

std::uint64_t next_token(Connection& connection, std::string_view name) {
  const std::string key(name);
  std::int64_t token = 0;
  in_own_transaction(connection, "taking the lease \"" + key + "\"", [&] {
    token = stored_token(connection, key) + 1;
    store_token(connection, key, token);
  });
  return static_cast<std::uint64_t>(token);
}

void verify_token(Connection& connection, std::string_view name, std::uint64_t token) {
  std::int64_t stored = 0;
  try {
    stored = stored_token(connection, std::string(name));
  } catch (...) {
    connection.rethrow("checking the lease \"" + std::string(name) + "\"");
  }
  if (static_cast<std::uint64_t>(stored) == token) return;
  throw Error(ErrorKind::Conflict, "another run has taken over \"" + std::string(name) + "\"; nothing was written",
              "wait for it and run again");
}

}  // namespace lockstep::sql
