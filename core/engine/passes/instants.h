// Instants: when a record held certain values, read off the journal. Records that all held at one instant what they are to get now come
// from a backup of that instant.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/decide/decide.h"
#include "state/state.h"

namespace lockstep {

/// From, up to and without; in order, and apart.
struct TimeSpan {
  Micros from, to;
};
using Instants = std::vector<TimeSpan>;

Instants overlap(const Instants& one, const Instants& other);

/// When a record held what `fields` would make of it, columns that keep their values included; `changes`: its journal, newest first.
/// nullopt: one of the values never stood there. Empty: each did, and never all of them at once.
std::optional<Instants> instants_of(const Mapping& mapping, std::span<const FieldChange> fields, std::span<const ChangeEntry> changes);

}  // namespace lockstep
