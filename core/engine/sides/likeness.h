// Likeness: do two rows speak of the same thing? Evidence for where a key or a marker alone does not prove it: keys are used again by
// databases that count from their highest one, and by tables that come back from a backup.
#pragma once

#include <functional>
#include <span>

#include "engine/sides/local.h"
#include "mapping/mapping.h"

namespace lockstep {

/// A column of texts or objects: numbers, truth values and words of a list are shared by chance.
bool tells_rows_apart(const Mapping& mapping, std::size_t ordinal);

/// More than half of the texts and objects that either side holds are the same. Columns in which all rows are alike say nothing.
/// `same(ordinal)` compares one field, `holds(ordinal)` says whether either side has something there.
bool mostly_same(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                 const std::function<bool(std::size_t)>& holds);

/// Evidence that a row is still the one it was: most of it is as it was, or its label is and something besides, or there is nothing
/// besides.
bool still_the_same(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                    const std::function<bool(std::size_t)>& holds);

/// Reason enough to ask a person: the label is the same, or most of it is.
bool look_alike(const Mapping& mapping, std::span<const Alike> alike, const std::function<bool(std::size_t)>& same,
                const std::function<bool(std::size_t)>& holds);

}  // namespace lockstep
