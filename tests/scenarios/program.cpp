#include "scenarios/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace lockstep::test {
namespace {

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    read = ends[0];
    write = ends[1];
  }
  ~Pipe() {
    if (read >= 0) close(read);
    if (write >= 0) close(write);
  }
  void close_write() {
    close(write);
    write = -1;
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_of(const std::map<std::string, std::string>& given) {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : given) out.push_back(name + "=" + value);
  return out;
}

/// Reads both pipes until both are closed; false when time ran out.
bool drain(Pipe& out, Pipe& err, Outcome& outcome, int seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  bool open_out = true, open_err = true;
  char buffer[65536];
  while (open_out || open_err) {
    if (std::chrono::steady_clock::now() > end) return false;
    pollfd watched[2] = {{open_out ? out.read : -1, POLLIN, 0}, {open_err ? err.read : -1, POLLIN, 0}};
    if (poll(watched, 2, 200) <= 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (watched[i].revents == 0) continue;
      const ssize_t got = read(watched[i].fd, buffer, sizeof buffer);
      if (got > 0) (i == 0 ? outcome.out : outcome.err).append(buffer, static_cast<std::size_t>(got));
      if (got == 0) (i == 0 ? open_out : open_err) = false;
    }
  }
  return true;
}

}  // namespace

Outcome run_program(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                    const std::string& directory, int seconds) {
  Pipe out, err;
  std::vector<std::string> argv = arguments, envp = environment_of(environment);
  const std::vector<char*> argv_pointers = pointers(argv), envp_pointers = pointers(envp);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(out.write, 1);
    dup2(err.write, 2);
    if (chdir(directory.c_str()) != 0) _exit(126);
    execve(argv_pointers[0], argv_pointers.data(), envp_pointers.data());
    _exit(127);
  }
  out.close_write();
  err.close_write();
  Outcome outcome;
  if (!drain(out, err, outcome, seconds)) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  outcome.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

}  // namespace lockstep::test
