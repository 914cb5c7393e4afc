#include "session.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

namespace lockstep::postgresql {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kMostPrepared = 256;
/// What another program's commit takes, not its import.
constexpr Millis kMostAfterStop{500};
constexpr Millis kLook{50};

void swallow(void*, const PGresult*) {}

std::string milliseconds(Millis time) { return std::to_string(time.count()); }

/// Settings of the session that this plugin leans on, whatever the server's own are; one that a server does not know is left out.
///
/// client_connection_check_interval frees the locks of a program that was killed in the middle of a statement,
/// idle_in_transaction_session_timeout those of one that was frozen. Where the server has lz4 and nobody has said what long values are
/// compressed with, what this session writes takes it: the server is busy with pglz for a quarter of an import.
constexpr const char* kSetUp =
    "SELECT set_config(s.name, v.value, false) FROM (VALUES ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), "
    "('extra_float_digits', '1'), ('bytea_output', 'hex'), ('row_security', 'on'), ('client_min_messages', 'warning'), "
    "('idle_in_transaction_session_timeout', '60000'), ('client_connection_check_interval', '500'), ('lock_timeout', $1), "
    "('statement_timeout', $2), ('default_toast_compression', 'lz4')) AS v(name, value) JOIN pg_catalog.pg_settings AS s "
    "ON lower(s.name) = lower(v.name) WHERE v.name <> 'default_toast_compression' OR (s.source = 'default' AND v.value = ANY (s.enumvals))";

bool is_failure(const PGresult* answer) {
  const ExecStatusType status = PQresultStatus(answer);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY;
}

}  // namespace

std::string_view text_at(const PGresult* answer, int row, int column) {
  return {PQgetvalue(answer, row, column), static_cast<std::size_t>(PQgetlength(answer, row, column))};
}

PGconn* connect(const Settings& settings) {
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : settings.keywords) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* connection = PQconnectdbParams(keywords.data(), values.data(), 0);
  if (connection == nullptr) throw Error(ErrorKind::Storage, "not enough memory for a connection to " + settings.shown);
  if (PQstatus(connection) == CONNECTION_OK) return connection;
  Error error = connect_error(PQerrorMessage(connection), settings.shown);
  PQfinish(connection);
  throw error;
}

void Session::open() {
  if (connection_) return;
  connection_.reset(connect(settings_));
  try {
    set_up();
  } catch (...) {
    close();
    throw;
  }
}

void Session::close() {
  connection_.reset();
  prepared_.clear();
  later_.clear();
}

bool Session::has_ended() { return !connection_ || PQconsumeInput(handle()) != 1 || PQstatus(handle()) != CONNECTION_OK; }

void Session::set_up() {
  constexpr int kOldest = 120000;
  if (PQserverVersion(handle()) < kOldest) {
    throw Error(ErrorKind::Invalid, settings_.shown + " is version " + std::to_string(PQserverVersion(handle()) / 10000) + " of PostgreSQL",
                "it must be 12 or newer");
  }
  PQsetNoticeReceiver(handle(), swallow, nullptr);
  if (PQsetnonblocking(handle(), 1) != 0 || PQenterPipelineMode(handle()) != 1) lose("opening");
  const std::string lock = milliseconds(settings_.busy_timeout), statement = milliseconds(settings_.statement_timeout);
  run({kSetUp, {borrowed(lock), borrowed(statement)}}, "opening");
  if (settings_.schema.empty()) return;
  const Answer there = run({"SELECT set_config('search_path', quote_ident(nspname), false) FROM pg_catalog.pg_namespace WHERE nspname = $1",
                            {borrowed(settings_.schema)}},
                           "opening");
  if (PQntuples(there.get()) == 0) {
    throw Error(ErrorKind::Invalid, settings_.shown + ": there is no schema \"" + settings_.schema + "\"",
                "create the schema, or check the store's `schema`");
  }
}

// A pooler makes up a number for each of its clients.
void Session::refuse_a_pooler() {
  const Answer answer = run({"SELECT pg_backend_pid()"}, "looking who answers");
  if (text_at(answer.get(), 0, 0) == std::to_string(PQbackendPID(handle()))) return;
  throw Error(ErrorKind::Invalid,
              settings_.shown +
                  " is reached through a pooler, which may give the connection that holds a lease to somebody else: two runs could "
                  "write at once",
              "connect to the database itself, as migrations do");
}

