// HTTP answers on any bytes, through a socket: they end as a whole answer or as a Failure, and a whole one is what its head promised.
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/text.h"
#include "data/record.h"
#include "fuzz/law.h"
#include "http/answer.h"
#include "http/failure.h"

namespace lockstep::fuzz {
namespace {

constexpr std::size_t kCap = 1U << 20U;
/// What a socket takes without a reader.
constexpr std::size_t kLongest = 64 * 1024;

class Attached : public Poco::Net::Socket {
 public:
  explicit Attached(int descriptor) : Socket(new Poco::Net::StreamSocketImpl(descriptor)) {}
};

/// The reader's end of a connection on which `bytes` came and then the end.
Poco::Net::StreamSocket answered(std::string_view bytes) {
  int ends[2];
  law(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "there is a socket");
  law(bytes.empty() || ::send(ends[1], bytes.data(), bytes.size(), 0) == static_cast<long>(bytes.size()), "the bytes are sent");
  ::close(ends[1]);
  Poco::Net::StreamSocket socket{Attached(ends[0])};
  socket.setBlocking(false);
  return socket;
}

struct Answer {
  bool whole = false;
  http::Head head;
  http::BodySize size;
  std::string body;
};

Answer read(std::string_view bytes) {
  static const std::stop_source never;
  const http::Patience patience(Deadline(), never.get_token(), system_clock());
  http::Wire wire(answered(bytes));
  Answer out;
  try {
    out.head = http::read_head(wire, patience);
    out.size = http::read_body(wire, out.head, kCap, out.body, patience);
    out.whole = true;
  } catch (const http::Failure& failure) {
    law(!failure.text.empty() && is_utf8(failure.text), "a failure says why, readably", failure.text);
  }
  return out;
}

void check(const Answer& answer) {
  const http::Head& head = answer.head;
  law(head.status >= 200 && head.status <= 599, "a status is final");
  law(answer.body.size() == answer.size.body + kPagePadding, "a body is padded");
  law(answer.body.substr(answer.size.body) == std::string(kPagePadding, '\0'), "the padding is zero");
  law(answer.size.body <= kCap, "a body stays within its cap");
  const auto lengths = head.headers.all("Content-Length");
  if (!lengths.empty() && head.status != 204 && head.status != 304) {
    law(std::to_string(answer.size.received) ==
            std::string(lengths[0]).substr(std::min(lengths[0].find_first_not_of('0'), lengths[0].size() - 1)),
        "a body is as long as its head said", lengths[0]);
    law(head.headers.get("Transfer-Encoding").empty(), "a length and chunks are never taken together");
  }
  for (const auto& [name, value] : head.headers.fields()) {
    law(name.find_first_of(std::string_view(" \t:\r\n\0", 6)) == std::string::npos, "a field's name is a word", name);
    law(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "a field's value is one line", value);
  }
}

}  // namespace
}  // namespace lockstep::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep::fuzz;
  const std::string_view bytes = text_of(data, size).substr(0, kLongest);
  const Answer answer = read(bytes);
  if (!answer.whole) return 0;
  check(answer);
  // What stands behind an answer whose end is certain is no part of it.
  if (!answer.size.reusable) return 0;
  const Answer followed = read(std::string(bytes) + "HTTP/1.1 500 next\r\n\r\n");
  law(followed.whole && followed.body == answer.body, "the next answer is no part of this one", bytes);
  return 0;
}
