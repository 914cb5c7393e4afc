// Answers of remote writes, held against what was sent: what they leave out, and what was not taken.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "data/resource.h"
#include "engine/decide.h"

namespace lockstep {

/// False when `answer` is empty, or lacks members at any depth that the item had before (`standing`, empty for a new one) or was sent:
/// what is not named there is not known. What was null, is sent as null or is write-only need not be answered.
/// Throws Error{Corrupt} for texts that are no JSON.
bool tells_all(std::string_view answer, std::string_view standing, const Json& sent, const Resource& resource);

/// Ordinals of the fields that were sent and that the item holds something else in. `shown`: the mapped answer, masked as the decision is.
/// Another spelling of the same value is no difference. What a hook took out of the body, or put into it instead, was not asked for.
std::vector<std::size_t> not_taken(const Mapping& mapping, const Decision& decision, const Json& sent, const Json& answer, Row shown);

}  // namespace lockstep
