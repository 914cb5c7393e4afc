// models history and models due: what happened to models, and which shutdowns lie ahead.
#pragma once

#include <vector>

#include "cli/context.h"
#include "operations/model_table.h"

namespace lockstep {

/// Newest first.
int models_history(Context& context, const std::vector<Catalogue>& catalogues);
/// Shutdowns within --within days, and models past their date that are still listed; the exit code is 3 when there are any.
int models_due(Context& context, const std::vector<Catalogue>& catalogues);

}  // namespace lockstep
