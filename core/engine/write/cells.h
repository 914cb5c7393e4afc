// Cells: what a decision makes of the cells of a row, as the table is to have them.
#pragma once

#include "engine/sides/item.h"
#include "engine/sides/references.h"
#include "engine/sides/secrets.h"
#include "engine/sides/target.h"
#include "engine/write/writer.h"

namespace lockstep {

/// Appends what an insert writes (Target::insert_shape).
void fill_row(Rows& rows, const Insertion& insertion, const Target& target, References& references);

/// What a change of the row writes: the decision holds masked values and remote references. Throws Error{Rejected} where a secret is not
/// known any more. Bytes go into `arena`.
Value cell_after(const Item& item, const FieldChange& change, const Mapping& mapping, const Target& target, const SecretPaths& secrets,
                 References& references, Arena& arena);

}  // namespace lockstep
