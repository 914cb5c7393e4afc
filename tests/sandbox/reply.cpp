// Bodies, their compression, and the error envelope.
#include "sandbox/reply.h"

#include <zlib.h>

#include <stdexcept>

#include <Poco/Net/HTTPResponse.h>

#include "data/json.h"
#include "format/json.h"

namespace lockstep::sandbox {
namespace {

/// Level 1: the sandbox must not become the slow side of a measurement.
std::string compress(const std::string& plain) {
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  if (deflateInit2(&stream, 1, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib refused to start");
  std::string out(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib could not finish a body");
  return out;
}

Reply envelope_of(int status, Json message) {
  Json::Object members;
  members.emplace_back("message", std::move(message));
  members.emplace_back("error", Json(reason_phrase(status)));
  members.emplace_back("statusCode", Json(status));
  return json_reply(status, json::to_text(Json(std::move(members))));
}

}  // namespace

const std::string& Body::gzip() const {
  std::call_once(compressed_, [this] { gzip_ = compress(plain_); });
  return gzip_;
}

Reply json_reply(int status, std::string text) { return text_reply(status, "application/json; charset=utf-8", std::move(text)); }

Reply text_reply(int status, std::string content_type, std::string text) {
  Reply reply;
  reply.status = status;
  reply.content_type = std::move(content_type);
  reply.body = std::make_shared<const Body>(std::move(text));
  return reply;
}

Reply envelope(int status, std::string_view message) { return envelope_of(status, Json(message)); }

Reply envelope(int status, const std::vector<std::string>& messages) {
  return envelope_of(status, Json(Json::Array(messages.begin(), messages.end())));
}

std::string_view reason_phrase(int status) {
  return Poco::Net::HTTPResponse::getReasonForStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
}

}  // namespace lockstep::sandbox
