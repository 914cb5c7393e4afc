#include "serve/deliveries.h"

#include "common/error.h"
#include "common/log.h"
#include "common/text.h"
#include "format/json.h"

namespace lockstep::serve {
namespace {

constexpr Millis kTick{200};
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
  if (!key.empty()) {
    if (!known_.emplace(use.name + "\n" + key, now).second) {
      note(use.name, "a copy");
      return false;
    }
    if (known_.size() > bounds_.most) known_.erase(known_.begin());
  }
  Gathered& gathered = gathered_.try_emplace(use.name, Gathered{use, {}, false, now}).first->second;
  const std::string id = use.id.empty() ? std::string() : id_in(body, use.id);
  if (id.empty()) {
    gathered.whole = true;
  } else {
    gathered.ids.insert(id);
  }
  note(use.name, "taken");
  return true;
}

void Deliveries::turn() {
  std::vector<Gathered> ripe;
  {
    const SteadyTime now = clock_.steady();
    const std::lock_guard lock(mutex_);
    for (auto each = gathered_.begin(); each != gathered_.end();) {
      if (now - each->second.since < bounds_.gather) {
        ++each;
        continue;
      }
      ripe.push_back(std::move(each->second));
      each = gathered_.erase(each);
    }
  }
  for (const Gathered& one : ripe) {
    const bool whole = one.whole || one.ids.size() > bounds_.single;
    try {
      begin_(one.use, whole ? std::vector<std::string>() : std::vector<std::string>(one.ids.begin(), one.ids.end()));
    } catch (const std::exception& failure) {
      log::error("webhook " + one.use.name + ": no run could begin: " + failure.what());
      note_refusal(one.use.name, "no run could begin: " + redact(failure.what()));
    }
  }
}

void Deliveries::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    turn();
    clock_.sleep(kTick, stop);
  }
}

std::vector<Delivery> Deliveries::list(const std::string& webhook) const {
  const std::lock_guard lock(mutex_);
  const auto found = shown_.find(webhook);
  return found == shown_.end() ? std::vector<Delivery>() : std::vector<Delivery>(found->second.begin(), found->second.end());
}

}  // namespace lockstep::serve
