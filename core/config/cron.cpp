#include "config/cron.h"

#include <date/date.h>

#include <array>
#include <charconv>
#include <span>

#include "common/error.h"
#include "common/text.h"
#include "mapping/timezone.h"

namespace lockstep {
namespace {

constexpr Micros kMinute = Micros{60} * 1'000'000, kDay = kMinute * 60 * 24;
/// Between two 29ths of February there can be eight years.
constexpr int kFurthestDays = 9 * 366;
/// No zone is further from UTC, and no jump is larger.
constexpr Micros kFurthestZone = kMinute * 60 * 16;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct FieldRule {
  std::string_view name;
  int least, most;
  std::span<const std::string_view> words;
  int first_word;  ///< what the first of them stands for
};

constexpr FieldRule kMinuteField{"minute", 0, 59, {}, 0}, kHourField{"hour", 0, 23, {}, 0}, kDayField{"day of the month", 1, 31, {}, 0},
    kMonthField{"month", 1, 12, kMonths, 1}, kWeekdayField{"day of the week", 0, 7, kWeekdays, 0};

[[noreturn]] void refuse(const FieldRule& rule, std::string_view text, const std::string& hint = {}) {
  throw Error(ErrorKind::Invalid, in_quotes(text) + " is no " + std::string(rule.name) + " of cron",
              hint.empty() ? "write " + std::to_string(rule.least) + " to " + std::to_string(rule.most) +
                                 ", *, lists, ranges or steps: */5, 1-5, 0,30"
                           : hint);
}

int value_of(const FieldRule& rule, std::string_view text) {
  for (std::size_t i = 0; i < rule.words.size(); ++i) {
    if (equal_ignore_case(text, rule.words[i])) return rule.first_word + static_cast<int>(i);
  }
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() || value < rule.least || value > rule.most)
    refuse(rule, text);
  return value;
}

template <std::size_t Size>
void add_part(const FieldRule& rule, std::string_view part, std::bitset<Size>& out) {
  const std::size_t slash = part.find('/');
  const std::string_view range = part.substr(0, slash);
  const std::size_t dash = range.find('-', 1);
  int from = rule.least, to = rule.most, step = 1;
  if (range != "*") {
    from = value_of(rule, range.substr(0, dash));
    to = dash != std::string_view::npos ? value_of(rule, range.substr(dash + 1)) : slash != std::string_view::npos ? rule.most : from;
  }
  if (slash != std::string_view::npos) {
    const std::string_view digits = part.substr(slash + 1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), step);
    if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size() || step < 1) refuse(rule, part);
  }
  if (from > to) refuse(rule, part, "a range goes upwards");
  for (int value = from; value <= to; value += step) out.set(static_cast<std::size_t>(value) % Size);
}

template <std::size_t Size>
void read_field(const FieldRule& rule, std::string_view text, std::bitset<Size>& out) {
  if (text.find_first_of("?LW#") != std::string_view::npos && rule.words.empty())
    refuse(rule, text, "?, L, W and # are of other schedulers; cron has numbers, *, lists, ranges and steps");
  for (const std::string& part : split(text, ',')) add_part(rule, part, out);
}

std::string_view five_fields(std::string_view text) {
  if (text == "@hourly") return "0 * * * *";
  if (text == "@daily" || text == "@midnight") return "0 0 * * *";
  if (text == "@weekly") return "0 0 * * 0";
  if (text == "@monthly") return "0 0 1 * *";
  if (text == "@yearly" || text == "@annually") return "0 0 1 1 *";
  if (text.starts_with('@'))
    throw Error(ErrorKind::Invalid, in_quotes(text) + " is no time of cron", "there are @hourly, @daily, @weekly, @monthly and @yearly");
  return text;
}

/// On a wall clock, as an instant that is taken for UTC.
date::sys_days date_of(Micros wall) {
  return date::floor<date::days>(date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(wall)));
}

Micros micros_of(date::sys_days day) { return std::chrono::duration_cast<std::chrono::microseconds>(day.time_since_epoch()).count(); }

}  // namespace

Cron Cron::parse(std::string_view text) {
  std::vector<std::string> fields;
  for (std::string& field : split(replace_all(std::string(five_fields(trim(text))), "\t", " "), ' ')) {
    if (!field.empty()) fields.push_back(std::move(field));
  }
  if (fields.size() != 5) {
    throw Error(ErrorKind::Invalid, in_quotes(text) + " has " + counted(fields.size(), "field", "fields") + ", and cron has five",
                "write minute, hour, day of the month, month and day of the week: 30 6 * * 1-5; seconds and years do not exist there");
  }
  Cron cron;
  read_field(kMinuteField, fields[0], cron.minutes_);
  read_field(kHourField, fields[1], cron.hours_);
  read_field(kDayField, fields[2], cron.days_);
  read_field(kMonthField, fields[3], cron.months_);
  read_field(kWeekdayField, fields[4], cron.weekdays_);
  cron.days_given_ = !fields[2].starts_with('*');
  cron.weekdays_given_ = !fields[4].starts_with('*');
  cron.by_clock_ = fields[0].starts_with('*') || fields[1].starts_with('*');
  // Every combination of day and weekday comes within these years.
  const Micros begin = micros_of(date::sys_days(date::year(2024) / 1 / 1));
  for (int day = 0; day <= kFurthestDays; ++day) {
    if (cron.has_date(begin + day * kDay)) return cron;
  }
  throw Error(ErrorKind::Invalid, in_quotes(text) + " never comes: no month has such a day", "name a day that there is");
}

bool Cron::has_date(Micros day) const {
  const date::sys_days days = date_of(day);
  const date::year_month_day date(days);
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool of_month = days_.test(static_cast<unsigned>(date.day()));
  const bool of_week = weekdays_.test(date::weekday(days).c_encoding());
  return either_day() ? of_month || of_week : of_month && of_week;
}

/// At fixed times: each once, also where the clock leaves it out or shows it twice.
std::optional<Micros> Cron::first_in(Micros day, Micros after, const std::string& zone) const {
  for (std::size_t hour = 0; hour < hours_.size(); ++hour) {
    for (std::size_t minute = 0; hours_.test(hour) && minute < minutes_.size(); ++minute) {
      if (!minutes_.test(minute)) continue;
      const Micros at = from_wall_clock(day + static_cast<Micros>(hour * 60 + minute) * kMinute, zone);
      if (at > after) return at;
    }
  }
  return std::nullopt;
}

/// Whenever the clock shows such a time.
std::optional<Micros> Cron::first_by_clock(Micros day, Micros after, const std::string& zone) const {
  const Micros begin = std::max(day - kFurthestZone, (after / kMinute + 1) * kMinute);
  for (Micros at = begin; at < day + kDay + kFurthestZone; at += kMinute) {
    const Micros wall = to_wall_clock(at, zone);
    if (date_of(wall) != date_of(day)) continue;
    const auto of_day = static_cast<std::size_t>((wall - day) / kMinute);
    if (hours_.test(of_day / 60) && minutes_.test(of_day % 60)) return at;
  }
  return std::nullopt;
}

Micros Cron::next(Micros after, const std::string& zone) const {
  const Micros today = micros_of(date_of(to_wall_clock(after, zone)));
  for (int day = 0; day <= kFurthestDays; ++day) {
    const Micros date = today + day * kDay;
    if (!has_date(date)) continue;
    const auto found = by_clock_ ? first_by_clock(date, after, zone) : first_in(date, after, zone);
    if (found) return *found;
  }
  throw Error(ErrorKind::Invalid, "the schedule never comes");
}

}  // namespace lockstep
