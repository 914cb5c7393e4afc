#include "serve/idempotency.h"

#include "serve/problem.h"
#include "serve/tokens.h"

namespace lockstep::serve {
namespace {

constexpr auto kKept = std::chrono::hours(24);
constexpr std::size_t kMost = 10'000, kLongestKey = 255;

}  // namespace

void Idempotency::forget_old() {
  const SteadyTime now = clock_.steady();
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.answer && now - entry.second.at > kKept; });
}

web::Response Idempotency::once(const Person& person, const web::Request& request, const std::function<web::Response()>& work) {
  const std::string given(request.headers.get("Idempotency-Key"));
  if (given.empty() || request.method != "POST") return work();
  if (given.size() > kLongestKey) throw Problem{400, "Idempotency-Key is longer than 255 bytes"};
  const std::string key = person.token + " " + given;
  const std::string fingerprint = sha256(request.target.path + "\n" + request.body);
  {
    const std::lock_guard lock(mutex_);
    forget_old();
    if (const auto found = entries_.find(key); found != entries_.end()) {
      if (found->second.fingerprint != fingerprint) throw Problem{422, "this Idempotency-Key was used for another request"};
      if (!found->second.answer)
        throw Problem{409, "the first request with this Idempotency-Key is still at work", "busy", {}, {}, {{"Retry-After", "1"}}};
      return *found->second.answer;
    }
    if (entries_.size() >= kMost) throw Problem{503, "too many Idempotency-Keys of the last day are kept", "busy"};
    entries_.emplace(key, Entry{fingerprint, std::nullopt, clock_.steady()});
  }
  try {
    web::Response response = work();
    const std::lock_guard lock(mutex_);
    entries_[key].answer = response;
    entries_[key].at = clock_.steady();
    return response;
  } catch (...) {
    const std::lock_guard lock(mutex_);
    entries_.erase(key);
    throw;
  }
}

}  // namespace lockstep::serve
