#include "conformance/apart.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <system_error>

#include "format/json.h"

namespace lockstep::conformance {
namespace {

std::string text_of(const Finding& finding) {
  Json::Array reasons;
  for (const std::string& reason : finding.reasons) reasons.emplace_back(reason);
  return json::to_text(Json::Object{{"state", static_cast<std::int64_t>(finding.state)}, {"reasons", std::move(reasons)}});
}

/// Nothing when the child ended before it had said all.
std::optional<Finding> finding_of(const std::string& text) {
  try {
    const Json said = json::parse(text);
    Finding out;
    out.state = static_cast<Finding::State>(*said.find("state")->integer());
    for (const Json& reason : *said.find("reasons")->array()) out.reasons.push_back(*reason.text());
    return out;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The child's part: never returns, and runs nothing of what this process would do at its end.
[[noreturn]] void answer(const std::function<Finding()>& check, int to) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string text = text_of(check());
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t done = write(to, text.data() + at, text.size() - at);
    if (done <= 0) break;
    at += static_cast<std::size_t>(done);
  }
  _exit(0);
}

using Steady = std::chrono::steady_clock;

/// What the child says until it closes its end; nothing when it has not done so by then.
std::optional<std::string> all_of(int from, Steady::time_point by) {
  std::string out;
  char block[4096];
  for (;;) {
    const auto left = std::chrono::ceil<Millis>(by - Steady::now());
    pollfd ready{from, POLLIN, 0};
    const int count = poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) return std::nullopt;
    const ssize_t got = read(from, block, sizeof block);
    if (got <= 0) return out;
    out.append(block, static_cast<std::size_t>(got));
  }
}

std::string end_of(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return std::string("the plugin crashed: ") + strsignal(WTERMSIG(status));
  return "the plugin ended the program with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Finding run_apart(const std::function<Finding()>& check, Millis longest) {
  const auto failed = [](const char* what) { return std::system_error(errno, std::generic_category(), what); };
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw failed("a pipe for a check");
  // What stands in a buffer now is not the child's to write.
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw failed("a process for a check");
  if (child == 0) {
    close(ends[0]);
    answer(check, ends[1]);
  }
  close(ends[1]);
  const std::optional<std::string> said = all_of(ends[0], Steady::now() + longest);
  close(ends[0]);
  if (!said) kill(child, SIGKILL);
  const std::string end = end_of(child);
  if (!said) return {Finding::State::Failed, {"no answer after " + std::to_string(longest.count()) + " ms"}};
  return finding_of(*said).value_or(Finding{Finding::State::Failed, {end}});
}

}  // namespace lockstep::conformance
