// The triggers that say that a table has changed. The servers have triggers for rows alone: each row adds to one row of lockstep_dirty, that of
// its connection. They run as the account that made them, so that the application needs no right on that table.
#include <algorithm>
#include <array>

#include "common/hash.h"
#include "common/text.h"
#include "connection.h"
#include "sql/watching.h"

namespace lockstep::mysql {
namespace {

constexpr std::array<const char*, 3> kEvents{"INSERT", "UPDATE", "DELETE"};

constexpr const char* kTriggersThere =
    "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND TRIGGER_NAME LIKE "
    "'lockstep\\_%'";

/// What this account may do that triggers need: a row a privilege, that of a table or database or of all.
constexpr const char* kPrivileges =
    "SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES UNION ALL SELECT PRIVILEGE_TYPE FROM "
    "information_schema.SCHEMA_PRIVILEGES "
    "WHERE ? LIKE TABLE_SCHEMA UNION ALL SELECT PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = ? AND "
    "TABLE_NAME = ?";

Spelled text_parameter(std::string_view text) { return {Spelled::As::Text, 0, 0, text}; }

/// Names of triggers are of a database, and have 64 characters at most.
std::string trigger_name(const std::string& event, const std::string& table) {
  constexpr std::size_t kMost = 64, kHash = 16;
  std::string name = "lockstep_" + to_lower(event) + "_" + table;
  if (name.size() > kMost) name = name.substr(0, kMost - kHash) + hash128(table).hex().substr(0, kHash);
  return name;
}

std::string literal(const std::string& name) {
  if (name.find('\\') != std::string::npos) {
    throw Error(ErrorKind::Invalid, "table " + in_quotes(name) + " has a backslash in its name, and cannot be watched");
  }
  return "'" + replace_all(name, "'", "''") + "'";
}

}  // namespace

std::vector<std::string> MysqlConnection::own_triggers(const Table& table, std::string_view doing) {
  std::string name;
  const std::string database = database_of(table.name, name);
  const Spelled of[] = {text_parameter(database), text_parameter(name)};
  Answer answer = ask({kTriggersThere, of}, doing);
  std::vector<std::string> names;
  while (answer.next()) names.push_back(answer.text(0));
  return names;
}

std::optional<std::uint64_t> MysqlConnection::mark(const Table& table) {
  const std::string doing = "asking whether table \"" + table.name + "\" has changed";
  std::string name;
  const std::string database = database_of(table.name, name);
  const std::vector<std::string> there = own_triggers(table, doing);
  const bool all = std::all_of(kEvents.begin(), kEvents.end(), [&](const char* event) {
    return std::find(there.begin(), there.end(), trigger_name(event, name)) != there.end();
  });
  if (!all) return std::nullopt;
  const std::string known = database + "." + name;
  const Spelled of = text_parameter(known);
  Answer sum = ask({"SELECT CAST(COALESCE(SUM(changes), 0) AS CHAR) FROM lockstep_dirty WHERE table_name = ?", std::span(&of, 1)}, doing);
  return sum.next() ? std::stoull(sum.text(0)) : 0;
}

std::vector<std::string> MysqlConnection::watching(const Table& table) {
  const std::string doing = "looking at the triggers of table \"" + table.name + "\"";
  std::string name;
  const std::string database = database_of(table.name, name), quoted = dialect_.quote_table(table.name);
  const std::vector<std::string> there = own_triggers(table, doing);
  std::vector<std::string> statements;
  for (const char* event : kEvents) {
    const std::string trigger = trigger_name(event, name);
    if (std::find(there.begin(), there.end(), trigger) != there.end()) continue;
    statements.push_back("CREATE TRIGGER " + dialect_.quote(database) + "." + dialect_.quote(trigger) + " AFTER " + event + " ON " +
                         quoted + " FOR EACH ROW INSERT INTO " + dialect_.quote(settings_.database) +
                         ".lockstep_dirty (table_name, slot, changes) VALUES (" + literal(database + "." + name) + ", CONNECTION_ID() % " +
                         std::to_string(sql::kDirtySlots) + ", 1) ON DUPLICATE KEY UPDATE changes = changes + 1");
  }
  if (!statements.empty()) refuse_without_rights(database, name, doing);
  return statements;
}

/// Where the server keeps a binary log, it lets only those make triggers whom it trusts.
void MysqlConnection::refuse_without_rights(const std::string& database, const std::string& table, const std::string& doing) {
  const Spelled of[] = {text_parameter(database), text_parameter(database), text_parameter(table)};
  std::vector<std::string> rights;
  Answer answer = ask({kPrivileges, of}, doing);
  while (answer.next()) rights.push_back(answer.text(0));
  const auto may = [&](const char* right) { return std::find(rights.begin(), rights.end(), right) != rights.end(); };
  Answer server = ask({"SELECT CAST(@@log_bin AND NOT @@log_bin_trust_function_creators AS CHAR), CURRENT_USER()"}, doing);
  server.next();
  const std::string account = server.text(1), place = dialect_.quote(database) + "." + dialect_.quote(table);
  if (!may("TRIGGER")) {
    throw Error(ErrorKind::Storage, settings_.shown + ": " + account + " may not make triggers on table " + place,
                "run as an administrator: GRANT TRIGGER ON " + place + " TO that account");
  }
  if (server.text(0) == "1" && !may("SUPER") && !may("BINLOG ADMIN")) {
    throw Error(ErrorKind::Storage, settings_.shown + ": the server keeps a binary log and lets " + account + " make no triggers",
                "run as an administrator: SET GLOBAL log_bin_trust_function_creators = 1");
  }
}

}  // namespace lockstep::mysql
