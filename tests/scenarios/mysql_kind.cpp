// Databases of the tests' MariaDB server, one for each place.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>

#include "common/text.h"
#include "common/time.h"
#include "scenarios/database_kind.h"
#include "support/mariadb_server.h"

namespace lockstep::test {
namespace mysql {
namespace {

constexpr std::string_view kBegin = "mysql://lockstep@/", kSocket = "?socket=";
constexpr std::string_view kTexts = " CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci";  ///< as frameworks make a database
constexpr unsigned kBinary = 63;                                                          ///< the character set of bytes

using Connection = std::unique_ptr<MYSQL, CloseMariadb>;
using Result = std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)>;

std::string database_of(const std::string& place) { return place.substr(kBegin.size(), place.find(kSocket) - kBegin.size()); }
std::string socket_of(const std::string& place) { return place.substr(place.find(kSocket) + kSocket.size()); }
std::string kept(const std::string& place, const std::string& name) { return database_of(place) + "_" + replace_all(name, "-", "_"); }

/// The answer of the last statement.
Result run(MYSQL& connection, const std::string& sql) {
  Result answer(nullptr, mysql_free_result);
  int more = mysql_real_query(&connection, sql.data(), sql.size());
  for (; more == 0; more = mysql_next_result(&connection)) answer.reset(mysql_store_result(&connection));
  if (more > 0) throw std::runtime_error(sql + ": " + mysql_error(&connection));
  return answer;
}

// As lenient with values as SQLite is.
Connection connect(const std::string& socket, const std::string& database) {
  Connection connection = connect_mariadb(socket, database);
  if (!connection) throw std::runtime_error("the tests' MariaDB server lets nobody into " + database);
  run(*connection, "SET time_zone = '+00:00', sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'");
  return connection;
}

/// The connection that this thread keeps: looks at one database follow one another.
MYSQL& connected(const std::string& place) {
  thread_local std::string of;
  thread_local Connection kept;
  if (of != place || mysql_ping(kept.get()) != 0) {
    kept = connect(socket_of(place), database_of(place));
    of = place;
  }
  return *kept;
}

/// As SQLite spells it.
std::string real(std::string text) {
  if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
  return text;
}

Stored stored(const MYSQL_FIELD& field, const char* bytes, unsigned long size) {
  if (bytes == nullptr) return {"null", ""};
  std::string text(bytes, size);
  switch (field.type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR: return {"integer", text};
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE: return {"real", real(text)};
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL: return {text.find('.') == std::string::npos ? "integer" : "real", text};
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP: return {"text", format_time(parse_time(text + "Z").value())};
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB: return {field.charsetnr == kBinary ? "blob" : "text", text};
    default: return {"text", text};
  }
}

/// Types and keys that have another name here.
std::string translated(std::string sql) {
  const std::string key = "BIGINT AUTO_INCREMENT PRIMARY KEY";
  sql = replace_all(std::move(sql), " AS TEXT)", " AS CHAR)");
  sql = replace_all(std::move(sql), "INTEGER PRIMARY KEY AUTOINCREMENT", key);
  sql = replace_all(std::move(sql), "INTEGER PRIMARY KEY", key);
  return replace_all(std::move(sql), "TEXT PRIMARY KEY", "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PRIMARY KEY");
}

class MysqlKind final : public DatabaseKind {
 public:
  /// Empty: the common server.
  explicit MysqlKind(std::string socket = {}) : socket_(std::move(socket)) {}

  std::string_view name() const override { return "mysql"; }
  std::string_view shown() const override { return "MySQL database"; }
  std::string missing() const override {
    return socket().empty() ? "no MariaDB server is installed (Debian's package is mariadb-server)" : "";
  }
  bool owns(std::string_view place) const override { return place.starts_with(kBegin); }

  std::string make(const std::filesystem::path&) const override {
    static std::atomic<int> made = 0;
    const std::string database = "scenario_" + std::to_string(getpid()) + "_" + std::to_string(++made);
    run(*connect(socket(), ""), "DROP DATABASE IF EXISTS " + database + "; CREATE DATABASE " + database + std::string(kTexts));
    return std::string(kBegin) + database + std::string(kSocket) + socket();
  }

  void remove(const std::string& place) const override {
    const std::string database = database_of(place);
    const Connection connection = connect(socket_of(place), "");
    const Result all = run(*connection, "SHOW DATABASES");
    while (MYSQL_ROW row = mysql_fetch_row(all.get())) {
      const std::string name = row[0];
      if (name == database || name.starts_with(database + "_")) run(*connection, "DROP DATABASE " + name);
    }
  }

