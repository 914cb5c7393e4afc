// Faults: what shall go wrong, and at which request. A fault counts the requests that match it since it was set and strikes from
// the nth on, so many times.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.h"
#include "data/json.h"

namespace lockstep::sandbox {

enum class FaultKind {
  Latency,           ///< answers after `ms`
  Status,            ///< answers `status` with the API's envelope, or `body`; `retry_after` and `headers` are added
  ResetBefore,       ///< TCP reset; nothing happened
  ResetAfter,        ///< the request takes effect, then TCP reset without an answer
  CloseBefore,       ///< an orderly close without an answer; nothing happened
  CloseAfterReply,   ///< a whole answer that promises keep-alive, then a close
  Truncate,          ///< Content-Length of the whole body, but only `bytes` of it
  TruncateChunked,   ///< chunked, `bytes` of the body, no last chunk
  Html,              ///< 200 (or `status`) and a page for people
  EmptyList,         ///< 200 and []
  Hang,              ///< accepts the request and never answers
  Drip,              ///< the body, `bytes` at a time, `ms` apart
  ChangeWhilePaged,  ///< after this answer is made, `change` (edit, insert, delete) happens to `count` items
  EchoSecret,        ///< `status` with a message that repeats the Authorization header
  IgnoreFilters,     ///< a list that leaves out all date filters: every page is the first
};

struct Fault {
  FaultKind kind = FaultKind::Status;
  std::string method;  ///< empty: any
  std::string path;    ///< beginning of the path; empty: any
  std::size_t nth = 1;
  std::size_t times = 1;    ///< 0: from then on always
  int status = 0;           ///< 0: 500 for Status, 200 for Html, 400 for EchoSecret
  std::string retry_after;  ///< value of the header; empty: none
  std::string reason;       ///< Status at a model API: the name of one of its errors (model_errors.json), "quota"; empty: by `status`
  std::string message;      ///< in place of the usual text of the envelope
  std::optional<std::string> body;  ///< in place of the envelope
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  bool took_effect = false;  ///< Status, Html, Hang, EchoSecret: the request is carried out all the same
  Millis wait{100};
  std::optional<std::size_t> bytes;  ///< default: half of the body; Drip: 16
  std::string change = "edit";
  std::size_t count = 1;
};

/// "reset_before".
std::string_view to_string(FaultKind kind);

/// Reads {"match": {"method", "path", "nth", "times"}, "fault": "status", "status": 429, "retry_after": 1, …}; unknown members are
/// mistakes. Throws Error{Invalid}.
Fault read_fault(const Json& json);

/// Thread-safe.
class FaultPlan {
 public:
  void add(Fault fault);
  void clear();
  /// Counts the request and returns the faults that strike it.
  std::vector<Fault> strike(const std::string& method, const std::string& path);

 private:
  struct Entry {
    Fault fault;
    std::size_t matched = 0;
  };
  std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace lockstep::sandbox
