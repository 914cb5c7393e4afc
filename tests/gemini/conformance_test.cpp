// The gemini plugin against the provider checks.
#include "conformance/sandboxed.h"

namespace lockstep::conformance {
namespace {

INSTANTIATE_TEST_SUITE_P(Gemini, ProviderSuite, provider_cases(sandboxed("/gemini/v1beta", "model")), provider_case_name);

}  // namespace
}  // namespace lockstep::conformance
