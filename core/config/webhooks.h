// Webhooks: who may tell `lockstep serve` that something has changed at the remote. What they say is a hint to import, and never data.
#pragma once

#include <string>
#include <vector>

#include "common/words.h"
#include "format/form.h"
#include "format/yaml.h"

namespace lockstep {

/// How a delivery proves who sent it.
enum class WebhookScheme {
  Standard,  ///< https://www.standardwebhooks.com: webhook-id, webhook-timestamp, webhook-signature
  Github,    ///< X-Hub-Signature-256 over the body, X-GitHub-Delivery
  Hmac,      ///< HMAC-SHA-256 in hexadecimal over "TIMESTAMP.BODY", in headers of their own names
  Token      ///< a shared secret in a header: the weakest, for it can be replayed by whoever reads it once
};
const Words<WebhookScheme>& webhook_scheme_words();

/// An entry of `webhooks:`.
struct WebhookUse {
  std::string name;
  WebhookScheme scheme = WebhookScheme::Standard;
  std::vector<std::string> secrets;  ///< any of them: the old one too, while it is being replaced
  std::vector<std::string> syncs;    ///< that are imported; names of syncs
  std::string id;                    ///< where in the body the remote id stands ("data.id"); empty: the whole list is imported
  std::string signature_header, timestamp_header, token_header;
  yaml::Place place;
};

/// The form of an entry.
yaml::Form webhook_form();
/// The entries; mistakes go to `problems`.
std::vector<WebhookUse> read_webhooks(const yaml::Node& section, const std::vector<std::string>& syncs, yaml::Problems& problems);

}  // namespace lockstep
