// Framing of replies.
#include "sandbox/wire.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include <Poco/Exception.h>

namespace lockstep::sandbox {
namespace {

constexpr std::size_t kChunk = 65536;
constexpr std::size_t kWorthCompressing = 1024;

void send(Poco::Net::StreamSocket& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t piece = std::min<std::size_t>(bytes.size(), 1U << 30);
    const int sent = socket.sendBytes(bytes.data(), static_cast<int>(piece));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string head(const Reply& reply, const Delivery& delivery, std::size_t length, bool compressed) {
  std::string out = "HTTP/1.1 " + std::to_string(reply.status) + ' ' + std::string(reason_phrase(reply.status)) + "\r\n";
  out += "Content-Type: " + reply.content_type + "\r\n";
  if (compressed) out += "Content-Encoding: gzip\r\n";
  out += delivery.chunked ? std::string("Transfer-Encoding: chunked\r\n") : "Content-Length: " + std::to_string(length) + "\r\n";
  out += delivery.keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  for (const auto& [name, value] : reply.headers) out += name + ": " + value + "\r\n";
  return out += "\r\n";
}

void send_chunk(Poco::Net::StreamSocket& socket, std::string_view bytes) {
  std::array<char, 20> size{};
  const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  send(socket, std::string_view(size.data(), static_cast<std::size_t>(digits)));
  send(socket, bytes);
  send(socket, "\r\n");
}

/// Returns false when it was stopped on the way.
bool send_body(Poco::Net::StreamSocket& socket, std::string_view body, const Delivery& delivery, const Clock& clock,
               const std::stop_token& stop) {
  const std::size_t most = delivery.chunked ? kChunk : body.size();
  const std::size_t step = std::max<std::size_t>(1, delivery.drip_bytes > 0 ? delivery.drip_bytes : most);
  while (!body.empty()) {
    const auto piece = body.substr(0, step);
    delivery.chunked ? send_chunk(socket, piece) : send(socket, piece);
    body.remove_prefix(piece.size());
    if (delivery.drip_bytes > 0 && !body.empty() && !clock.sleep(delivery.drip_wait, stop)) return false;
  }
  return true;
}

}  // namespace

bool deliver(Poco::Net::StreamSocket& socket, const Reply& reply, const Delivery& delivery, const Clock& clock, std::stop_token stop) {
  const bool compressed = delivery.gzip && reply.body->plain().size() >= kWorthCompressing;
  const std::string_view body = compressed ? reply.body->gzip() : reply.body->plain();
  const bool whole = !delivery.cut_after || *delivery.cut_after >= body.size();
  std::string opening = head(reply, delivery, body.size(), compressed);
  // Small answers leave in one packet.
  const bool together = whole && !delivery.chunked && delivery.drip_bytes == 0 && body.size() < kChunk;
  if (together) opening += body;
  send(socket, opening);
  bool finished = together || send_body(socket, body.substr(0, delivery.cut_after.value_or(body.size())), delivery, clock, stop);
  if (finished && whole && delivery.chunked) send(socket, "0\r\n\r\n");
  finished = finished && whole && !delivery.close_after;
  if (!finished) close(socket);
  return finished && delivery.keep_alive;
}

void reset(Poco::Net::StreamSocket& socket) {
  socket.setLinger(true, 0);
  socket.close();
}

void close(Poco::Net::StreamSocket& socket) {
  try {
    socket.shutdownSend();
  } catch (const Poco::Exception&) {
    // The peer has gone already.
  }
  socket.close();
}

void wait_for_close(Poco::Net::StreamSocket& socket, std::stop_token stop) {
  const Poco::Timespan patience(0, 50'000);
  while (!stop.stop_requested() && !socket.poll(patience, Poco::Net::Socket::SELECT_READ)) {
  }
  reset(socket);
}

}  // namespace lockstep::sandbox
