#include "common/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <random>

#include "common/text.h"

namespace lockstep {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr char kCrockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr Micros kSecond = 1'000'000;
constexpr Micros kMinute = 60 * kSecond;
constexpr Micros kHour = 60 * kMinute;
constexpr Micros kDay = 24 * kHour;

/// The years 0 to 9999.
constexpr Micros kFirst = sys_days(std::chrono::year(0) / 1 / 1).time_since_epoch().count() * kDay;
constexpr Micros kEnd = sys_days(std::chrono::year(10'000) / 1 / 1).time_since_epoch().count() * kDay;

class SystemClock final : public Clock {
 public:
  Micros now() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
  bool sleep(Millis duration, std::stop_token stop) const override {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    // The predicate never holds, so this ends by time or by the request to stop.
    woken.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
  }
};

/// Reads a text from left to right; each step answers whether it could.
struct Reader {
  std::string_view text;

  bool done() const { return text.empty(); }
  bool take(char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view characters) {
    if (text.empty() || characters.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
  }
  /// Exactly `digits` decimal digits.
  bool number(std::size_t digits, int& value) {
    if (text.size() < digits) return false;
    value = 0;
    for (const char c : text.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return true;
  }
};

bool read_date(Reader& reader, Micros& time) {
  int year = 0, month = 0, day = 0;
  if (!reader.number(4, year) || !reader.take('-') || !reader.number(2, month) || !reader.take('-') || !reader.number(2, day)) return false;
  const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  time = sys_days(date).time_since_epoch().count() * kDay;
  return true;
}

/// Digits behind the point; what is finer than a microsecond is cut off.
bool read_fraction(Reader& reader, Micros& time) {
  Micros unit = kSecond / 10;
  int digit = 0;
  if (!reader.number(1, digit)) return false;
  do {
    time += digit * unit;
    unit /= 10;
  } while (reader.number(1, digit));
  return true;
}

/// hh:mm[:ss[.fraction]]; second 60 is a leap second and counts as the next one.
bool read_clock(Reader& reader, Micros& time) {
  int hour = 0, minute = 0, second = 0;
  if (!reader.number(2, hour) || !reader.take(':') || !reader.number(2, minute)) return false;
  if (reader.take(':') && !reader.number(2, second)) return false;
  if (hour > 23 || minute > 59 || second > 60) return false;
  time += hour * kHour + minute * kMinute + second * kSecond;
  return !reader.take_any(".,") || read_fraction(reader, time);
}

/// Z, UTC, GMT, +hh:mm, +hhmm or +hh; nothing is UTC.
bool read_zone(Reader& reader, Micros& time) {
  reader.text = trim(reader.text);
  if (reader.done() || equal_ignore_case(reader.text, "z") || equal_ignore_case(reader.text, "utc") ||
      equal_ignore_case(reader.text, "gmt")) {
    return true;
  }
  const bool west = reader.take('-');
  if (!west && !reader.take('+')) return false;
  int hours = 0, minutes = 0;
  if (!reader.number(2, hours)) return false;
  reader.take(':');
  if (!reader.done() && !reader.number(2, minutes)) return false;
  if (!reader.done() || hours > 23 || minutes > 59) return false;
  const Micros offset = hours * kHour + minutes * kMinute;
  time += west ? offset : -offset;
  return true;
}

struct Unit {
  std::string_view name;
  std::int64_t millis;
};

std::optional<std::int64_t> unit_millis(std::string_view name) {
  static constexpr std::array<Unit, 6> kUnits{{{"ms", 1}, {"", 1'000}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  const auto* found = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& unit) { return unit.name == name; });
  if (found == kUnits.end()) return std::nullopt;
  return found->millis;
}

std::string amount(Micros span) {
  struct Step {
    Micros size;
    const char* name;
  };
  static constexpr std::array<Step, 6> kSteps{
      {{365 * kDay, "year"}, {30 * kDay, "month"}, {kDay, "day"}, {kHour, "hour"}, {kMinute, "minute"}, {kSecond, "second"}}};
  const auto* step = std::find_if(kSteps.begin(), kSteps.end() - 1, [&](const Step& each) { return span >= each.size; });
  const Micros count = span / step->size;
  return std::to_string(count) + " " + step->name + (count == 1 ? "" : "s");
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

Millis Deadline::left(const Clock& clock) const {
  // Far, and still safe to add to any instant.
  if (never()) return kLongestDuration / 2;
  return std::max(std::chrono::ceil<Millis>(at_ - clock.steady()), Millis::zero());
}

std::string format_time(Micros time) {
  const std::chrono::sys_time<std::chrono::microseconds> instant{std::chrono::microseconds(time)};
  const sys_days day = std::chrono::floor<days>(instant);
  const year_month_day date(day);
  const Micros rest = std::chrono::duration_cast<std::chrono::microseconds>(instant - day).count();
  char buffer[64];
  int length =
      std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d.%03d", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(rest / kHour),
                    static_cast<int>(rest / kMinute % 60), static_cast<int>(rest / kSecond % 60), static_cast<int>(rest / 1000 % 1000));
  std::string out(buffer, static_cast<std::size_t>(length));
  if (rest % 1000 != 0) {
    length = std::snprintf(buffer, sizeof buffer, "%03d", static_cast<int>(rest % 1000));
    out.append(buffer, static_cast<std::size_t>(length));
  }
  return out + "Z";
}

std::optional<Micros> parse_time(std::string_view text, bool& names_zone) {
  Reader reader{trim(text)};
  Micros time = 0;
  names_zone = false;
  if (!read_date(reader, time)) return std::nullopt;
  if (reader.done()) return time;
  if (!reader.take_any("Tt ") || !read_clock(reader, time)) return std::nullopt;
  names_zone = !trim(reader.text).empty();
  if (!read_zone(reader, time) || time < kFirst || time >= kEnd) return std::nullopt;
  return time;
}

std::optional<Micros> parse_time(std::string_view text) {
  bool ignored = false;
  return parse_time(text, ignored);
}

std::string format_ago(Micros then, Micros now) {
  // Unsigned difference: any two instants are less than 2^64 microseconds apart.
  const bool past = then <= now;
  const std::uint64_t apart = past ? static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(then)
                                   : static_cast<std::uint64_t>(then) - static_cast<std::uint64_t>(now);
  const Micros span = static_cast<Micros>(std::min<std::uint64_t>(apart, static_cast<std::uint64_t>(INT64_MAX)));
  if (span < 10 * kSecond) return "just now";
  return past ? amount(span) + " ago" : "in " + amount(span);
}

std::optional<Millis> parse_duration(std::string_view text) {
  text = trim(text);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, digits);
  const std::optional<std::int64_t> unit = unit_millis(trim(text.substr(digits)));
  if (number.empty() || number.front() == '.' || number.back() == '.' || !unit) return std::nullopt;
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  const double millis = std::round(value * static_cast<double>(*unit));
  const bool whole = read.ec == std::errc() && read.ptr == number.data() + number.size();
  if (!whole || millis > static_cast<double>(kLongestDuration.count())) return std::nullopt;
  return Millis(static_cast<std::int64_t>(millis));
}

bool is_ulid(std::string_view text) { return text.size() == 26 && text.find_first_not_of(kCrockford) == std::string_view::npos; }

std::string make_ulid(Micros time, std::uint64_t randomness_high16, std::uint64_t randomness_low64) {
  std::string out(26, '0');
  std::uint64_t millis = static_cast<std::uint64_t>(std::max<Micros>(time, 0) / 1000) & 0xFFFFFFFFFFFFU;
  for (std::size_t i = 10; i-- > 0; millis >>= 5U) out[i] = kCrockford[millis & 31U];
  std::uint64_t low = randomness_low64;
  std::uint64_t high = randomness_high16 & 0xFFFFU;
  for (std::size_t i = 26; i-- > 10;) {
    out[i] = kCrockford[low & 31U];
    low = (low >> 5U) | (high << 59U);
    high >>= 5U;
  }
  return out;
}

std::string make_ulid(Micros time) {
  std::random_device random;
  const std::uint64_t low = (std::uint64_t{random()} << 32U) | random();
  return make_ulid(time, random(), low);
}

std::string shown_time(Micros time) {
  std::string text = format_time(time).substr(0, 19) + "Z";
  text[10] = ' ';
  return text;
}

}  // namespace lockstep
