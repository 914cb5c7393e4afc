#include "run.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace lockstep::test {

Said run_lockstep(const std::string& words, const std::string& before) {
  Said said;
  FILE* pipe = popen(("env " + before + " " + LOCKSTEP_PROGRAM + " " + words + " 2>&1").c_str(), "r");
  std::array<char, 4096> block{};
  while (const std::size_t got = fread(block.data(), 1, block.size(), pipe)) said.out.append(block.data(), got);
  const int status = pclose(pipe);
  said.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return said;
}

}  // namespace lockstep::test
