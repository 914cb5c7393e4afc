// FileLimit: while it lives, no file of this process grows beyond a size: a full disk for a store that keeps its data in a file.
#pragma once

#include <sys/resource.h>

#include <csignal>
#include <cstdint>

#include "conformance/store_checks.h"

namespace lockstep::conformance {

class FileLimit : public Trouble {
 public:
  explicit FileLimit(std::uint64_t bytes);
  ~FileLimit() override;
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
  void (*ignored_)(int);
};

}  // namespace lockstep::conformance
