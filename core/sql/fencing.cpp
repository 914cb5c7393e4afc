#include "sql/fencing.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

#include "common/error.h"
#include "sql/commit_mark.h"
#include "sql/statements.h"

namespace lockstep::sql {
namespace {

/// The lease's token, or 0 when nobody has ever held it. Its row stays as it is until the transaction ends.
std::int64_t stored_token(Connection& connection, const TableFacts& facts, std::string_view name) {
  static const Shape shape({"token"});
  // The query names columns of the filter.
  const Filter filter{.where = {{"name", Filter::Op::Equal, {Value::text(name)}}}};
  Query query = select(connection.dialect(), lease_table(), shape, filter);
  query.text += connection.dialect().locking_read();
  Rows rows(shape.size());
  connection.read(query, lease_table(), facts, shape, rows);
  return rows.empty() ? 0 : rows[0][0].as_integer();
}

void store_token(Connection& connection, const TableFacts& facts, std::string_view name, std::int64_t token, const Clock& clock) {
  static const Shape shape({"name", "token", "holder", "since"});
  static constexpr std::size_t kAll[] = {0, 1, 2, 3};
  const std::string holder = this_holder() + " pid " + std::to_string(getpid()), since = format_time(clock.now());
  Rows rows(shape.size());
  const Value cells[] = {Value::text(name), Value::integer(token), Value::text(holder), Value::text(since)};
  rows.add_borrowed(cells);
  connection.upsert({lease_table(), facts, shape, kAll, rows, 0, 1});
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

Error lease_lost(std::string_view name, const std::string& place) {
  return {ErrorKind::Conflict,
          "the lease of \"" + std::string(name) + "\" was lost with its lock in " + place +
              ", and another run may take it; nothing more was written",
          "see whether the database can be reached from here, and run again"};
}

std::uint64_t next_token(Connection& connection, const LeaseFacts& facts, std::string_view name, const Clock& clock) {
  std::int64_t token = 0;
  in_own_transaction(connection, [&] {
    token = stored_token(connection, facts.lease, name) + 1;
    store_token(connection, facts.lease, name, token, clock);
    if (facts.commits) write_mark(connection, *facts.commits, name, "");
  });
  return static_cast<std::uint64_t>(token);
}

void verify_token(Connection& connection, const TableFacts& facts, std::string_view name, std::uint64_t token) {
  if (static_cast<std::uint64_t>(stored_token(connection, facts, name)) == token) return;
  throw Error(ErrorKind::Conflict, "another run has taken over \"" + std::string(name) + "\"; nothing more was written",
              "wait for it and run again");
}

}  // namespace lockstep::sql
