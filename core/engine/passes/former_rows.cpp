#include "engine/passes/former_rows.h"

#include "common/text.h"
#include "engine/decide/merge.h"
#include "engine/passes/chunk.h"
#include "engine/passes/faults.h"
#include "engine/passes/open_work.h"
#include "engine/sides/counterparts.h"

namespace lockstep {

FormerRows::FormerRows(RunContext& run, Chunk& chunk, Faults& faults, OpenWork& open_work)
    : Pass(run), chunk_(chunk), faults_(faults), open_work_(open_work) {}

bool FormerRows::keeps_back(const Item& row) {
  const bool creates = merging::writes_remote(policy_.mode) && policy_.can_create && !policy_.existing_only && !about_one_record();
  if (!creates || row.stored.empty() || open_work_.creates().contains(std::string(row.key))) return false;
  const Link* link = former_link(row);
  if (link == nullptr || !looks_like_its_item(row, *link)) return false;
  const std::string& noun = sync_.nouns.one;
  faults_.set_aside(row, row_name(row.key) + " has no ID any more and looks like " + noun + " " + in_quotes(link->remote_id) +
                             ", which was its own and is another row's by now; no second " + noun + " is created of it. Delete the row" +
                             ", or, if it is to become a " + noun + " of its own, give it another " +
                             mapping_.fields()[mapping_.label()].column);
  return true;
}

/// The item that the row had last: by its link, which may have gone to the other row a moment ago, else by the journal.
const Link* FormerRows::former_link(const Item& row) {
  const std::uint32_t known = locals_.rows()[row.local].link;
  if (known != kNoIndex) return is_anothers(links_[known], row) ? &links_[known] : nullptr;
  for (const ChangeEntry& change : state_.changes({.record = std::string(row.key)})) {
    if (change.sync_id != entry_.id || change.local_key != row.key || change.remote_id.empty()) continue;
    const auto link = links_.by_remote(change.remote_id);
    return link && is_anothers(links_[*link], row) ? &links_[*link] : nullptr;
  }
  return nullptr;
}

/// It is there, and a row that is not this one bears its id.
bool FormerRows::is_anothers(const Link& link, const Item& row) const {
  if (link.gone_at != 0) return false;
  const auto bearer = locals_.find(link.remote_id);
  if (bearer) return locals_.rows()[*bearer].key != row.key;
  const auto at = links_.by_remote(link.remote_id);
  return at && link.local_key != row.key && locals_.of_link(*at) == LocalRows::LinkRow::Clean;
}

/// It bears the item's label, or holds all that the item holds: the other row may have given the item new values since.
bool FormerRows::looks_like_its_item(const Item& row, const Link& link) {
  Item probe;
  probe.id = probe.label = link.remote_id;
  probe.link = static_cast<std::uint32_t>(*links_.by_remote(link.remote_id));
  chunk_.load_bases(std::span(&probe, 1));
  if (probe.base == nullptr) return false;
  probe.raw = padded_copy(probe.base->document, chunk_.arena());
  probe.may_hold_secrets = true;
  if (!chunk_.shape_for_a_look(probe)) return false;
  probe.key = row.key;
  probe.stored = row.stored;
  const Facts facts = facts_.build(probe, nullptr, chunk_.arena());
  const std::size_t label = mapping_.label();
  const bool same_label =
      label != 0 && !facts.here[label].is_nothing() && same(mapping_.fields()[label], facts.here[label], facts.there[label]);
  return same_label || holds_all_of(mapping_, facts.here, facts.there);
}

}  // namespace lockstep
