// Signature: whether a delivery of a webhook comes from who shares its secret, and now.
#pragma once

#include <string>

#include "common/time.h"
#include "config/webhooks.h"
#include "web/request.h"

namespace lockstep::serve {

struct Proof {
  bool good = false;
  std::string why;  ///< why it is none, for the log; whoever asks learns only that it is none
  std::string id;   ///< what tells this delivery from every other: one that comes twice is a copy
};

/// Over the bytes of the body as they came. Takes the same time for every wrong signature.
Proof check_signature(const WebhookUse& use, const web::Request& request, Micros now);

/// The header webhook-signature of what is sent under that id at that time (seconds), as Standard Webhooks have it.
std::string standard_signature(const std::string& secret, const std::string& id, const std::string& timestamp, const std::string& body);

}  // namespace lockstep::serve
