// The Vapi plugin against the provider checks.
#include "conformance/sandboxed.h"

namespace lockstep::conformance {
namespace {

INSTANTIATE_TEST_SUITE_P(VapiAssistants, ProviderSuite, provider_cases(sandboxed("", "assistant")), provider_case_name);
INSTANTIATE_TEST_SUITE_P(VapiPhoneNumbers, ProviderSuite, provider_cases(sandboxed("", "phone_number")), provider_case_name);

}  // namespace
}  // namespace lockstep::conformance
