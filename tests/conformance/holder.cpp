#include "conformance/holder.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace lockstep::conformance {
namespace {

constexpr const char* kAddress = "LOCKSTEP_STORE_ADDRESS";
constexpr const char* kLease = "LOCKSTEP_STORE_LEASE";

}  // namespace

ProgramCall this_program(const std::string& address, const std::string& lease) {
  return {{"/proc/self/exe"}, {{kAddress, address}, {kLease, lease}}};
}

bool run_child_if_asked(const std::function<std::unique_ptr<Store>(const std::string& address)>& open) {
  const char* address = std::getenv(kAddress);
  const char* lease = std::getenv(kLease);
  if (address == nullptr || lease == nullptr) return false;
  try {
    hold_lease(*open(address), lease);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
  }
  _exit(1);
}

}  // namespace lockstep::conformance
