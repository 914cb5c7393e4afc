#include "rest/limits.h"

#include "common/error.h"
#include "format/tokens.h"

namespace lockstep::rest {
namespace {

/// A document in memory costs some thirty bytes for each token.
constexpr std::size_t kMostTokens = 4'000'000;

}  // namespace

std::optional<std::string> too_heavy(std::string_view item, const Limits& limits) {
  if (item.size() > limits.item_bytes) {
    return "it is larger than " + std::to_string(limits.item_bytes >> 20U) +
           " MiB; if items are that large, raise the provider's max_item_mib";
  }
  if (item.size() <= kMostTokens) return std::nullopt;
  json::Tokens tokens;
  try {
    tokens.open(item);
  } catch (const Error&) {
    return std::nullopt;  // Whoever reads it says what is wrong.
  }
  if (tokens.left() <= kMostTokens) return std::nullopt;
  return "it holds more than " + std::to_string(kMostTokens) + " values, names and brackets, which no item of a person has";
}

}  // namespace lockstep::rest
