// check: a YAML tree held against a form as a whole, for files whose reader wants only what is right.
#pragma once

#include "format/form.h"

namespace lockstep::yaml {

/// Adds a problem, with its place, for everything in `node` that the form does not allow: unknown and missing keys, wrong kinds, texts that
/// are none of the choices, too few items. `what` names the node in messages ("a case"). True when there was none. Knows Text (choices,
/// pattern, fewest), Integer, Real, Boolean, Any, Map, Names, List and Either; `types`, `needs` and variants are the reader's own business.
bool check(const Node& node, const Form& form, const std::string& what, Problems& problems);

}  // namespace lockstep::yaml
