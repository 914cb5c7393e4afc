// The options that every HTTP provider takes, as rows for its table, and their way into RestOptions.
#pragma once

#include <algorithm>
#include <array>

#include "rest/provider.h"
#include "sdk/options.h"

namespace lockstep::rest {

/// The table with rows of a provider's own behind it.
template <std::size_t First, std::size_t Second>
constexpr std::array<Option, First + Second> with_options(const std::array<Option, First>& common, const std::array<Option, Second>& own) {
  std::array<Option, First + Second> all{};
  std::copy(common.begin(), common.end(), all.begin());
  std::copy(own.begin(), own.end(), all.begin() + First);
  return all;
}

/// Rows that bound what one answer and one list may cost.
constexpr std::array<Option, 3> limit_options() {
  return {{
      {"max_answer_mib", OptionType::Integer, "64", false, false, nullptr,
       "the largest answer of a list, in MiB and unpacked; it may hold 4096 items for each of them", nullptr, 1, 4096},
      {"max_item_mib", OptionType::Integer, "16", false, false, nullptr, "the largest item, in MiB and unpacked", nullptr, 1, 1024},
      {"max_records", OptionType::Integer, "5000000", false, false, nullptr, "a list that goes on after so many items ends with an error",
       nullptr, 1, 1'000'000'000},
  }};
}

/// Rows for a provider whose key comes from `key_variable` and whose API is at `base_url`.
constexpr std::array<Option, 13> http_options(const char* key_variable, const char* base_url) {
  return with_options(
      std::array<Option, 10>{{
          {"api_key", OptionType::Text, nullptr, false, true, key_variable, "the key"},
          {"base_url", OptionType::Text, base_url, false, false, nullptr, "address of the API; http:// is for this machine only"},
          {"timeout", OptionType::Duration, "30s", false, false, nullptr, "one request with its retries and waits"},
          {"connect_timeout", OptionType::Duration, "10s", false, false, nullptr, "one connection, with TLS"},
          {"page_size", OptionType::Integer, nullptr, false, false, nullptr, "items of a list to ask for at once; adapts to large items",
           nullptr, 1, 1'000'000},
          {"rate", OptionType::Real, "10", false, false, nullptr, "requests a second over time; 0: no limit", nullptr, 0},
          {"concurrency", OptionType::Integer, "8", false, false, nullptr, "requests under way at once", nullptr, 1, 64},
          {"retries", OptionType::Integer, "4", false, false, nullptr, "how often a request is repeated after passing trouble", nullptr, 0,
           100},
          {"ca_file", OptionType::Path, nullptr, false, false, nullptr, "PEM file of the authorities to trust instead of the system's"},
          {"resources", OptionType::Path, nullptr, false, false, nullptr, "YAML file with more resources of this API"},
      }},
      limit_options());
}

/// `limits` stand in for options that are neither given nor have a default. Throws Error{Invalid} for what the table does not allow.
RestOptions read_options(const OptionValues& values, const LimitSpec& limits = {});

}  // namespace lockstep::rest
