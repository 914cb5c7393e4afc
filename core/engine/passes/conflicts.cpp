#include "engine/passes/conflicts.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/decide/merge.h"
#include "engine/passes/absence.h"
#include "engine/passes/chunk.h"
#include "engine/passes/takeovers.h"

namespace lockstep {
namespace {

/// `open`, and the fields that a person was asked about when their sides were no pair.
std::span<const std::size_t> with_asked(std::span<const std::size_t> open, const Facts& facts, Arena& arena) {
  const auto asked = std::count_if(facts.base.begin(), facts.base.end(), [](const BaseField& field) { return field.asked; });
  if (asked == 0) return open;
  const std::span<std::size_t> all = arena.make<std::size_t>(open.size() + static_cast<std::size_t>(asked));
  std::copy(open.begin(), open.end(), all.begin());
  std::size_t count = open.size();
  for (std::size_t ordinal = 0; ordinal < facts.base.size(); ++ordinal) {
    if (facts.base[ordinal].asked && !merging::contains(open, ordinal)) all[count++] = ordinal;
  }
  return all.first(count);
}

bool is_about(const RunOptions& options, const ConflictEntry& open) {
  return !options.resolution() || std::find(options.ids.begin(), options.ids.end(), open.remote_id) != options.ids.end();
}

template <class Chosen>
OpenConflicts those_of(const OpenConflicts& open, const Chosen& chosen) {
  OpenConflicts out;
  for (std::size_t i = 0; i < open.ordinals.size(); ++i) {
    if (!chosen(open.ordinals[i])) continue;
    out.ordinals.push_back(open.ordinals[i]);
    out.agreed.push_back(open.agreed[i]);
  }
  return out;
}

}  // namespace

Conflicts::Conflicts(RunContext& run, Absence& absence, Chunk& chunk, Takeovers& takeovers)
    : Pass(run), absence_(absence), chunk_(chunk), takeovers_(takeovers) {}

void Conflicts::count_awaiting() {
  if (!whole()) return;
  std::set<std::pair<std::string, std::string>> fields = would_open_;
  for (const ConflictEntry& open : takeovers_.open_conflicts()) {
    const auto link = links_.by_remote(open.remote_id);
    if (link && locals_.out_of_reach(*link)) continue;  // it awaits a run of the sync that the row is in
    if (!would_close_.contains({open.link_id, open.field})) fields.emplace(open.remote_id, open.field);
  }
  std::set<std::string_view> records;
  for (const auto& [remote_id, field] : fields) records.insert(remote_id);
  report_.awaiting = std::max<std::uint64_t>(report_.awaiting, records.size());
  report_.awaiting_fields = std::max<std::uint64_t>(report_.awaiting_fields, fields.size());
  report_.conflicts = std::max(report_.conflicts, report_.awaiting);
}

/// The linked row is there and is still this link's. An id that the list does not name may be mistyped: that is told, and nothing
/// concluded.
bool Conflicts::has_its_row(std::size_t link) const {
  const std::string_view id = links_[link].remote_id;
  if (locals_.of_link(link) == LocalRows::LinkRow::Clean || locals_.find(id) || locals_.of_nameless(id)) return true;
  const auto at = locals_.row_of_key(links_[link].local_key);
  if (!at) return false;
  const LocalRow& row = locals_.rows()[*at];
  return row.id.empty() ? row.met : !row.listed;
}

/// Why the sides of a conflict are no pair; empty where they are one, or where nobody can tell at the moment.
std::string Conflicts::apart_by(const ConflictEntry& open, std::optional<std::size_t> link) const {
  if (!mapping_.find(open.field)) return "the mapping has no column " + open.field + " any more";
  if (!link) return "they are not linked any more";
  if (*link >= seen_.size()) return {};
  const auto of_row = links_.by_key(links_[*link].local_key);
  if (links_[*link].remote_id != open.remote_id || (of_row && of_row != link)) return "the row has another item now";
  // Where the row has gone to another sync, the conflict goes with it.
  if (locals_.out_of_reach(*link)) return neighbours_.any() ? std::string() : "the row is outside `where` and `skip_when`";
  if (!has_its_row(*link)) return "the row is gone, or is another's";
  const bool gone = links_[*link].gone_at != 0 || absence_.gone().contains(static_cast<std::uint32_t>(*link));
  return gone ? sync_.nouns.provider + " does not have it any more" : std::string();
}

void Conflicts::close_conflicts_of_the_gone() {
  if (!(whole() || options_.resolution())) return;
  writer_->flush();
  const std::vector<ConflictEntry> open = takeovers_.open_conflicts();
  if (open.empty()) return;
  std::unordered_map<std::int64_t, std::size_t> links;
  for (std::size_t i = 0; i < links_.size(); ++i) links.emplace(links_[i].id, i);
  std::map<std::int64_t, std::vector<ConflictEntry>> apart;  // by link's id
  for (const ConflictEntry& conflict : open) {
    const auto known = links.find(conflict.link_id);
    const auto link = known == links.end() ? std::nullopt : std::optional(known->second);
    const std::string why = is_about(options_, conflict) ? apart_by(conflict, link) : std::string();
    if (why.empty() && options_.resolution()) refuse_outside(conflict, link);
    // Told already where its record was decided.
    if (why.empty() || would_close_.contains({conflict.link_id, conflict.field})) continue;
    tell_apart(conflict, why);
    would_close_.emplace(conflict.link_id, conflict.field);
    apart[conflict.link_id].push_back(conflict);
  }
  for (const auto& [id, conflicts] : apart) {
    const auto link = links.find(id);
    writer_->part(link == links.end() ? std::nullopt : std::optional(link->second), conflicts);
  }
}

/// A person's word on a row that is none of this sync's for now.
void Conflicts::refuse_outside(const ConflictEntry& open, std::optional<std::size_t> link) {
  if (!is_about(options_, open) || !link || !locals_.out_of_reach(*link)) return;
  Item item;
  item.id = open.remote_id;
  item.label = open.label;
  item.key = open.local_key;
  tally_.failed(item, "its row is outside this sync; nothing was written. A run of the sync that it is in takes the conflict over");
}

void Conflicts::tell_apart(const ConflictEntry& open, const std::string& why) {
  Item item;
  item.id = open.remote_id;
  item.label = open.label;
  item.key = open.local_key;
  tally_.warn(item, "conflict_closed",
              tally_.name_of(item) + ": the conflict about " + open.field + " is closed, for " + why + "; nothing was written");
}

/// The remote shows what an earlier run sent for the field.
bool Conflicts::is_shown(const Item& item, std::size_t ordinal) const {
  const std::string& column = mapping_.fields()[ordinal].column;
  return std::any_of(item.shown.begin(), item.shown.end(), [&](const Json& shown) { return shown.find(column) != nullptr; });
}

/// That was the word on it, and this run brings both sides up to it.
bool Conflicts::was_decided(const Item& item, std::size_t ordinal) const {
  const Decision& decision = item.decision;
  return is_shown(item, ordinal) && !merging::contains(decision.pending_local, ordinal) &&
         !merging::contains(decision.pending_remote, ordinal);
}

void Conflicts::foresee_conflicts(const Item& item) {
  std::erase_if(would_open_, [&](const auto& each) { return each.first == item.id; });
  for (const FieldConflict& conflict : item.decision.conflicts) {
    if (conflict.winner == FieldConflict::Winner::Nobody) would_open_.emplace(item.id, mapping_.fields()[conflict.ordinal].column);
  }
  for (const auto contested : {item.facts.undecided, item.facts.awaiting}) {
    for (const std::size_t ordinal : contested) {
      const FieldConflict* conflict = merging::find(item.decision.conflicts, ordinal);
      const bool won = conflict != nullptr && conflict->winner != FieldConflict::Winner::Nobody && !conflict->reported_only;
      if (won || was_decided(item, ordinal) || ending(mapping_, item.facts, item.decision, ordinal) != Ending::Stays)
        would_close_.emplace(link_of(item)->id, mapping_.fields()[ordinal].column);
    }
  }
}

void Conflicts::load_open_conflicts() {
  decides_contested_ = options_.on_conflict && *options_.on_conflict != OnConflict::Manual;
  contested_.clear();
  for (const ConflictEntry& open : takeovers_.open_conflicts()) {
    OpenConflicts& of_link = contested_[open.link_id];
    const auto ordinal = mapping_.find(open.field);
    if (!ordinal) continue;
    of_link.ordinals.push_back(*ordinal);
    of_link.agreed.push_back(open.base);
  }
}

void Conflicts::take_open_conflicts(Item& item) {
  const Link* link = link_of(item);
  const auto open = link == nullptr ? contested_.end() : contested_.find(link->id);
  Facts& facts = item.facts;
  const bool pair = !facts.here.empty() && !facts.there.empty();
  if (pair && facts.base.empty()) return;
  const std::span<const std::size_t> opened = open == contested_.end() ? std::span<const std::size_t>() : open->second.ordinals;
  (decides_contested_ ? facts.awaiting : facts.undecided) = with_asked(opened, facts, chunk_.arena());
  if (open == contested_.end()) return;
  if (undoing()) return;
  const OpenConflicts unanswered = those_of(open->second, [&](std::size_t ordinal) { return !is_shown(item, ordinal); });
  meet_conflicts_again(mapping_, facts_, unanswered, decides_contested_, facts, chunk_.arena());
}

void Conflicts::stand_on_agreement(Item& item, const std::vector<std::size_t>& ordinals) {
  const Link* link = link_of(item);
  const auto open = link == nullptr ? contested_.end() : contested_.find(link->id);
  if (open == contested_.end()) return;
  const OpenConflicts restored = those_of(open->second, [&](std::size_t ordinal) { return merging::contains(ordinals, ordinal); });
  meet_conflicts_again(mapping_, facts_, restored, true, item.facts, chunk_.arena());
}

}  // namespace lockstep
