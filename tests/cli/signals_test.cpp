// Each test forks: a signal's effect is seen from outside, by the way the child ends.
#include "cli/signals.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace lockstep {
namespace {

/// Ends of a pipe, to know when the child is ready.
struct Pipe {
  Pipe() { EXPECT_EQ(pipe(ends), 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  void say() const { EXPECT_EQ(write(ends[1], "x", 1), 1); }
  void hear() const {
    char byte = 0;
    EXPECT_EQ(read(ends[0], &byte, 1), 1);
  }
  int ends[2];
};

int exit_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/// Runs `body` in a child that takes signals; the child never returns from here.
pid_t start(const std::function<void(std::stop_token)>& body) {
  const pid_t child = fork();
  if (child != 0) return child;
  std::stop_source source;
  stop_on_signals(source);
  body(source.get_token());
  _exit(99);
}

void wait_for_stop(const std::stop_token& stop) {
  while (!stop.stop_requested()) usleep(1000);
}

TEST(SignalsTest, EachRequestsAStop) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    const Pipe ready;
    const pid_t child = start([&](const std::stop_token& stop) {
      ready.say();
      wait_for_stop(stop);
      _exit(7);
    });
    ready.hear();
    kill(child, number);
    EXPECT_EQ(exit_of(child), 7) << number;
  }
}

TEST(SignalsTest, TheSecondEndsAtOnce) {
  const Pipe ready;
  const pid_t child = start([&](const std::stop_token& stop) {
    ready.say();
    wait_for_stop(stop);
    ready.say();
    for (;;) pause();
  });
  ready.hear();
  kill(child, SIGINT);
  ready.hear();
  kill(child, SIGINT);
  EXPECT_EQ(exit_of(child), 130);
}

TEST(SignalsTest, AnIgnoredInterruptIsTakenAndAnIgnoredHangupIsNot) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  const Pipe ready;
  const pid_t child = start([&](const std::stop_token& stop) {
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    struct sigaction hangup {};
    sigaction(SIGHUP, nullptr, &hangup);
    if (sigismember(&blocked, SIGHUP) == 1 || hangup.sa_handler != SIG_IGN) _exit(8);
    ready.say();
    wait_for_stop(stop);
    _exit(7);
  });
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGHUP, SIG_DFL);
  ready.hear();
  kill(child, SIGINT);
  EXPECT_EQ(exit_of(child), 7);
}

TEST(SignalsTest, AClosedPipeDoesNotKill) {
  std::signal(SIGPIPE, SIG_DFL);
  const pid_t child = start([](const std::stop_token&) {
    // A library blocks the signal in this thread as it starts; the threads of a host program need not.
    sigset_t closed;
    sigemptyset(&closed);
    sigaddset(&closed, SIGPIPE);
    pthread_sigmask(SIG_UNBLOCK, &closed, nullptr);
    int ends[2];
    if (pipe(ends) != 0) _exit(1);
    close(ends[0]);
    _exit(write(ends[1], "x", 1) == -1 ? 7 : 8);
  });
  EXPECT_EQ(exit_of(child), 7);
}

}  // namespace
}  // namespace lockstep
