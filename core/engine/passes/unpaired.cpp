#include "engine/passes/unpaired.h"

#include <algorithm>
#include <map>

#include "common/text.h"
#include "engine/passes/change_guards.h"
#include "engine/passes/chunk.h"
#include "engine/passes/deciding.h"
#include "engine/passes/faults.h"
#include "engine/passes/foreseer.h"
#include "engine/passes/former_rows.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/waiting.h"

namespace lockstep {

Unpaired::Unpaired(RunContext& run, ChangeGuards& change_guards, Chunk& chunk, Deciding& deciding, Faults& faults, Foreseer& foreseer,
                   FormerRows& former_rows, PlanKeeper& plan_keeper, Waiting& waiting)
    : Pass(run),
      change_guards_(change_guards),
      chunk_(chunk),
      deciding_(deciding),
      faults_(faults),
      foreseer_(foreseer),
      former_rows_(former_rows),
      plan_keeper_(plan_keeper),
      waiting_(waiting) {}

/// The link's item is that of a row that bears its id by now: the one that has the link's key, and no id, is like a new one.
bool Unpaired::is_of_another_row(std::uint32_t link, std::size_t row) const {
  const auto bearer = locals_.find(links_[link].remote_id);
  return bearer && *bearer != row && locals_.rows()[*bearer].met;
}

void Unpaired::count_local_only() {
  if (id_stream_ != nullptr && !options_.open_create()) return;
  std::vector<Item> items;
  for (std::size_t i = 0; i < locals_.rows().size(); ++i) {
    const LocalRow& row = locals_.rows()[i];
    if (row.met || !row.id.empty() || (row.link != kNoIndex && !is_of_another_row(row.link, i))) continue;
    if (options_.open_create() && row.key != options_.open_create()->local_key) continue;
    Item& item = items.emplace_back();
    item.local = static_cast<std::uint32_t>(i);
    item.key = row.key;
    item.label = row.label.empty() ? row.key : row.label;
  }
  for (std::size_t at = 0; at < items.size(); at += kChunk) {
    chunk_.clear();
    const std::span<Item> chunk = std::span(items).subspan(at, std::min(kChunk, items.size() - at));
    chunk_.load_rows(chunk);
    for (Item& item : chunk) {
      faults_.spare(item, [&] {
        if (former_rows_.keeps_back(item)) return;
        deciding_.decide_item(item);
        plan_keeper_.decided(item);
        wait_to_send(item);
      });
    }
  }
}

bool Unpaired::wait_to_send(Item& item) {
  if (item.decision.remote == Action::None) return false;
  if (!plan_keeper_.as_planned(item)) return true;
  change_guards_.count_waiting(item);
  if (options_.dry_run) {
    foreseer_.foresee(item);
  } else {
    waiting_.push(item.id, {}, {}, item.link, item.local, {});
  }
  return true;
}

void Unpaired::report_shared_ids() {
  std::map<std::string_view, std::vector<Item>> sharing;  // by id
  const auto tell_of = [&](std::string_view id, std::string_view label, std::string_view key) {
    Item& item = sharing[id].emplace_back();
    item.id = id;
    item.label = label.empty() ? id : label;
    item.key = key;
  };
  // Others are none of the business of a run about one record.
  const auto meant = [this](std::string_view id) {
    return id_stream_ == nullptr || std::find(options_.ids.begin(), options_.ids.end(), id) != options_.ids.end();
  };
  for (const LocalRow& row : locals_.rows()) {
    if (row.shares_id && meant(row.id)) tell_of(row.id, row.label, row.key);
  }
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (locals_.shares_id(i) && meant(links_[i].remote_id)) tell_of(links_[i].remote_id, locals_.label_of_link(i), links_[i].local_key);
  }
  for (const auto& [id, items] : sharing) {
    for (const Item& item : items)
      tally_.failed(item, "row " + item.key + " carries an ID that another row carries too; nothing was written to either");
    std::vector<std::string> keys;
    for (const Item& item : items) keys.push_back(item.key);
    std::sort(keys.begin(), keys.end());
    rejections_.met(id, {});
    const std::string reason = "rows " + join(keys, ", ") + " of " + target_.table.name + " carry this ID; empty it in all but one";
    writer_->reject(items.front(), reason);
  }
}

}  // namespace lockstep
