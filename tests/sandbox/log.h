// RequestLog: what clients asked, so that a test can assert what was sent and what never was.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "sandbox/request.h"

namespace lockstep::sandbox {

struct LoggedRequest {
  Request request;    ///< without the values of its keys
  int status = 0;     ///< what was answered; 0: nothing
  std::string fault;  ///< names of the faults that struck, separated by commas
};

/// Thread-safe.
class RequestLog {
 public:
  void add(LoggedRequest entry);
  std::vector<LoggedRequest> entries() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::vector<LoggedRequest> entries_;
};

}  // namespace lockstep::sandbox
