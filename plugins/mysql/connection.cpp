#include "connection.h"

#include <algorithm>
#include <thread>

#include "common/hash.h"
#include "common/text.h"
#include "lock.h"

namespace lockstep::mysql {
namespace {

/// A read that is cut off by the server itself when it takes longer.
std::string within(const std::string& text, Millis patience, bool maria) {
  if (patience <= Millis::zero()) return text;
  constexpr std::string_view kSelect = "SELECT ";
  if (!maria && text.starts_with(kSelect)) {
    return "SELECT /*+ MAX_EXECUTION_TIME(" + std::to_string(patience.count()) + ") */ " + text.substr(kSelect.size());
  }
  const std::string thousandths = std::to_string(patience.count() % 1000 + 1000).substr(1);
  return "SET STATEMENT max_statement_time = " + std::to_string(patience.count() / 1000) + "." + thousandths + " FOR " + text;
}

}  // namespace

MysqlConnection::MysqlConnection(Settings settings) : settings_(std::move(settings)), session_(settings_) {}

void MysqlConnection::open() { dialect_.speak_to(session_.server().maria); }

// What a run would meet: that the server takes writes, and that it may make and write its own tables.
std::string MysqlConnection::check() {
  const std::string doing = "checking";
  Answer answer = ask({"SELECT CURRENT_USER(), VERSION()"}, doing);
  answer.next();
  const std::string account = answer.text(0), version = answer.text(1);
  session_.execute("START TRANSACTION READ WRITE", doing);
  session_.execute("ROLLBACK", doing);
  try {
    session_.look_at("SELECT token FROM lockstep_lease", doing);
    session_.look_at("INSERT INTO lockstep_lease (name) VALUES ('')", doing);
    session_.look_at("UPDATE lockstep_lease SET token = token", doing);
  } catch (const Refused& refused) {
    if (refused.failure().code != kNoTable) throw no_right(refused, account);
    try {
      session_.look_at("CREATE TABLE lockstep_lease (id bigint)", doing);
    } catch (const Refused& denied) {
      throw no_right(denied, account);
    }
  }
  return settings_.shown + ": " + (session_.server().maria ? "MariaDB " : "MySQL ") + version.substr(0, version.find('-')) + ", as " +
         in_quotes(account) + (session_.is_encrypted() ? ", encrypted" : "");
}

Error MysqlConnection::no_right(const Refused& refused, const std::string& account) const {
  if (refused.kind() != ErrorKind::Invalid) return refused;
  return {ErrorKind::Storage,
          settings_.shown + ": " + account + " may not make and write Lockstep's own tables: " + refused.failure().message,
          "run as an administrator: GRANT SELECT, INSERT, UPDATE, CREATE, ALTER, INDEX, REFERENCES ON " +
              dialect_.quote(settings_.database) + ".* TO that account"};
}

void MysqlConnection::control(std::string_view given) {
  const std::string statement(given);
  if (given.starts_with("START TRANSACTION")) return begin(statement);
  if (given == "COMMIT") return commit(statement);
  if (given == "ROLLBACK") return session_.end(statement, "rolling back");
  if (given.starts_with("ROLLBACK TO ")) return roll_back_to(statement);
  if (given.starts_with("SAVEPOINT ")) return session_.run_later(statement);
  // Another savepoint of the same name takes the place of one that is left.
  if (given.starts_with("RELEASE ")) {
    session_.take_back(statement.substr(std::string_view("RELEASE ").size()));
    return;
  }
  session_.execute(statement, "running " + statement.substr(0, statement.find(' ')));
}

void MysqlConnection::roll_back_to(const std::string& statement) {
  if (session_.take_back(statement.substr(std::string_view("ROLLBACK TO ").size()))) return;
  session_.execute(statement, "rolling back");
}

// A connection that ended while nobody used it is noticed here, before anything hangs on it.
void MysqlConnection::begin(const std::string& statement) {
  try {
    session_.begin(statement);
  } catch (const Lost&) {
    session_.begin(statement);
  }
}

void MysqlConnection::commit(const std::string& statement) {
  try {
    session_.end(statement, "committing");
  } catch (Lost& lost) {
    throw Error(lost).with_effect(Effect::Maybe);
  }
}

// A step that another program has made meanwhile is made.
void MysqlConnection::execute(const std::string& statement, std::string_view doing) {
  try {
    session_.execute(statement, doing);
  } catch (const Refused& refused) {
    if (!is_there_already(refused.failure().code)) throw;
  }
}

void MysqlConnection::change_schema(const std::function<void()>& work) {
  open();
  const std::string name = "'lockstep schema " + hash128(settings_.database).hex() + "'", doing = "preparing tables";
  const Deadline patience = Deadline::after(std::max(settings_.busy_timeout, Millis(1000)));
  const std::string take = "SELECT GET_LOCK(" + name + ", 1)";
  for (;;) {
    Answer answer = session_.run({take}, doing);
    if (answer.next() && answer.text(0) == "1") break;
    if (patience.over()) {
      throw Error(ErrorKind::Busy, settings_.shown + ": another program prepares tables",
                  "wait for it to finish, or raise the store's busy_timeout");
    }
  }
  const auto release = [&] { session_.execute("DO RELEASE_LOCK(" + name + ")", doing); };
  try {
    work();
  } catch (...) {
    if (session_.is_open()) release();
    throw;
  }
  release();
}

Answer MysqlConnection::ask(const Request& request, std::string_view doing) {
  const bool retries = session_.is_open() && !session_.in_transaction();
  try {
    open();
    return session_.run(request, doing);
  } catch (const Lost&) {
    if (!retries) throw;
  }
  return session_.run(request, doing);
}

Target MysqlConnection::target(const Table& table, const sql::TableFacts& facts, std::string_view column) const {
  Target out{sql::declared_column(table, column)};
  if (column.empty()) return out;
  const sql::ColumnFacts* stored = facts.find(dialect_, column);
  if (stored == nullptr) return out;
  out.stored = Stored::unpack(stored->storage);
  out.there = true;
  out.nullable = facts.info.columns[static_cast<std::size_t>(stored - facts.columns.data())].nullable;
  if (out.stored.kind == Kind::Enum || out.stored.kind == Kind::Set) out.members = &members_[static_cast<std::size_t>(out.stored.detail)];
  return out;
}

std::vector<Target> MysqlConnection::targets(const sql::Batch& batch) const {
  std::vector<Target> out;
  out.reserve(batch.ordinals.size());
  for (const std::size_t ordinal : batch.ordinals) out.push_back(target(batch.table, batch.facts, batch.shape[ordinal]));
  return out;
}

std::vector<Spelled> MysqlConnection::parameters(const sql::Query& query, const Table& table, const sql::TableFacts& facts, bool finds,
                                                 Arena& arena) const {
  std::vector<Spelled> out;
  out.reserve(query.parameters.size());
  for (const sql::Parameter& parameter : query.parameters) {
    try {
      out.push_back(spell(parameter.value, target(table, facts, parameter.column), arena));
    } catch (const Error& error) {
      if (!finds || error.kind() != ErrorKind::Rejected) throw;
      out.push_back({});
    }
  }
  return out;
}

void MysqlConnection::read(const sql::Query& query, const Table& table, const sql::TableFacts& facts, const Shape& columns, Rows& out) {
  Arena arena;
  std::vector<Target> wanted;
  wanted.reserve(columns.size());
  for (const std::string& column : columns.columns()) wanted.push_back(target(table, facts, column));
  const std::vector<Spelled> spelled = parameters(query, table, facts, true, arena);
  const std::string doing = "reading table \"" + table.name + "\"";
  open();
  try {
    Answer answer = ask({within(query.text, query.patience, session_.server().maria), spelled}, doing);
    while (answer.next()) {
      const std::span<Value> cells = out.add();
      for (std::size_t i = 0; i < wanted.size(); ++i) cells[i] = value_of(answer.cell(i, out.arena()), wanted[i], out.arena());
    }
  } catch (const Refused& refused) {
    if (refused.kind() != ErrorKind::Busy || query.patience <= Millis::zero()) throw;
    throw Error(ErrorKind::Busy, doing + " takes longer than it may", "ask for fewer rows, by columns that have an index");
  }
}

std::uint64_t MysqlConnection::count(const sql::Query& query, const Table& table, const sql::TableFacts& facts) {
  Arena arena;
  const std::vector<Spelled> spelled = parameters(query, table, facts, true, arena);
  Answer answer = ask({query.text, spelled}, "counting table \"" + table.name + "\"");
  return answer.next() ? std::stoull(answer.text(0)) : 0;
}

std::unique_ptr<sql::NamedLock> MysqlConnection::lock(std::string_view name) {
  return std::make_unique<sql::ServerLock>(std::make_unique<LockFunction>(settings_), name);
}

}  // namespace lockstep::mysql
