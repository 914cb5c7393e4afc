// Terminal: a program on a pseudo-terminal of its own, driven as a person would: keys in, a screen out.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace lockstep::test {

class Terminal {
 public:
  /// `environment` replaces the whole environment but PATH and the sanitizers' own variables.
  Terminal(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment, const std::string& directory);
  /// Kills the program if it is still there.
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(const std::string& keys) const;
  /// Reads until the bytes hold `text` behind what was read before this call; false when that takes longer than a minute.
  bool wait_for(const std::string& text);
  /// Reads to the program's end and answers its exit code; 128 + the signal when one ended it.
  int finish();
  /// Every byte that came.
  const std::string& bytes() const { return bytes_; }

 private:
  bool read_more(int timeout_ms);

  int master_ = -1;
  pid_t pid_ = -1;
  bool reaped_ = false;
  std::string bytes_;
};

/// The lines that stand on a screen that got these bytes: "\r", "\n" and "erase to the end of the line" are obeyed, other escapes dropped.
std::vector<std::string> screen_of(const std::string& bytes);

}  // namespace lockstep::test
