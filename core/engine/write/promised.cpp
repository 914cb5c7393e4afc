#include "engine/write/promised.h"

#include <algorithm>

#include "engine/decide/merge.h"
#include "format/json.h"

namespace lockstep {
namespace {

/// Longer than any time-out that people set: a request that was given up may be carried out this much later.
constexpr Micros kAtWorkFor = Micros{15} * 60 * 1'000'000;

/// Values that a create sent earlier under the same marker.
constexpr std::string_view kEarlier = "earlier";

/// What the row held that was to get the value, too.
constexpr std::string_view kHere = "here";

std::span<BaseField> copy_of(const Mapping& mapping, std::span<const BaseField> base, Arena& arena) {
  std::span<BaseField> fields = arena.make<BaseField>(mapping.fields().size());
  std::copy(base.begin(), base.end(), fields.begin());
  return fields;
}

class Sent {
 public:
  Sent(const FactsBuilder& builder, std::size_t ordinal, const Json* entry, Arena& arena)
      : builder_(builder), ordinal_(ordinal), entry_(entry), arena_(arena) {}

  /// What was sent last; null for a field that was left out.
  Value last() const {
    const Json* after = entry_ == nullptr ? nullptr : entry_->find("after");
    return after == nullptr ? Value::null() : value(*after);
  }
  bool earlier_was(const Field& field, const Value& shown) const {
    const Json* earlier = entry_ == nullptr ? nullptr : entry_->find(kEarlier);
    if (earlier == nullptr || earlier->array() == nullptr) return false;
    return std::any_of(earlier->array()->begin(), earlier->array()->end(),
                       [&](const Json& each) { return same(field, value(each), shown); });
  }

 private:
  Value value(const Json& json) const { return builder_.comparable_kept(ordinal_, json, arena_); }

