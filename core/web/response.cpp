#include "web/response.h"

#include <boost/beast/http/status.hpp>

namespace lockstep::web {
namespace {

/// Whatever a value holds, it stays one header.
void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  }
  out += "\r\n";
}

}  // namespace

Response text_response(int status, std::string body, std::string type) {
  return {status, {{"Content-Type", std::move(type)}}, std::move(body)};
}

std::string_view reason_of(int status) {
  const auto known = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  return {known.data(), known.size()};
}

std::string head_text(const Response& response, bool close) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(reason_of(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) append_line(out, name, value);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!response.events && !bodiless) append_line(out, "Content-Length", std::to_string(response.body.size()));
  if (close && !response.events) append_line(out, "Connection", "close");
  return out + "\r\n";
}

}  // namespace lockstep::web
