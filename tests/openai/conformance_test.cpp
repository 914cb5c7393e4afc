// The openai plugin against the provider checks. Its list has no pages.
#include "conformance/sandboxed.h"

namespace lockstep::conformance {
namespace {

INSTANTIATE_TEST_SUITE_P(OpenAi, ProviderSuite, provider_cases(sandboxed("/openai/v1", "model", {"ALoopOfPagesEnds"})), provider_case_name);

}  // namespace
}  // namespace lockstep::conformance
