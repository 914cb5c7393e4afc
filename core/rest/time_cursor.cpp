#include "rest/time_cursor.h"

#include <algorithm>

namespace lockstep::rest {
namespace {

constexpr Micros kMillisecond = 1000;
/// Limits that servers set silently are round numbers.
constexpr std::size_t kRound = 50;

}  // namespace

TimeCursor::TimeCursor(const ListSpec& spec, std::size_t page_size) : spec_(spec), size_(page_size, spec.page_size_cap) {}

std::optional<Parameters> TimeCursor::ask() {
  if (over_) return std::nullopt;
  asked_ = size_.get();
  Parameters parameters{{spec_.limit_parameter, std::to_string(asked_)}};
  if (bound_) {
    const bool oldest_first = order_ == Order::OldestFirst;
    const Micros wider = bound_->time + (oldest_first ? -kMillisecond : kMillisecond);
    parameters.emplace_back(oldest_first ? spec_.not_before_parameter : spec_.not_after_parameter,
                            widened_ ? format_time(wider) : bound_->text);
  }
  return parameters;
}

void TimeCursor::find_order(const std::vector<std::optional<Micros>>& times) {
  std::optional<Micros> first;
  for (const auto& time : times) {
    if (!time || order_ != Order::Unknown) continue;
    if (!first) first = time;
    if (*time != *first) order_ = *time < *first ? Order::NewestFirst : Order::OldestFirst;
  }
}

bool TimeCursor::in_order(const std::vector<std::optional<Micros>>& times) const {
  std::optional<Micros> before;
  if (bound_) before = bound_->time;
  if (before && widened_) *before += order_ == Order::OldestFirst ? -kMillisecond : kMillisecond;
  for (const auto& time : times) {
    if (!time) continue;
    if (before && further(*before, *time)) return false;
    before = time;
  }
  return true;
}

void TimeCursor::find_extent(const PageFacts& facts, const std::vector<std::optional<Micros>>& times, Reading& reading) const {
  for (std::size_t i = 0; i < times.size(); ++i) {
    reading.fresh = reading.fresh || facts.entries[i].fresh;
    reading.dated = reading.dated && times[i].has_value();
    if (!times[i]) continue;
    if (bound_ && !facts.entries[i].fresh && *times[i] == bound_->time) reading.reaches_bound = true;
    if (!reading.last || further(*times[i], reading.last->time)) reading.last = Instant{*times[i], std::string(facts.entries[i].time)};
  }
}

TimeCursor::Reading TimeCursor::read(const PageFacts& facts) {
  std::vector<std::optional<Micros>> times;
  times.reserve(facts.entries.size());
  for (const PageFacts::Entry& entry : facts.entries) times.push_back(parse_time(entry.time));
  find_order(times);
  Reading reading;
  reading.sorted = in_order(times);
  find_extent(facts, times, reading);
  if (suspected_cap_ != 0 && reading.fresh) server_cap_ = suspected_cap_;
  reading.empty = facts.elements == 0;
  reading.full = facts.elements >= (server_cap_ != 0 ? std::min(server_cap_, asked_) : asked_);
  return reading;
}

bool TimeCursor::look_again(const Reading& reading) {
  if (!bound_ || widening_proven_) return false;
  if (reading.reaches_bound) {
    widening_proven_ = widened_;
    return false;
  }
  // Missing even with the wider bound: the item was deleted meanwhile.
  widened_ = !widened_;
  return widened_;
}

void TimeCursor::end(std::string why) {
  over_ = true;
  why_ = std::move(why);
}

void TimeCursor::go_on(const Reading& reading) {
  if (!reading.dated || !reading.last) return end("items have no " + spec_.time_field + ", by which the list is paged");
  if (!reading.sorted) return end("the list is not in the order of " + spec_.time_field);
  // While all items so far are of one instant, nobody knows on which side of it the others are.
  const bool moved = order_ != Order::Unknown && (!bound_ || further(reading.last->time, bound_->time));
  if (moved) {
    bound_ = reading.last;
    return;
  }
  const bool raised = asked_ < size_.cap();
  size_.raise();
  if (!raised && (!reading.fresh || !bound_)) {
    end("a full page brought nothing new: " + std::to_string(asked_) + " items or more share the " + spec_.time_field + " " +
        reading.last->text);
  }
}

void TimeCursor::took(const PageFacts& facts) {
  const Reading reading = read(facts);
  suspected_cap_ = 0;
  size_.learn(facts.bytes, facts.elements);
  if (look_again(reading)) return;
  if (reading.empty && bound_) return end("an empty page came where at least the last item again was expected");
  if (reading.full || (bound_ && !reading.sorted)) return go_on(reading);
  const bool round = facts.elements % kRound == 0 && reading.last && reading.sorted;
  if (round && reading.fresh) {
    suspected_cap_ = facts.elements;
    bound_ = reading.last;
    return;
  }
  over_ = true;
}

}  // namespace lockstep::rest