  std::vector<std::vector<Stored>> rows(const std::string& place, const std::string& sql, Cells* names) const override {
    const Result answer = run(connected(place), translated(sql));
    std::vector<std::vector<Stored>> out;
    if (!answer) return out;
    const unsigned columns = mysql_num_fields(answer.get());
    const MYSQL_FIELD* fields = mysql_fetch_fields(answer.get());
    for (unsigned i = 0; names != nullptr && i < columns; ++i) names->push_back(fields[i].name);
    while (MYSQL_ROW row = mysql_fetch_row(answer.get())) {
      const unsigned long* sizes = mysql_fetch_lengths(answer.get());
      std::vector<Stored>& cells = out.emplace_back();
      for (unsigned i = 0; i < columns; ++i) cells.push_back(stored(fields[i], row[i], sizes[i]));
    }
    return out;
  }

  void execute(const std::string& place, const std::string& sql) const override { run(connected(place), translated(sql)); }

  Cells tables(const std::string& place) const override { return tables_of(place, database_of(place)); }

  Cells columns(const std::string& place, const std::string& table) const override {
    return first_cells(place, "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" +
                                  table + "' ORDER BY ORDINAL_POSITION");
  }

  std::vector<Index> indexes(const std::string& place, const std::string& table) const override {
    const std::string of_table = "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '" + table + "'";
    std::vector<Index> out;
    const std::string own =
        "SELECT INDEX_NAME, MIN(NON_UNIQUE) " + of_table + " AND INDEX_NAME <> 'PRIMARY' GROUP BY INDEX_NAME ORDER BY BINARY INDEX_NAME";
    for (const auto& row : rows(place, own, nullptr)) {
      const std::string columns = "SELECT COLUMN_NAME " + of_table + " AND INDEX_NAME = '" + row[0].bytes + "' ORDER BY SEQ_IN_INDEX";
      out.push_back({row[0].bytes, first_cells(place, columns), row[1].bytes == "0"});
    }
    return out;
  }

  Cells spoilt(ColumnType, const std::string&) const override { return {}; }

  void drop_index(const std::string& place, const std::string& table, const std::string& index) const override {
    execute(place, "DROP INDEX \"" + index + "\" ON \"" + table + "\"");
  }

  void back_up(const std::string& place, const std::string& name) const override { copy_all(place, database_of(place), kept(place, name)); }
  void restore(const std::string& place, const std::string& name) const override { copy_all(place, kept(place, name), database_of(place)); }

  void restore_table(const std::string& place, const std::string& name, const std::string& table) const override {
    MYSQL& connection = connected(place);
    run(connection, "SET foreign_key_checks = 0; DELETE FROM \"" + table + "\"");
    copy(connection, place, kept(place, name), database_of(place), table);
    // Keys go on behind the highest, as in SQLite.
    run(connection, "ALTER TABLE \"" + table + "\" AUTO_INCREMENT = 1; SET foreign_key_checks = 1");
  }

 private:
  const std::string& socket() const { return socket_.empty() ? mariadb_socket() : socket_; }

  /// Makes `to` anew of the tables of `from`, without their triggers.
  void copy_all(const std::string& place, const std::string& from, const std::string& to) const {
    MYSQL& connection = connected(place);
    run(connection,
        "SET foreign_key_checks = 0; DROP DATABASE IF EXISTS " + to + "; CREATE DATABASE " + to + std::string(kTexts) + "; USE " + to);
    for (const std::string& table : tables_of(place, from)) {
      const Result made = run(connection, "SHOW CREATE TABLE " + from + ".\"" + table + "\"");
      run(connection, mysql_fetch_row(made.get())[1]);
      copy(connection, place, from, to, table);
    }
    run(connection, "SET foreign_key_checks = 1; USE " + database_of(place));
  }

  /// The columns that both have and that can be written.
  void copy(MYSQL& connection, const std::string& place, const std::string& from, const std::string& to, const std::string& table) const {
    const auto of = [&](const std::string& database) {
      return first_cells(place, "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '" + database +
                                    "' AND TABLE_NAME = '" + table + "' AND GENERATION_EXPRESSION IS NULL ORDER BY ORDINAL_POSITION");
    };
    const Cells there = of(to);
    Cells names;
    for (const std::string& column : of(from)) {
      if (std::find(there.begin(), there.end(), column) != there.end()) names.push_back(column);
    }
    run(connection, "SET sql_mode = 'ANSI_QUOTES,NO_AUTO_VALUE_ON_ZERO'; INSERT INTO " + to + ".\"" + table + "\" (" + quoted_list(names) +
                        ") SELECT " + quoted_list(names) + " FROM " + from + ".\"" + table +
                        "\"; SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'");
  }

  Cells tables_of(const std::string& place, const std::string& database) const {
    return first_cells(
        place, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA = '" + database + "'");
  }

  Cells first_cells(const std::string& place, const std::string& sql) const {
    Cells out;
    for (const std::vector<Stored>& row : rows(place, sql, nullptr)) out.push_back(row[0].bytes);
    return out;
  }

  std::string socket_;
};

}  // namespace
}  // namespace mysql

const DatabaseKind& mysql_kind() {
  static const mysql::MysqlKind kind;
  return kind;
}

std::unique_ptr<const DatabaseKind> mysql_kind_at(const std::string& folder) { return std::make_unique<mysql::MysqlKind>(folder + "/s"); }

}  // namespace lockstep::test
