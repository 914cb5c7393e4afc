// The program: signals, terminal and environment are taken from the system here; everything else is app/.
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/program.h"
#include "cli/signals.h"

namespace {

/// A core dump would hold every key that the process knows.
void forbid_core_dumps() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

/// Reader and writer hand pages to each other; with a heap each, either would keep what the other has freed.
void share_one_heap() { mallopt(M_ARENA_MAX, 2); }

bool same_place(int one, int other) {
  struct stat a {
  }, b{};
  return fstat(one, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

int main(int count, char** words) {
  forbid_core_dumps();
  share_one_heap();
  std::stop_source stop;
  lockstep::stop_on_signals(stop);
  std::error_code failure;
  lockstep::ProgramInput input;
  if (count > 1) input.words.assign(words + 1, words + count);
  input.executable = std::filesystem::read_symlink("/proc/self/exe", failure);
  input.stop = stop.get_token();
  input.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  input.diagnostics_is_terminal = isatty(STDERR_FILENO) == 1;
  input.one_stream = same_place(STDOUT_FILENO, STDERR_FILENO);
  lockstep::Environment environment;
  lockstep::Output out(STDOUT_FILENO);
  lockstep::Output diagnostics(STDERR_FILENO);
  return lockstep::run_program(input, environment, lockstep::system_clock(), out, diagnostics);
}
