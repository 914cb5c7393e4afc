#include "engine/sides/facts.h"

#include <algorithm>

#include "engine/sides/apart.h"
#include "engine/sides/unshown.h"
#include "format/json.h"
#include "mapping/timezone.h"

namespace lockstep {
namespace {

/// A reference that stands for nothing at the remote is unlike every value that does.
Value as_unreadable(const Value& cell, Arena& arena) {
  const auto storage = cell.tag() == Value::Tag::Int ? Value::Storage::Integer : Value::Storage::Text;
  return Value::unreadable(storage, arena.copy(to_display(cell)));
}

}  // namespace

FactsBuilder::FactsBuilder(const Mapping& mapping, const SecretPaths& secrets, const Target& target, Shaper& shaper, References& references,
                           Host& host, std::string noun)
    : mapping_(mapping),
      secrets_(secrets),
      target_(target),
      shaper_(shaper),
      references_(references),
      host_(host),
      noun_(std::move(noun)),
      current_(mapping, rules(mapping)) {}

void FactsBuilder::know_rules(std::unordered_map<std::int64_t, Json> sets) {
  orders_.clear();
  for (const auto& [id, set] : sets) orders_.emplace(id, CellOrder(mapping_, set));
}

Json FactsBuilder::rules(const Mapping& mapping) {
  Json::Object rules;
  for (const Field& field : mapping.fields()) rules.emplace_back(field.column, field.rule.hex());
  return Json(std::move(rules));
}

/// A set that is lost says nothing: then values alone are compared.
const CellOrder& FactsBuilder::order_of(std::int64_t fields_id) {
  const auto found = orders_.find(fields_id);
  return found != orders_.end() ? found->second : current_;
}

void FactsBuilder::rename_held(const Link& link, Base& base) {
  // Of two that exchanged their names, neither may take the other's place.
  std::vector<std::pair<std::string, Json>> moved;
  for (const auto& [former, now] : order_of(link.fields_id).renamed()) {
    const Json* kept = base.held.find(former);
    if (kept == nullptr) continue;
    moved.emplace_back(now, *kept);
    base.held.erase(former);
  }
  for (auto& [now, kept] : moved) base.held[now] = std::move(kept);
}

Value FactsBuilder::comparable(std::size_t ordinal, const Value& value, Arena& arena) const {
  return secrets_.mask(ordinal, normalise(mapping_.fields()[ordinal], value, arena), arena);
}

Value FactsBuilder::comparable_kept(std::size_t ordinal, const Json& kept, Arena& arena) const {
  return comparable(ordinal, kept_cell(mapping_.fields()[ordinal], kept, arena), arena);
}

Value FactsBuilder::comparable_cell(std::size_t ordinal, const Value& cell, const Value& there, const Value& otherwise, Arena& arena) {
  if (!mapping_.fields()[ordinal].lookup || cell.is_unreadable()) return comparable(ordinal, cell, arena);
  if (references_.is_awaited(ordinal, cell, there)) return there;
  if (const std::optional<Value> remote = references_.remote_of(ordinal, cell)) return comparable(ordinal, *remote, arena);
  return references_.can_look(ordinal) ? as_unreadable(cell, arena) : otherwise;
}

/// The base's document under today's rules; empty when these refuse it.
std::span<const Value> FactsBuilder::map_base(const Item& item, Row there, Arena& arena) {
  if (!item.raw.empty() && item.untold.empty() && item.base->document == masked_raw(item, secrets_, arena)) return there;
  std::span<Value> agreed = arena.make<Value>(mapping_.fields().size());
  host_.mute(true);
  const HookVerdict refused = shaper_.shape({item.id, item.label, noun_}, padded_copy(item.base->document, arena), agreed, arena);
  host_.mute(false);
  if (refused) return {};
  for (std::size_t i = 0; i < agreed.size(); ++i) {
    if (keeps_unshown(item, i)) agreed[i] = with_unshown(mapping_.fields()[i], agreed[i], target_.fields(item.stored)[i], arena);
    if (!agreed[i].is_absent()) agreed[i] = comparable(i, agreed[i], arena);
  }
  return agreed;
}

/// By ordinal: the cell is what the last agreement left there.
std::vector<bool> FactsBuilder::untouched_cells(const Item& item, const Link& link, Arena& arena) {
  std::vector<bool> untouched(mapping_.fields().size(), false);
  if (item.stored.empty()) return untouched;
  const Row cells = target_.fields(item.stored), row = references_.to_remote(cells, arena);
  // Bases of version 0.1.0 have no prints.
  if (item.prints.empty()) return std::vector<bool>(untouched.size(), link.row_hash && link.row_hash == hash_row(row));
  for (std::size_t i = 0; i < item.prints.size(); ++i) {
    const Field& field = mapping_.fields()[i];
    const CellPrint then = item.prints[i];
    // Older bases have of a reference the print of what it stood for.
    untouched[i] = then != kNotKnown && (then == print_of(field, cells[i]) || (field.lookup && then == print_of(field, row[i])));
  }
  return untouched;
}

std::span<BaseField> FactsBuilder::base_fields(Item& item, const Link* link, Row there, Arena& arena) {
  if (item.base == nullptr || link == nullptr) return {};
  const CellOrder& order = order_of(link->fields_id);
  const std::vector<bool> untouched = untouched_cells(item, *link, arena);
  const std::span<const Value> agreed = map_base(item, there, arena);
  std::span<BaseField> fields = arena.make<BaseField>(mapping_.fields().size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    BaseField& field = fields[i];
    const Json* held = item.base->held.find(mapping_.fields()[i].column);
    const Value document = agreed.empty() ? Value::null() : agreed[i];
    if (held != nullptr && is_asked(*held)) {
      field.asked = true;
      continue;
    }
    const bool doubted = order.doubts(i) && !untouched[i] && may_be_another(i, item, held, arena);
    if (doubted && !target_.fields(item.stored)[i].is_nothing()) {
      field.asked = true;
      continue;
    }
    const bool passed_over = order.kept(i) && held == nullptr && (item.prints.empty() || item.prints[i] == kNotKnown);
    if (!order.knew(i) || passed_over || doubted || (held != nullptr && held->find("new") != nullptr)) {
      field.no_opinion = true;
      field.alike = i < alike_.size() && alike_[i] != Alike::No;
      continue;
    }
    if (held != nullptr && held->is_null()) continue;
    field.both_moved = held != nullptr && held->find("moved") != nullptr;
    if (field.both_moved) continue;
    field = {document, document};
    // What a document that today's rules cannot read said, or an old mask, is what a row holds that nobody has edited.
    const bool old_mask = document.is_view() && secrets_.may_be_secret(i) && SecretPaths::holds_old_mask(document.as_view());
    if (agreed.empty() || document.is_absent() || old_mask) {
      field = {};
      if (untouched[i]) {
        field.here = field.there = comparable_cell(i, target_.fields(item.stored)[i], Value::null(), Value::null(), arena);
      } else if (held == nullptr || !document.is_absent()) {
        continue;
      }
    }
    field.untouched = untouched[i];
    if (held == nullptr && order.kept(i) && !untouched[i]) recall_agreed(i, item, there, field);
    if (held == nullptr) continue;
    field.not_taken = held->find("not_taken") != nullptr;
    if (const Json* here = held->find("here")) field.here = comparable_kept(i, *here, arena);
    if (const Json* held_there = held->find("there")) field.there = comparable_kept(i, *held_there, arena);
    if (!there.empty()) take_sent(i, held->find("sent"), there[i], field, arena);
  }
  return fields;
}

/// What the cell holds may be an edit, or the contents of another column: it is not what was left there when the sides were held apart.
bool FactsBuilder::may_be_another(std::size_t ordinal, const Item& item, const Json* held, Arena& arena) const {
  if (item.stored.empty()) return false;
  const Json* here = held == nullptr ? nullptr : held->find("here");
  return here == nullptr || !same(mapping_.fields()[ordinal], comparable_kept(ordinal, *here, arena),
                                  comparable(ordinal, target_.fields(item.stored)[ordinal], arena));
}

/// The document is younger than what was agreed on about a field that was not mapped meanwhile. Where neither side holds that any more,
/// both were edited, or one was and the rule is another.
void FactsBuilder::recall_agreed(std::size_t ordinal, const Item& item, Row there, BaseField& field) const {
  const Field& rule = mapping_.fields()[ordinal];
  if (rule.remote_owned() || rule.write_only || field.there.is_absent()) return;
  const CellPrint agreed = item.prints[ordinal];
  if (!there.empty() && !there[ordinal].is_absent() && print_of(rule, item.there[ordinal]) == agreed) {
    field.here = field.there = there[ordinal];
  } else if (print_of(rule, field.there) != agreed) {
    field = {};
    field.both_moved = true;
  }
}

/// The remote shows what this link has sent and has not seen there before: it is agreed on, but that the row was left with a later one.
void FactsBuilder::take_sent(std::size_t ordinal, const Json* sent, const Value& there, BaseField& field, Arena& arena) const {
  const auto was_sent = [&](const Value& value) {
    return std::any_of(sent->array()->begin(), sent->array()->end(),
                       [&](const Json& each) { return same(mapping_.fields()[ordinal], comparable_kept(ordinal, each, arena), value); });
  };
  if (sent == nullptr || there.is_absent() || !was_sent(there)) return;
  field.there = there;
  if (was_sent(field.here)) return;
  field.here = there;
  field.untouched = false;
}

/// What is absent though the document shows it.
std::span<const std::size_t> FactsBuilder::unread_of(const Item& item, Arena& arena) {
  std::vector<std::size_t> unread;
  for (std::size_t i = 1; i < item.there.size(); ++i) {
    if (item.there[i].is_absent() && std::find(item.untold.begin(), item.untold.end(), i) == item.untold.end()) unread.push_back(i);
  }
  const std::span<std::size_t> kept = arena.make<std::size_t>(unread.size());
  std::copy(unread.begin(), unread.end(), kept.begin());
  return kept;
}

/// It is another item by now because this row's was made anew under another id.
bool FactsBuilder::was_made_anew(std::size_t ordinal, const Value& cell, const Value& agreed) {
  if (!remade_) remade_ = read_remade_ ? read_remade_() : std::unordered_map<std::string, std::string>();
  const auto found = remade_->find(to_display(agreed));
  return found != remade_->end() && references_.may_name_key(ordinal, cell, found->second);
}

/// The cell of a lookup as it is compared. `base`: of the field; null where nothing was agreed on.
Value FactsBuilder::reference_here(std::size_t ordinal, const Value& cell, const Value& there, BaseField* base, bool same_rule,
                                   std::vector<LostReference>& lost, Arena& arena) {
  const bool known = base != nullptr && !base->there.is_absent();
  const Value agreed = known ? base->here : there;
  const Value now = comparable_cell(ordinal, cell, there, agreed, arena);
  const bool untouched = base != nullptr && base->untouched;
  const std::optional<Value> remote = references_.remote_of(ordinal, cell);
  if (cell.is_nothing() || cell.is_unreadable() || !references_.can_look(ordinal)) return now;
  if (remote) {
    if (!untouched || !known || !same_rule || same(mapping_.fields()[ordinal], now, agreed)) return now;
    // What was kept of it stood for nothing then: it is the same edit still.
    if (agreed.is_unreadable() || was_made_anew(ordinal, cell, agreed)) {
      base->untouched = false;
      return now;
    }
    lost.push_back({ordinal, LostReference::Why::AnotherItem, false});
    return agreed;
  }
  // The item has been asked about nothing yet: it is only looked at what the row is like.
  if (there.is_absent() && base == nullptr) return there;
  const bool names_row = references_.names_row(ordinal, cell);
  lost.push_back({ordinal, names_row ? LostReference::Why::NoItem : LostReference::Why::NoRow, !untouched || agreed.is_unreadable()});
  const bool follows = !names_row && !there.is_nothing() && references_.cell_of(ordinal, there).has_value();
  return untouched && !follows ? agreed : now;
}

/// The row's side, and which of its references are lost.
void FactsBuilder::take_here(const Item& item, Facts& facts, std::span<BaseField> base, const CellOrder& order, Arena& arena) {
  const std::size_t width = mapping_.fields().size();
  const std::span<Value> here = arena.make<Value>(width);
  const Row stored = target_.fields(item.stored);
  std::vector<LostReference> lost;
  for (std::size_t i = 0; i < width; ++i) {
    const Value there = facts.there.empty() ? Value::null() : facts.there[i];
    here[i] = mapping_.fields()[i].lookup
                  ? reference_here(i, stored[i], there, base.empty() ? nullptr : &base[i], order.has_same_rule(i), lost, arena)
                  : comparable(i, stored[i], arena);
  }
  facts.here = here;
  const std::span<LostReference> kept = arena.make<LostReference>(lost.size());
  std::copy(lost.begin(), lost.end(), kept.begin());
  facts.lost_references = kept;
}

void FactsBuilder::forget_base(Item& item, Arena& arena) {
  item.facts.base = {};
  item.prints.clear();
  if (!item.stored.empty()) take_here(item, item.facts, {}, current_, arena);
}

void FactsBuilder::show_unread(Item& item, std::span<const std::size_t> unread) const {
  item.unread.clear();
  if (unread.empty() || item.raw.empty()) return;
  Arena scratch;
  const Json document = json::parse(masked_raw(item, secrets_, scratch));
  for (const std::size_t ordinal : unread) {
    const Json* stands = mapping_.place_in(ordinal, document).find(document);
    if (stands == nullptr) continue;
    const Value shown = Value::json(scratch.copy(json::canonical(*stands)));
    item.unread.emplace_back(ordinal, json::to_kept(secrets_.is_secret(ordinal) ? secrets_.mask(ordinal, shown, scratch) : shown));
  }
}

/// What the API never answers is as the row was left: a cell that was edited since is held against what it does answer.
bool FactsBuilder::keeps_unshown(const Item& item, std::size_t ordinal) const {
  const Field& field = mapping_.fields()[ordinal];
  if (field.unshown.empty() || item.stored.empty() || ordinal >= item.prints.size()) return false;
  return item.prints[ordinal] == print_of(field, target_.fields(item.stored)[ordinal]);
}

void FactsBuilder::keep_unshown(Item& item, Arena& arena) const {
  for (std::size_t i = 1; i < item.there.size(); ++i) {
    if (!keeps_unshown(item, i)) continue;
    item.there[i] = with_unshown(mapping_.fields()[i], item.there[i], target_.fields(item.stored)[i], arena);
    // What was known of the row ahead was without it.
    item.masked_there = {};
    item.row_hash = {};
    item.may_hold_secrets = true;
  }
}

Row FactsBuilder::masked_there(const Item& item, Arena& arena) const {
  if (item.masked_there.of == item.there.data() && item.untold.empty()) return item.masked_there.cells;
  const std::span<Value> there = arena.make<Value>(item.there.size());
  for (std::size_t i = 0; i < there.size(); ++i) {
    there[i] = item.may_hold_secrets || secrets_.is_secret(i) ? secrets_.mask(i, item.there[i], arena) : item.there[i];
  }
  return there;
}

Facts FactsBuilder::build(Item& item, const Link* link, Arena& arena) {
  Facts facts;
  item.prints.clear();
  if (item.base != nullptr && link != nullptr) item.prints = prints_of(*link, *item.base);
  keep_unshown(item, arena);
  if (!item.there.empty()) {
    facts.there = masked_there(item, arena);
    facts.unread = unread_of(item, arena);
    show_unread(item, facts.unread);
  }
  const std::span<BaseField> base = base_fields(item, link, facts.there, arena);
  facts.base = base;
  if (!item.stored.empty()) {
    take_here(item, facts, base, link == nullptr ? current_ : order_of(link->fields_id), arena);
    const Value modified = target_.has_modified ? item.stored[target_.modified_at] : Value();
    if (modified.tag() == Value::Tag::Text) {
      std::string_view time = modified.as_view();
      // Its Z stands for no zone at all.
      if (target_.modified_on_wall_clock && time.ends_with('Z')) time.remove_suffix(1);
      facts.here_modified = parse_time_in(time, mapping_.modified()->timezone);
    }
  }
  if (mapping_.modified() && !item.raw.empty() && !facts.here.empty()) {
    const Json document = json::parse(item.raw);
    const Json* when = mapping_.modified()->from.find(document);
    if (when != nullptr && when->text() != nullptr) facts.there_modified = parse_time(*when->text());
  }
  facts.linked = link != nullptr || (!facts.here.empty() && !facts.there.empty());
  return facts;
}

}  // namespace lockstep
