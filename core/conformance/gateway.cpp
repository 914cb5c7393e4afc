#include "conformance/gateway.h"

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "common/text.h"
#include "conformance/gateway_wire.h"
#include "http/client.h"

namespace lockstep::conformance {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

http::ClientOptions client_options(const http::Url& url, const std::string& ca_file) {
  http::ClientOptions options;
  options.base_url = url.origin();
  options.user_agent = "lockstep";
  options.ca_file = ca_file;
  options.retry.retries = 4;  // a service that asks to wait is waited for, as in a run
  return options;
}

/// Headers of this connection, or of how the body came, are the gateway's own.
bool belongs_to_answer(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kOwn{"connection", "keep-alive",       "transfer-encoding", "content-length",
                                                        "trailer",    "content-encoding", "content-type",      "upgrade"};
  return std::find(kOwn.begin(), kOwn.end(), to_lower(name)) == kOwn.end();
}

}  // namespace

struct Gateway::Implementation {
  Implementation(const std::string& base_url, const std::string& ca_file)
      : url(http::parse_base_url(base_url)),
        client(client_options(url, ca_file)),
        server(Poco::Net::SocketAddress("127.0.0.1", 0), 64),
        acceptor([this](const std::stop_token& stop) { accept(stop); }) {}

  ~Implementation() {
    set(nullptr, false);
    acceptor.request_stop();
    acceptor.join();
    std::list<Poco::Net::StreamSocket> open;
    {
      const std::lock_guard lock(mutex);
      open = sockets;
    }
    for (Poco::Net::StreamSocket& socket : open) shut(socket);
    workers.clear();
  }

  static void shut(Poco::Net::StreamSocket& socket) {
    try {
      socket.shutdown();
    } catch (const Poco::Exception&) {
      // It is closed already.
    }
  }

  void set(Alter with, bool instead) {
    const std::lock_guard lock(mutex);
    alter = std::move(with);
    replaces = instead;
    count = 0;
    ++generation;
    changed.notify_all();
  }

  void accept(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!server.poll(Poco::Timespan(0, 10'000), Poco::Net::Socket::SELECT_READ)) continue;
      const std::lock_guard lock(mutex);
      const auto place = sockets.insert(sockets.end(), server.acceptConnection());
      workers.emplace_back([this, place](const std::stop_token& ending) { serve(*place, ending); });
    }
  }

  /// One request, one answer.
  void serve(Poco::Net::StreamSocket& socket, const std::stop_token& stop) {
    try {
      GatewayRequest request;
      request.head = read_head(socket);
      if (request.head.empty()) return shut(socket);
      request.target = target_of(request.head);
      const std::uint64_t since = answer(request, socket, stop);
      if (since != 0) wait_for_change(since, stop);
    } catch (const Poco::Exception&) {
      // The provider went away.
    }
    shut(socket);
  }

  /// The generation to outlast when the answer hangs, else 0.
  std::uint64_t answer(GatewayRequest& request, Poco::Net::StreamSocket& socket, const std::stop_token& stop) {
    Alter with;
    bool instead = false;
    std::uint64_t since = 0;
    {
      const std::lock_guard lock(mutex);
      with = alter;
      instead = replaces;
      since = generation;
      request.number = ++count;
    }
    changed.notify_all();
    GatewayAnswer out;
    if (!instead) out = ask(request, stop);
    if (with) with(request, out);
    if (out.delivery == GatewayAnswer::Delivery::Hang) return since;
    deliver(socket, out);
    return 0;
  }

  GatewayAnswer ask(const GatewayRequest& request, const std::stop_token& stop) {
    if (!request.head.starts_with("GET ")) return {405, {}, R"({"message":"the conformance gateway lets nothing but GET through"})"};
    http::Request onward;
    onward.target = request.target;
    onward.headers = headers_to_pass(request.head);
    Meter meter;
    Call call{stop, Deadline(), meter};
    try {
      const http::Response response = client.send(std::move(onward), call);
      GatewayAnswer out;
      out.status = response.status;
      out.body = std::string(response.body());
      for (const auto& [name, value] : response.headers.fields()) {
        if (belongs_to_answer(name)) out.headers.emplace_back(name, value);
      }
      return out;
    } catch (const Error& error) {
      return {502, {}, std::string("the conformance gateway cannot reach the service: ") + error.what()};
    }
  }

  void wait_for_change(std::uint64_t since, const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, kPatience, [&] { return generation != since; });
  }

  http::Url url;
  http::HttpClient client;
  mutable std::mutex mutex;
  mutable std::condition_variable_any changed;
  Alter alter;
  bool replaces = false;
  std::size_t count = 0;
  std::uint64_t generation = 1;
  Poco::Net::ServerSocket server;
  std::list<Poco::Net::StreamSocket> sockets;
  std::list<std::jthread> workers;
  std::jthread acceptor;
};

Gateway::Gateway(const std::string& base_url, const std::string& ca_file)
    : implementation_(std::make_unique<Implementation>(base_url, ca_file)) {}

Gateway::~Gateway() = default;

std::string Gateway::url() const {
  return "http://127.0.0.1:" + std::to_string(implementation_->server.address().port()) + implementation_->url.path;
}

void Gateway::alter(Alter alter) { implementation_->set(std::move(alter), false); }

void Gateway::replace(Alter alter) { implementation_->set(std::move(alter), true); }

std::size_t Gateway::requests() const {
  const std::lock_guard lock(implementation_->mutex);
  return implementation_->count;
}

bool Gateway::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(implementation_->mutex);
  return implementation_->changed.wait_for(lock, kPatience, [&] { return implementation_->count >= count; });
}

}  // namespace lockstep::conformance
