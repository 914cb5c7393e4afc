#include "terminal/terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "scenarios/program.h"

namespace lockstep::test {
Terminal::Terminal(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                   const std::string& directory) {
  std::vector<std::string> argv = arguments, envp = environment_of(environment);
  const std::vector<char*> argv_pointers = pointers(argv), envp_pointers = pointers(envp);
  const winsize size{40, 100, 0, 0};
  pid_ = forkpty(&master_, nullptr, nullptr, &size);
  if (pid_ < 0) throw std::runtime_error("forkpty");
  if (pid_ > 0) return;
  if (chdir(directory.c_str()) != 0) _exit(126);
  execvpe(argv_pointers[0], argv_pointers.data(), envp_pointers.data());
  _exit(127);
}

Terminal::~Terminal() {
  if (!reaped_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(master_);
}

void Terminal::type(const std::string& keys) const {
  if (write(master_, keys.data(), keys.size()) != static_cast<ssize_t>(keys.size())) throw std::runtime_error("write");
}

bool Terminal::read_more(int timeout_ms) {
  pollfd watched{master_, POLLIN, 0};
  if (poll(&watched, 1, timeout_ms) <= 0) return false;
  char buffer[4096];
  const ssize_t got = read(master_, buffer, sizeof buffer);
  // A terminal whose program is gone answers with an error and not with an end.
  if (got <= 0) return false;
  bytes_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

bool Terminal::wait_for(const std::string& text) {
  const std::size_t from = bytes_.size();
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (bytes_.find(text, from) == std::string::npos) {
    if (std::chrono::steady_clock::now() > end || !read_more(60'000)) return false;
  }
  return true;
}

int Terminal::finish() {
  while (read_more(60'000)) {
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  reaped_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> screen_of(const std::string& bytes) {
  std::vector<std::string> lines{""};
  std::size_t column = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string& line = lines.back();
    if (bytes[i] == '\n') {
      lines.emplace_back();
      column = 0;
    } else if (bytes[i] == '\r') {
      column = 0;
    } else if (bytes.compare(i, 2, "\x1b[") == 0) {
      i = bytes.find_first_not_of("0123456789;?", i + 2);
      if (i == std::string::npos) break;
      if (bytes[i] == 'K') line.resize(std::min(line.size(), column));
    } else {
      line.resize(std::max(line.size(), column + 1), ' ');
      line[column++] = bytes[i];
    }
  }
  return lines;
}

}  // namespace lockstep::test
