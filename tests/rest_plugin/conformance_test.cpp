// Shipped tables against the provider checks.
#include "conformance/sandboxed.h"

namespace lockstep::conformance {
namespace {

const std::string kAnthropic = LOCKSTEP_SOURCE_DIR "/config/providers/anthropic.yaml";

INSTANTIATE_TEST_SUITE_P(Anthropic, ProviderSuite, provider_cases(sandboxed("/anthropic", "model", {}, {{"table", kAnthropic}})),
                         provider_case_name);

}  // namespace
}  // namespace lockstep::conformance
