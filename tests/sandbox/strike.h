// Strike: what becomes of one request under the faults that hit it. A pure description of the answer; the server carries it out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sandbox/server.h"
#include "sandbox/wire.h"

namespace lockstep::sandbox {

struct Outcome {
  enum class End { Answer, Reset, Close, Hang };
  End end = End::Answer;
  std::optional<Reply> reply;  ///< always there for Answer
  Delivery delivery;
  Millis wait{0};
};

/// Carries the request out where the faults let it, and says how to answer. Latencies add up; of the other faults the first counts.
Outcome strike(Shared& shared, const Request& request, const std::vector<Fault>& faults);
/// "status, latency".
std::string names_of(const std::vector<Fault>& faults);

}  // namespace lockstep::sandbox
