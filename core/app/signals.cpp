#include "app/signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace lockstep {

void stop_on_signals(std::stop_source source) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t wanted;
  sigemptyset(&wanted);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    // What the starter of the program ignores stays ignored (nohup, a background job).
    if (sigaction(number, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) sigaddset(&wanted, number);
  }
  // Blocked here and so in every later thread: a thread of its own takes them, where locks and callbacks are allowed.
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  std::thread([wanted, source]() mutable {
    int number = 0;
    if (sigwait(&wanted, &number) != 0) return;
    source.request_stop();
    if (sigwait(&wanted, &number) == 0) ::_exit(130);
  }).detach();
}

}  // namespace lockstep
