// ProgressLine: one line on a terminal that says how far a run is, how fast it goes and how long it still takes, once it lasts longer than
// a second. A thread of its own draws it, so that it also moves while a remote keeps the run waiting.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "common/time.h"

namespace lockstep {

/// How fast something grows: over the last seconds, so that a pause shows and an old one is forgotten.
class Rate {
 public:
  void add(SteadyTime at, std::uint64_t done);
  /// A second; 0 as long as nothing can be said.
  double per_second() const;

 private:
  struct Sample {
    SteadyTime at;
    std::uint64_t done;
  };
  std::deque<Sample> samples_;
};

/// "Syncing assistants: 1200 of 5000, 810 a second, 5 s left". A total that is passed already is none.
std::string progress_text(const std::string& what, std::uint64_t done, std::optional<std::uint64_t> total, double per_second);

class ProgressLine {
 public:
  using Draw = std::function<void(std::string_view bytes)>;
  struct Settings {
    Millis patience{1000};     ///< how long to say nothing
    Millis pace{200};          ///< between two drawings
    std::size_t columns = 80;  ///< of the terminal: a longer line is cut, for one that wraps could not be taken away
  };

  /// `draw` gets the bytes for the terminal, one call at a time.
  ProgressLine(Draw draw, std::string what, const Clock& clock, Settings settings);
  ~ProgressLine();

  void update(std::uint64_t done, std::optional<std::uint64_t> total);
  /// From now on something else is counted, from 0.
  void begin(std::string what);
  /// Takes the line away, for something else is about to be written; it comes back with one of the next drawings. Any thread.
  void wipe();

 private:
  void work();
  /// False when something else was on the terminal a moment ago.
  bool draw_line();

  Draw draw_;
  std::string what_;
  const Clock& clock_;
  Settings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t done_ = 0;
  std::optional<std::uint64_t> total_;
  Rate rate_;
  bool drawn_ = false;
  std::optional<SteadyTime> wiped_at_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace lockstep
