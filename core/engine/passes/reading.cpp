#include "engine/passes/reading.h"

#include <utility>

#include "common/text.h"
#include "engine/passes/account_check.h"
#include "engine/passes/chunk.h"
#include "engine/passes/conflicts.h"
#include "engine/passes/create_claims.h"
#include "engine/passes/faults.h"
#include "engine/passes/hidden_markers.h"
#include "engine/passes/markers.h"
#include "engine/passes/member_names.h"
#include "engine/passes/newcomers.h"
#include "engine/passes/open_work.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/plan_keeper.h"
#include "engine/passes/processing.h"
#include "engine/passes/remade_elsewhere.h"
#include "format/json.h"
#include "mapping/sets.h"

namespace lockstep {

Reading::Reading(RunContext& run, AccountCheck& account_check, Chunk& chunk, Conflicts& conflicts, CreateClaims& create_claims,
                 Faults& faults, HiddenMarkers& hidden_markers, Markers& markers, MemberNames& member_names, Newcomers& newcomers,
                 OpenWork& open_work, Outsiders& outsiders, PlanKeeper& plan_keeper, Processing& processing,
                 RemadeElsewhere& remade_elsewhere)
    : Pass(run),
      account_check_(account_check),
      chunk_(chunk),
      conflicts_(conflicts),
      create_claims_(create_claims),
      faults_(faults),
      hidden_markers_(hidden_markers),
      markers_(markers),
      member_names_(member_names),
      newcomers_(newcomers),
      open_work_(open_work),
      outsiders_(outsiders),
      plan_keeper_(plan_keeper),
      processing_(processing),
      remade_elsewhere_(remade_elsewhere) {}

void Reading::find_owner() {
  if (!options_.owner) return;
  const auto& rule = mapping_.owner();
  if (!rule) {
    throw Error(ErrorKind::Invalid, "sync " + sync_.name + " cannot be limited to an owner",
                "add `owner: {column: …, from: …, matches: table.column}` to its mapping");
  }
  const auto info = sync_.store->inspect(rule->table);
  if (!info || info->primary_key.empty())
    throw Error(ErrorKind::Invalid, "no table " + rule->table + " to look the owner up in", "run: lockstep migrate");
  const Table users{rule->table, info->columns, info->primary_key, {}};
  const OwnedRow key = key_values(*options_.owner, std::vector<ColumnType>{info->find(info->primary_key[0])->type});
  const Rows found = sync_.store->read(users, Shape({rule->match_column}), {{{info->primary_key[0], Filter::Op::Equal, {key[0]}}}, {}, 1});
  if (found.empty()) throw Error(ErrorKind::Invalid, "no row in " + rule->table + " with " + info->primary_key[0] + " " + *options_.owner);
  owner_match_ = to_lower(trim(to_display(found[0][0])));
}

void Reading::work_on(Batch& batch) {
  for (const std::string& problem : batch.page.problems) {
    ++report_.failed;
    tally_.problem({Problem::Severity::Error, {}, {}, "corrupt", problem});
  }
  account_check_.check_accounts(batch);
  chunk_.clear();
  std::vector<Item> items;
  for (const ReadRecord& record : batch.records) {
    std::optional<Item> item = take_record(record);
    if (!item) continue;
    items.push_back(*std::move(item));
    if (items.size() == kChunk) {
      processing_.process(std::move(items));
      items = {};
      chunk_.clear();
    }
  }
  processing_.process(std::move(items));
}

/// Nothing where neither side has changed, where the record waits for the end of the list, and where it was told of.
std::optional<Item> Reading::take_record(const ReadRecord& record) {
  if (record.link != kNoIndex) seen_[record.link] = true;
  if (record.unchanged) member_names_.passed_by_hash();
  hidden_markers_.note_marker_place(record);
  if (record.unchanged && pass_unchanged(record)) return std::nullopt;
  Item item = item_of(record);
  remade_elsewhere_.note_lost_elsewhere(item.id);
  if (!in_scope(item)) return std::nullopt;
  if (!record.corrupt.empty()) {
    item.label = item.id;
    if (is_unowned(item)) markers_.meet_unread();
    faults_.reject(item, record.corrupt);
    return std::nullopt;
  }
  if (hidden_markers_.await_marker(item)) return std::nullopt;
  if (record.mapped && !record.problems.empty()) {
    item.label = chunk_.label_of(item.raw, item.id);
    faults_.reject(item, join_problems(record.problems));
    return std::nullopt;
  }
  if (newcomers_.await_list(item, record.raw)) return std::nullopt;
  if (!record.unread.empty()) {
    item.label = chunk_.label_of(item.raw, item.id);
    chunk_.warn_of_unread(item, record.unread);
  }
  return item;
}

/// True when there is nothing more to do: neither side has changed.
bool Reading::pass_unchanged(const ReadRecord& record) {
  const Link& link = links_[record.link];
  // A conflict that awaits a decision has not moved either.
  if (options_.resolution() || conflicts_.decides(link.id)) return false;
  // What was refused is looked at again, however it was mended.
  if (rejections_.has(link.remote_id, link.local_key)) return false;
  if (locals_.out_of_reach(record.link)) return true;
  // What came of it is told by what both sides hold.
  if (open_work_.updates().contains(std::string(link.remote_id))) return false;
  if (facts_.doubts(link)) return false;
  if (locals_.of_link(record.link) != LocalRows::LinkRow::Clean || link.gone_at != 0 || locals_.shares_id(record.link)) return false;
  if (options_.want_sightings) plan_keeper_.sight_unchanged(link);
  tally_.unchanged(link.remote_id, locals_.label_of_link(record.link), conflicts_.are_open(link.id));
  return true;
}

Item Reading::item_of(const ReadRecord& record) {
  Item item;
  item.id = record.unchanged ? links_[record.link].remote_id : record.id;
  (record.unchanged ? item.unmoved : item.raw) = record.raw;
  item.masked = record.masked;
  item.packed = record.packed;
  if (!item.raw.empty()) item.organisation = record.organisation;
  item.hash = record.hash;
  item.link = record.link;
  item.may_hold_secrets = record.may_hold_secrets;
  item.asked = id_stream_ != nullptr;
  if (record.mapped) {
    item.there = record.row;
    item.row_hash = record.row_hash;
    if (!record.masked_row.empty()) item.masked_there = {record.row.data(), record.masked_row};
    item.keys = record.keys;
  }
  if (const auto row = locals_.find(item.id)) {
    item.local = static_cast<std::uint32_t>(*row);
    locals_.rows()[*row].met = locals_.rows()[*row].listed = true;
    item.key = locals_.rows()[*row].key;
  } else if (item.link != kNoIndex && locals_.of_link(item.link) == LocalRows::LinkRow::Clean) {
    item.key = links_[item.link].local_key;
  }
  if (!open_work_.creates().empty()) create_claims_.claim_created(item);
  rejections_.met(item.id, item.key);
  return item;
}

bool Reading::in_scope(const Item& item) const {
  if (item.key.empty() && (locals_.is_outside(item.id) || outsiders_.is_left_alone(item))) return false;
  if ((item.link != kNoIndex && locals_.out_of_reach(item.link)) || locals_.of_nameless(item.id)) return false;
  if (!owner_match_ || !item.key.empty()) return true;
  if (item.raw.empty()) return false;
  const Json document = json::parse(item.raw);
  const Json* owner = mapping_.owner()->from.find(document);
  return owner != nullptr && owner->text() != nullptr && to_lower(trim(*owner->text())) == *owner_match_;
}

}  // namespace lockstep
