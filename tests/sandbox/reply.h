// Reply: what the sandbox answers, before the wire adds framing and compression. Bodies are shared, so a cached page is served
// without a copy, and compressed once.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::sandbox {

/// Immutable bytes of a body and, made on the first demand, their gzip form. Any thread may read it.
class Body {
 public:
  explicit Body(std::string plain) : plain_(std::move(plain)) {}
  const std::string& plain() const { return plain_; }
  const std::string& gzip() const;

 private:
  std::string plain_;
  mutable std::once_flag compressed_;
  mutable std::string gzip_;
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<const Body> body;
};

Reply json_reply(int status, std::string text);
Reply text_reply(int status, std::string content_type, std::string text);
/// The error envelope of the NestJS framework with one message: {"message": "…", "error": "Bad Request", "statusCode": 400}.
Reply envelope(int status, std::string_view message);
/// The same with the array of messages that its validation answers.
Reply envelope(int status, const std::vector<std::string>& messages);
/// "Bad Request" for 400.
std::string_view reason_phrase(int status);

}  // namespace lockstep::sandbox
