#include "web/event_hub.h"

#include <Poco/Net/SecureStreamSocket.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/random.h"

namespace lockstep::web {
namespace {

/// How long a browser waits before it comes back.
constexpr std::string_view kOpening = "retry: 3000\n\n";
constexpr Millis kLongestWait{1000};

std::string text_of(const Event& event) { return "id: " + event.id + "\nevent: " + event.name + "\ndata: " + event.data + "\n\n"; }

}  // namespace

struct EventHub::Stream {
  Stream() = default;
  /// Whoever accepted the socket may have it still: it is closed, not only forgotten.
  ~Stream() {
    try {
      socket.close();
    } catch (const std::exception&) {
      // It is gone already.
    }
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Poco::Net::StreamSocket socket;
  std::shared_ptr<Subscription> subscription;
  std::string unsent;
  SteadyTime next_ping;
  bool over = false;
};

EventHub::EventHub(HubBounds bounds, const Clock& clock)
    : bounds_(bounds), clock_(clock), boot_(to_hex(system_random(4))), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

EventHub::~EventHub() {
  stop();
  if (wake_ >= 0) ::close(wake_);
}

void EventHub::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void EventHub::publish(std::string name, std::string data, std::vector<std::string> topics) {
  {
    const std::lock_guard lock(mutex_);
    Event event{boot_ + "-" + std::to_string(++count_), std::move(name), std::move(data), std::move(topics)};
    const std::string text = text_of(event);
    for (const auto& stream : streams_) {
      if (stream->subscription->wants(event)) stream->unsent += text;
    }
    events_.push_back(std::move(event));
    if (events_.size() > bounds_.remembered) events_.pop_front();
  }
  wake();
}

void EventHub::adopt(const Poco::Net::StreamSocket& socket, std::shared_ptr<Subscription> subscription) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || streams_.size() >= bounds_.streams) return;
    auto stream = std::make_unique<Stream>();
    stream->socket = socket;
    stream->subscription = std::move(subscription);
    stream->next_ping = clock_.steady() + bounds_.ping;
    begin(*stream);
    streams_.push_back(std::move(stream));
  }
  wake();
}

/// What the client missed since the last event that it saw.
void EventHub::begin(Stream& stream) {
  stream.unsent = kOpening;
  const std::string& last = stream.subscription->last();
  if (last.empty()) return;
  const auto seen = std::find_if(events_.begin(), events_.end(), [&](const Event& event) { return event.id == last; });
  if (seen == events_.end()) {
    stream.unsent += text_of({boot_ + "-" + std::to_string(count_), "reset", "{}", {}});
    return;
  }
  for (auto event = std::next(seen); event != events_.end(); ++event) {
    if (stream.subscription->wants(*event)) stream.unsent += text_of(*event);
  }
}

std::size_t EventHub::streams() const {
  const std::lock_guard lock(mutex_);
  return streams_.size();
}

bool EventHub::flush(Stream& stream) const {
  try {
    while (!stream.unsent.empty()) {
      if (stream.socket.secure()) {
        const int sent = stream.socket.sendBytes(stream.unsent.data(), static_cast<int>(stream.unsent.size()));
        if (sent <= 0) break;
        stream.unsent.erase(0, static_cast<std::size_t>(sent));
        continue;
      }
      const ssize_t sent = ::send(stream.socket.impl()->sockfd(), stream.unsent.data(), stream.unsent.size(), MSG_NOSIGNAL);
      if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) break;
      if (sent < 0) return false;
      stream.unsent.erase(0, static_cast<std::size_t>(sent));
    }
  } catch (const std::exception&) {
    return false;
  }
  return stream.unsent.size() <= bounds_.unsent;
}

/// Pings, ends, and forgets what is over.
void EventHub::sweep() {
  const SteadyTime now = clock_.steady();
  for (const auto& stream : streams_) {
    if (now >= stream->next_ping) {
      stream->next_ping = now + bounds_.ping;
      stream->unsent += ": ping\n\n";
      if (!stream->subscription->alive()) {
        stream->unsent += "event: bye\ndata: {}\n\n";
        flush(*stream);
        stream->over = true;
      }
    }
    if (!stream->over && !flush(*stream)) stream->over = true;
  }
  std::erase_if(streams_, [](const auto& stream) { return stream->over; });
}

void EventHub::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> watched{{wake_, POLLIN, 0}};
    {
      const std::lock_guard lock(mutex_);
      sweep();
      for (const auto& stream : streams_) {
        const short wanted = stream->unsent.empty() ? POLLIN : POLLIN | POLLOUT;
        watched.push_back({stream->socket.impl()->sockfd(), wanted, 0});
      }
    }
    ::poll(watched.data(), watched.size(), static_cast<int>(kLongestWait.count()));
    std::uint64_t drained = 0;
    [[maybe_unused]] const auto got = ::read(wake_, &drained, sizeof drained);
    const std::lock_guard lock(mutex_);
    // A client has nothing to say on a stream: whatever comes is its end.
    for (std::size_t i = 1; i < watched.size() && i <= streams_.size(); ++i) {
      if (watched[i].fd == streams_[i - 1]->socket.impl()->sockfd() && (watched[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
        streams_[i - 1]->over = true;
    }
  }
}

void EventHub::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
  }
  thread_.request_stop();
  wake();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  for (const auto& stream : streams_) {
    stream->unsent += "event: bye\ndata: {}\n\n";
    flush(*stream);
  }
  streams_.clear();
}

}  // namespace lockstep::web
