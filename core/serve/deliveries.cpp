#include "serve/deliveries.h"

#include "common/error.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep::serve {
namespace {

constexpr std::size_t kLongestId = 255;

/// The text at "data.id"; empty where there is none.
std::string id_in(const std::string& body, const std::string& path) {
  try {
    const Json json = json::parse(body);
    const Json* at = &json;
    for (const std::string& name : split(path, '.')) at = at == nullptr ? nullptr : at->find(name);
    if (at == nullptr || at->text() == nullptr || at->text()->size() > kLongestId) return {};
    return *at->text();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

void Deliveries::note(const std::string& webhook, const std::string& result) {
  std::deque<Delivery>& shown = shown_[webhook];
  shown.push_front({clock_.now(), result});
  if (shown.size() > bounds_.shown) shown.pop_back();
}

void Deliveries::note_refusal(const std::string& webhook, const std::string& why) {
  const std::lock_guard lock(mutex_);
  note(webhook, why);
}

bool Deliveries::take(const WebhookUse& use, const std::string& key, const std::string& body) {
  const SteadyTime now = clock_.steady();
  const std::lock_guard lock(mutex_);
  std::erase_if(known_, [&](const auto& one) { return now - one.second > bounds_.remembered; });
  const std::string name = use.name + "\n" + key;
  if (!key.empty() && known_.contains(name)) {
    note(use.name, "a copy");
    return false;
  }
  // What could not be kept is not known: the sender tries again.
  owe_(use, use.id.empty() ? std::string() : id_in(body, use.id));
  if (!key.empty()) known_.emplace(name, now);
  if (known_.size() > bounds_.most) known_.erase(known_.begin());
  note(use.name, "taken");
  return true;
}

std::vector<Delivery> Deliveries::list(const std::string& webhook) const {
  const std::lock_guard lock(mutex_);
  const auto found = shown_.find(webhook);
  return found == shown_.end() ? std::vector<Delivery>() : std::vector<Delivery>(found->second.begin(), found->second.end());
}

}  // namespace lockstep::serve
