#include "rest/options.h"

#include <algorithm>

namespace lockstep::rest {
namespace {

/// A rest of so long lets a burst through without waiting: a sync of some thousand items is a handful of requests.
constexpr double kBurstSeconds = 3;
constexpr std::int64_t kMostAtOnce = 64;

std::int64_t within(const OptionValues& values, const char* name, std::int64_t least, std::int64_t most) {
  const std::int64_t value = values.integer(name);
  if (value >= least && value <= most) return value;
  throw Error(ErrorKind::Invalid, std::string(name) + " must be between " + std::to_string(least) + " and " + std::to_string(most));
}

}  // namespace

RestOptions read_options(const OptionValues& values) {
  RestOptions options;
  options.api_key = values.text("api_key");
  options.client.base_url = values.text("base_url");
  options.client.user_agent = "lockstep";
  options.client.timeout = values.duration("timeout");
  options.client.connect_timeout = values.duration("connect_timeout");
  options.client.rate = values.real("rate");
  options.client.burst = std::max(1.0, options.client.rate * kBurstSeconds);
  options.client.concurrency = static_cast<std::size_t>(within(values, "concurrency", 1, kMostAtOnce));
  options.client.retry.retries = static_cast<int>(within(values, "retries", 0, 100));
  options.client.ca_file = values.text("ca_file");
  if (values.has("page_size")) options.page_size = static_cast<std::size_t>(within(values, "page_size", 1, 1'000'000));
  return options;
}

}  // namespace lockstep::rest
