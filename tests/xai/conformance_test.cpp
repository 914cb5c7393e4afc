// The xai plugin against the provider checks.
#include "conformance/sandboxed.h"

namespace lockstep::conformance {
namespace {

INSTANTIATE_TEST_SUITE_P(Xai, ProviderSuite, provider_cases(sandboxed("/xai/v1", "model")), provider_case_name);

}  // namespace
}  // namespace lockstep::conformance
