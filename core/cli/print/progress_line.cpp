#include "cli/print/progress_line.h"

#include <cmath>

#include "common/text.h"

namespace lockstep {
namespace {

constexpr std::string_view kWipe = "\r\x1b[K";
constexpr std::chrono::seconds kWindow{10};
constexpr Millis kCourtesy{50};

/// "5 s", "2 min 5 s", "1 h 10 min": no finer than a person needs.
std::string shown_span(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string shown_rate(double per_second) {
  if (per_second >= 10) return std::to_string(std::llround(per_second));
  const std::int64_t tenths = std::llround(per_second * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

void Rate::add(SteadyTime at, std::uint64_t done) {
  samples_.push_back({at, done});
  while (samples_.size() > 2 && at - samples_[1].at >= kWindow) samples_.pop_front();
}

double Rate::per_second() const {
  if (samples_.size() < 2 || samples_.back().done <= samples_.front().done) return 0;
  const double seconds = std::chrono::duration<double>(samples_.back().at - samples_.front().at).count();
  return seconds <= 0 ? 0 : static_cast<double>(samples_.back().done - samples_.front().done) / seconds;
}

std::string progress_text(const std::string& what, std::uint64_t done, std::optional<std::uint64_t> total, double per_second) {
  if (done == 0) return what + " ...";
  const bool bounded = total && *total >= done;
  std::string text = what + ": " + std::to_string(done);
  if (bounded) text += " of " + std::to_string(*total);
  if (per_second < 0.1) return text;
  text += ", " + shown_rate(per_second) + " a second";
  if (bounded && *total > done) text += ", " + shown_span(static_cast<double>(*total - done) / per_second) + " left";
  return text;
}

ProgressLine::ProgressLine(Draw draw, std::string what, const Clock& clock, Settings settings)
    : draw_(std::move(draw)), what_(std::move(what)), clock_(clock), settings_(settings) {
  rate_.add(clock_.steady(), 0);
  thread_ = std::thread([this] { work(); });
}

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

void ProgressLine::begin(std::string what) {
  const std::lock_guard lock(mutex_);
  what_ = std::move(what);
  done_ = 0;
  total_.reset();
  rate_ = Rate();
  rate_.add(clock_.steady(), 0);
}

void ProgressLine::wipe() {
  const std::lock_guard lock(mutex_);
  if (drawn_) draw_(kWipe);
  drawn_ = false;
  wiped_at_ = clock_.steady();
}

bool ProgressLine::draw_line() {
  const SteadyTime now = clock_.steady();
  rate_.add(now, done_);
  // What made the line go away may still be on its way to the terminal.
  if (wiped_at_ && now - *wiped_at_ < kCourtesy) return false;
  const std::size_t most = settings_.columns > 1 ? settings_.columns - 1 : 1;
  draw_(std::string(kWipe) + ellipsize(progress_text(what_, done_, total_, rate_.per_second()), most));
  drawn_ = true;
  return true;
}

void ProgressLine::work() {
  std::unique_lock lock(mutex_);
  Millis wait = settings_.patience;
  // What comes at the pace of the line itself must not keep it away for ever.
  while (!changed_.wait_for(lock, wait, [this] { return over_; })) wait = draw_line() ? settings_.pace : kCourtesy;
}

}  // namespace lockstep
