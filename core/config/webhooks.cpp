#include "config/webhooks.h"

#include <algorithm>
#include <string_view>

#include "common/log.h"
#include "common/text.h"

namespace lockstep {
namespace {

constexpr Words<WebhookScheme> kWebhookSchemes({{WebhookScheme::Standard, "standard", "Standard Webhooks, secrets as whsec_…"},
                                                {WebhookScheme::Github, "github", "X-Hub-Signature-256"},
                                                {WebhookScheme::Hmac, "hmac", "HMAC-SHA-256 over TIMESTAMP.BODY in hexadecimal"},
                                                {WebhookScheme::Token, "token",
                                                 "a shared secret in a header; whoever reads it once can send it again"}});

constexpr std::size_t kShortestSecret = 16;

std::string text_or(const yaml::Node& node, std::string_view fallback) { return node ? node.scalar : std::string(fallback); }

WebhookUse read_entry(const yaml::Node::Member& member, const std::vector<std::string>& syncs, yaml::Problems& problems) {
  const yaml::Node& map = member.value;
  WebhookUse use;
  use.name = member.key;
  use.place = member.place;
  use.scheme = webhook_scheme_words().find(map["scheme"].scalar).value_or(WebhookScheme::Standard);
  for (const yaml::Node& secret : map["secrets"].items) {
    register_secret(secret.scalar);
    if (secret.scalar.size() < kShortestSecret)
      problems.add(secret.place, "a secret has at least " + std::to_string(kShortestSecret) + " characters");
    use.secrets.push_back(secret.scalar);
  }
  for (const yaml::Node& sync : map["syncs"].items) {
    if (std::find(syncs.begin(), syncs.end(), sync.scalar) == syncs.end())
      problems.add(sync.place, "no entry \"" + sync.scalar + "\" under syncs" + did_you_mean(sync.scalar, syncs));
    use.syncs.push_back(sync.scalar);
  }
  use.id = text_or(map["id"], "");
  use.signature_header = text_or(map["signature_header"], "x-signature");
  use.timestamp_header = text_or(map["timestamp_header"], "x-timestamp");
  use.token_header = text_or(map["token_header"], "x-vapi-secret");
  return use;
}

}  // namespace

const Words<WebhookScheme>& webhook_scheme_words() { return kWebhookSchemes; }

yaml::Form webhook_form() {
  return yaml::map({{"scheme", yaml::choice(webhook_scheme_words().texts()), "how a delivery proves who sent it", true},
                    {"secrets", yaml::list(yaml::text(1), 1), "shared with the sender; two while one replaces the other", true},
                    {"syncs", yaml::list(yaml::text(1), 1), "what is imported", true},
                    {"id", yaml::text(1), "where in the body the remote id stands: data.id; without it the whole list is imported"},
                    {"signature_header", yaml::text(1), "of scheme hmac", false, "x-signature"},
                    {"timestamp_header", yaml::text(1), "of scheme hmac", false, "x-timestamp"},
                    {"token_header", yaml::text(1), "of scheme token", false, "x-vapi-secret"}});
}

std::vector<WebhookUse> read_webhooks(const yaml::Node& section, const std::vector<std::string>& syncs, yaml::Problems& problems) {
  std::vector<WebhookUse> out;
  for (const yaml::Node::Member& member : section.members) {
    yaml::Problems found;
    yaml::check(member.value, webhook_form(), member.key, found);
    problems.add(found);
    if (found.empty()) out.push_back(read_entry(member, syncs, problems));
  }
  return out;
}

}  // namespace lockstep
