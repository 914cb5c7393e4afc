// TestClient: a plain client for the sandbox's own tests. It reads what really came over the wire, so that a short body is seen.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>

#include "format/json.h"
#include "sandbox/sandbox.h"

namespace lockstep::sandbox {

struct Answer {
  int status = 0;
  std::string body;
  Poco::Net::HTTPResponse response;
  Json json() const { return json::parse(body); }
};

using Headers = std::vector<std::pair<std::string, std::string>>;

class TestClient {
 public:
  explicit TestClient(const Sandbox& sandbox)
      : session_("127.0.0.1", sandbox.port()), headers_{{"User-Agent", "test"}, {"Authorization", "Bearer " + sandbox.key()}} {
    session_.setKeepAlive(true);
    session_.setTimeout(Poco::Timespan(20, 0));
  }

  /// In place of User-Agent and Authorization.
  TestClient& with(Headers headers) {
    headers_ = std::move(headers);
    return *this;
  }

  Answer send(const std::string& method, const std::string& path, std::string_view body = {}) {
    Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPMessage::HTTP_1_1);
    request.setKeepAlive(true);
    for (const auto& [name, value] : headers_) request.set(name, value);
    if (!body.empty()) {
      request.setContentType("application/json");
      request.setContentLength(static_cast<std::streamsize>(body.size()));
    }
    session_.sendRequest(request) << body;
    Answer answer;
    auto& stream = session_.receiveResponse(answer.response);
    Poco::StreamCopier::copyToString(stream, answer.body);
    answer.status = answer.response.getStatus();
    return answer;
  }

  Answer get(const std::string& path) { return send("GET", path); }

 private:
  Poco::Net::HTTPClientSession session_;
  Headers headers_;
};

}  // namespace lockstep::sandbox
