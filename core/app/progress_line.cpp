#include "app/progress_line.h"

namespace lockstep {
namespace {

constexpr std::string_view kWipe = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine(Draw draw, std::string what, Millis patience, Millis pace)
    : draw_(std::move(draw)), what_(std::move(what)), thread_([this, patience, pace] { work(patience, pace); }) {}

ProgressLine::~ProgressLine() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
  wipe();
}

void ProgressLine::update(std::uint64_t done, std::optional<std::uint64_t> total) {
  const std::lock_guard lock(mutex_);
  done_ = done;
  total_ = total;
}

void ProgressLine::wipe() {
  const std::lock_guard lock(mutex_);
  if (drawn_) draw_(kWipe);
  drawn_ = false;
}

std::string ProgressLine::text() const {
  if (done_ == 0) return what_ + " ...";
  std::string text = what_ + ": " + std::to_string(done_);
  if (total_) text += " of " + std::to_string(*total_);
  return text;
}

void ProgressLine::work(Millis patience, Millis pace) {
  std::unique_lock lock(mutex_);
  for (Millis wait = patience; !changed_.wait_for(lock, wait, [this] { return over_; }); wait = pace) {
    draw_(std::string(kWipe) + text());
    drawn_ = true;
  }
}

}  // namespace lockstep
