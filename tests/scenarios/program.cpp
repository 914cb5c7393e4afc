#include "scenarios/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace lockstep::test {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_of(const std::map<std::string, std::string>& given) {
  std::map<std::string, std::string> all = given;
  for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) all.emplace(name, value);
  }
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name + "=" + value);
  return out;
}

struct Running::Child {
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

  Pipe out, err;
  Outcome outcome;
  std::thread reader;
  pid_t pid = -1;
  int status = 0;
  rusage used{};
  bool reaped = false;

  /// Reads both pipes until both are closed.
  void drain() {
    bool open_out = true, open_err = true;
    char buffer[65536];
    while (open_out || open_err) {
      pollfd watched[2] = {{open_out ? out.read : -1, POLLIN, 0}, {open_err ? err.read : -1, POLLIN, 0}};
      if (poll(watched, 2, -1) <= 0) continue;
      for (int i = 0; i < 2; ++i) {
        if (watched[i].revents == 0) continue;
        const ssize_t got = read(watched[i].fd, buffer, sizeof buffer);
        if (got > 0) (i == 0 ? outcome.out : outcome.err).append(buffer, static_cast<std::size_t>(got));
        if (got == 0) (i == 0 ? open_out : open_err) = false;
      }
    }
  }

  bool reap(int options) {
    if (!reaped) reaped = wait4(pid, &status, options, &used) == pid;
    return reaped;
  }
};

Running::Running(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                 const std::string& directory)
    : child_(std::make_unique<Child>()) {
  std::vector<std::string> argv = arguments, envp = environment_of(environment);
  const std::vector<char*> argv_pointers = pointers(argv), envp_pointers = pointers(envp);
  child_->pid = fork();
  if (child_->pid < 0) throw std::runtime_error("fork");
  if (child_->pid == 0) {
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(child_->out.write, 1);
    dup2(child_->err.write, 2);
    if (chdir(directory.c_str()) != 0) _exit(126);
    execve(argv_pointers[0], argv_pointers.data(), envp_pointers.data());
    _exit(127);
  }
  child_->out.close_write();
  child_->err.close_write();
  child_->reader = std::thread([child = child_.get()] { child->drain(); });
}

Running::~Running() {
  send(SIGKILL);
  child_->reap(0);
  if (child_->reader.joinable()) child_->reader.join();
}

pid_t Running::pid() const { return child_->pid; }

void Running::send(int signal) const {
  if (!child_->reaped) kill(child_->pid, signal);
}

bool Running::ended() { return child_->reap(WNOHANG); }

Outcome Running::finish(int seconds) {
  if (!wait_until([this] { return ended(); }, seconds)) send(SIGKILL);
  child_->reap(0);
  if (child_->reader.joinable()) child_->reader.join();
  const int status = child_->status;
  child_->outcome.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  child_->outcome.peak_mib = child_->used.ru_maxrss / 1024;
  return child_->outcome;
}

Outcome run_program(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                    const std::string& directory, int seconds) {
  return Running(arguments, environment, directory).finish(seconds);
}

std::string said(const Outcome& outcome) {
  const std::size_t from = outcome.out.size() < 2000 ? 0 : outcome.out.size() - 2000;
  return "exit " + std::to_string(outcome.exit) + "\nstdout:\n" + outcome.out.substr(from) + "\nstderr:\n" +
         outcome.err.substr(outcome.err.size() < 2000 ? 0 : outcome.err.size() - 2000);
}

int exit_of_failed(const Outcome& outcome) {
  return contains(outcome, "Created ") || contains(outcome, "Updated ") || contains(outcome, "Recreated ") ? 2 : 1;
}

bool contains(const Outcome& outcome, const std::string& text) { return (outcome.out + outcome.err).find(text) != std::string::npos; }

}  // namespace lockstep::test
