// Wire: puts a reply on the socket by hand, because the faults need what a web server prevents: short bodies, missing last chunks,
// resets. Whole bodies go out in one send, which keeps the sandbox cheap under measurement.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>

#include <Poco/Net/StreamSocket.h>

#include "common/time.h"
#include "sandbox/reply.h"

namespace lockstep::sandbox {

struct Delivery {
  bool gzip = false;
  bool chunked = false;
  bool keep_alive = true;
  bool close_after = false;              ///< closes although the header promised keep-alive
  std::optional<std::size_t> cut_after;  ///< so many bytes of the body, then a close
  std::size_t drip_bytes = 0;            ///< 0: at once
  Millis drip_wait{0};
};

/// Sends the reply; true when the connection can carry another request.
bool deliver(Poco::Net::StreamSocket& socket, const Reply& reply, const Delivery& delivery, const Clock& clock, std::stop_token stop);
/// Closes so that the peer sees a reset.
void reset(Poco::Net::StreamSocket& socket);
/// Closes in order.
void close(Poco::Net::StreamSocket& socket);
/// Waits until the peer goes away or `stop` is requested.
void wait_for_close(Poco::Net::StreamSocket& socket, std::stop_token stop);

}  // namespace lockstep::sandbox
