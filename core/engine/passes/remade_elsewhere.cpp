#include "engine/passes/remade_elsewhere.h"

#include <algorithm>
#include <utility>

#include "engine/passes/agreed_rows.h"
#include "engine/passes/chunk.h"
#include "engine/passes/create_claims.h"
#include "engine/passes/faults.h"
#include "engine/passes/freshly_made.h"
#include "engine/passes/outsiders.h"
#include "engine/passes/remade_rows.h"
#include "engine/passes/takeovers.h"
#include "engine/sides/scan.h"
#include "mapping/sets.h"

namespace lockstep {
namespace {

std::string option_of(const std::string& sync) { return " --sync " + sync; }

}  // namespace

RemadeElsewhere::RemadeElsewhere(RunContext& run, AgreedRows& agreed_rows, Chunk& chunk, CreateClaims& create_claims, Faults& faults,
                                 FreshlyMade& freshly_made, Outsiders& outsiders, RemadeRows& remade_rows, Takeovers& takeovers)
    : Pass(run),
      agreed_rows_(agreed_rows),
      chunk_(chunk),
      create_claims_(create_claims),
      faults_(faults),
      freshly_made_(freshly_made),
      outsiders_(outsiders),
      remade_rows_(remade_rows),
      takeovers_(takeovers) {}

void RemadeElsewhere::find_remade_elsewhere() {
  if (!neighbours_.any() || !target_.exists || options_.open_create()) return;
  find_lost_elsewhere();
  const std::vector<std::uint32_t> gone = remade_rows_.links_without_row();
  if (gone.empty()) return;
  alike_elsewhere_.emplace(mapping_, std::vector<Alike>());
  for (std::size_t at = 0; at < gone.size(); at += kChunk) {
    std::vector<std::int64_t> ids;
    const auto chunk = std::span(gone).subspan(at, std::min(kChunk, gone.size() - at));
    for (const std::uint32_t link : chunk) ids.push_back(links_[link].id);
    const auto bases = state_.load_bases(ids);
    for (const std::uint32_t link : chunk) {
      const auto base = bases.find(links_[link].id);
      if (base != bases.end()) alike_elsewhere_->add_gone(link, facts_.prints_of(links_[link], base->second));
    }
  }
  each_row_elsewhere([&](Row row, const std::string& sync) {
    if (is_tied_elsewhere(row)) return;
    alike_elsewhere_->add_row(rows_elsewhere_.size(), prints_of(mapping_, target_.fields(row)));
    rows_elsewhere_.push_back({key_text(target_.key(row)), sync});
  });
}

void RemadeElsewhere::each_row_elsewhere(const std::function<void(Row, const std::string&)>& work) {
  const auto each = [&](Row row) {
    if (!has_usable_key(target_, row) || !borne_id(target_, row).empty() || scope_.holds(row)) return;
    const auto home = std::find_if(sync_.neighbours.begin(), sync_.neighbours.end(),
                                   [&](const SyncIdentity& neighbour) { return may_stand_in(neighbour.constants, target_, row); });
    if (home != sync_.neighbours.end()) work(row, home->name);
  };
  const std::string& column = mapping_.key().column;
  const std::string blank;
  for (const Filter::Condition& none :
       {Filter::Condition{column, Filter::Op::IsNull, {}}, Filter::Condition{column, Filter::Op::Equal, {Value::text(blank)}}})
    scan_rows(
        *sync_.store, target_, {none}, [](const Rows&) {}, each, stop_);
  scope_.take_failures();
}

bool RemadeElsewhere::is_tied_elsewhere(Row row) {
  const std::string key = key_text(target_.key(row));
  const auto& creates = neighbours_.creates();
  if (std::any_of(creates.begin(), creates.end(), [&](const IntentEntry& create) { return create.local_key == key; })) return true;
  return std::any_of(neighbours_.all().begin(), neighbours_.all().end(), [&](const Neighbour& neighbour) {
    const auto link = neighbours_.link_of_key(neighbour, key);
    if (!link) return false;
    const std::int64_t ids[] = {neighbour.links[*link].id};
    const auto bases = state_.load_bases(ids);
    return bases.empty() || agreed_rows_.is_agreed_with(neighbour.links[*link], bases.begin()->second, row);
  });
}

bool RemadeElsewhere::is_remade_elsewhere(const Item& item) {
  if (!alike_elsewhere_) return false;
  const std::vector<std::size_t>& rows = alike_elsewhere_->rows_like(item.link);
  for (const std::size_t at : rows) {
    const RowElsewhere& row = rows_elsewhere_[at];
    remade_rows_.tell_remade(item, row.key, option_of(row.sync), sync_option());
  }
  return !rows.empty();
}

/// Items that neighbours have linked, whose row is gone, and that a row without an id may be the row of.
void RemadeElsewhere::find_lost_elsewhere() {
  const std::vector<std::uint32_t> fresh = remade_rows_.rows_without_item();
  if (fresh.empty()) return;
  Lookalikes alike(mapping_, {});
  std::vector<std::pair<const Neighbour*, std::uint32_t>> lost;
  for (const Neighbour& neighbour : neighbours_.all()) {
    each_lost_link(neighbour, [&](std::uint32_t link, std::vector<CellPrint> prints) {
      alike.add_gone(static_cast<std::uint32_t>(lost.size()), std::move(prints));
      lost.emplace_back(&neighbour, link);
    });
  }
  if (lost.empty()) return;
  remade_rows_.each_print_of_rows(fresh, [&](std::uint32_t local, const std::vector<CellPrint>& prints) { alike.add_row(local, prints); });
  for (std::size_t i = 0; i < lost.size(); ++i) {
    const std::vector<std::size_t>& rows = alike.rows_like(static_cast<std::uint32_t>(i));
    const auto& [neighbour, link] = lost[i];
    if (!rows.empty()) lost_elsewhere_[std::string(neighbour->links[link].remote_id)] = {neighbour->name, rows};
  }
}

/// Links of the neighbour whose row is gone, with the prints of its cells at the last agreement.
void RemadeElsewhere::each_lost_link(const Neighbour& neighbour, const std::function<void(std::uint32_t, std::vector<CellPrint>)>& work) {
  const std::vector<std::uint32_t> links = links_without_bearer(neighbour);
  for (std::size_t at = 0; at < links.size(); at += kChunk) {
    chunk_.clear();
    std::vector<std::int64_t> ids;
    std::vector<OwnedRow> keys;
    const auto chunk = std::span(links).subspan(at, std::min(kChunk, links.size() - at));
    for (const std::uint32_t link : chunk) {
      ids.push_back(neighbour.links[link].id);
      if (!neighbour.links[link].local_key.empty()) keys.push_back(key_values(neighbour.links[link].local_key, target_.key_types));
    }
    const auto bases = state_.load_bases(ids);
    const Rows found = keys.empty() ? Rows() : read_by_key(*sync_.store, target_, keys, true);
    std::unordered_map<std::string, Row> rows;
    for (std::size_t i = 0; i < found.size(); ++i) rows.emplace(key_text(target_.key(found[i])), found[i]);
    for (const std::uint32_t link : chunk) {
      std::vector<CellPrint> prints = prints_of_lost(neighbour.links[link], bases, rows);
      if (!prints.empty()) work(link, std::move(prints));
    }
  }
}

/// Its links whose id no row of the table bears; whether the row of the key is theirs still is not known yet.
std::vector<std::uint32_t> RemadeElsewhere::links_without_bearer(const Neighbour& neighbour) {
  std::vector<std::uint32_t> found;
  std::vector<std::uint32_t> asked;
  const auto ask = [&] {
    std::vector<Value> ids;
    for (const std::uint32_t link : asked) ids.push_back(Value::text(neighbour.links[link].remote_id));
    const std::string& column = mapping_.key().column;
    const Rows rows = sync_.store->read(target_.table, Shape({column}), {{{column, Filter::Op::In, std::move(ids)}}, {}, 0});
    std::unordered_set<std::string> borne;
    for (std::size_t i = 0; i < rows.size(); ++i) borne.insert(to_display(rows[i][0]));
    std::copy_if(asked.begin(), asked.end(), std::back_inserter(found),
                 [&](std::uint32_t link) { return !borne.contains(std::string(neighbour.links[link].remote_id)); });
    asked.clear();
  };
  for (std::size_t i = 0; i < neighbour.links.size(); ++i) {
    const Link& link = neighbour.links[i];
    if (link.gone_at != 0 || link.left_at != 0 || !neighbours_.link_of(neighbour, link.remote_id) || links_.by_remote(link.remote_id))
      continue;
    asked.push_back(static_cast<std::uint32_t>(i));
    if (asked.size() == kChunk) ask();
  }
  if (!asked.empty()) ask();
  return found;
}

/// Of the cells of its row at the last agreement; none where that row is there still, and has but lost its id.
std::vector<CellPrint> RemadeElsewhere::prints_of_lost(const Link& link, const std::unordered_map<std::int64_t, Base>& bases,
                                                       const std::unordered_map<std::string, Row>& rows) {
  const auto base = bases.find(link.id);
  if (base == bases.end()) return {};
  const auto row = rows.find(std::string(link.local_key));
  if (row != rows.end() && borne_id(target_, row->second).empty() && agreed_rows_.is_agreed_with(link, base->second, row->second))
    return {};
  return facts_.prints_of(link, base->second);
}

void RemadeElsewhere::note_lost_elsewhere(std::string_view id) {
  if (lost_elsewhere_.empty()) return;
  if (const auto lost = lost_elsewhere_.find(id); lost != lost_elsewhere_.end()) lost->second.listed = true;
}

void RemadeElsewhere::settle_lost_elsewhere() {
  if (id_stream_ != nullptr) return;
  for (auto& [id, lost] : lost_elsewhere_) {
    std::erase_if(lost.rows, [&](std::size_t at) { return locals_.rows()[at].met && !remade_rows_.told().contains(at); });
    if (lost.rows.empty()) continue;
    Item item;
    item.id = item.label = id;
    if (const std::string_view label = locals_.rows()[lost.rows.front()].label; !label.empty()) item.label = label;
    bool there = lost.listed || freshly_made_.was_made_lately(id);
    const bool asked = there || faults_.spare(item, [&] { there = sync_.provider->get(*sync_.resource, item.id, call_).has_value(); });
    if (asked && !there) continue;
    for (const std::size_t at : lost.rows) {
      locals_.rows()[at].met = true;
      remade_rows_.told().insert(at);
      if (there) remade_rows_.tell_remade(item, locals_.rows()[at].key, sync_option(), option_of(lost.sync));
    }
  }
}

void RemadeElsewhere::take_over_lost_creates() {
  const std::vector<IntentEntry> creates = neighbours_.creates();
  for (std::size_t i = 0; i < neighbours_.all().size(); ++i) {
    Takeover takeover;
    takeover.neighbour = i;
    for (const IntentEntry& create : creates) {
      if (create.sync_id != neighbours_.all()[i].entry.id || outsiders_.has_row(create.local_key) ||
          outsiders_.is_outside_row(create.local_key))
        continue;
      const std::string key = create_claims_.row_of_lost_create(create);
      if (key.empty()) continue;
      takeover.what.intents.push_back(create);
      takeover.rows.push_back({key, {}});
    }
    if (takeover.what.empty()) continue;
    writer_->commit();
    takeovers_.take_over(takeover);
    policy_.can_repeat_create = policy_.can_repeat_create && !entry_.drops_markers;
    leave_withheld(takeover);
  }
}

/// Rows that were read before the neighbour was found at work.
void RemadeElsewhere::leave_withheld(const Takeover& takeover) {
  for (const Newcomer& row : takeover.rows) {
    const auto why = takeovers_.withheld().find(row.key);
    if (why == takeovers_.withheld().end()) continue;
    locals_.rows()[*locals_.row_of_key(row.key)].met = true;
    Item item;
    item.key = row.key;
    item.label = target_.table.name;
    faults_.set_aside(item, why->second);
  }
}

void RemadeElsewhere::find_creates_elsewhere(std::span<const IntentEntry> lost) {
  if (lost.empty() || !neighbours_.any()) return;
  each_row_elsewhere([&](Row row, const std::string&) {
    if (is_tied_elsewhere(row)) return;
    for (const IntentEntry& create : lost) {
      Item probe;
      probe.key = key_text(target_.key(row));
      probe.stored = row;
      if (create_claims_.likeness_to_sent(std::move(probe), create.body) != CreateClaims::Likeness::None)
        made_elsewhere_.insert(create.local_key);
    }
  });
}

}  // namespace lockstep
