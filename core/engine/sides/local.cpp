#include "engine/sides/local.h"

#include <algorithm>

#include "common/text.h"
#include "engine/sides/reader.h"
#include "engine/sides/scan.h"

namespace lockstep {
namespace {

constexpr std::size_t kRowsPerChunk = 256;

/// The label as it is kept for messages: a view of text, else nothing.
std::string_view label_text(const Value& value) { return value.tag() == Value::Tag::Text ? value.as_view() : std::string_view(); }

/// A BLOB, a number without end: no state can name the row by it.
bool is_nameless(Row key) {
  return std::any_of(key.begin(), key.end(), [](const Value& part) { return part.is_unreadable(); });
}

}  // namespace

void LocalRows::scan(Store& store, const Target& target, const Mapping& mapping, const Links& links, References& references,
                     RowScope& scope, const std::function<bool(Row)>& keep, std::stop_token stop) {
  link_rows_.assign(links.size(), LinkRow::Missing);
  labels_.assign(links.size(), {});
  out_of_reach_.assign(links.size(), false);
  shared_.assign(links.size(), false);
  const auto each = [&](Row row) {
    if (lacks_key(row, target, mapping)) return;
    if (!scope.holds(row)) return leave_alone(row, target, links);
    add(row, target, mapping, links, references, keep(row));
  };
  const auto know = [&](const Rows& rows) {
    std::vector<Row> fields;
    for (std::size_t i = 0; references.any() && i < rows.size(); ++i) fields.push_back(target.fields(rows[i]));
    if (!fields.empty()) references.know_cells(fields);
  };
  scan_rows(store, target, target.constants, know, each, stop);
  if (!target.constants.empty()) {
    scan_unclaimed(store, target, links, scope);
    scan_moved(store, target, mapping, links, scope);
  }
  reach_rows_here(links);
  find_shared_ids(links);
}

/// What a row of this run bears is in reach, whatever a row outside bears, too: a copy that was put aside or deleted softly. A row that is
/// meant, and belongs to another run, shares it.
void LocalRows::reach_rows_here(const Links& links) {
  const auto reach = [&](std::string_view id, std::optional<std::size_t> link) {
    if (elsewhere_.contains(id)) return;
    outside_.erase(id);
    if (link) out_of_reach_[*link] = false;
  };
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (link_rows_[i] == LinkRow::Clean) reach(links[i].remote_id, i);
  }
  for (const LocalRow& row : rows_) {
    if (!row.id.empty()) reach(row.id, links.by_remote(row.id));
  }
}

/// Rows that do not say whose they are: no sync sees them, and what their ids name must not get a second row.
void LocalRows::scan_unclaimed(Store& store, const Target& target, const Links& links, RowScope& scope) {
  for (const Filter::Condition& constant : target.constants) {
    const Rows rows = store.read(target.table, target.shape, {{{constant.column, Filter::Op::IsNull, {}}}, {}, 0});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (scope.of(rows[i]) == RowScope::Place::Outside) leave_alone(rows[i], target, links);
    }
  }
}

/// A linked row that is not among the rows of this sync any more may have been given to another, under whatever key: it was not deleted.
void LocalRows::scan_moved(Store& store, const Target& target, const Mapping& mapping, const Links& links, RowScope& scope) {
  std::vector<OwnedRow> keys;
  std::vector<Value> ids;
  const auto leave_outside = [&](const Rows& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!scope.holds(rows[i])) leave_alone(rows[i], target, links);
    }
  };
  const auto read = [&] {
    if (!keys.empty()) leave_outside(read_by_key(store, target, keys, true));
    if (!ids.empty()) leave_outside(store.read(target.table, target.shape, {{{mapping.key().column, Filter::Op::In, ids}}, {}, 0}));
    keys.clear();
    ids.clear();
  };
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (out_of_reach_[i] || !lacks_its_row(i, links)) continue;
    ids.push_back(Value::text(links[i].remote_id));
    if (link_rows_[i] == LinkRow::Missing && !links[i].local_key.empty()) keys.push_back(key_values(links[i].local_key, target.key_types));
    if (ids.size() == kRowsPerChunk) read();
  }
  read();
}

/// It is not there, or bears the id of another item.
bool LocalRows::lacks_its_row(std::size_t link, const Links& links) const {
  if (link_rows_[link] == LinkRow::Missing) return true;
  const auto row = row_of_link(link);
  return row && !rows_[*row].id.empty() && rows_[*row].id != links[link].remote_id;
}

bool LocalRows::lacks_key(Row row, const Target& target, const Mapping& mapping) {
  const Row key = target.key(row);
  if (std::none_of(key.begin(), key.end(), [](const Value& value) { return value.is_nothing(); })) return false;
  keyless_.push_back(keyless_name(target, mapping, row));
  if (const std::string_view id = label_text(target.fields(row)[0]); !id.empty()) outside_.insert(texts_.copy(id));
  return true;
}

