// Deliveries: what webhooks have told. Those of a moment are one run, however many they are; one that comes twice tells nothing new.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "config/webhooks.h"
#include "data/json.h"
#include "serve/current_workspace.h"

namespace lockstep::serve {

struct DeliveryBounds {
  Millis gather{1'000};           ///< what comes within this time is one run
  Millis remembered{86'400'000};  ///< how long a copy is known for one
  std::size_t most = 10'000;      ///< deliveries that are remembered
  std::size_t shown = 100;        ///< of each webhook
  std::size_t single = 50;        ///< so many items are asked for one by one; for more, the whole list is
};

/// One delivery as it is listed: never its body.
struct Delivery {
  Micros at = 0;
  std::string result;  ///< "taken", "a copy", or why it was refused
};

/// Any thread.
class Deliveries {
 public:
  /// Begins an import of these items, or of all where there are none.
  using Begin = std::function<void(const WebhookUse& use, const std::vector<std::string>& ids)>;

  Deliveries(DeliveryBounds bounds, const Clock& clock, Begin begin) : bounds_(bounds), clock_(clock), begin_(std::move(begin)) {}

  /// A delivery that proved who sent it. `key`: what tells it from others; empty: nothing does. False for a copy.
  bool take(const WebhookUse& use, const std::string& key, const std::string& body);
  void note_refusal(const std::string& webhook, const std::string& why);
  /// Begins what was gathered.
  void turn();
  void work(const std::stop_token& stop);
  /// The newest first.
  std::vector<Delivery> list(const std::string& webhook) const;

 private:
  struct Gathered {
    WebhookUse use;
    std::set<std::string> ids;
    bool whole = false;
    SteadyTime since;
  };

  void note(const std::string& webhook, const std::string& result);

  const DeliveryBounds bounds_;
  const Clock& clock_;
  const Begin begin_;
  mutable std::mutex mutex_;
  std::map<std::string, Gathered> gathered_;
  std::map<std::string, SteadyTime> known_;
  std::map<std::string, std::deque<Delivery>> shown_;
};

}  // namespace lockstep::serve
