#include "web/request_reader.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <limits>

#include "common/text.h"

namespace lockstep::web {
namespace {

namespace beast = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kHeadLimit = std::size_t{16} * 1024;
constexpr std::size_t kMostHeaders = 100;

Refusal refusal_of(const error_code& failure) {
  if (failure == beast::error::header_limit || failure == beast::error::buffer_overflow)
    return {431, "the head of the request is longer than 16 KiB"};
  if (failure == beast::error::body_limit) return {413, "the body of the request is too large"};
  if (failure == beast::error::bad_version) return {505, "the version of HTTP is not 1.1"};
  return {400, "the request is not HTTP/1.1: " + failure.message()};
}

std::string text_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool is_token(boost::beast::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
}

/// Lines end in one way only, and none goes on in the next.
void refuse_lines(std::string_view head) {
  if (head.find('\0') != std::string_view::npos) throw Refusal{400, "the head of the request holds a NUL"};
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\n' && (i == 0 || head[i - 1] != '\r')) throw Refusal{400, "a line of the head ends without a carriage return"};
  }
  if (head.find("\n ") != std::string_view::npos || head.find("\n\t") != std::string_view::npos)
    throw Refusal{400, "a header goes on in the next line"};
  if (static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n')) > kMostHeaders + 2)
    throw Refusal{431, "the request has more than " + std::to_string(kMostHeaders) + " headers"};
}

/// What Beast takes and others read differently.
void refuse_doubtful(const beast::request<beast::string_body>& message) {
  if (message.count(beast::field::host) != 1) throw Refusal{400, "the request has to have one Host header"};
  if (message.count(beast::field::transfer_encoding) > 1 || message.count(beast::field::content_length) > 1)
    throw Refusal{400, "the request says twice how long its body is"};
  const auto length = message[beast::field::content_length];
  if (!std::all_of(length.begin(), length.end(), is_digit)) throw Refusal{400, "Content-Length is no number"};
  const auto encoding = message[beast::field::transfer_encoding];
  if (!encoding.empty() && !equal_ignore_case(text_of(encoding), "chunked")) throw Refusal{400, "the only Transfer-Encoding is chunked"};
  if (!encoding.empty() && message.count(beast::field::content_length) > 0)
    throw Refusal{400, "the request says in two ways how long its body is"};
  if (!encoding.empty() && message.version() == 10) throw Refusal{400, "HTTP/1.0 has no Transfer-Encoding"};
  const auto expect = message[beast::field::expect];
  if (!expect.empty() && !equal_ignore_case(text_of(expect), "100-continue")) throw Refusal{417, "the only Expect is 100-continue"};
  for (const auto& header : message) {
    if (!is_token(header.name_string())) throw Refusal{400, "the name of a header is none"};
  }
}

}  // namespace

struct RequestReader::Parser {
  beast::request_parser<beast::string_body> parser;

  Parser() {
    parser.header_limit(kHeadLimit);
    // That of the route is set once the head is known. None at all would be less than any length (Boost 1.74).
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  /// How many of the bytes were taken.
  std::size_t put(std::string_view bytes) {
    error_code failure;
    const std::size_t taken = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
    if (failure && failure != beast::error::need_more) throw refusal_of(failure);
    return taken;
  }
};

bool RequestReader::receive(const http::Patience& patience) {
  std::array<char, 8192> piece{};
  const std::size_t got = wire_.receive(piece.data(), piece.size(), patience);
  buffer_.append(piece.data(), got);
  return got > 0;
}

std::optional<Request> RequestReader::head(const http::Patience& patience) {
  parser_ = std::make_shared<Parser>();
  // Some clients end a request with one more line than its body has.
  while (buffer_.starts_with("\r\n")) buffer_.erase(0, 2);
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (buffer_.size() > kHeadLimit) throw Refusal{431, "the head of the request is longer than 16 KiB"};
    if (!receive(patience)) {
      if (buffer_.empty()) return std::nullopt;
      throw Refusal{400, "the request ends in its head"};
    }
  }
  const std::string head = buffer_.substr(0, end + 4);
  buffer_.erase(0, head.size());
  refuse_lines(head);
  std::size_t taken = 0;
  while (taken < head.size() && !parser_->parser.is_header_done()) {
    const std::size_t step = parser_->put(std::string_view(head).substr(taken));
    if (step == 0) throw Refusal{400, "the request is not HTTP/1.1"};
    taken += step;
  }
  if (!parser_->parser.is_header_done() || taken != head.size()) throw Refusal{400, "the head of the request is not HTTP/1.1"};
  const auto& message = parser_->parser.get();
  refuse_doubtful(message);
  Request request;
  request.method = text_of(message.method_string());
  request.target = parse_target({message.target().data(), message.target().size()});
  for (const auto& header : message) request.headers.add(text_of(header.name_string()), text_of(header.value()));
  request.host = to_lower(text_of(message[beast::field::host]));
  close_ = !parser_->parser.keep_alive();
  return request;
}

void RequestReader::body(Request& request, const http::Patience& patience, const std::function<void()>& before_waiting) {
  const std::size_t limit = limit_(request);
  const auto length = parser_->parser.content_length();
  if (length && *length > limit) throw Refusal{413, "the body of the request is larger than " + std::to_string(limit) + " bytes"};
  parser_->parser.body_limit(limit);
  parser_->parser.eager(true);
  bool told = request.headers.get("Expect").empty() || !buffer_.empty();
  while (!parser_->parser.is_done()) {
    if (buffer_.empty()) {
      if (!told) before_waiting();
      told = true;
      if (!receive(patience)) throw Refusal{400, "the request ends in its body"};
    }
    const std::size_t taken = parser_->put(buffer_);
    buffer_.erase(0, taken);
    if (taken == 0 && !receive(patience)) throw Refusal{400, "the request ends in its body"};
  }
  request.body = std::move(parser_->parser.get().body());
}

}  // namespace lockstep::web
