#include "connection.h"

#include <algorithm>

#include "common/text.h"
#include "lock.h"

namespace lockstep::postgresql {
PostgresConnection::PostgresConnection(Settings settings) : settings_(std::move(settings)), session_(settings_) {}

// What a run would meet: that it may make its own tables, and that the server takes writes.
std::string PostgresConnection::check() {
  const Answer answer =
      ask({"SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on', coalesce(current_schema(), ''), "
           "coalesce(has_schema_privilege(current_schema(), 'CREATE'), false), current_user, current_database(), "
           "current_setting('server_version'), coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid()), false)"},
          "checking");
  session_.refuse_a_pooler();
  const auto cell = [&](int column) { return std::string(text_at(answer.get(), 0, column)); };
  if (cell(0) == "t") {
    throw Error(ErrorKind::Storage, settings_.shown + " is read-only",
                "connect to the primary; a url may name several hosts, and ?target_session_attrs=read-write takes the one that writes");
  }
  const std::string schema = cell(1), user = cell(3);
  if (schema.empty()) {
    throw Error(ErrorKind::Invalid, settings_.shown + ": no schema of the search_path of " + user + " is there",
                "name one with the store's `schema`");
  }
  const Answer own =
      ask({"SELECT has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE') "
           "FROM pg_catalog.pg_class WHERE relname = 'lockstep_lease' AND relnamespace = current_schema()::regnamespace"},
          "checking");
  const bool made = PQntuples(own.get()) > 0;
  if (made && text_at(own.get(), 0, 0) != "t") {
    throw Error(ErrorKind::Storage, settings_.shown + ": " + user + " may not write Lockstep's own tables in schema " + in_quotes(schema),
                "run as their owner: GRANT SELECT, INSERT, UPDATE ON each lockstep_ table TO " + dialect_.quote(user));
  }
  if (!made && cell(2) != "t") {
    throw Error(ErrorKind::Storage, settings_.shown + ": " + user + " may not make Lockstep's own tables in schema " + in_quotes(schema),
                "run as its owner: GRANT CREATE ON SCHEMA " + dialect_.quote(schema) + " TO " + dialect_.quote(user));
  }
  const std::string version = cell(5);
  return settings_.shown + ": version " + version.substr(0, version.find(' ')) + ", schema " + in_quotes(schema) + ", as " +
         in_quotes(user) + (cell(6) == "t" ? ", encrypted" : "");
}

void PostgresConnection::control(std::string_view given) {
  const std::string statement(given);
  if (given.starts_with("BEGIN")) return begin(statement);
  if (given == "COMMIT") return commit(statement);
  // In a transaction that has failed nothing but going back is taken, and it must come back before anything else is sent.
  const bool waits = given.starts_with("SAVEPOINT ") || given.starts_with("RELEASE SAVEPOINT ");
  if (waits && session_.in_transaction() && !session_.is_failed()) return session_.run_later(statement);
  session_.run({statement}, "running " + statement.substr(0, statement.find(' ')));
}

// A connection that ended while nobody used it is noticed here, before anything hangs on it.
void PostgresConnection::begin(const std::string& statement) {
  try {
    session_.run({statement}, "beginning a transaction");
  } catch (const Lost&) {
    session_.run({statement}, "beginning a transaction");
  }
}

void PostgresConnection::commit(const std::string& statement) {
  try {
    const Answer answer = session_.run({statement}, "committing");
    // The server answers the COMMIT of a transaction that has failed with ROLLBACK, and calls that no error.
    if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return;
  } catch (Lost& lost) {
    throw Error(lost).with_effect(Effect::Maybe);
  }
  throw Error(ErrorKind::Storage, settings_.shown + ": the database has rolled the whole transaction back",
              "see the server's log, and run again");
}

void PostgresConnection::execute(const std::string& statement, std::string_view doing) { session_.run({statement}, doing); }

Answer PostgresConnection::ask(Request request, std::string_view doing, Millis patience) {
  if (!session_.in_transaction()) {
    const bool was_open = session_.is_open();
    try {
      return std::move(session_.run(std::span(&request, 1), doing, patience).front());
    } catch (const Lost&) {
      if (!was_open) throw;
    }
    return std::move(session_.run(std::span(&request, 1), doing, patience).front());
  }
  const std::string savepoint = "SAVEPOINT lockstep_read";
  session_.run_later(savepoint);
  try {
    Answer answer = std::move(session_.run(std::span(&request, 1), doing, patience).front());
    session_.run_later("RELEASE " + savepoint);
    return answer;
  } catch (const Lost&) {
    throw;
  } catch (const Error&) {
    const Request back[] = {{"ROLLBACK TO " + savepoint}, {"RELEASE " + savepoint}};
    session_.run(back, doing);
    throw;
  }
}

Target PostgresConnection::target(const Table& table, const sql::TableFacts& facts, std::string_view column) const {
  Target out{sql::declared_column(table, column)};
  if (column.empty()) return out;
  if (const sql::ColumnFacts* stored = facts.find(dialect_, column)) {
    out.stored = Stored::unpack(stored->storage);
  } else if (column == traits().row_version) {
    out.stored = {Kind::Integer, 8};
  }
  return out;
}

std::vector<Target> PostgresConnection::targets(const sql::Batch& batch) const {
  std::vector<Target> out;
  out.reserve(batch.ordinals.size());
  for (const std::size_t ordinal : batch.ordinals) out.push_back(target(batch.table, batch.facts, batch.shape[ordinal]));
  return out;
}

Request PostgresConnection::request(const sql::Query& query, const Table& table, const sql::TableFacts& facts, bool finds,
                                    Arena& arena) const {
  Request out{query.text, {}, true};
  out.parameters.reserve(query.parameters.size());
  for (const sql::Parameter& parameter : query.parameters) {
    try {
      out.parameters.push_back(spell(parameter.value, target(table, facts, parameter.column), arena));
    } catch (const Error& error) {
      if (!finds || error.kind() != ErrorKind::Rejected) throw;
      out.parameters.push_back({});
    }
  }
  return out;
}

void PostgresConnection::read(const sql::Query& query, const Table& table, const sql::TableFacts& facts, const Shape& columns, Rows& out) {
  Arena arena;
  std::vector<Target> wanted;
  wanted.reserve(columns.size());
  for (const std::string& column : columns.columns()) wanted.push_back(target(table, facts, column));
  const Answer answer = ask(request(query, table, facts, true, arena), "reading table \"" + table.name + "\"", query.patience);
  const int rows = PQntuples(answer.get()), width = static_cast<int>(columns.size());
  for (int row = 0; row < rows; ++row) {
    const std::span<Value> cells = out.add();
    for (int i = 0; i < width; ++i) {
      const auto ordinal = static_cast<std::size_t>(i);
      const bool null = PQgetisnull(answer.get(), row, i) != 0;
      cells[ordinal] = null ? Value::null() : cell(text_at(answer.get(), row, i), wanted[ordinal], out.arena());
    }
  }
}

std::uint64_t PostgresConnection::count(const sql::Query& query, const Table& table, const sql::TableFacts& facts) {
  Arena arena;
  const Answer answer = ask(request(query, table, facts, true, arena), "counting table \"" + table.name + "\"", query.patience);
  return PQntuples(answer.get()) == 0 ? 0 : std::stoull(std::string(text_at(answer.get(), 0, 0)));
}

std::unique_ptr<sql::NamedLock> PostgresConnection::lock(std::string_view name) {
  return std::make_unique<sql::ServerLock>(std::make_unique<AdvisoryLock>(settings_), name);
}

}  // namespace lockstep::postgresql
