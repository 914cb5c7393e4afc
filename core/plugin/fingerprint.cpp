#include "plugin/fingerprint.h"

#include "sdk/plugin.h"

namespace lockstep {
namespace {

constexpr std::string_view kBeginning = "interface=";
constexpr std::string_view kParts[] = {" abi=", " libstdc++=", " sanitizer="};

/// The fingerprint that begins at `at` of the file's bytes; empty when what stands there is none.
std::string_view fingerprint_at(std::string_view bytes, std::size_t at) {
  const std::string_view text = bytes.substr(at, bytes.find('\0', at) - at);
  std::size_t from = 0;
  for (const std::string_view part : kParts) {
    from = text.find(part, from);
    if (from == std::string_view::npos) return {};
  }
  return text;
}

}  // namespace

std::string foreign_fingerprint(std::string_view theirs) {
  return "was built differently (" + std::string(theirs) + ", this program: " LOCKSTEP_FINGERPRINT ")";
}

std::optional<std::string> fingerprint_problem(std::string_view bytes) {
  std::string_view other;
  for (std::size_t at = bytes.find(kBeginning); at != std::string_view::npos; at = bytes.find(kBeginning, at + 1)) {
    const std::string_view found = fingerprint_at(bytes, at);
    if (found == LOCKSTEP_FINGERPRINT) return std::nullopt;
    if (!found.empty()) other = found;
  }
  return foreign_fingerprint(other.empty() ? "no fingerprint" : other);
}

}  // namespace lockstep
