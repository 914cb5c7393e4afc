// Rows in: a page of prepared statements in one pipeline, an answer for each row.
#include "connection.h"
#include "sql/statements.h"

namespace lockstep::postgresql {
namespace {

/// A page: what travels before an answer is waited for.
constexpr std::size_t kPageRows = 200;
constexpr std::size_t kPageBytes = std::size_t{4} << 20;

std::string writing(const std::string& table) { return "writing table \"" + table + "\""; }

/// True when the statement wrote a row.
bool wrote(PGresult* answer) {
  const std::string_view rows = PQcmdTuples(answer);
  return !rows.empty() && rows != "0";
}

std::string returning(const sql::Batch& batch, const sql::Dialect& dialect) {
  std::string out;
  for (const std::string& column : batch.facts.info.primary_key) out += (out.empty() ? " RETURNING " : ", ") + dialect.quote(column);
  return out;
}

std::size_t bytes_of(const Request& request) {
  std::size_t bytes = 0;
  for (const Spelled& parameter : request.parameters) bytes += static_cast<std::size_t>(parameter.size);
  return bytes;
}

using ColumnOf = std::function<std::string_view(std::size_t request, std::size_t parameter)>;

/// Requests that are sent when there is a page of them. Answers are taken in their order, with the number of their request.
class Pages {
 public:
  Pages(Session& session, std::string doing, ColumnOf column, std::function<void(std::size_t, PGresult*)> take)
      : session_(session), doing_(std::move(doing)), column_(std::move(column)), take_(std::move(take)) {}

  Arena& arena() { return arena_; }

  void add(Request request) {
    bytes_ += bytes_of(request);
    page_.push_back(std::move(request));
    if (page_.size() >= kPageRows || bytes_ >= kPageBytes) send();
  }

  void send() {
    if (page_.empty()) return;
    std::vector<Answer> answers;
    try {
      answers = session_.run(page_, doing_);
    } catch (const Refused& refused) {
      throw named(refused);
    }
    for (std::size_t i = 0; i < answers.size(); ++i) take_(first_ + i, answers[i].get());
    first_ += page_.size();
    page_.clear();
    bytes_ = 0;
    arena_.clear();
  }

 private:
  /// What a server says of a value that it cannot read names no column.
  Error named(const Refused& refused) const {
    if (refused.kind() != ErrorKind::Rejected || refused.parameter() == 0 || refused.request() >= page_.size()) return refused;
    const std::string_view column = column_(first_ + refused.request(), refused.parameter());
    if (column.empty()) return refused;
    return {refused.kind(), refused.message() + " (column \"" + std::string(column) + "\")", refused.hint()};
  }

  Session& session_;
  std::string doing_;
  ColumnOf column_;
  std::function<void(std::size_t, PGresult*)> take_;
  Arena arena_;
  std::vector<Request> page_;
  std::size_t bytes_ = 0;
  std::size_t first_ = 0;  ///< number of the page's first request
};

RowKey key_of(const PGresult* answer, const std::vector<Target>& targets, Arena& arena) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const int column = static_cast<int>(i);
    values.push_back(PQgetisnull(answer, 0, column) != 0 ? Value::null() : cell(text_at(answer, 0, column), targets[i], arena));
  }
  return RowKey(values);
}

}  // namespace

void PostgresConnection::write(const sql::Batch& batch, const std::string& text, const std::function<void(PGresult*)>& take) {
  const std::vector<Target> where = targets(batch);
  const auto column = [&](std::size_t, std::size_t parameter) {
    return parameter <= where.size() ? where[parameter - 1].column : std::string_view();
  };
  Pages pages(session_, writing(batch.table.name), column, [&](std::size_t, PGresult* answer) { take(answer); });
  for (std::size_t index = batch.first; index < batch.last; ++index) {
    const Row row = batch.rows[index];
    Request request{text, {}, true};
    request.parameters.reserve(where.size());
    for (std::size_t i = 0; i < where.size(); ++i) request.parameters.push_back(spell(row[batch.ordinals[i]], where[i], pages.arena()));
    pages.add(std::move(request));
  }
  pages.send();
}

void PostgresConnection::insert(const sql::Batch& batch, std::vector<RowKey>* keys) {
  const bool returns = keys != nullptr && !batch.facts.info.primary_key.empty();
  std::vector<Target> parts;
  for (const std::string& column : batch.facts.info.primary_key) parts.push_back(target(batch.table, batch.facts, column));
  Arena arena;
  write(batch, sql::insert(dialect_, batch) + (returns ? returning(batch, dialect_) : ""), [&](PGresult* answer) {
    // A trigger may drop a row without a word.
    if (!wrote(answer)) throw Error(ErrorKind::Rejected, writing(batch.table.name) + ": a trigger or a rule of the table dropped the row");
    if (keys == nullptr) return;
    keys->push_back(returns ? key_of(answer, parts, arena) : RowKey());
    arena.clear();
  });
}

void PostgresConnection::upsert(const sql::Batch& batch) {
  write(batch, sql::upsert(dialect_, batch), [](PGresult*) {});
}

bool PostgresConnection::update_one(const sql::Query& query, const Table& table, const sql::TableFacts& facts) {
  Arena arena;
  return wrote(session_.run(request(query, table, facts, false, arena), writing(table.name)).get());
}

std::vector<Outcome> PostgresConnection::update(const Table& table, const sql::TableFacts& facts, const Shape& shape,
                                                std::span<const Guarded> changes) {
  std::vector<Outcome> outcomes(changes.size(), Outcome::Written);
  std::vector<std::size_t> missed;
  // Values first, then the key, as guarded_update() places them.
  const auto column = [&](std::size_t request, std::size_t parameter) -> std::string_view {
    const Guarded& change = changes[request];
    return parameter <= change.columns.size() ? std::string_view(shape[change.columns[parameter - 1]]) : std::string_view();
  };
  Pages updates(session_, writing(table.name), column, [&](std::size_t change, PGresult* answer) {
    if (!wrote(answer)) missed.push_back(change);
  });
  for (const Guarded& change : changes) {
    updates.add(request(sql::guarded_update(dialect_, table, facts, shape, change), table, facts, false, updates.arena()));
  }
  updates.send();
  const auto nothing = [](std::size_t, std::size_t) { return std::string_view(); };
  Pages looks(session_, "reading table \"" + table.name + "\"", nothing,
              [&](std::size_t look, PGresult* answer) { outcomes[missed[look]] = PQntuples(answer) > 0 ? Outcome::Moved : Outcome::Gone; });
  for (const std::size_t change : missed)
    looks.add(request(sql::find_row(dialect_, table, changes[change]), table, facts, true, looks.arena()));
  looks.send();
  return outcomes;
}

}  // namespace lockstep::postgresql
