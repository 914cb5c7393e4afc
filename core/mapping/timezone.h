// Time zones: what the clock on the wall of a named zone means in UTC, by the system's time zone database.
#pragma once

#include <string>
#include <string_view>

#include "common/time.h"

namespace lockstep {

/// Does the system know this zone ("Europe/Berlin", "UTC")? False also where no time zone database is installed.
bool is_timezone(std::string_view name);

/// `wall`: an instant as parse_time() reads a text without a zone, i.e. as if it were UTC. The hour that comes twice in autumn is its first
/// one; a time that spring leaves out is the instant of the jump. Throws Error{Invalid} for an unknown zone.
Micros from_wall_clock(Micros wall, const std::string& zone);

/// The inverse: what the clock shows at an instant. Throws Error{Invalid} for an unknown zone.
Micros to_wall_clock(Micros instant, const std::string& zone);

/// parse_time() for a text that, when it names no zone, is of `zone`. An empty `zone` is UTC.
std::optional<Micros> parse_time_in(std::string_view text, const std::string& zone);

}  // namespace lockstep
