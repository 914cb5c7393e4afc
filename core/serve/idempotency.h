// Idempotency: a request that is sent again, because its answer was lost, gets the answer of the first and does nothing a second time
// (Idempotency-Key, draft-ietf-httpapi-idempotency-key-header-07). Kept in memory for a day.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "common/time.h"
#include "serve/person.h"
#include "web/request.h"
#include "web/response.h"

namespace lockstep::serve {

/// Any thread.
class Idempotency {
 public:
  explicit Idempotency(const Clock& clock) : clock_(clock) {}

  /// What `work` answers, or answered for the same key of the same person. Throws Problem{422} where the key was used for something else,
  /// {409} while the first is still at work, and what `work` throws: that keeps nothing.
  web::Response once(const Person& person, const web::Request& request, const std::function<web::Response()>& work);

 private:
  struct Entry {
    std::string fingerprint;
    std::optional<web::Response> answer;
    SteadyTime at;
  };

  void forget_old();

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace lockstep::serve
