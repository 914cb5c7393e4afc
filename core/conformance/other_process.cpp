#include "conformance/other_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>

extern char** environ;

namespace lockstep::conformance {
namespace {

/// What this process has, with the call's own on top.
std::vector<std::string> environment_of(const ProgramCall& call) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!call.environment.contains(std::string(text.substr(0, text.find('='))))) out.emplace_back(text);
  }
  for (const auto& [name, value] : call.environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

OtherProcess::OtherProcess(const ProgramCall& call) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  std::vector<std::string> words = call.words, environment = environment_of(call);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  const int failed = posix_spawn(&process_, words[0].c_str(), &actions, nullptr, pointers(words).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  output_ = ends[0];
  if (failed != 0) {
    process_ = 0;
    said_ = std::generic_category().message(failed);
  }
}

bool OtherProcess::wait_for_line(std::string_view line) {
  const std::string wanted = std::string(line) + "\n";
  char block[512];
  while (said_.find(wanted) == std::string::npos) {
    const ssize_t got = read(output_, block, sizeof block);
    if (got <= 0) return false;
    said_.append(block, static_cast<std::size_t>(got));
  }
  return true;
}

void OtherProcess::kill() {
  if (output_ >= 0) close(output_);
  output_ = -1;
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = 0;
}

}  // namespace lockstep::conformance
