// Server: the HTTP server under the sandbox. It decides which fault strikes, asks the API for the answer, logs, and delivers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "sandbox/sandbox.h"

namespace lockstep::sandbox {

/// What serving threads and the in-process API share.
struct Shared {
  Shared(const Clock& given_clock, Settings given) : clock(given_clock), world(given_clock), settings(std::move(given)) {}

  const Clock& clock;
  std::mutex mutex;  ///< guards world, models and settings
  World world;
  Models models;
  Settings settings;
  FaultPlan faults;
  RequestLog log;
};

class Server {
 public:
  using Control = std::function<Reply(const Request&)>;

  /// `control` answers what lies under /_sandbox.
  Server(Shared& shared, std::uint16_t port, Control control);
  ~Server();
  void start();
  /// Ends waiting answers, closes every connection and joins the threads.
  void stop();
  std::uint16_t port() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace lockstep::sandbox
