// One request from socket to socket.
#include "sandbox/server.h"

#include <algorithm>
#include <stop_token>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/StreamCopier.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>
#include <sys/socket.h>

#include "common/text.h"
#include "sandbox/strike.h"
#include "sandbox/wire.h"

namespace lockstep::sandbox {
namespace {

constexpr int kThreads = 64;

Request read_request(Poco::Net::HTTPServerRequest& incoming) {
  Request request;
  request.method = incoming.getMethod();
  const Poco::URI uri(incoming.getURI());
  request.path = uri.getPath();
  request.query = uri.getRawQuery();
  for (auto& parameter : uri.getQueryParameters()) request.parameters.push_back(parameter);
  for (const auto& [name, value] : incoming) request.headers[to_lower(name)] = value;
  // Without either there is no body: who waits for one waits for the end of the connection.
  if (incoming.hasContentLength() || incoming.getChunkedTransferEncoding())
    Poco::StreamCopier::copyToString(incoming.stream(), request.body);
  return request;
}

}  // namespace

struct Server::Implementation {
  Implementation(Shared& given_shared, std::uint16_t port, Control given_control);

  /// Answers one request; true when the connection can carry another.
  bool serve(const Request& request, Poco::Net::StreamSocket& socket);
  bool serve_control(const Request& request, Poco::Net::StreamSocket& socket);

  Shared& shared;
  Control control;
  std::stop_source stop;
  Poco::ThreadPool threads{2, kThreads};
  Poco::Net::ServerSocket socket;
  std::unique_ptr<Poco::Net::HTTPServer> server;
};

namespace {

class Handler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(std::function<bool(const Request&, Poco::Net::StreamSocket&)> serve) : serve_(std::move(serve)) {}

  void handleRequest(Poco::Net::HTTPServerRequest& incoming, Poco::Net::HTTPServerResponse& response) override {
    auto& socket = dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(incoming).socket();
    bool reusable = false;
    try {
      reusable = serve_(read_request(incoming), socket);
    } catch (const Poco::Exception&) {
      socket.close();  // the client went away while it was answered
    }
    if (!reusable) response.setKeepAlive(false);
  }

 private:
  std::function<bool(const Request&, Poco::Net::StreamSocket&)> serve_;
};

class Factory : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(std::function<bool(const Request&, Poco::Net::StreamSocket&)> serve) : serve_(std::move(serve)) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override { return new Handler(serve_); }

 private:
  std::function<bool(const Request&, Poco::Net::StreamSocket&)> serve_;
};

}  // namespace

Server::Implementation::Implementation(Shared& given_shared, std::uint16_t port, Control given_control)
    : shared(given_shared), control(std::move(given_control)), socket(Poco::Net::SocketAddress("127.0.0.1", port)) {
  auto* parameters = new Poco::Net::HTTPServerParams;
  parameters->setMaxThreads(kThreads);
  parameters->setMaxQueued(kThreads);
  parameters->setKeepAlive(true);
  parameters->setMaxKeepAliveRequests(0);
  parameters->setKeepAliveTimeout(Poco::Timespan(5, 0));
  auto serve_one = [this](const Request& request, Poco::Net::StreamSocket& client) { return serve(request, client); };
  server = std::make_unique<Poco::Net::HTTPServer>(new Factory(serve_one), threads, socket, parameters);
}

bool Server::Implementation::serve(const Request& request, Poco::Net::StreamSocket& client) {
  if (request.path.starts_with("/_sandbox")) return serve_control(request, client);
  const auto struck = shared.faults.strike(request.method, request.path);
  Outcome outcome = strike(shared, request, struck);
  shared.log.add({request, outcome.reply ? outcome.reply->status : 0, names_of(struck)});
  if (outcome.wait > Millis(0) && !shared.clock.sleep(outcome.wait, stop.get_token())) outcome.end = Outcome::End::Reset;
  if (outcome.end == Outcome::End::Hang) wait_for_close(client, stop.get_token());
  if (outcome.end == Outcome::End::Reset) reset(client);
  if (outcome.end == Outcome::End::Close) close(client);
  if (outcome.end != Outcome::End::Answer) return false;
  return deliver(client, *outcome.reply, outcome.delivery, shared.clock, stop.get_token());
}

bool Server::Implementation::serve_control(const Request& request, Poco::Net::StreamSocket& client) {
  return deliver(client, control(request), {}, shared.clock, stop.get_token());
}

Server::Server(Shared& shared, std::uint16_t port, Control control)
    : implementation_(std::make_unique<Implementation>(shared, port, std::move(control))) {}

Server::~Server() = default;

void Server::start() { implementation_->server->start(); }

void Server::stop() {
  implementation_->stop.request_stop();
  // Nobody waits for the quarter of a second after which the acceptor looks up: a socket that was shut down is ready at once.
  ::shutdown(implementation_->socket.impl()->sockfd(), SHUT_RD);
  implementation_->server->stopAll(true);
  implementation_->threads.joinAll();
}

std::uint16_t Server::port() const { return implementation_->socket.address().port(); }

}  // namespace lockstep::sandbox
