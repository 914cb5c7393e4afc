// The checks of a provider by what they are about: one file each.
#pragma once

#include "conformance/provider_trial.h"

namespace lockstep::conformance {

std::vector<ProviderCheck> credential_checks();
std::vector<ProviderCheck> list_checks();
std::vector<ProviderCheck> text_checks();
std::vector<ProviderCheck> answer_checks();
std::vector<ProviderCheck> patience_checks();

}  // namespace lockstep::conformance
