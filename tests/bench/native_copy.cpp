// bench_native_copy: the yardstick on PostgreSQL. The rows that a table holds are read into memory, and then put into an empty table of the
// same shape by one COPY, as fast as the server takes them. Prints the seconds of the COPY and its commit.
// Usage: bench_native_copy CONNECTION TABLE
#include <libpq-fe.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Answer = std::unique_ptr<PGresult, void (*)(PGresult*)>;

Answer run(PGconn* connection, const std::string& sql) {
  Answer answer(PQexec(connection, sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) throw std::runtime_error(sql + ": " + PQerrorMessage(connection));
  return answer;
}

void finish(PGconn* connection) {
  while (PGresult* rest = PQgetResult(connection)) {
    const Answer answer(rest, PQclear);
    if (PQresultStatus(rest) != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection));
  }
}

std::vector<std::string> rows_of(PGconn* connection, const std::string& table) {
  run(connection, "COPY " + table + " TO STDOUT");
  std::vector<std::string> rows;
  char* row = nullptr;
  for (int size = 0; (size = PQgetCopyData(connection, &row, 0)) > 0; PQfreemem(row))
    rows.emplace_back(row, static_cast<std::size_t>(size));
  finish(connection);
  return rows;
}

double seconds_to_copy(PGconn* connection, const std::string& table, const std::vector<std::string>& rows) {
  const auto begun = std::chrono::steady_clock::now();
  run(connection, "BEGIN");
  run(connection, "COPY " + table + " FROM STDIN");
  for (const std::string& row : rows) PQputCopyData(connection, row.data(), static_cast<int>(row.size()));
  PQputCopyEnd(connection, nullptr);
  finish(connection);
  run(connection, "COMMIT");
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_native_copy CONNECTION TABLE\n", stderr);
    return EXIT_FAILURE;
  }
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(argv[1]), PQfinish);
  try {
    const std::string table = argv[2], copy = table + "_copied";
    const std::vector<std::string> rows = rows_of(connection.get(), table);
    run(connection.get(), "CREATE TABLE " + copy + " (LIKE " + table + " INCLUDING ALL)");
    std::printf("%.4f\n", seconds_to_copy(connection.get(), copy, rows));
    run(connection.get(), "DROP TABLE " + copy);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_native_copy: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
