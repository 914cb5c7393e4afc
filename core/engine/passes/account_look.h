// Whose items a list shows, said before a run meets it.
#pragma once

#include "data/record.h"
#include "engine/engine.h"

namespace lockstep {

/// The first page of the list of a sync that has its store. Throws the Error{Rejected} with which a run would stop before its first write:
/// the items are another account's than those that its rows are linked to.
void check_account(const Sync& sync, const Page& page);
/// The same of one record that was asked for by its id.
void check_account(const Sync& sync, const Document& document);

}  // namespace lockstep
