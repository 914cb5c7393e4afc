#include "engine/decide/outlook.h"

#include <algorithm>

#include "engine/decide/merge.h"

namespace lockstep {
namespace {

/// The other half of Decision: what it means to the person who reads of it.
Outlook outlook_of(const Mapping& mapping, const Facts& facts, const Decision& decision) {
  Outlook out;
  const auto has_value = [](const FieldChange& change) { return !change.before.is_nothing(); };
  const bool overwrites = std::any_of(decision.local_fields.begin(), decision.local_fields.end(), has_value);
  const bool reports = !decision.pending_remote.empty() || std::any_of(decision.conflicts.begin(), decision.conflicts.end(),
                                                                       [](const FieldConflict& each) { return each.reported_only; });
  const auto nobody = [](const FieldConflict& each) { return each.winner == FieldConflict::Winner::Nobody && !each.reported_only; };
  const auto open = [&](std::size_t each) { return !merging::equal(mapping.fields()[each], facts.here[each], facts.there[each]); };
  const bool undecided = std::any_of(decision.conflicts.begin(), decision.conflicts.end(), nobody) ||
                         std::any_of(facts.undecided.begin(), facts.undecided.end(), open);
  out.overwritten = overwrites ? 1 : 0;
  out.filled = !overwrites && !decision.local_fields.empty() ? 1 : 0;
  out.sent = decision.remote == Action::None ? 0 : 1;
  out.reported = reports ? 1 : 0;
  out.kept = !reports && !decision.pending_local.empty() ? 1 : 0;
  out.asked = undecided && decision.needs_verdicts ? 1 : 0;
  out.awaiting = undecided && !decision.needs_verdicts ? 1 : 0;
  return out;
}

/// What could be read before, and cannot any more, is what the columns cannot hold.
std::span<const std::size_t> unread_after(const Facts& facts, Row there, Arena& arena) {
  const std::span<std::size_t> unread = arena.make<std::size_t>(there.size());
  std::size_t count = 0;
  for (std::size_t i = 1; i < there.size(); ++i) {
    const bool could = merging::contains(facts.unread, i) || !facts.there[i].is_absent();
    if (there[i].is_absent() && could) unread[count++] = i;
  }
  return unread.first(count);
}

}  // namespace

Outlook& Outlook::operator+=(const Outlook& other) {
  filled += other.filled;
  overwritten += other.overwritten;
  sent += other.sent;
  kept += other.kept;
  reported += other.reported;
  asked += other.asked;
  awaiting += other.awaiting;
  return *this;
}

Facts facts_after(const Mapping& mapping, const Facts& facts, const Decision& decision, Row there, Arena& arena) {
  const std::size_t width = mapping.fields().size();
  std::span<Value> here = arena.make<Value>(width);
  std::copy(facts.here.begin(), facts.here.end(), here.begin());
  for (const FieldChange& change : decision.local_fields) here[change.ordinal] = change.after;
  for (const FieldChange& change : after_write(mapping, facts, decision, there)) here[change.ordinal] = change.after;
  Facts out = facts;
  out.here = here;
  out.there = there;
  out.unread = unread_after(facts, there, arena);
  const std::vector<BaseField> next = next_base(mapping, facts, decision, out.here, out.there);
  std::span<BaseField> base = arena.make<BaseField>(width);
  std::copy(next.begin(), next.end(), base.begin());
  for (std::size_t i = 0; i < width; ++i) {
    base[i].untouched = !base[i].there.is_absent() && same(mapping.fields()[i], base[i].here, out.here[i]);
  }
  out.base = base;
  return out;
}

Outlooks look_ahead(const Mapping& mapping, const Policy& policy, const Facts& facts, const Decision& decision, Row there,
                    const std::function<void(std::size_t, const Decision&)>& each) {
  Arena arena;
  const Facts after = facts_after(mapping, facts, decision, there, arena);
  Outlooks out;
  for (std::size_t i = 0; i < kModes.size(); ++i) {
    Policy next = policy;
    next.mode = kModes[i];
    next.force = next.existing_only = false;
    const Decision decided = decide(mapping, next, after);
    each(i, decided);
    out[i] = outlook_of(mapping, after, decided);
  }
  return out;
}

}  // namespace lockstep
