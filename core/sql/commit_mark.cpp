#include "sql/commit_mark.h"

#include <thread>

#include "common/error.h"
#include "sql/statements.h"

namespace lockstep::sql {
namespace {

/// How long a server that lost a connection may need to end its transaction: plugins make it a minute, where nothing tells the server.
constexpr Millis kTransactionEnds{65'000};
constexpr Millis kBetween{100};

}  // namespace

const Table& commit_table() {
  static const Table table{"lockstep_commit", {{"name", ColumnType::Key, false, {}}, {"mark", ColumnType::Text, true, {}}}, {"name"}, {}};
  return table;
}

void write_mark(Connection& connection, const TableFacts& facts, std::string_view lease, std::string_view mark) {
  static const Shape shape({"name", "mark"});
  static constexpr std::size_t kBoth[] = {0, 1};
  Rows rows(shape.size());
  const Value cells[] = {Value::text(lease), Value::text(mark)};
  rows.add_borrowed(cells);
  connection.upsert({commit_table(), facts, shape, kBoth, rows, 0, 1});
}

std::optional<bool> took_place(Connection& connection, const TableFacts& facts, std::string_view lease, std::string_view mark) {
  static const Shape shape({"mark"});
  const Filter filter{.where = {{"name", Filter::Op::Equal, {Value::text(lease)}}}};
  Query query = select(connection.dialect(), commit_table(), shape, filter);
  query.text += connection.dialect().locking_read();
  const Deadline end = Deadline::after(kTransactionEnds);
  do {
    try {
      Rows rows(shape.size());
      connection.read(query, commit_table(), facts, shape, rows);
      return !rows.empty() && rows[0][0].as_view() == mark;
    } catch (const Error&) {
      // It may be on its way up again, or hold the row still.
    }
    std::this_thread::sleep_for(kBetween);
  } while (!end.over());
  return std::nullopt;
}

}  // namespace lockstep::sql