void LocalRows::leave_alone(Row row, const Target& target, const Links& links) {
  const std::string_view id = label_text(target.fields(row)[0]);
  const auto link = links.by_key(key_text(target.key(row)));
  // A key that another row bears by now says nothing of the link.
  if (link && (id.empty() || links[*link].remote_id == id)) out_of_reach_[*link] = true;
  if (id.empty()) return;
  if (link && links[*link].remote_id != id) bearing_another_.emplace_back(*link, id);
  if (const auto other = links.by_remote(id)) out_of_reach_[*other] = true;
  outside_.insert(texts_.copy(id));
}

void LocalRows::add(Row row, const Target& target, const Mapping& mapping, const Links& links, References& references, bool kept) {
  const Row fields = target.fields(row);
  const std::string key = key_text(target.key(row));
  std::string_view id = label_text(fields[0]);
  // What a form stores for none.
  if (trim(id).empty()) id = {};
  if (is_nameless(target.key(row))) {
    nameless_.push_back(key);
    if (!id.empty()) nameless_ids_.insert(std::string(id));
    return;
  }
  compare_with_first(fields);
  auto link = links.by_key(key);
  if (const auto named = links.by_remote(id); named && links[*named].local_key == key) link = named;
  if (!kept) {
    if (link) out_of_reach_[*link] = true;
    if (const auto other = links.by_remote(id)) out_of_reach_[*other] = true;
    if (!id.empty()) elsewhere_.insert(texts_.copy(id));
    return;
  }
  ++count_;
  const std::string_view label = label_text(fields[mapping.label()]);
  if (link) labels_[*link] = texts_.copy(label);
  if (link && links[*link].remote_id == id && links[*link].row_hash == references.hash(fields)) {
    link_rows_[*link] = LinkRow::Clean;
    if (tells_agreed_) note_agreed(fields);
    return;
  }
  if (link) link_rows_[*link] = LinkRow::Other;
  LocalRow entry{texts_.copy(key), texts_.copy(id), link ? labels_[*link] : texts_.copy(label),
                 link ? static_cast<std::uint32_t>(*link) : kNoIndex};
  const std::size_t index = rows_.size();
  rows_.push_back(entry);
  by_key_.emplace(entry.key, index);
  if (link) by_link_.emplace(*link, index);
  if (!id.empty()) {
    const auto [other, fresh] = by_id_.emplace(entry.id, index);
    if (!fresh) rows_[other->second].shares_id = rows_[index].shares_id = true;
  }
}

void LocalRows::compare_with_first(Row fields) {
  if (++compared_ == 1) {
    first_ = OwnedRow(fields);
    for (std::size_t i = 1; i < fields.size(); ++i) like_first_.push_back(i);
    return;
  }
  std::erase_if(like_first_,
                [&](std::size_t i) { return !identical(first_[i], fields[i]) && !(first_[i].is_nothing() && fields[i].is_nothing()); });
}

/// Two rows that nobody has edited hold different values: the column holds what was agreed on.
void LocalRows::note_agreed(Row fields) {
  agreed_.resize(fields.size());
  for (std::size_t i = 1; i < fields.size(); ++i) {
    if (fields[i].is_nothing() || agreed_[i].varies) continue;
    if (!agreed_[i].first) agreed_[i].first = OwnedRow(fields.subspan(i, 1));
    agreed_[i].varies = !identical((*agreed_[i].first)[0], fields[i]);
  }
}

std::vector<Alike> LocalRows::alike() const {
  constexpr std::uint64_t kRowsThatTell = 3;  // fewer may be alike by chance
  std::vector<Alike> alike(first_.size(), Alike::No);
  if (compared_ < kRowsThatTell) return alike;
  for (const std::size_t i : like_first_) alike[i] = Alike::Same;
  return alike;
}

void LocalRows::find_shared_ids(const Links& links) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    LocalRow& row = rows_[i];
    if (!row.id.empty()) {
      const auto link = links.by_remote(row.id);
      if (link && *link != row.link && link_rows_[*link] == LinkRow::Clean) row.shares_id = shared_[*link] = true;
    } else if (row.link != kNoIndex) {
      by_id_.emplace(links[row.link].remote_id, i);
    }
  }
}

std::vector<bool> LocalRows::moved_links() const {
  std::vector<bool> moved(link_rows_.size());
  std::transform(link_rows_.begin(), link_rows_.end(), moved.begin(), [](LinkRow row) { return row != LinkRow::Clean; });
  return moved;
}

std::optional<std::size_t> LocalRows::row_of_link(std::size_t link) const {
  const auto found = by_link_.find(link);
  return found == by_link_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> LocalRows::row_of_key(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? std::nullopt : std::optional(found->second);
}

void LocalRows::unlink(std::size_t row, const Links& links) {
  const std::size_t link = rows_[row].link;
  rows_[row].link = kNoIndex;
  link_rows_[link] = LinkRow::Missing;
  labels_[link] = {};
  by_link_.erase(link);
  if (const auto known = by_id_.find(links[link].remote_id); known != by_id_.end() && known->second == row) by_id_.erase(known);
}

std::optional<std::size_t> LocalRows::find(std::string_view remote_id) const {
  const auto found = by_id_.find(remote_id);
  if (found == by_id_.end()) return std::nullopt;
  return found->second;
}

}  // namespace lockstep
