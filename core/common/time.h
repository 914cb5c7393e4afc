// Time: instants as UTC microseconds, deadlines, and the clock that is passed in so that tests can set it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace lockstep {

/// Microseconds since 1970-01-01T00:00:00Z.
using Micros = std::int64_t;
using SteadyTime = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

/// A hundred years. What is longer means nothing to people, and could not be added to every instant.
inline constexpr Millis kLongestDuration = std::chrono::hours(24 * 36'525);

/// The world's clock. Passed in by constructor; never asked for globally.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros now() const = 0;
  virtual SteadyTime steady() const = 0;
  /// Sleeps; returns early, false, when `stop` is requested.
  virtual bool sleep(Millis duration, std::stop_token stop) const = 0;
};

/// The real clock; one object for the whole program, without state.
const Clock& system_clock();

/// The instant at which patience ends. Default: never.
class Deadline {
 public:
  Deadline() = default;
  explicit Deadline(SteadyTime at) : at_(at) {}
  static Deadline after(Millis duration, const Clock& clock = system_clock()) { return Deadline(clock.steady() + duration); }

  bool never() const { return at_ == SteadyTime::max(); }
  SteadyTime at() const { return at_; }
  /// Zero when over; a very long time when there is none.
  Millis left(const Clock& clock = system_clock()) const;
  bool over(const Clock& clock = system_clock()) const { return left(clock) == Millis::zero(); }
  Deadline sooner(Deadline other) const { return at_ < other.at_ ? *this : other; }

 private:
  SteadyTime at_ = SteadyTime::max();
};

/// Canonical text "2026-11-21T02:24:23.000Z": milliseconds, or microseconds where they are not zero.
std::string format_time(Micros time);
/// For people: "2026-11-21 02:24:23Z".
std::string shown_time(Micros time);
/// Reads RFC 3339 and its usual relatives ("2026-11-21 02:24:23", "…+02:00", a bare date). A text without a zone is taken as UTC. Years
/// are 0 to 9999, also in UTC: what format_time() writes is read again.
std::optional<Micros> parse_time(std::string_view text);
/// The same, and whether the text names its zone ("Z", "+02:00").
std::optional<Micros> parse_time(std::string_view text, bool& names_zone);
/// "2 hours ago", "just now", "in 3 days".
std::string format_ago(Micros then, Micros now);
/// "30s", "11h", "250ms", "2m", "1d", or a bare number of seconds, up to kLongestDuration; nullopt when it is none of these.
std::optional<Millis> parse_duration(std::string_view text);
/// A ULID (26 characters, sortable by time); `randomness` gives its 80 random bits.
std::string make_ulid(Micros time, std::uint64_t randomness_high16, std::uint64_t randomness_low64);
/// A fresh ULID from the system's random source.
std::string make_ulid(Micros time);
/// 26 characters of its alphabet, in capitals.
bool is_ulid(std::string_view text);

}  // namespace lockstep
