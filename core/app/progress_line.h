// ProgressLine: one line on a terminal that says how far a run is, once it lasts longer than a second. A thread of its own draws it, so
// that it also moves while a remote keeps the run waiting.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "common/time.h"

namespace lockstep {

class ProgressLine {
 public:
  using Draw = std::function<void(std::string_view bytes)>;

  /// `draw` gets the bytes for the terminal, one call at a time. `patience`: how long to say nothing.
  ProgressLine(Draw draw, std::string what, Millis patience = Millis(1000), Millis pace = Millis(200));
  ~ProgressLine();

  void update(std::uint64_t done, std::optional<std::uint64_t> total);
  /// Takes the line away; it comes back at the next drawing.
  void wipe();

 private:
  void work(Millis patience, Millis pace);
  std::string text() const;

  Draw draw_;
  std::string what_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t done_ = 0;
  std::optional<std::uint64_t> total_;
  bool drawn_ = false;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace lockstep
