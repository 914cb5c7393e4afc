#include "engine/passes/documents.h"

#include <algorithm>
#include <utility>

#include "common/text.h"
#include "engine/decide/answer.h"
#include "engine/passes/chunk.h"
#include "engine/passes/faults.h"
#include "engine/passes/guards.h"
#include "format/json.h"
#include "mapping/sets.h"

namespace lockstep {

Documents::Documents(RunContext& run, Chunk& chunk, Faults& faults) : Pass(run), chunk_(chunk), faults_(faults) {}

std::string Documents::names_of(const std::vector<std::size_t>& ordinals) const {
  std::vector<std::string> columns;
  for (const std::size_t ordinal : ordinals) columns.push_back(mapping_.fields()[ordinal].column);
  return join(columns, ", ");
}

bool Documents::complete(Item& item) {
  if (item.base == nullptr || item.raw == item.base->document) return true;
  const Json known = json::parse(item.base->document);
  const Json now = json::parse(item.raw);
  std::vector<std::size_t> lost = untold(mapping_, now, known, *sync_.resource);
  std::erase_if(lost, [this](std::size_t ordinal) { return proven_lost_[ordinal] >= kProofsOfLoss; });
  if (lost.empty()) return true;
  if (item.asked) return complete_own(item, now, known, std::move(lost));
  if (!sync_.resource->can_get) return true;
  const auto document = sync_.provider->get(*sync_.resource, item.id, call_);
  if (!document) {
    faults_.reject(item, contradiction());
    return false;
  }
  return compare_with_own(item, now, json::parse(document->json), known, lost);
}

/// `own`: what the API answers to the item's id.
bool Documents::compare_with_own(Item& item, const Json& listed, const Json& own, const Json& known, const std::vector<std::size_t>& lost) {
  std::vector<std::size_t> shown = lost;
  for (const std::size_t ordinal : untold(mapping_, own, known, *sync_.resource)) std::erase(shown, ordinal);
  if (!shown.empty()) {
    chunk_.replace_document(item, json::to_text(completed(own, listed)));
    return true;
  }
  return are_gone(item, listed, known, lost);
}

/// The answer to the item's id: what the list that it was asked for lacks, too, is gone.
bool Documents::complete_own(Item& item, const Json& own, const Json& known, std::vector<std::size_t> lost) {
  if (!item.listed.empty()) {
    const Json listed = json::parse(item.listed);
    std::vector<std::size_t> gone = untold(mapping_, listed, known, *sync_.resource);
    std::erase_if(gone, [&](std::size_t ordinal) { return std::erase(lost, ordinal) == 0; });
    if (!gone.empty() && !are_gone(item, listed, known, gone)) return false;
  }
  return lost.empty() || keep_known(item, own, known, std::move(lost));
}

/// Neither the list nor the item's own answer shows these. False where next to nothing is left.
bool Documents::are_gone(Item& item, const Json& listed, const Json& known, const std::vector<std::size_t>& lost) {
  if (!options_.allow_mass_change && is_remnant(listed, known, *sync_.resource)) {
    faults_.reject(item, part_of(item) + "; nothing was overwritten: if most of it was taken out on purpose, add --allow-mass-change");
    return false;
  }
  for (const std::size_t ordinal : lost) ++proven_lost_[ordinal];
  return true;
}

/// No list tells whether the members are gone: what they held goes on to be known, and the fields are left alone.
bool Documents::keep_known(Item& item, const Json& now, Json known, std::vector<std::size_t> lost) {
  if (undoing()) {
    faults_.reject(item, part_of(item) + ", without " + names_of(lost) + "; nothing was restored");
    return false;
  }
  secrets_.remove_from(known);
  chunk_.replace_document(item, json::to_text(completed(now, known)));
  item.hash = {};  // a list has to be looked at
  item.untold = std::move(lost);
  tally_.warn(
      item, "partial",
      part_of(item) + ", without " + names_of(item.untold) + ", which it had: they are left as they are until a whole list is read");
  return true;
}

std::string Documents::part_of(const Item& item) const {
  return sync_.nouns.provider + " answers with a part of the " + sync_.nouns.one + " when asked for it by its ID " + std::string(item.id);
}

std::vector<std::string> Documents::take_document(Item& item, const std::string& answer) {
  const Json own = json::parse(answer), known = json::parse(item.raw);
  std::vector<std::string> lost = untold_members(own, known, *sync_.resource);
  chunk_.replace_document(item, lost.empty() ? answer : json::to_text(completed(own, known)));
  item.hash = lost.empty() ? seeded_hash(hash_of_record(mapping_, answer), seed()) : Hash128{};
  return lost;
}

void Documents::take_told(Item& item, const std::string& answer, const Json& sent) {
  const bool patched = item.decision.remote == Action::Patch;
  const Json told = answer.empty() ? Json(Json::Object{}) : json::parse(answer);
  const Json before = patched ? json::parse(item.raw) : Json(Json::Object{});
  const Json expected = patched ? expected_after(told, before, sent, *sync_.resource) : expected_of_new(told, sent, *sync_.resource);
  item.untold = untold(mapping_, told, expected, *sync_.resource);
  const bool part = !untold_members(told, expected, *sync_.resource).empty();
  chunk_.replace_document(item, part ? json::to_text(completed(told, patched ? before : sent)) : answer);
  item.hash = part ? Hash128{} : seeded_hash(hash_of_record(mapping_, answer), seed());
  if (item.untold.empty()) return;
  tally_.warn(item, "partial",
              tally_.name_of(item) + " was written, and " + sync_.nouns.provider + " does not show " + names_of(item.untold) +
                  " of it: the next run looks again");
}

bool Documents::was_shown(const Item& item, const Json& body, const std::vector<std::string>& lost) {
  std::vector<std::string> hidden;
  for (const std::string& name : lost) {
    if (body.find(name) != nullptr) hidden.push_back(name);
  }
  if (hidden.empty()) return true;
  faults_.reject(item, part_of(item) + ", without " + join(hidden, ", ") +
                           ", which it had a moment ago; nothing was sent, run the same command again");
  return false;
}

}  // namespace lockstep