  const FactsBuilder& builder_;
  std::size_t ordinal_;
  const Json* entry_;
  Arena& arena_;
};

/// The value was to go into the row, too, which is as it was then: it is an edit of the remote alone.
bool row_was_to_follow(const FactsBuilder& builder, std::size_t ordinal, const Json& entry, const Facts& facts, Arena& arena) {
  const Json* held = entry.find(kHere);
  return held != nullptr && !facts.here.empty() && identical(facts.here[ordinal], builder.comparable_kept(ordinal, *held, arena));
}

}  // namespace

void promise_for_row(Json& entry, const Value& here) { entry[std::string(kHere)] = json::to_kept(here); }

Micros at_work_for(Millis time_out) {
  constexpr Micros kAtLeast = Micros{60} * 1'000'000;
  return std::max(kAtLeast, Micros{2} * time_out.count() * 1000);
}

bool may_be_at_work(const IntentEntry& intent, Micros now) {
  if (intent.until != 0) return now < intent.until;
  // A clock that was set back says nothing of how old a promise is, but it must not keep one open for ever.
  return (now > intent.opened_at ? now - intent.opened_at : intent.opened_at - now) < kAtWorkFor;
}

std::span<const BaseField> base_after_updates(const Mapping& mapping, const FactsBuilder& builder, std::span<const IntentEntry> promises,
                                              const Facts& facts, std::vector<Json>& shown, Arena& arena) {
  shown.assign(promises.size(), Json());
  std::span<BaseField> base = copy_of(mapping, facts.base, arena);
  bool any = false;
  for (std::size_t i = 0; i < promises.size(); ++i) {
    for (std::size_t ordinal = 1; promises[i].body.object() != nullptr && ordinal < base.size(); ++ordinal) {
      const Field& field = mapping.fields()[ordinal];
      const Json* entry = promises[i].body.find(field.column);
      if (entry == nullptr || entry->find("after") == nullptr || field.write_only) continue;
      const Value sent = Sent(builder, ordinal, entry, arena).last();
      const bool news = !merging::known(facts, ordinal) || !same(field, facts.base[ordinal].there, facts.there[ordinal]);
      if (!news || !same(field, sent, facts.there[ordinal])) continue;
      base[ordinal] = row_was_to_follow(builder, ordinal, *entry, facts, arena) ? BaseField{facts.here[ordinal], facts.here[ordinal]}
                                                                                : BaseField{sent, sent};
      shown[i][field.column] = *entry;
      shown[i][field.column].erase(kHere);
      any = true;
    }
  }
  return any ? base : facts.base;
}

Json overwritten_unseen(const Mapping& mapping, const FactsBuilder& builder, const IntentEntry& promise, const Json& shown, Row there,
                        Arena& arena) {
  Json fields;
  if (promise.body.object() == nullptr) return fields;
  for (const auto& [column, sent] : *promise.body.object()) {
    const Json* before = sent.find("before");
    if (before == nullptr || shown.find(column) != nullptr) continue;
    const auto ordinal = mapping.find(column);
    const bool still_there = ordinal && !there.empty() && !there[*ordinal].is_absent() && !mapping.fields()[*ordinal].write_only &&
                             same(mapping.fields()[*ordinal], builder.comparable_kept(*ordinal, *before, arena), there[*ordinal]);
    if (still_there) continue;
    Json& entry = fields[column] = sent;
    entry.erase(kHere);
    if (shown.is_null()) entry[std::string(kUnconfirmed)] = Json(true);
  }
  return fields;
}

std::span<const BaseField> base_after_create(const Mapping& mapping, const FactsBuilder& builder, const IntentEntry& promise,
                                             const Facts& facts, Arena& arena) {
  std::span<BaseField> base = copy_of(mapping, facts.base, arena);
  for (std::size_t ordinal = 1; ordinal < base.size(); ++ordinal) {
    const Field& field = mapping.fields()[ordinal];
    const Json* entry = promise.body.object() == nullptr ? nullptr : promise.body.find(field.column);
    // What a recreate took from the last document is known.
    if (entry == nullptr && merging::known(facts, ordinal)) continue;
    const Value& here = facts.here[ordinal];
    const Value& there = facts.there[ordinal];
    const Value shown = there.is_absent() ? Value::null() : there;
    const Sent sent(builder, ordinal, entry, arena);
    // A promise of which no body was kept: a cell that holds something is an edit wherever the sides differ.
    const Value last = promise.body.object() == nullptr && here.is_nothing() ? here : sent.last();
    const bool as_sent = same(field, here, last) && !sent.earlier_was(field, shown);
    // Another value than was sent, and none that the server filled in: somebody has edited it there since.
    const bool edited_there = entry != nullptr && !shown.is_nothing() && !same(field, shown, last) && !sent.earlier_was(field, shown);
    if (edited_there) {
      base[ordinal] = {last, last};
    } else if (as_sent && here.is_nothing()) {
      base[ordinal] = {Value::null(), Value::null()};  // what the server filled in is news of it
    } else if (as_sent) {
      base[ordinal] = {last, shown};
    } else {
      base[ordinal] = {shown, shown};
    }
    if (field.write_only) base[ordinal] = {last, last};
  }
  return base;
}

Json body_of_repeated(const Json& before, Json now) {
  if (before.object() == nullptr || now.object() == nullptr) return now;
  for (const auto& [column, values] : *before.object()) {
    Json& entry = now[column];
    if (entry.find("after") == nullptr) entry = Json::Object{{"before", Json()}, {"after", Json()}};
    Json::Array earlier;
    if (const Json* known = values.find(kEarlier); known != nullptr && known->array() != nullptr) earlier = *known->array();
    const Json* sent = values.find("after");
    if (sent != nullptr && !(*sent == *entry.find("after"))) earlier.push_back(*sent);
    if (!earlier.empty()) entry[kEarlier] = Json(std::move(earlier));
  }
  return now;
}

}  // namespace lockstep
