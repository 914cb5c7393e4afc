#include "operations/verdict.h"

#include "operations/report_json.h"

namespace lockstep::operations {

Verdict verdict_of(std::span<const SyncReport> reports, const std::stop_token& stop) {
  return stop.stop_requested() ? Verdict::Interrupted : static_cast<Verdict>(exit_code(reports));
}

}  // namespace lockstep::operations
