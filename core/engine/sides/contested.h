// Contested fields: those whose conflict an earlier run left to a person. Where a side has moved since, the conflict is met again as it was
// found, against what both had agreed on before it; it is over where the sides agree, or where one took its edit back.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/json.h"
#include "engine/decide/decide.h"
#include "engine/sides/facts.h"

namespace lockstep {

/// Of one link, both as long: the columns, and what the conflict says that was agreed on before it.
struct OpenConflicts {
  std::vector<std::size_t> ordinals;
  std::vector<Json> agreed;
};

/// Gives `facts` the base against which contested fields are to be decided, and those that are met again. A field of which neither side
/// has moved stays held apart, but for one that is decided: by a person, or all of them by the policy of this run (`decides`), which meets
/// them as the run did that left them. Where the item is gone and it decides nothing, the row's value is an edit.
void meet_conflicts_again(const Mapping& mapping, const FactsBuilder& builder, const OpenConflicts& open, bool decides, Facts& facts,
                          Arena& arena);

/// How the conflict about a contested field ends without anybody's word on it.
enum class Ending : std::uint8_t {
  Stays,            ///< it is none of these
  Agreed,           ///< both sides hold the same
  HereTakenBack,    ///< the row holds again what was agreed on: the remote's edit is the only one
  ThereTakenBack,   ///< the same of the item
  ItemMadeAnew,     ///< the item was gone: the row's value goes into the new one
  RowInsertedAnew,  ///< the row was gone
};
Ending ending(const Mapping& mapping, const Facts& facts, const Decision& decision, std::size_t ordinal);

}  // namespace lockstep
