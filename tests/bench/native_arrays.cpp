// bench_native_arrays: the yardstick on MariaDB. The rows that a table holds are read into memory, and then put into an empty table of the same
// shape in one transaction, by the fastest way that its client has: a prepared statement with arrays, 100 rows a message. Prints the seconds.
// Usage: bench_native_arrays SOCKET DATABASE TABLE
#include <mysql.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kPage = 100;

using Cell = std::optional<std::string>;
using Rows = std::vector<std::vector<Cell>>;

void run(MYSQL* connection, const std::string& sql) {
  if (mysql_real_query(connection, sql.data(), sql.size()) != 0) throw std::runtime_error(sql + ": " + mysql_error(connection));
}

Rows rows_of(MYSQL* connection, const std::string& table) {
  run(connection, "SELECT * FROM " + table);
  const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> answer(mysql_store_result(connection), mysql_free_result);
  const unsigned width = mysql_num_fields(answer.get());
  Rows rows;
  while (MYSQL_ROW row = mysql_fetch_row(answer.get())) {
    const unsigned long* sizes = mysql_fetch_lengths(answer.get());
    auto& cells = rows.emplace_back();
    for (unsigned i = 0; i < width; ++i) cells.push_back(row[i] == nullptr ? Cell() : Cell(std::in_place, row[i], sizes[i]));
  }
  return rows;
}

/// A page of rows, a column behind the other.
class Page {
 public:
  explicit Page(std::size_t width) : binds_(width), texts_(width), sizes_(width), indicators_(width) {
    for (std::size_t i = 0; i < width; ++i) {
      texts_[i].resize(kPage);
      sizes_[i].resize(kPage);
      indicators_[i].resize(kPage);
      binds_[i] = {};
      binds_[i].buffer_type = MYSQL_TYPE_STRING;
      binds_[i].buffer = texts_[i].data();
      binds_[i].length = sizes_[i].data();
      binds_[i].u.indicator = indicators_[i].data();
    }
  }

  void send(MYSQL_STMT* statement, Rows& rows, std::size_t first, std::size_t last) {
    for (std::size_t row = first; row < last; ++row) {
      for (std::size_t i = 0; i < binds_.size(); ++i) {
        Cell& cell = rows[row][i];
        texts_[i][row - first] = cell ? cell->data() : nullptr;
        sizes_[i][row - first] = cell ? cell->size() : 0;
        indicators_[i][row - first] = cell ? STMT_INDICATOR_NONE : STMT_INDICATOR_NULL;
      }
    }
    const unsigned count = static_cast<unsigned>(last - first);
    mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &count);
    if (mysql_stmt_bind_param(statement, binds_.data()) != 0 || mysql_stmt_execute(statement) != 0)
      throw std::runtime_error(mysql_stmt_error(statement));
  }

 private:
  std::vector<MYSQL_BIND> binds_;
  std::vector<std::vector<char*>> texts_;
  std::vector<std::vector<unsigned long>> sizes_;
  std::vector<std::vector<char>> indicators_;
};

double seconds_to_insert(MYSQL* connection, const std::string& table, Rows& rows) {
  std::string sql = "INSERT INTO " + table + " VALUES (?";
  for (std::size_t i = 1; i < rows.front().size(); ++i) sql += ",?";
  sql += ")";
  const auto begun = std::chrono::steady_clock::now();
  run(connection, "START TRANSACTION");
  const std::unique_ptr<MYSQL_STMT, my_bool (*)(MYSQL_STMT*)> statement(mysql_stmt_init(connection), mysql_stmt_close);
  if (mysql_stmt_prepare(statement.get(), sql.data(), sql.size()) != 0) throw std::runtime_error(mysql_stmt_error(statement.get()));
  Page page(rows.front().size());
  for (std::size_t first = 0; first < rows.size(); first += kPage) {
    page.send(statement.get(), rows, first, std::min(rows.size(), first + kPage));
  }
  run(connection, "COMMIT");
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: bench_native_arrays SOCKET DATABASE TABLE\n", stderr);
    return EXIT_FAILURE;
  }
  const std::unique_ptr<MYSQL, void (*)(MYSQL*)> connection(mysql_init(nullptr), mysql_close);
  try {
    mysql_options(connection.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(connection.get(), "localhost", "lockstep", nullptr, argv[2], 0, argv[1], 0) == nullptr)
      throw std::runtime_error(mysql_error(connection.get()));
    const std::string table = argv[3], copy = table + "_copied";
    Rows rows = rows_of(connection.get(), table);
    if (rows.empty()) throw std::runtime_error("no rows in " + table);
    run(connection.get(), "CREATE TABLE " + copy + " LIKE " + table);
    std::printf("%.4f\n", seconds_to_insert(connection.get(), copy, rows));
    run(connection.get(), "DROP TABLE " + copy);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_native_arrays: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
