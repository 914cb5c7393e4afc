#include "operations/since.h"

#include "common/error.h"
#include "common/text.h"

namespace lockstep {

Micros since_of(const std::string& text, Micros now) {
  if (text.empty()) return 0;
  // A bare number would be read as seconds by one and as a year by another; neither is meant often enough to guess.
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  if (const auto time = parse_time(text)) return *time;
  if (const auto span = parse_duration(text); span && !digits) return now - Micros{span->count()} * 1000;
  throw Error(ErrorKind::Invalid, "--since: " + in_quotes(text) + " is no time", "write 2026-11-21, 2026-11-21T08:00:00Z or 12h");
}

}  // namespace lockstep
