#include "engine/passes/chunk.h"

#include <algorithm>
#include <utility>

#include "engine/passes/faults.h"
#include "engine/sides/hook_result.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// Names of the owned columns.
Shape owned_columns(const Mapping& mapping) {
  std::vector<std::string> names;
  for (const OwnedColumn& column : mapping.owned()) names.push_back(column.column.name);
  return Shape(std::move(names));
}

}  // namespace

Chunk::Chunk(RunContext& run, Faults& faults) : Pass(run), faults_(faults), owned_shape_(owned_columns(mapping_)) {}

std::vector<Item> Chunk::items_of(std::span<const WaitingRecord> chunk) {
  std::vector<Item> items;
  items.reserve(chunk.size());
  for (const WaitingRecord& waiting : chunk) {
    Item& item = items.emplace_back();
    item.id = waiting.id;
    item.raw = waiting.raw;
    item.hash = waiting.hash;
    item.link = waiting.link;
    item.local = waiting.local;
    if (item.local != kNoIndex) {
      item.key = locals_.rows()[item.local].key;
      item.label = locals_.rows()[item.local].label;
    } else if (item.link != kNoIndex) {
      item.key = links_[item.link].local_key;
      item.label = locals_.label_of_link(item.link);
    }
    if (!waiting.row.row().empty()) {
      item.there = arena_.make<Value>(waiting.row.size());
      std::copy(waiting.row.row().begin(), waiting.row.row().end(), item.there.begin());
      const Value& label = item.there[mapping_.label()];
      if (label.tag() == Value::Tag::Text && !label.as_view().empty()) item.label = label.as_view();
    }
    if (item.label.empty()) item.label = item.id.empty() ? std::string_view(item.key) : item.id;
  }
  return items;
}

bool Chunk::shape_for_a_look(Item& probe) {
  probe.there = arena_.make<Value>(mapping_.fields().size());
  host_.mute(true);
  const HookVerdict refused = shaper_.shape({probe.id, probe.label, sync_.nouns.one}, probe.raw, probe.there, arena_);
  host_.mute(false);
  if (refused) return false;
  know_references(std::span(&probe, 1));
  return true;
}

void Chunk::know_references(std::span<Item> items) {
  if (!references_.any() || items.empty()) return;
  std::vector<Row> rows;
  for (const Item& item : items) rows.emplace_back(item.there);
  references_.know_remote(rows);
  for (const std::string& broken : references_.take_broken()) {
    tally_.problem({Problem::Severity::Warning, {}, {}, "broken_reference", broken + ", which does not exist; run: lockstep migrate"});
  }
}

void Chunk::replace_document(Item& item, std::string_view text) { item.replace_raw(padded_copy(text, arena_)); }

void Chunk::warn_of_unread(const Item& item, const std::vector<FieldProblem>& unread) {
  tally_.warn(item, "unread", tally_.name_of(item) + ": " + join_problems(unread) + "; what the database holds there is left as it is");
}

void Chunk::load_bases(std::span<Item> items) {
  std::vector<std::int64_t> ids;
  for (const Item& item : items) {
    if (const Link* link = link_of(item)) ids.push_back(link->id);
  }
  bases_ = ids.empty() ? std::unordered_map<std::int64_t, Base>() : state_.load_bases(ids);
  for (Item& item : items) {
    const Link* link = link_of(item);
    const auto found = link == nullptr ? bases_.end() : bases_.find(link->id);
    item.base = found == bases_.end() ? nullptr : &found->second;
    if (item.base != nullptr) facts_.rename_held(*link, found->second);
  }
}

bool Chunk::fetch_again(Item& item) {
  if (!item.raw.empty()) return true;
  // Without a mask it is what the remote said.
  if (item.base != nullptr && !SecretPaths::holds_mask(item.base->document) && !SecretPaths::holds_old_mask(item.base->document)) {
    item.raw = padded_copy(item.base->document, arena_);
    return true;
  }
  if (!item.unmoved.empty()) {
    item.raw = item.unmoved;
    return true;
  }
  const auto document = sync_.provider->get(*sync_.resource, item.id, call_);
  if (!document) {
    faults_.reject(item, contradiction());
    return false;
  }
  item.raw = padded_copy(document->json, arena_);
  item.asked = true;
  return true;
}

/// What was there at the last agreement has been told; a look without a run tells it again.
bool Chunk::is_news(const Item& item) { return item.base == nullptr || item.base->document != masked_raw(item, secrets_, arena_); }

bool Chunk::shape(Item& item) {
  HookVerdict refused;
  if (item.there.empty()) {
    item.there = arena_.make<Value>(mapping_.fields().size());
    item.label = sync_.hook ? label_of(item.raw, item.id) : item.id;
    refused = shaper_.shape({item.id, item.label, sync_.nouns.one}, item.raw, item.there, arena_);
    if (!refused && !shaper_.unread().empty() && (options_.dry_run || is_news(item))) warn_of_unread(item, shaper_.unread());
  } else {
    const Value& label = item.there[mapping_.label()];
    item.label = label.tag() == Value::Tag::Text ? label.as_view() : item.id;
    refused = shaper_.finish({item.id, item.label, sync_.nouns.one}, item.raw, {}, item.there, arena_);
  }
  if (refused) {
    if (item.label == item.id) item.label = label_of(item.raw, item.id);
    faults_.reject(item, *refused);
    return false;
  }
  const Value& label = item.there[mapping_.label()];
  item.label = label.tag() == Value::Tag::Text && !label.as_view().empty() ? label.as_view() : item.id;
  for (const std::size_t ordinal : item.untold) item.there[ordinal] = Value();
  return true;
}

void Chunk::load_rows(std::span<Item> items) {
  row_index_.clear();
  rows_ = Rows(target_.shape.size());
  std::vector<OwnedRow> keys;
  for (const Item& item : items) {
    if (!item.key.empty()) keys.push_back(key_values(item.key, target_.key_types));
  }
  if (keys.empty() || !target_.exists) return;
  rows_ = read_by_key(*sync_.store, target_, keys);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (scope_.holds(rows_[i])) row_index_.emplace(key_text(target_.key(rows_[i])), i);
  }
  for (Item& item : items) {
    const auto found = item.key.empty() ? row_index_.end() : row_index_.find(item.key);
    if (found == row_index_.end()) continue;
    item.stored = rows_[found->second];
    if (!mapping_.owned().empty()) item.owned = kept_row_object(owned_shape_, target_.owned(item.stored));
  }
}

std::string_view Chunk::label_of(std::string_view raw, std::string_view id) {
  try {
    const Json document = json::parse(raw);
    const Json* label = mapping_.place_in(mapping_.label(), document).find(document);
    if (label != nullptr && label->text() != nullptr && !label->text()->empty()) return arena_.copy(*label->text());
  } catch (const Error&) {
    // A record that cannot be read has no other name than its id.
  }
  return id;
}

}  // namespace lockstep
