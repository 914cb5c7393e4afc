// OtherProcess: a program that a check starts beside itself and kills, to see what it leaves behind.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "conformance/store_checks.h"

namespace lockstep::conformance {

/// What hold_lease() writes once it holds the lease.
inline constexpr std::string_view kHoldsLine = "holds the lease";

class OtherProcess {
 public:
  explicit OtherProcess(const ProgramCall& call);
  ~OtherProcess() { kill(); }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  /// Reads its output until this line comes; false when it ends before.
  bool wait_for_line(std::string_view line);
  const std::string& said() const { return said_; }
  pid_t process() const { return process_; }
  void kill();

 private:
  pid_t process_ = 0;
  int output_ = -1;
  std::string said_;
};

}  // namespace lockstep::conformance
