// The reference of a Form's keys as Markdown, for the README.
#pragma once

#include <string>

#include "format/form.h"

namespace lockstep::test {

/// A table of keys for each map in the form; maps that hold the same keys are written once.
std::string reference(const yaml::Form& form);

}  // namespace lockstep::test
