// Child: a program run and measured by what the kernel charged it: wall time, CPU time, peak resident memory.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace lockstep::bench {

struct Command {
  std::vector<std::string> arguments;                            ///< the program first
  std::vector<std::pair<std::string, std::string>> environment;  ///< added to ours
};

struct Measured {
  double wall_seconds = 0;
  double cpu_seconds = 0;
  double peak_mebibytes = 0;
};

/// Runs to the end, its standard output thrown away. Throws std::runtime_error when it exits with anything but 0.
Measured measure(const Command& command);

/// A server that lives as long as this object; ended by SIGTERM.
class Background {
 public:
  /// Waits for the first line on its standard output.
  explicit Background(const Command& command);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  const std::string& first_line() const { return first_line_; }

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::string first_line_;
};

}  // namespace lockstep::bench
