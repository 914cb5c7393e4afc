#include "rest/options.h"

#include <algorithm>

namespace lockstep::rest {
namespace {

/// A rest of so long lets a burst through without waiting: a sync of some thousand items is a handful of requests.
constexpr double kBurstSeconds = 3;

/// Everything was checked where it stood in the configuration; a caller without one gets the same answer here.
void check(const OptionValues& values) {
  for (const char* name : {"page_size", "rate", "concurrency", "retries", "max_answer_mib", "max_item_mib", "max_records"}) {
    const Option* option = values.option(name);
    if (option == nullptr || !values.has(name)) continue;
    if (const auto problem = option_problem(*option, values.text(name)))
      throw Error(ErrorKind::Invalid, std::string(name) + " " + *problem);
  }
}

std::size_t mebibytes(const OptionValues& values, const char* name, std::size_t otherwise) {
  return values.has(name) ? static_cast<std::size_t>(values.integer(name)) << 20U : otherwise;
}

}  // namespace

RestOptions read_options(const OptionValues& values, const LimitSpec& limits) {
  check(values);
  RestOptions options;
  options.api_key = values.text("api_key");
  options.client.base_url = values.text("base_url");
  options.client.user_agent = "lockstep";
  options.client.timeout = values.duration("timeout");
  options.client.connect_timeout = values.duration("connect_timeout");
  options.client.rate = values.has("rate") ? values.real("rate") : limits.rate.value_or(0);
  options.client.burst = std::max(1.0, options.client.rate * kBurstSeconds);
  options.client.concurrency =
      values.has("concurrency") ? static_cast<std::size_t>(values.integer("concurrency")) : limits.concurrency.value_or(1);
  options.client.retry.retries = values.has("retries") ? static_cast<int>(values.integer("retries")) : limits.retries.value_or(0);
  if (limits.first_wait) options.client.retry.first_wait = *limits.first_wait;
  if (limits.longest_wait) options.client.retry.longest_wait = *limits.longest_wait;
  options.client.body_cap = mebibytes(values, "max_answer_mib", options.client.body_cap);
  options.limits.answer_bytes = options.client.body_cap;
  options.limits.item_bytes = mebibytes(values, "max_item_mib", options.limits.item_bytes);
  if (values.has("max_records")) options.limits.records = static_cast<std::size_t>(values.integer("max_records"));
  options.client.ca_file = values.text("ca_file");
  options.resources = values.text("resources");
  if (values.has("page_size")) options.page_size = static_cast<std::size_t>(values.integer("page_size"));
  return options;
}

}  // namespace lockstep::rest
