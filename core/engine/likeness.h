// Likeness: do two rows speak of the same thing? Evidence for where a key or a marker alone does not prove it: keys are used again by
// databases that count from their highest one, and by tables that come back from a backup.
#pragma once

#include <functional>
#include <span>

#include "engine/local.h"
#include "mapping/mapping.h"

namespace lockstep {

/// The label is the same, or more than half of the texts and objects that either side holds are. Columns in which all rows are alike say
/// nothing, nor do numbers, truth values and words of a list, which rows share by chance. `same(ordinal)` compares one field,
/// `holds(ordinal)` says whether either side has something there.
bool look_alike(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                const std::function<bool(std::size_t)>& holds);

}  // namespace lockstep
