// Schedule: when `lockstep serve` runs a sync or a command by itself.
#pragma once

#include <optional>
#include <string>

#include "common/time.h"
#include "config/cron.h"
#include "engine/decide/policy.h"
#include "format/form.h"

namespace lockstep {

struct Schedule {
  Mode run = Mode::Import;  ///< of a sync; a command has its own
  Millis every{0};          ///< 0: by cron
  std::optional<Cron> cron;
  std::string cron_text;         ///< as it was written
  std::string timezone = "UTC";  ///< of the cron expression
  std::optional<Millis> jitter;  ///< at most so much later; nothing: a tenth of `every`, at most a minute
  bool catch_up = true;          ///< runs once for all the times that were missed while the server was down
  bool queue = false;            ///< waits for a run of the same that is still at work; else that time is skipped
  yaml::Place place;

  /// The first time after `after`. `name` and the machine decide where within the jitter it is, the same each time.
  Micros next(Micros after, std::string_view name) const;
  /// "every 15 minutes", "30 6 * * 1-5 (Europe/Berlin)".
  std::string text() const;
};

/// `with_run`: of a sync, which says what to run.
yaml::Form schedule_form(bool with_run);
/// nullopt for a node that is not there, and for one with mistakes, which go to `problems`.
std::optional<Schedule> read_schedule(const yaml::Node& node, bool with_run, yaml::Problems& problems);

}  // namespace lockstep
