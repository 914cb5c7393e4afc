// The xai plugin against the provider checks, with the sandbox as its service.
#include "conformance/provider_suite.h"
#include "sandbox/sandbox.h"

extern "C" const lockstep::ProviderPlugin lockstep_provider_v1;

namespace lockstep::conformance {
namespace {

ProviderBench sandboxed() {
  // Nothing is written to it, so one serves all checks; stopping it would take longer than most of them.
  static sandbox::Sandbox& sandbox = *new sandbox::Sandbox;
  return {&lockstep_provider_v1,
          {{"api_key", sandbox.key()}, {"base_url", sandbox.url() + "/xai/v1"}, {"retries", "0"}, {"rate", "0"}},
          "model"};
}

INSTANTIATE_TEST_SUITE_P(Xai, ProviderSuite, provider_cases({sandboxed}), provider_case_name);

}  // namespace
}  // namespace lockstep::conformance
