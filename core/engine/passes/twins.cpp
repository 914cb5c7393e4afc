#include "engine/passes/twins.h"

#include "common/text.h"
#include "engine/passes/faults.h"

namespace lockstep {
namespace {

/// Tags of LikeIds: links are even, rows odd.
std::uint32_t tag_of_link(std::size_t link) { return static_cast<std::uint32_t>(link * 2); }

std::uint32_t tag_of_row(std::size_t row) { return static_cast<std::uint32_t>(row * 2 + 1); }

bool is_row(const LikeIds::Entry& entry) { return entry.tag % 2 == 1; }

}  // namespace

Twins::Twins(RunContext& run, Faults& faults) : Pass(run), faults_(faults) {}

const LikeIds& Twins::like_ids() {
  if (like_ids_) return *like_ids_;
  like_ids_.emplace();
  for (std::size_t i = 0; i < seen_.size(); ++i) like_ids_->add(links_[i].remote_id, tag_of_link(i));
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (!row.id.empty() && !links_.by_remote(row.id)) like_ids_->add(row.id, tag_of_row(i));
  }
  return *like_ids_;
}

bool Twins::is_live(std::size_t link) const { return seen_[link] || (id_stream_ != nullptr && links_[link].gone_at == 0); }

/// The same of an id that a row bears.
bool Twins::is_live(const LikeIds::Entry& entry) const {
  const std::size_t index = entry.tag / 2;
  return is_row(entry) ? locals_.rows()[index].listed : is_live(index);
}

bool Twins::bears_row(const LikeIds::Entry& entry) const {
  return is_row(entry) || locals_.of_link(entry.tag / 2) == LocalRows::LinkRow::Clean || locals_.find(entry.id).has_value();
}

bool Twins::settle_like(const Item& item) {
  for (const LikeIds::Entry& entry : like_ids().others(item.id)) {
    if (is_live(entry) || !bears_row(entry)) continue;
    std::string key;
    if (const auto row = locals_.find(entry.id)) {
      locals_.rows()[*row].met = true;
      key = locals_.rows()[*row].key;
    }
    if (!is_row(entry)) {
      links_set_aside_.insert(entry.tag / 2);
      key = links_[entry.tag / 2].local_key;
    }
    tell_like(item.id, entry.id, key);
    return false;
  }
  return true;
}

bool Twins::has_live_twin(const Item& item) {
  if (item.key.empty()) return false;
  for (const LikeIds::Entry& entry : like_ids().others(item.id)) {
    if (!is_live(entry)) continue;
    tell_like(entry.id, item.id, item.key);
    return true;
  }
  return false;
}

void Twins::tell_like(std::string_view listed, std::string_view borne, std::string_view key) {
  Item item;
  item.id = item.label = borne;
  item.key = key;
  faults_.set_aside(item,
                    row_name(key) + " bears the ID " + in_quotes(borne) + ", and " + sync_.nouns.provider + " has " + in_quotes(listed) +
                        ": they differ in letter case, blanks, leading zeros or Unicode form alone; nothing was written to either. If " +
                        "they are the same, run: lockstep adopt " + std::string(listed) + " --row " + std::string(key) + sync_option());
}

}  // namespace lockstep
