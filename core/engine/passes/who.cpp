#include "engine/passes/who.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace lockstep {
namespace {

/// A container may have no entry for the account.
std::string user_name() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> texts{};
  if (getpwuid_r(getuid(), &entry, texts.data(), texts.size(), &found) == 0 && found != nullptr) return entry.pw_name;
  const char* user = std::getenv("USER");
  return user != nullptr ? std::string(user) : "uid " + std::to_string(getuid());
}

}  // namespace

std::string user_at_host() {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  return user_name() + "@" + host;
}

}  // namespace lockstep
