// EventHub: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). One thread writes all streams, so that
// a client that listens costs a socket and no thread. The last events are kept: who comes back with the id of the last one it saw is
// given what it missed, or told with "reset" to ask for everything anew.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/time.h"

namespace lockstep::web {

struct Event {
  std::string id;                   ///< "BOOT-17"; given by the hub
  std::string name;                 ///< "run.finished"
  std::string data;                 ///< one JSON text
  std::vector<std::string> topics;  ///< what it is about, for filters
};

/// What one client listens to.
class Subscription {
 public:
  using Wanted = std::function<bool(const Event&)>;
  /// `last`: the Last-Event-ID of the client, or empty. `alive` is asked now and then: once it says no, the stream is closed with "bye".
  Subscription(Wanted wanted, std::string last, std::function<bool()> alive)
      : wanted_(std::move(wanted)), last_(std::move(last)), alive_(std::move(alive)) {}

  bool wants(const Event& event) const { return !wanted_ || wanted_(event); }
  const std::string& last() const { return last_; }
  bool alive() const { return !alive_ || alive_(); }

 private:
  Wanted wanted_;
  std::string last_;
  std::function<bool()> alive_;
};

struct HubBounds {
  std::size_t streams = 256;
  std::size_t remembered = 1000;                 ///< events
  std::size_t unsent = std::size_t{256} * 1024;  ///< bytes that a client may be behind; then its stream is closed
  Millis ping{15'000};                           ///< a comment, so that proxies keep the stream
};

/// Any thread.
class EventHub {
 public:
  explicit EventHub(HubBounds bounds, const Clock& clock);
  /// As stop().
  ~EventHub();
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;

  void publish(std::string name, std::string data, std::vector<std::string> topics);
  /// Takes over a socket, non-blocking, on which the head of the answer was sent. Without room the stream is closed at once: the client
  /// comes back by itself.
  void adopt(const Poco::Net::StreamSocket& socket, std::shared_ptr<Subscription> subscription);
  std::size_t streams() const;
  /// Says "bye" to all and closes.
  void stop();

 private:
  struct Stream;

  void work(const std::stop_token& stop);
  void wake() const;
  void begin(Stream& stream);
  /// Sends what the socket takes; false when the stream is over.
  bool flush(Stream& stream) const;
  void sweep();

  const HubBounds bounds_;
  const Clock& clock_;
  const std::string boot_;
  int wake_ = -1;  ///< eventfd
  mutable std::mutex mutex_;
  std::uint64_t count_ = 0;
  std::deque<Event> events_;
  std::vector<std::unique_ptr<Stream>> streams_;
  bool closed_ = false;
  std::jthread thread_;
};

}  // namespace lockstep::web
