#include "cli/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <latch>
#include <mutex>
#include <thread>

namespace lockstep {
namespace {

std::mutex hangup_mutex;
std::function<void()> hangup_work;

/// True when somebody wanted to hear of it.
bool hang_up() {
  const std::lock_guard lock(hangup_mutex);
  if (!hangup_work) return false;
  hangup_work();
  return true;
}

}  // namespace

void on_hangup(std::function<void()> work) {
  const std::lock_guard lock(hangup_mutex);
  hangup_work = std::move(work);
}

void stop_on_signals(std::stop_source source) {
  // A closed pipe and a file that may not grow are errors of a write, with a message, and no death.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  sigset_t wanted;
  sigemptyset(&wanted);
  struct sigaction hangup {};
  sigaction(SIGHUP, nullptr, &hangup);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    // nohup is respected. SIGINT is taken also where a script's shell ignores it for its background jobs: who sends it there means it.
    if (number == SIGHUP && hangup.sa_handler == SIG_IGN) continue;
    // An ignored signal would be thrown away before sigwait() sees it.
    std::signal(number, SIG_DFL);
    sigaddset(&wanted, number);
  }
  // Blocked here and so in every later thread: a thread of its own takes them, where locks and callbacks are allowed.
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  std::latch started(1);
  std::thread([wanted, source, &started]() mutable {
    started.count_down();
    for (int number = 0; sigwait(&wanted, &number) == 0;) {
      if (number == SIGHUP && hang_up()) continue;
      if (!source.request_stop()) ::_exit(130);
    }
  }).detach();
  // A thread that is being started holds locks (of the loader, of a sanitizer's allocator) that a process forked just then would wait for.
  started.wait();
}

}  // namespace lockstep
