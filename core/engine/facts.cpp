#include "engine/facts.h"

#include "format/json.h"
#include "mapping/timezone.h"

namespace lockstep {

FactsBuilder::FactsBuilder(const Mapping& mapping, const SecretPaths& secrets, const Target& target, Shaper& shaper, References& references,
                           Host& host, std::string noun)
    : mapping_(mapping),
      secrets_(secrets),
      target_(target),
      shaper_(shaper),
      references_(references),
      host_(host),
      noun_(std::move(noun)) {}

void FactsBuilder::know_rules(std::unordered_map<std::int64_t, Json> sets) {
  sets_ = std::move(sets);
  known_.clear();
}

Json FactsBuilder::rules(const Mapping& mapping, const Hook* hook) {
  // A hook that touches whole records or rows may shape any field.
  const bool shapes = hook != nullptr && (hook->has(Hook::Stage::Record) || hook->has(Hook::Stage::MappedRow));
  Json::Object rules;
  for (const Field& field : mapping.fields()) {
    std::string rule = field.rule.hex();
    if (shapes || (hook != nullptr && !field.transforms.empty())) rule = hash128(rule + hook->fingerprint().hex()).hex();
    rules.emplace_back(field.column, std::move(rule));
  }
  return Json(std::move(rules));
}

const std::vector<bool>& FactsBuilder::known_rules(std::int64_t fields_id) {
  const auto found = known_.find(fields_id);
  if (found != known_.end()) return found->second;
  std::vector<bool> known(mapping_.fields().size(), false);
  if (const auto set = sets_.find(fields_id); set != sets_.end()) {
    for (std::size_t i = 0; i < known.size(); ++i) {
      const Json* then = set->second.find(mapping_.fields()[i].column);
      const Json* now = current_rules_.find(mapping_.fields()[i].column);
      known[i] = then != nullptr && now != nullptr && *then == *now;
    }
  }
  return known_.emplace(fields_id, std::move(known)).first->second;
}

Value FactsBuilder::comparable(std::size_t ordinal, const Value& value, Arena& arena) const {
  return secrets_.mask(ordinal, normalise(mapping_.fields()[ordinal], value, arena), arena);
}

Value FactsBuilder::comparable_cell(std::size_t ordinal, const Value& cell, const Value& there, const Value& otherwise, Arena& arena) {
  if (!mapping_.fields()[ordinal].lookup) return comparable(ordinal, cell, arena);
  if (references_.is_awaited(ordinal, cell, there)) return there;
  const std::optional<Value> remote = references_.remote_of(ordinal, cell);
  return remote ? comparable(ordinal, *remote, arena) : otherwise;
}

std::span<const BaseField> FactsBuilder::base_fields(const Item& item, const Link* link, Row there, Arena& arena) {
  if (item.base == nullptr || link == nullptr) return {};
  const std::size_t width = mapping_.fields().size();
  std::span<Value> agreed = arena.make<Value>(width);
  if (item.base->document == item.raw) {
    std::copy(there.begin(), there.end(), agreed.begin());
  } else {
    host_.mute(true);
    const HookSubject subject{item.id, item.label, noun_};
    const HookVerdict refused = shaper_.shape(subject, padded_copy(item.base->document, arena), agreed, arena);
    host_.mute(false);
    // A base that the present rules refuse says nothing.
    if (refused) return {};
    for (std::size_t i = 0; i < width; ++i) agreed[i] = comparable(i, agreed[i], arena);
  }
  const std::vector<bool>& known = known_rules(link->fields_id);
  std::span<BaseField> fields = arena.make<BaseField>(width);
  for (std::size_t i = 0; i < width; ++i) {
    if (!known[i]) continue;
    fields[i] = {agreed[i], agreed[i]};
    if (const Json* held = item.base->held.find(mapping_.fields()[i].column)) {
      if (held->is_null()) {
        fields[i] = {};
        continue;
      }
      if (const Json* here = held->find("here")) fields[i].here = comparable(i, json::to_value(*here, arena), arena);
      if (const Json* held_there = held->find("there")) fields[i].there = comparable(i, json::to_value(*held_there, arena), arena);
    }
  }
  return fields;
}

Facts FactsBuilder::build(const Item& item, const Link* link, Arena& arena) {
  Facts facts;
  const std::size_t width = mapping_.fields().size();
  if (!item.there.empty()) {
    std::span<Value> there = arena.make<Value>(width);
    for (std::size_t i = 0; i < width; ++i) {
      there[i] = item.may_hold_secrets || secrets_.is_secret(i) ? secrets_.mask(i, item.there[i], arena) : item.there[i];
    }
    facts.there = there;
  }
  facts.base = base_fields(item, link, facts.there, arena);
  if (!item.stored.empty()) {
    std::span<Value> here = arena.make<Value>(width);
    const Row stored = target_.fields(item.stored);
    for (std::size_t i = 0; i < width; ++i) {
      const Value there = facts.there.empty() ? Value::null() : facts.there[i];
      const bool known = !facts.base.empty() && !facts.base[i].there.is_absent();
      here[i] = comparable_cell(i, stored[i], there, known ? facts.base[i].here : there, arena);
    }
    facts.here = here;
    const Value modified = target_.modified_at < item.stored.size() ? item.stored[target_.modified_at] : Value();
    if (modified.tag() == Value::Tag::Text) facts.here_modified = parse_time_in(modified.as_view(), mapping_.modified()->timezone);
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
