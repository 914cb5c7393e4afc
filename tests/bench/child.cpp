// fork, exec, wait4.
#include "bench/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace lockstep::bench {
namespace {

[[noreturn]] void become(const Command& command, int output) {
  ::dup2(output, STDOUT_FILENO);
  for (const auto& [name, value] : command.environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const auto& argument : command.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(127);
}

pid_t start(const Command& command, int output) {
  const pid_t process = ::fork();
  if (process < 0) throw std::runtime_error("cannot start a process");
  if (process == 0) become(command, output);
  return process;
}

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

}  // namespace

Measured measure(const Command& command) {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const auto begin = std::chrono::steady_clock::now();
  const pid_t process = start(command, nowhere);
  int status = 0;
  rusage used{};
  ::wait4(process, &status, 0, &used);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  ::close(nowhere);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error(command.arguments.front() + " failed with status " +
                             std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1));
  return {wall.count(), seconds(used.ru_utime) + seconds(used.ru_stime), static_cast<double>(used.ru_maxrss) / 1024};
}

Background::Background(const Command& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  process_ = start(command, ends[1]);
  ::close(ends[1]);
  output_ = ends[0];
  char letter = 0;
  while (::read(output_, &letter, 1) == 1 && letter != '\n') first_line_ += letter;
}

Background::~Background() {
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
  ::close(output_);
}

}  // namespace lockstep::bench