bool Session::in_transaction() const {
  if (!connection_ || PQstatus(handle()) != CONNECTION_OK) return false;
  const PGTransactionStatusType status = PQtransactionStatus(handle());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool Session::is_failed() const { return connection_ && PQtransactionStatus(handle()) == PQTRANS_INERROR; }

Answer Session::run(Request request, std::string_view doing, Millis patience) {
  return std::move(run(std::span(&request, 1), doing, patience).front());
}

void Session::send_one(const Request& request, std::size_t number, std::vector<Sent>& sent) {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  for (const Spelled& parameter : request.parameters) {
    values.push_back(parameter.data);
    lengths.push_back(parameter.size);
    formats.push_back(parameter.binary ? 1 : 0);
  }
  const int count = static_cast<int>(values.size());
  const auto need = [&](int done) {
    if (done != 1) throw Error(ErrorKind::Storage, settings_.shown + ": " + PQerrorMessage(handle()));
  };
  if (!request.keep) {
    need(PQsendQueryParams(handle(), request.text.c_str(), count, nullptr, values.data(), lengths.data(), formats.data(), 0));
    sent.push_back({number, {}});
    return;
  }
  std::string& name = prepared_[request.text];
  if (name.empty()) {
    name = "lockstep_" + std::to_string(++statements_);
    need(PQsendPrepare(handle(), name.c_str(), request.text.c_str(), 0, nullptr));
    sent.push_back({number, request.text});
  }
  need(PQsendQueryPrepared(handle(), name.c_str(), count, values.data(), lengths.data(), formats.data(), 0));
  sent.push_back({number, {}});
}

void Session::send(std::span<const Request> requests, std::vector<Sent>& sent) {
  if (prepared_.size() > kMostPrepared && !is_failed()) {
    // Ever new texts (updates of ever other columns) must not pile up; what is hot is prepared again at once.
    prepared_.clear();
    send_one({"DEALLOCATE ALL"}, kNone, sent);
  }
  const std::vector<std::string> later = std::exchange(later_, {});
  for (const std::string& statement : later) send_one({statement}, kNone, sent);
  for (std::size_t i = 0; i < requests.size(); ++i) send_one(requests[i], i, sent);
  if (PQpipelineSync(handle()) != 1) throw Error(ErrorKind::Storage, settings_.shown + ": " + PQerrorMessage(handle()));
}

std::vector<Answer> Session::run(std::span<const Request> requests, std::string_view doing, Millis patience) {
  open();
  std::vector<Sent> sent;
  try {
    send(requests, sent);
  } catch (const Error&) {
    lose(doing);
  }
  Wait wait;
  if (patience > Millis::zero()) wait.patience = Deadline::after(patience);
  std::vector<Answer> answers;
  answers.reserve(requests.size());
  std::optional<Refused> refused;
  for (const Sent& one : sent) {
    // Every statement answers once, and then nothing.
    Answer answer;
    for (;;) {
      await(wait);
      Answer next(PQgetResult(handle()));
      if (!next) break;
      answer = std::move(next);
    }
    if (!answer || PQstatus(handle()) != CONNECTION_OK) lose(doing);
    if (is_failure(answer.get())) {
      if (!one.prepared.empty()) prepared_.erase(one.prepared);
      if (!refused) refused.emplace(failure_of(answer.get(), doing, wait), one.request, refused_parameter(answer.get()));
    } else if (one.request != kNone && one.prepared.empty()) {
      answers.push_back(std::move(answer));
    }
  }
  await(wait);
  const Answer end(PQgetResult(handle()));
  if (!end || PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) lose(doing);
  if (refused) throw *std::move(refused);
  return answers;
}

void Session::await(Wait& wait) {
  for (;;) {
    const int unsent = PQflush(handle());
    if (unsent < 0 || PQisBusy(handle()) == 0) return;
    pollfd ready{PQsocket(handle()), static_cast<short>(POLLIN | (unsent == 1 ? POLLOUT : 0)), 0};
    const bool looks = !wait.patience.never() || stop_.stop_possible();
    const int count = poll(&ready, 1, looks ? static_cast<int>(kLook.count()) : -1);
    if (count < 0 && errno != EINTR) return;
    // Input is taken in also where the socket only takes output, so that neither side waits for the other.
    if (PQconsumeInput(handle()) != 1) return;
    if (wait.cut == Cut::None) heed(wait);
  }
}

void Session::heed(Wait& wait) {
  if (!wait.patience.never() && wait.patience.over()) {
    wait.cut = Cut::Patience;
    return cancel();
  }
  if (!stop_.stop_requested()) return;
  if (!wait.stopped) wait.stopped = Deadline::after(kMostAfterStop);
  if (!wait.stopped->over()) return;
  wait.stopped = Deadline::after(kMostAfterStop);
  if (!waits_for_a_lock()) return;
  wait.cut = Cut::Stop;
  cancel();
}

void Session::cancel() {
  std::array<char, 256> why{};
  const std::unique_ptr<PGcancel, void (*)(PGcancel*)> ticket(PQgetCancel(handle()), PQfreeCancel);
  if (ticket) PQcancel(ticket.get(), why.data(), static_cast<int>(why.size()));
}

bool Session::waits_for_a_lock() const {
  try {
    const std::unique_ptr<PGconn, Close> other(connect(settings_));
    const std::string process = std::to_string(PQbackendPID(handle()));
    const char* values[] = {process.c_str()};
    const Answer answer(
        PQexecParams(other.get(), "SELECT cardinality(pg_catalog.pg_blocking_pids($1)) > 0", 1, nullptr, values, nullptr, nullptr, 0));
    return PQresultStatus(answer.get()) == PGRES_TUPLES_OK && text_at(answer.get(), 0, 0) == "t";
  } catch (const Error&) {
    return false;
  }
}

Error Session::failure_of(const PGresult* answer, std::string_view doing, const Wait& wait) const {
  if (wait.cut != Cut::None && sqlstate(answer) == "57014") {
    if (wait.cut == Cut::Stop) {
      return {ErrorKind::Interrupted, "interrupted while waiting for another program that locks " + settings_.shown};
    }
    return {ErrorKind::Busy, std::string(doing) + " takes longer than it may", "ask for fewer rows, by columns that have an index"};
  }
  return error_for(answer, settings_.shown, doing);
}

void Session::lose(std::string_view doing) {
  std::string why = connection_ ? PQerrorMessage(handle()) : "";
  while (!why.empty() && why.back() == '\n') why.pop_back();
  close();
  throw Lost(ErrorKind::Storage,
             settings_.shown + ": " + std::string(doing) + ": the connection was lost" + (why.empty() ? "" : ": " + why),
             "see whether the server runs and can be reached from here, and run again");
}

}  // namespace lockstep::postgresql
