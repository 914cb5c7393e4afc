#include "engine/passes/deciding.h"

#include "engine/passes/account_check.h"
#include "engine/passes/agreed_rows.h"
#include "engine/passes/chunk.h"
#include "engine/passes/conflicts.h"
#include "engine/passes/open_work.h"
#include "engine/passes/persons_word.h"
#include "engine/passes/undoing.h"
#include "engine/sides/hook_result.h"
#include "format/json.h"

namespace lockstep {

Deciding::Deciding(RunContext& run, AccountCheck& account_check, AgreedRows& agreed_rows, Chunk& chunk, Conflicts& conflicts,
                   OpenWork& open_work, PersonsWord& persons_word, Undoing& undoing)
    : Pass(run),
      account_check_(account_check),
      agreed_rows_(agreed_rows),
      chunk_(chunk),
      conflicts_(conflicts),
      open_work_(open_work),
      persons_word_(persons_word),
      undoing_(undoing) {}

void Deciding::decide_item(Item& item, bool gone_confirmed) {
  const Link* link = link_of(item);
  Facts& facts = item.facts;
  facts = facts_.build(item, link, chunk_.arena());
  facts.gone_confirmed = gone_confirmed;
  facts.intent = open_work_.intent_of(item);
  const std::size_t matches = item.local != kNoIndex ? natural_.matches(item.local) : 0;
  facts.natural_matches = matches;
  // What may be created is created where nothing matches.
  facts.by_natural_key = natural_.any() && (!sync_.resource->can_create || matches > 0);
  facts.gone_remembered = link != nullptr && link->gone_at != 0 && item.there.empty();
  facts.stays_gone = sync_.leave_gone || (link != nullptr && link->left_at != 0);
  if (options_.resolution() && !persons_word_.may_resolve(facts)) {
    item.decision = {};
    return;
  }
  if (options_.resolution()) facts.settled = persons_word_.settled_by_person(item);
  if (item.local != kNoIndex && locals_.rows()[item.local].link != kNoIndex) {
    const LocalRow& row = locals_.rows()[item.local];
    const bool own = links_[row.link].remote_id == item.id;
    facts.id = row.id.empty() ? IdState::Emptied : own ? IdState::Linked : IdState::Changed;
  }
  account_check_.take_account(item);
  open_work_.take_promises(item);
  if (facts.intent != IntentState::MarkerFound && !agreed_rows_.is_agreed_row(item)) {
    facts_.forget_base(item, chunk_.arena());
  }
  conflicts_.take_open_conflicts(item);
  if (undoing()) {
    if (is_another_row(item)) {
      item.stored = {};
      facts.here = {};
    }
    undoing_.decide_rollback(item);
  } else {
    item.decision = decide(mapping_, policy_, facts);
    if (item.decision.needs_verdicts) item.decision = decide(mapping_, policy_, facts, ask_conflict_hook(item));
  }
  for (const Json& shown : item.shown) item.decision.take_base = item.decision.take_base || !shown.is_null();
}

/// A key that was used again is another row's: what the run wrote to the one before is gone with it.
bool Deciding::is_another_row(const Item& item) const {
  if (item.stored.empty() || item.base == nullptr) return false;
  const std::string borne = borne_id(target_, item.stored);
  return borne != item.id && (!borne.empty() || !agreed_rows_.looks_agreed(item.facts));
}

std::vector<Verdict> Deciding::ask_conflict_hook(const Item& item) {
  std::vector<Verdict> verdicts;
  for (const FieldConflict& conflict : item.decision.conflicts) {
    Verdict verdict{conflict.ordinal, std::nullopt};
    std::optional<Json> winner;
    if (sync_.hook && sync_.hook->has(Hook::Stage::Conflict)) {
      const std::string& column = mapping_.fields()[conflict.ordinal].column;
      const HookVerdict refused = sync_.hook->conflict({item.id, item.label, sync_.nouns.one}, column, json::to_readable(conflict.here),
                                                       json::to_readable(conflict.there), json::to_readable(conflict.base), winner);
      if (refused) tally_.warn(item, "hook", tally_.name_of(item) + ": " + *refused);
    }
    std::string problem;
    if (winner)
      verdict.winner = take_cell(mapping_.fields()[conflict.ordinal], cell_of(mapping_.fields()[conflict.ordinal], *winner, chunk_.arena()),
                                 chunk_.arena(), problem);
    if (!problem.empty()) {
      verdict.winner.reset();
      tally_.warn(item, "hook", tally_.name_of(item) + ": what the hook's conflict returned: " + problem);
    }
    // A hook that chooses the row's side of what cannot be read chooses nothing that could be sent.
    if (winner && conflict.here.is_unreadable() && *winner == json::to_readable(conflict.here)) verdict.winner.reset();
    verdicts.push_back(verdict);
  }
  return verdicts;
}

}  // namespace lockstep
