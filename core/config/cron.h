// Cron: the five fields of crontab(5), as Vixie's and Debian's cron read them: minute, hour, day of the month, month, day of the week.
// Where both days are given, either is enough. "@hourly", "@daily", "@weekly", "@monthly" and "@yearly" stand for the usual five.
//
// When clocks are put forward or back: what runs at fixed times runs right after a time that was left out, and once at one that comes
// twice; what has "*" as its hour or minute follows the clock.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>

#include "common/time.h"

namespace lockstep {

class Cron {
 public:
  /// Throws Error{Invalid} that names the field, for what cron does not have (six fields, ?, L, W, #, @reboot), and for a time that never
  /// comes: the 30th of February.
  static Cron parse(std::string_view text);

  /// The first time after `after`, on the clock of this zone. Throws Error{Invalid} for an unknown zone.
  Micros next(Micros after, const std::string& zone) const;
  /// Both days are given, so that either is enough: for a warning.
  bool either_day() const { return days_given_ && weekdays_given_; }

 private:
  Cron() = default;
  bool has_date(Micros day) const;
  std::optional<Micros> first_in(Micros day, Micros after, const std::string& zone) const;
  std::optional<Micros> first_by_clock(Micros day, Micros after, const std::string& zone) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;  ///< 0: Sunday
  bool days_given_ = false, weekdays_given_ = false;
  bool by_clock_ = false;  ///< "*" as its hour or minute
};

}  // namespace lockstep
