#include "errors.h"

#include <charconv>
#include <chrono>

#include "common/text.h"

namespace lockstep::postgresql {
namespace {

/// How long the transaction that this one gave way to may need.
constexpr std::chrono::milliseconds kBeforeRepeating{50};

std::string field(const PGresult* answer, int which) {
  const char* text = answer == nullptr ? nullptr : PQresultErrorField(answer, which);
  return text == nullptr ? std::string() : text;
}

bool in(std::string_view state, std::initializer_list<std::string_view> states) {
  for (const std::string_view each : states) {
    if (state.starts_with(each)) return true;
  }
  return false;
}

/// "Key (user_id)=(4711) is not present in table "users"."; of a value that is there already only the columns, for it may be anybody's.
std::string about_key(const std::string& state, const std::string& detail) {
  if (!detail.starts_with("Key (")) return {};
  const std::size_t values = detail.find(")=(");
  if (state == "23503") return "; " + detail.substr(0, detail.ends_with('.') ? detail.size() - 1 : detail.size());
  return values == std::string::npos ? std::string() : "; columns " + detail.substr(5, values - 5);
}

Error rejected(const PGresult* answer, const std::string& state, std::string_view doing) {
  std::string text = std::string(doing) + ": " + field(answer, PG_DIAG_MESSAGE_PRIMARY);
  const std::string column = field(answer, PG_DIAG_COLUMN_NAME);
  if (!column.empty() && text.find('"' + column + '"') == std::string::npos) text += " (column \"" + column + "\")";
  return {ErrorKind::Rejected, text + about_key(state, field(answer, PG_DIAG_MESSAGE_DETAIL))};
}

/// What cannot be done with what is there: a name that is wrong, a right that is missing.
Error invalid(const std::string& state, const std::string& where, const std::string& text) {
  Error error(ErrorKind::Invalid, where + text);
  if (in(state, {"42P01", "42703"})) return error.with_hint("run `lockstep migrate`");
  if (state == "42501")
    return error.with_hint("grant it: GRANT SELECT, INSERT, UPDATE ON the table TO the user; CREATE ON SCHEMA for Lockstep's own tables");
  if (in(state, {"3F000"})) return error.with_hint("create the schema, or check the store's `schema`");
  return error;
}

}  // namespace

std::string sqlstate(const PGresult* answer) { return field(answer, PG_DIAG_SQLSTATE); }

Error error_for(const PGresult* answer, const std::string& shown, std::string_view doing) {
  const std::string state = sqlstate(answer), text = field(answer, PG_DIAG_MESSAGE_PRIMARY);
  const std::string where = shown + ": " + std::string(doing) + ": ";
  if (in(state, {"40001", "40P01"})) {
    Error error(ErrorKind::Busy, where + text + "; nothing of it was written", "run again: another program changed the same rows");
    return error.with_retry_after(kBeforeRepeating);
  }
  if (state == "55P03") {
    return {ErrorKind::Busy, shown + " is locked by another program, while " + std::string(doing),
            "wait for it to finish, or raise the store's busy_timeout"};
  }
  if (state == "57014") {
    if (text.find("statement timeout") == std::string::npos) return {ErrorKind::Interrupted, where + text};
    return {ErrorKind::Busy, where + text, "raise the store's statement_timeout"};
  }
  if (state == "25006" || text.find("during recovery") != std::string::npos) {
    return {ErrorKind::Storage, shown + " is read-only: " + text,
            "connect to the primary; a url may name several hosts, and ?target_session_attrs=read-write takes the one that writes"};
  }
  if (in(state, {"22", "23", "54", "P0001", "428C9", "44000"})) return rejected(answer, state, doing);
  if (in(state, {"28"})) return {ErrorKind::Credentials, where + text, "check the store's user and password"};
  if (state == "53100") return {ErrorKind::Storage, where + text, "free some space on the database's machine and run again"};
  if (state == "53300") return {ErrorKind::Busy, where + text, "wait, or raise the server's max_connections"};
  if (in(state, {"08", "53", "57", "58", "XX", "F0"})) return {ErrorKind::Storage, where + text, "see the server's log, and run again"};
  if (state == "26000") {
    return {ErrorKind::Storage, where + text, "a pooler in transaction mode keeps no prepared statements: connect to the database itself"};
  }
  return invalid(state, where, text);
}

// "unnamed portal parameter $3", and "… $3 = '…'" where the server was told to show values.
std::size_t refused_parameter(const PGresult* answer) {
  constexpr std::string_view kWords = "parameter $";
  const std::string context = field(answer, PG_DIAG_CONTEXT);
  const std::size_t at = context.find(kWords);
  std::size_t number = 0;
  if (at != std::string::npos) {
    const char* first = context.c_str() + at + kWords.size();
    std::from_chars(first, context.c_str() + context.size(), number);
  }
  return number;
}

Error connect_error(const std::string& said, const std::string& shown) {
  const auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  std::string text = said;
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  text = shown + " cannot be opened: " + printable(replace_all(text, "\n", "; "));
  // "… for role "app"" and "… for database "app"" are limits of theirs.
  if (says("too many clients") || says("too many connections") || says("remaining connection slots"))
    return {ErrorKind::Busy, text, "wait, or raise the server's max_connections, or the connection limit of the role or the database"};
  if (says("password authentication failed") || says("no password supplied") || says("pg_hba.conf") || says("role \"")) {
    return {ErrorKind::Credentials, text, "check the store's user and password, and the server's pg_hba.conf"};
  }
  if (says("database \"") && says("does not exist")) return {ErrorKind::Invalid, text, "create the database, or check its name"};
  if (says("certificate") || says("SSL") || says("ssl")) {
    return {ErrorKind::Storage, text,
            "give the certificate of the server's authority with `ca_file`; `tls: require` encrypts without looking who answers"};
  }
  if (says("read-only") || says("not accepting")) return {ErrorKind::Storage, text, "wait until the server accepts writes"};
  return {ErrorKind::Storage, text, "see whether the server runs and can be reached from here"};
}

}  // namespace lockstep::postgresql
