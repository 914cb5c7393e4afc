#include "common/error.h"

#include <utility>

namespace lockstep {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Invalid: return "invalid";
    case ErrorKind::Credentials: return "credentials";
    case ErrorKind::Unreachable: return "unreachable";
    case ErrorKind::RateLimited: return "rate_limited";
    case ErrorKind::Rejected: return "rejected";
    case ErrorKind::NotFound: return "not_found";
    case ErrorKind::Conflict: return "conflict";
    case ErrorKind::Corrupt: return "corrupt";
    case ErrorKind::Busy: return "busy";
    case ErrorKind::Storage: return "storage";
    case ErrorKind::Interrupted: return "interrupted";
  }
  return "invalid";
}

Error::Error(ErrorKind kind, std::string message, std::string hint) : kind_(kind), message_(std::move(message)), hint_(std::move(hint)) {
  compose();
}

Error& Error::with_status(int status) {
  status_ = status;
  return *this;
}

Error& Error::with_effect(Effect effect) {
  effect_ = effect;
  return *this;
}

Error& Error::with_retry_after(std::chrono::milliseconds wait) {
  retry_after_ = wait;
  return *this;
}

Error& Error::with_hint(std::string hint) {
  hint_ = std::move(hint);
  compose();
  return *this;
}

Error& Error::at(std::string_view where) {
  message_ = std::string(where) + ": " + message_;
  compose();
  return *this;
}

void Error::compose() { what_ = hint_.empty() ? message_ : message_ + "; " + hint_; }

}  // namespace lockstep
