// The checks of a store by what they are about: one file each.
#pragma once

#include "conformance/store_checks.h"

namespace lockstep::conformance {

std::vector<StoreCheck> schema_checks();
std::vector<StoreCheck> value_checks();
std::vector<StoreCheck> write_checks();
std::vector<StoreCheck> filter_checks();
std::vector<StoreCheck> lease_checks();
std::vector<StoreCheck> trouble_checks();

}  // namespace lockstep::conformance
