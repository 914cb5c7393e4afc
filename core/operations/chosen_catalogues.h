// Chosen catalogues: of one provider, or of all.
#pragma once

#include <string>
#include <vector>

#include "operations/model_table.h"

namespace lockstep::operations {

/// `provider` as the configuration calls it; empty: all. Throws Error{Invalid} with a suggestion, and what all_catalogues() throws.
std::vector<Catalogue> chosen_catalogues(Workspace& workspace, const std::string& provider);

}  // namespace lockstep::operations
