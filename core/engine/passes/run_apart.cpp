// Conflicts whose two sides are no pair any more: one is gone or outside the sync, the row bears another ID, the column is mapped no
// longer. They await nobody. What the field's sides held is no agreement then: where the two meet again, it is asked anew.

#include <algorithm>
#include <map>

#include "common/text.h"
#include "engine/passes/run.h"

namespace lockstep {
namespace {

bool is_about(const RunOptions& options, const ConflictEntry& open) {
  return !options.resolution || std::find(options.ids.begin(), options.ids.end(), open.remote_id) != options.ids.end();
}

}  // namespace

/// The linked row is there and is still this link's. An id that the list does not name may be mistyped: that is told, and nothing
/// concluded.
bool Run::has_its_row(std::size_t link) const {
  const std::string_view id = links_[link].remote_id;
  if (locals_.of_link(link) == LocalRows::LinkRow::Clean || locals_.find(id) || locals_.of_nameless(id)) return true;
  const auto at = locals_.row_of_key(links_[link].local_key);
  if (!at) return false;
  const LocalRow& row = locals_.rows()[*at];
  return row.id.empty() ? row.met : !row.listed;
}

/// Why the sides of a conflict are no pair; empty where they are one, or where nobody can tell at the moment.
std::string Run::apart_by(const ConflictEntry& open, std::optional<std::size_t> link) const {
  if (!mapping_.find(open.field)) return "the mapping has no column " + open.field + " any more";
  if (!link) return "they are not linked any more";
  if (*link >= seen_.size()) return {};
  const auto of_row = links_.by_key(links_[*link].local_key);
  if (links_[*link].remote_id != open.remote_id || (of_row && of_row != link)) return "the row has another item now";
  // Where the row has gone to another sync, the conflict goes with it.
  if (locals_.out_of_reach(*link)) return neighbours_.any() ? std::string() : "the row is outside `where` and `skip_when`";
  if (!has_its_row(*link)) return "the row is gone, or is another's";
  const bool gone = links_[*link].gone_at != 0 || gone_.contains(static_cast<std::uint32_t>(*link));
  return gone ? sync_.nouns.provider + " does not have it any more" : std::string();
}

void Run::close_conflicts_of_the_gone() {
  if (!(whole() || options_.resolution)) return;
  writer_->flush();
  const std::vector<ConflictEntry> open = open_conflicts();
  if (open.empty()) return;
  std::unordered_map<std::int64_t, std::size_t> links;
  for (std::size_t i = 0; i < links_.size(); ++i) links.emplace(links_[i].id, i);
  std::map<std::int64_t, std::vector<ConflictEntry>> apart;  // by link's id
  for (const ConflictEntry& conflict : open) {
    const auto known = links.find(conflict.link_id);
    const auto link = known == links.end() ? std::nullopt : std::optional(known->second);
    const std::string why = is_about(options_, conflict) ? apart_by(conflict, link) : std::string();
    if (why.empty() && options_.resolution) refuse_outside(conflict, link);
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
void Run::refuse_outside(const ConflictEntry& open, std::optional<std::size_t> link) {
  if (!is_about(options_, open) || !link || !locals_.out_of_reach(*link)) return;
  Item item;
  item.id = open.remote_id;
  item.label = open.label;
  item.key = open.local_key;
  tally_.failed(item, "its row is outside this sync; nothing was written. A run of the sync that it is in takes the conflict over");
}

void Run::tell_apart(const ConflictEntry& open, const std::string& why) {
  Item item;
  item.id = open.remote_id;
  item.label = open.label;
  item.key = open.local_key;
  tally_.warn(item, "conflict_closed",
              tally_.name_of(item) + ": the conflict about " + open.field + " is closed, for " + why + "; nothing was written");
}

/// A resolution is about a field of a pair; where there is none, nothing is to be decided.
bool Run::may_resolve(const Facts& facts) const {
  return !facts.here.empty() && !facts.there.empty() && mapping_.find(resolved_column()).has_value();
}

}  // namespace lockstep
