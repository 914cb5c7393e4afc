// Deliveries: what webhooks have told, as it is listed; one that comes twice tells nothing new. What follows is OwedImports'.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "config/webhooks.h"
#include "data/json.h"
#include "serve/current_workspace.h"

namespace lockstep::serve {

struct DeliveryBounds {
  Millis remembered{86'400'000};  ///< how long a copy is known for one
  std::size_t most = 10'000;      ///< deliveries that are remembered
  std::size_t shown = 100;        ///< of each webhook
};

/// One delivery as it is listed: never its body.
struct Delivery {
  Micros at = 0;
  std::string result;  ///< "taken", "a copy", why it was refused, or why what was told waits
};

/// Any thread.
class Deliveries {
 public:
  /// Keeps that an item, or any where there is no id, has changed. What it throws, take() throws.
  using Owe = std::function<void(const WebhookUse& use, const std::string& id)>;

  Deliveries(DeliveryBounds bounds, const Clock& clock, Owe owe) : bounds_(bounds), clock_(clock), owe_(std::move(owe)) {}

  /// A delivery that proved who sent it. `key`: what tells it from others; empty: nothing does. False for a copy.
  bool take(const WebhookUse& use, const std::string& key, const std::string& body);
  /// Why one was refused, or why what it told waits.
  void note_refusal(const std::string& webhook, const std::string& why);
  /// The newest first.
  std::vector<Delivery> list(const std::string& webhook) const;

 private:
  void note(const std::string& webhook, const std::string& result);

  const DeliveryBounds bounds_;
  const Clock& clock_;
  const Owe owe_;
  mutable std::mutex mutex_;
  std::map<std::string, SteadyTime> known_;
  std::map<std::string, std::deque<Delivery>> shown_;
};

}  // namespace lockstep::serve
