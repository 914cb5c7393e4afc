#include "session.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "common/text.h"

namespace lockstep::mysql {
namespace {

constexpr std::size_t kMostPrepared = 256;
/// Where a server that is gone is taken for one that takes its time.
constexpr Millis kBeyondStatement{30'000};

/// Ways to log in that do not send the password as it is.
constexpr const char* kHidingLogins = "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519";

unsigned seconds(Millis time) {
  return static_cast<unsigned>(std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(time).count()));
}

const char* given(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

/// Nothing of ~/.my.cnf and its like is read by the library: see option_file.h.
MYSQL* prepared_handle(const Settings& settings) {
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
  MYSQL* out = mysql_init(nullptr);
  if (out == nullptr) throw Error(ErrorKind::Storage, "not enough memory for a connection to " + settings.shown);
  const auto set = [&](mysql_option option, const auto& value) { mysql_options(out, option, &value); };
  const unsigned connect = seconds(settings.connect_timeout), answer = seconds(settings.statement_timeout + kBeyondStatement), no_files = 0;
  mysql_options(out, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  set(MYSQL_OPT_CONNECT_TIMEOUT, connect);
  set(MYSQL_OPT_WRITE_TIMEOUT, answer);
  if (settings.statement_timeout > Millis::zero()) set(MYSQL_OPT_READ_TIMEOUT, answer);
  set(MYSQL_OPT_LOCAL_INFILE, no_files);
  const unsigned protocol = settings.host.empty() ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  set(MYSQL_OPT_PROTOCOL, protocol);
  // Whoever is not known may not ask for the password itself.
  if (settings.tls != Tls::VerifyFull) mysql_options(out, MARIADB_OPT_RESTRICTED_AUTH, kHidingLogins);
  if (settings.tls == Tls::Disable) return out;
  const my_bool yes = 1, name = settings.tls == Tls::VerifyFull ? 1 : 0;
  // With authorities the certificate is checked, and the name in it as well where that is asked for.
  const char* authorities = settings.tls == Tls::Require ? nullptr : given(settings.ca_file);
  mysql_ssl_set(out, given(settings.key_file), given(settings.cert_file), authorities, nullptr, nullptr);
  set(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, name);
  set(MYSQL_OPT_SSL_ENFORCE, yes);
  return out;
}

Failure failure_of(const Prepared& statement) { return {mysql_stmt_errno(statement.get()), mysql_stmt_error(statement.get())}; }

Prepared prepared_anew(MYSQL* connection, const std::string& text, Failure& refused) {
  Prepared statement(mysql_stmt_init(connection), CloseStatement());
  if (statement && mysql_stmt_prepare(statement.get(), text.data(), text.size()) == 0) return statement;
  if (statement) refused = failure_of(statement);
  return nullptr;
}

std::string cell_text(MYSQL_ROW row, unsigned column) { return row[column] == nullptr ? "" : row[column]; }

bool takes_arrays(MYSQL* connection) {
  unsigned long extended = 0;
  mariadb_get_infov(connection, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &extended);
  return (extended & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32U)) != 0;
}

}  // namespace

void Session::open() {
  if (connection_) return;
  connection_.reset(prepared_handle(settings_));
  try {
    // FOUND_ROWS: an update that sets the values that are there has met its row.
    const char* host = settings_.host.empty() ? "localhost" : settings_.host.c_str();
    if (mysql_real_connect(connection_.get(), host, given(settings_.user), given(settings_.password), given(settings_.database),
                           settings_.port, given(settings_.socket), CLIENT_FOUND_ROWS) == nullptr) {
      throw connect_error(failure(), settings_.shown);
    }
    // The library itself goes on without TLS where the server has none, unless the name is looked at.
    if (settings_.tls != Tls::Disable && !is_encrypted()) throw connect_error({kNoTls, "the server does not encrypt"}, settings_.shown);
    set_up();
  } catch (...) {
    close();
    throw;
  }
}

void Session::close() {
  prepared_.clear();
  connection_.reset();
  later_.clear();
  in_transaction_ = false;
}

const Server& Session::server() {
  open();
  return server_;
}

// A server that ends a session says so before, in bytes that nobody has asked for.
bool Session::has_ended() const {
  if (!connection_) return true;
  pollfd ready{mysql_get_socket(connection_.get()), POLLIN, 0};
  return poll(&ready, 1, 0) != 0;
}

// A connection whose other end is gone, or behind a firewall that forgot it, ends within a minute.
void Session::keep_alive() const {
  const int socket = mysql_get_socket(connection_.get());
  const auto set = [&](int level, int option, int value) { setsockopt(socket, level, option, &value, sizeof value); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 60'000);
}

void Session::set_up() {
  if (!settings_.host.empty()) keep_alive();
  if (settings_.database.empty()) {
    throw Error(ErrorKind::Invalid, settings_.shown + ": no database is named", "name one with the store's `database`");
  }
  server_ = {};
  server_.version = mysql_get_server_info(connection_.get());
  server_.maria = server_.version.find("MariaDB") != std::string::npos || mariadb_connection(connection_.get()) != 0;
  const unsigned long version = mysql_get_server_version(connection_.get());
  if (version < (server_.maria ? 100500U : 80017U)) {
    throw Error(ErrorKind::Invalid, settings_.shown + " is version " + printable(server_.version),
                "MariaDB must be 10.5 or newer, and MySQL 8.0.17");
  }
  number_ = mysql_thread_id(connection_.get());
  server_.arrays = settings_.arrays && takes_arrays(connection_.get());
  server_.returning = settings_.returning && server_.maria;
  // A transaction of a program that is frozen ends after a minute.
  const std::string limits =
      server_.maria
          ? "max_statement_time = " + std::to_string(settings_.statement_timeout.count() / 1000) + ", idle_transaction_timeout = 60"
          : "max_execution_time = " + std::to_string(settings_.statement_timeout.count()) + ", wait_timeout = 60";
  execute(
      "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
      "NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_AUTO_VALUE_ON_ZERO', autocommit = 1, completion_type = 0, foreign_key_checks = 1, "
      "unique_checks = 1, sql_safe_updates = 0, innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, " +
          limits,
      "opening");
  execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "opening");
  constexpr std::string_view kAsk = "SELECT @@max_allowed_packet, @@innodb_rollback_on_timeout, @@auto_increment_increment";
  if (mysql_real_query(connection_.get(), kAsk.data(), kAsk.size()) != 0) fail(failure(), "opening");
  const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> answer(mysql_store_result(connection_.get()), mysql_free_result);
  MYSQL_ROW row = answer ? mysql_fetch_row(answer.get()) : nullptr;
  if (row == nullptr) fail(failure(), "opening");
  server_.message_bytes = std::stoull(cell_text(row, 0));
  server_.whole_rollback = cell_text(row, 1) == "1";
  server_.id_step = std::stoull(cell_text(row, 2));
}

template <class Attempt>
void Session::repeat(std::string_view doing, const Attempt& attempt) {
  const Deadline patience = Deadline::after(settings_.busy_timeout);
  for (;;) {
    const std::optional<Failure> failed = attempt();
    if (!failed) return;
    const bool waited = failed->code == kLockWait && !(server_.whole_rollback && in_transaction_);
    if (!waited) fail(*failed, doing);
    if (stop_.stop_requested()) {
      throw Error(ErrorKind::Interrupted, "interrupted while waiting for another program that locks " + settings_.shown);
    }
    if (patience.over()) fail(*failed, doing);
  }
}

void Session::execute(const std::string& statement, std::string_view doing) {
  open();
  send_later(doing);
  repeat(doing, [&]() -> std::optional<Failure> {
    if (mysql_real_query(connection_.get(), statement.data(), statement.size()) != 0) return failure();
    if (MYSQL_RES* answer = mysql_store_result(connection_.get())) mysql_free_result(answer);
    if (mysql_errno(connection_.get()) != 0) return failure();
    return std::nullopt;
  });
}

Answer Session::run(const Request& request, std::string_view doing) {
  open();
  send_later(doing);
  std::optional<Answer> answer;
  repeat(doing, [&]() -> std::optional<Failure> {
    Failure refused;
    const Prepared statement = prepared(request.text, refused);
    if (!statement) return refused;
    std::optional<Answer> came = mysql::execute(statement, request.parameters, request.rows);
    if (!came) {
      const Failure failed = failure_of(statement);
      // After what has failed in the middle of an answer it may be of no use.
      if (failed.code != kLockWait) prepared_.erase(request.text);
      return failed;
    }
    answer.emplace(std::move(*came));
    return std::nullopt;
  });
  return std::move(*answer);
}

void Session::look_at(const std::string& statement, std::string_view doing) {
  open();
  Failure refused;
  if (!prepared_anew(connection_.get(), statement, refused)) fail(refused, doing);
}

// Ever new texts (updates of ever other columns) must not pile up; what is hot is prepared again at once.
Prepared Session::prepared(const std::string& text, Failure& refused) {
  if (const auto known = prepared_.find(text); known != prepared_.end()) return known->second;
  if (prepared_.size() >= kMostPrepared) prepared_.clear();
  Prepared statement = prepared_anew(connection_.get(), text, refused);
  if (statement) prepared_.emplace(text, statement);
  return statement;
}

void Session::send_later(std::string_view doing) {
  for (const std::string& statement : std::exchange(later_, {})) execute(statement, doing);
}

bool Session::take_back(std::string_view statement) {
  const auto found = std::find(later_.begin(), later_.end(), statement);
  if (found == later_.end()) return false;
  later_.erase(found, later_.end());
  return true;
}

void Session::begin(const std::string& statement) {
  execute(statement, "beginning a transaction");
  in_transaction_ = true;
}

void Session::end(const std::string& statement, std::string_view doing) {
  later_.clear();
  execute(statement, doing);
  in_transaction_ = false;
}

void Session::fail(const Failure& failure, std::string_view doing) {
  if (ends_connection(failure.code) || failure.code == 0) {
    close();
    throw Lost(ErrorKind::Storage, settings_.shown + ": " + std::string(doing) + ": the connection was lost: " + printable(failure.message),
               "see whether the server runs and can be reached from here, and run again");
  }
  Refused refused(error_for(failure, settings_.shown, doing), failure);
  const bool waited_in_vain = failure.code == kLockWait && server_.whole_rollback && in_transaction_;
  if (waited_in_vain) refused.with_retry_after(kBeforeRepeating);
  if (in_transaction_ && (waited_in_vain || ends_transaction(failure.code))) {
    // A trigger, or another engine's table, may say so of its own: what is left of it must not be committed by the next one's beginning.
    later_.clear();
    in_transaction_ = mysql_query(connection_.get(), "ROLLBACK") != 0;
  }
  throw Refused(refused);
}

}  // namespace lockstep::mysql
