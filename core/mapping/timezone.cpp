#include "mapping/timezone.h"

// g++ 12 has no time zones of its own (std::chrono::locate_zone); this library is what the standard's became.
#include <date/tz.h>

#include "common/error.h"
#include "common/text.h"

namespace lockstep {
namespace {

const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return nullptr;
  }
}

/// nullptr: UTC.
const date::time_zone* known_zone(const std::string& name) {
  if (name.empty() || name == "UTC") return nullptr;
  const date::time_zone* found = find_zone(name);
  if (found == nullptr) throw Error(ErrorKind::Invalid, "unknown time zone " + in_quotes(name), "is the package tzdata installed?");
  return found;
}

}  // namespace

bool is_timezone(std::string_view name) { return name == "UTC" || find_zone(name) != nullptr; }

Micros from_wall_clock(Micros wall, const std::string& zone) {
  const date::time_zone* found = known_zone(zone);
  if (found == nullptr) return wall;
  const date::local_time<std::chrono::microseconds> local{std::chrono::microseconds(wall)};
  const auto instant = found->to_sys(local, date::choose::earliest);
  return std::chrono::duration_cast<std::chrono::microseconds>(instant.time_since_epoch()).count();
}

Micros to_wall_clock(Micros instant, const std::string& zone) {
  const date::time_zone* found = known_zone(zone);
  if (found == nullptr) return instant;
  const date::sys_time<std::chrono::microseconds> utc{std::chrono::microseconds(instant)};
  return std::chrono::duration_cast<std::chrono::microseconds>(found->to_local(utc).time_since_epoch()).count();
}

std::optional<Micros> parse_time_in(std::string_view text, const std::string& zone) {
  bool names_zone = true;
  const auto time = parse_time(text, names_zone);
  if (!time || names_zone) return time;
  // At an end of the calendar the clock on the wall shows another year than UTC, and that one may be none.
  return parse_time(format_time(from_wall_clock(*time, zone)));
}

}  // namespace lockstep
