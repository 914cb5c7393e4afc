#include "engine/sides/contested.h"

#include <algorithm>

#include "engine/decide/merge.h"

namespace lockstep {
namespace {

bool has_moved(const Mapping& mapping, const Facts& facts, std::size_t ordinal) {
  // What could not be read says nothing.
  if (facts.there[ordinal].is_absent() || !merging::known(facts, ordinal)) return false;
  return merging::edited_here(mapping, facts, ordinal) || merging::edited_there(mapping, facts, ordinal);
}

/// A person decides it: what the row was given in its object since the agreement is part of what they chose.
bool is_settled(const Facts& facts, std::size_t ordinal) { return facts.settled != nullptr && facts.settled->ordinal == ordinal; }

}  // namespace

void meet_conflicts_again(const Mapping& mapping, const FactsBuilder& builder, const OpenConflicts& open, bool decides, Facts& facts,
                          Arena& arena) {
  if (facts.base.empty() || facts.here.empty() || (facts.there.empty() && decides)) return;
  const std::span<BaseField> base = arena.make<BaseField>(facts.base.size());
  std::copy(facts.base.begin(), facts.base.end(), base.begin());
  const std::span<std::size_t> moved = arena.make<std::size_t>(open.ordinals.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < open.ordinals.size(); ++i) {
    const std::size_t ordinal = open.ordinals[i];
    if (facts.there.empty()) {
      base[ordinal] = {base[ordinal].there, base[ordinal].there};
    } else if (const bool met = has_moved(mapping, facts, ordinal); met || decides || is_settled(facts, ordinal)) {
      const Value agreed = builder.comparable_kept(ordinal, open.agreed[i], arena);
      base[ordinal] = {agreed, agreed};
      if (met) moved[count++] = ordinal;
    }
  }
  facts.base = base;
  facts.moved = moved.first(count);
}

Ending ending(const Mapping& mapping, const Facts& facts, const Decision& decision, std::size_t ordinal) {
  if (!facts.base.empty() && facts.base[ordinal].asked) return Ending::Stays;
  if (facts.settled != nullptr || decision.restores || merging::find(decision.conflicts, ordinal) != nullptr) return Ending::Stays;
  if (decision.remote == Action::Recreate) return Ending::ItemMadeAnew;
  if (decision.local == Action::Insert) return Ending::RowInsertedAnew;
  if (!merging::contains(facts.moved, ordinal)) return Ending::Stays;
  if (merging::equal(mapping.fields()[ordinal], facts.here[ordinal], facts.there[ordinal])) return Ending::Agreed;
  if (!merging::edited_here(mapping, facts, ordinal)) return Ending::HereTakenBack;
  return merging::edited_there(mapping, facts, ordinal) ? Ending::Stays : Ending::ThereTakenBack;
}

}  // namespace lockstep
