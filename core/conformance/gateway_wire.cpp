#include "conformance/gateway_wire.h"

#include <algorithm>
#include <array>

#include "common/text.h"

namespace lockstep::conformance {
namespace {

constexpr std::size_t kLongestHead = 64 * 1024;
constexpr std::string_view kEnd = "\r\n\r\n";

void send_all(Poco::Net::StreamSocket& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const int sent = socket.sendBytes(bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string hexadecimal(std::size_t number) {
  std::array<char, 20> digits{};
  std::snprintf(digits.data(), digits.size(), "%zx", number);
  return digits.data();
}

bool stays(std::string_view name) {
  constexpr std::string_view kOwn[] = {"host", "connection", "accept-encoding", "content-length", "user-agent", "transfer-encoding"};
  return std::none_of(std::begin(kOwn), std::end(kOwn), [&](std::string_view own) { return equal_ignore_case(name, own); });
}

}  // namespace

std::string read_head(Poco::Net::StreamSocket& socket) {
  std::string head;
  std::array<char, 4096> block{};
  while (head.find(kEnd) == std::string::npos) {
    const int got = socket.receiveBytes(block.data(), static_cast<int>(block.size()));
    if (got <= 0 || head.size() > kLongestHead) return {};
    head.append(block.data(), static_cast<std::size_t>(got));
  }
  return head.substr(0, head.find(kEnd) + kEnd.size());
}

std::string target_of(std::string_view head) {
  const std::size_t first = head.find(' ');
  const std::size_t last = head.find(' ', first + 1);
  return first == std::string_view::npos ? std::string() : std::string(head.substr(first + 1, last - first - 1));
}

std::vector<std::pair<std::string, std::string>> headers_to_pass(std::string_view head) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::vector<std::string> lines = split(replace_all(std::string(head), "\r\n", "\n"), '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::size_t colon = lines[i].find(':');
    if (colon == std::string::npos || !stays(lines[i].substr(0, colon))) continue;
    out.emplace_back(lines[i].substr(0, colon), trim(std::string_view(lines[i]).substr(colon + 1)));
  }
  return out;
}

void deliver(Poco::Net::StreamSocket& socket, const GatewayAnswer& answer) {
  using Delivery = GatewayAnswer::Delivery;
  if (answer.delivery == Delivery::Reset) {
    socket.setLinger(true, 0);
    return socket.close();
  }
  const bool chunked = answer.delivery == Delivery::CutChunked;
  const std::string_view half = std::string_view(answer.body).substr(0, answer.body.size() / 2);
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Answer\r\nConnection: close\r\n";
  const auto typed = [](const auto& header) { return equal_ignore_case(header.first, "Content-Type"); };
  if (std::none_of(answer.headers.begin(), answer.headers.end(), typed)) head += "Content-Type: application/json\r\n";
  for (const auto& [name, value] : answer.headers) head += name + ": " + value + "\r\n";
  head += chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: " + std::to_string(answer.body.size()) + std::string(kEnd);
  send_all(socket, head);
  if (chunked) {
    send_all(socket, hexadecimal(half.size()) + "\r\n" + std::string(half) + "\r\n");
  } else {
    send_all(socket, answer.delivery == Delivery::CutLength ? half : std::string_view(answer.body));
  }
}

}  // namespace lockstep::conformance
