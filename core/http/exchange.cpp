#include "http/exchange.h"

#include <algorithm>

#include "common/log.h"

namespace lockstep::http {
namespace {

constexpr Millis kMostIdle{30'000};
/// A request that must not be repeated goes only on a connection that was in use a moment ago: the fewer doubtful ends, the better.
constexpr Millis kMostIdleForWrites{2'000};

/// What says why a request was refused is short; a page of that size tells nothing.
constexpr std::size_t kMostOfARefusal = std::size_t{1} << 20U;
/// Reading JSON takes a multiple of its bytes: of larger answers that many requests get at once, one is worked on at a time.
constexpr std::size_t kLarge = std::size_t{1} << 20U;
/// Larger bodies are told by their size: to mask them costs far more memory than they have bytes.
constexpr std::size_t kMostShown = std::size_t{8} << 20U;

/// A place among the large answers, held by the response.
struct Turn {
  Turn(std::shared_ptr<Gate> of, const Patience& patience) : gate(std::move(of)), ticket(gate->enter(patience)) {}
  std::shared_ptr<Gate> gate;
  Gate::Ticket ticket;
};

std::string shown(const Request& request, std::string_view body) {
  return body.size() > kMostShown ? "(" + std::to_string(body.size() >> 20U) + " MiB, not shown)" : request.mask(body);
}

std::string compose(const Request& request, const std::string& target, const Route& route) {
  refuse_control_characters(target, "the request's path");
  std::string out(to_string(request.method));
  out += " " + target + " HTTP/1.1\r\nHost: " + route.target.authority() + "\r\nUser-Agent: " + route.user_agent +
         "\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n";
  for (const auto& [name, value] : request.headers) {
    refuse_control_characters(value, "header " + name);
    out += name + ": " + value + "\r\n";
  }
  if (request.method == Method::Get) return out + "\r\n";
  return out + "Content-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
}

/// RFC 8259, 8.1: a reader may ignore the mark that some servers begin a JSON text with. How many bytes it had.
std::size_t drop_byte_order_mark(std::string& buffer) {
  static constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (!buffer.starts_with(kMark)) return 0;
  buffer.erase(0, kMark.size());
  return kMark.size();
}

void count(Meter& meter, Method method) {
  switch (method) {
    case Method::Get: ++meter.get; break;
    case Method::Post: ++meter.post; break;
    case Method::Patch: ++meter.patch; break;
  }
}

}  // namespace

void refuse_control_characters(std::string_view text, const std::string& what) {
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  if (!clean) throw Error(ErrorKind::Invalid, what + " holds a line break or another control character");
}

BodySize Exchange::receive(Wire& wire, const Head& head, const Request& request, std::string& buffer, Response& response,
                           const Patience& patience) const {
  std::size_t cap = request.most_bytes != 0 ? std::min(request.most_bytes, body_cap_) : body_cap_;
  if (head.status >= 400) cap = std::min(cap, kMostOfARefusal);
  const auto await_turn = [&](std::size_t bytes) {
    if (request.most_bytes != 0 && bytes > kLarge && !response.turn) response.turn = std::make_shared<Turn>(large_, patience);
  };
  return read_body(wire, head, cap, buffer, patience, await_turn);
}

void Exchange::transfer(const Request& request, const std::string& text, Attempt& out, std::string& buffer, const Patience& patience,
                        bool fresh) {
  const Millis most_idle = request.method == Method::Get ? kMostIdle : kMostIdleForWrites;
  std::unique_ptr<Wire> wire = fresh ? nullptr : pool_.take(most_idle);
  out.on_used_connection = wire != nullptr;
  if (!wire) wire = connect(route_, patience);
  out.outcome.request_begun = true;
  wire->send(text, patience);
  Head head = read_head(*wire, patience);
  out.outcome.status = head.status;
  BodySize size = receive(*wire, head, request, buffer, out.response, patience);
  size.body -= drop_byte_order_mark(buffer);
  out.received = size.received;
  out.response.status = head.status;
  out.response.reason = std::move(head.reason);
  out.response.headers = std::move(head.headers);
  out.response.body_size = size.body;
  if (size.reusable) pool_.put(std::move(wire));
}

Attempt Exchange::run(const Request& request, const std::string& target, std::string& buffer, Meter& meter, const Patience& patience,
                      bool fresh) {
  Attempt out;
  const std::string text = compose(request, target, route_);
  const SteadyTime begin = clock_.steady();
  count(meter, request.method);
  try {
    transfer(request, text, out, buffer, patience, fresh);
    out.outcome.retry_after = parse_retry_after(out.response.headers.get("Retry-After"), clock_.now());
    out.response.retry_after = out.outcome.retry_after;
    out.response.effect = effect_of(request.method, out.outcome);
    out.response.buffer = std::move(buffer);
  } catch (const Failure& failure) {
    out.failure = failure;
    out.outcome.cause = failure.cause;
  }
  meter.bytes_received += out.received;
  report(request, target, out, begin);
  return out;
}

/// One line a request, the bodies at level Trace where the request says how to mask them.
void Exchange::report(const Request& request, const std::string& target, const Attempt& attempt, SteadyTime begin) const {
  if (!log::enabled(log::Level::Debug)) return;
  const std::string method(to_string(request.method));
  const std::string path = loggable_target(target);
  const std::int64_t took = std::chrono::duration_cast<Millis>(clock_.steady() - begin).count();
  if (attempt.failure) {
    log::debug("request failed", {{"method", method}, {"path", path}, {"error", attempt.failure->text}, {"ms", took}});
    return;
  }
  log::debug("request", {{"method", method},
                         {"path", path},
                         {"status", std::int64_t{attempt.response.status}},
                         {"ms", took},
                         {"bytes", static_cast<std::int64_t>(attempt.received)}});
  if (!request.mask || !log::enabled(log::Level::Trace)) return;
  if (!request.body.empty()) log::write(log::Level::Trace, "request body", {{"path", path}, {"body", shown(request, request.body)}});
  log::write(log::Level::Trace, "answer body", {{"path", path}, {"body", shown(request, attempt.response.body())}});
}

}  // namespace lockstep::http
