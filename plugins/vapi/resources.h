// What Vapi's REST API looks like, as a table. Source: its published OpenAPI description (https://api.vapi.ai/api-json, 2026-08) and, for
// keys that the live API still knows, older editions of it and of its SDKs.
#pragma once

#include "rest/spec.h"

namespace lockstep::vapi {

/// `assistant` and `phone_number`.
rest::RestSpec make_spec();

}  // namespace lockstep::vapi
