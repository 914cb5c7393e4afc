#include "http/patience.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "http/failure.h"

namespace lockstep::http {
namespace {

constexpr Millis kLongestPoll{60'000};
constexpr std::size_t kBytesASecond = std::size_t{64} * 1024;

}  // namespace

Patience::Patience(Deadline deadline, std::stop_token stop, const Clock& clock, std::optional<Deadline> furthest)
    : deadline_(deadline), furthest_(furthest.value_or(deadline)), stop_(std::move(stop)), clock_(clock) {
  if (!stop_.stop_possible()) return;
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int wake = wake_;
  on_stop_.emplace(stop_, [wake] {
    const std::uint64_t one = 1;
    // The counter cannot overflow with one writer; a failed write leaves the deadline as the way out.
    [[maybe_unused]] const auto written = ::write(wake, &one, sizeof one);
  });
}

Patience::~Patience() {
  on_stop_.reset();
  if (wake_ >= 0) ::close(wake_);
}

void Patience::check() const {
  if (stop_.stop_requested()) throw Failure(Failure::Cause::Stopped, "Interrupted");
  if (deadline_.over(clock_)) throw Failure(Failure::Cause::TimeOver, "Request timeout");
}

void Patience::grant(std::size_t bytes) const {
  if (deadline_.never()) return;
  deadline_ = Deadline(deadline_.at() + Millis(bytes * 1000 / kBytesASecond)).sooner(furthest_);
}

bool Patience::wait(int descriptor, short events, Deadline limit) const {
  const Deadline first = limit.sooner(deadline_);
  for (;;) {
    check();
    const Millis left = std::min(first.left(clock_), kLongestPoll);
    std::array<pollfd, 2> watched{pollfd{descriptor, events, 0}, pollfd{wake_, POLLIN, 0}};
    const int ready = ::poll(watched.data(), wake_ >= 0 ? 2 : 1, static_cast<int>(left.count()));
    if (ready > 0 && watched[1].revents == 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // the operation itself will say what is wrong with the descriptor
    if (ready == 0 && left < kLongestPoll) {
      if (first.at() == deadline_.at()) throw Failure(Failure::Cause::TimeOver, "Request timeout");
      return false;
    }
  }
}

}  // namespace lockstep::http
