// Output: standard output as the program writes it: whole lines in one buffer, masked and written in large pieces.
// A reader that goes away ends the printing quietly and not the work.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"

namespace lockstep {

/// Colours of a terminal; every member is empty when they are not wanted.
struct Palette {
  std::string_view good, warn, bad, dim, reset;
  static Palette of(bool wanted);
};

class Output {
 public:
  /// Writes to a file descriptor that it does not own.
  explicit Output(int descriptor) : descriptor_(descriptor) {}
  /// Collects what is written: for tests.
  explicit Output(std::string& sink) : sink_(&sink) {}
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// One line, the newline added. Foreign parts must have passed printable().
  void line(std::string_view text);
  /// Text that consists of whole lines.
  void lines(std::string_view text);
  void flush();
  /// Called before bytes leave: whoever drew on the same terminal wipes it.
  void before_sending(std::function<void()> wipe) { wipe_ = std::move(wipe); }
  /// Nobody reads any more.
  bool closed() const { return closed_; }
  /// Why printing failed, when it was not for a reader that went away ("No space left on device"); else empty.
  const std::string& problem() const { return problem_; }

 private:
  void send(std::string_view bytes);

  int descriptor_ = -1;
  std::string* sink_ = nullptr;
  std::string buffer_;
  bool closed_ = false;
  std::string problem_;
  std::function<void()> wipe_;
};

}  // namespace lockstep
