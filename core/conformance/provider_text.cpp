// Whatever an item holds, its text arrives byte for byte. Into every item of the real list a member is laid that the service never sent.
#include <functional>
#include <map>

#include "common/text.h"
#include "conformance/provider_groups.h"
#include "format/json.h"

namespace lockstep::conformance {
namespace {

using Items = std::map<std::string, WalkedItem>;

Items by_id(const Walk& walk) {
  Items items;
  for (const WalkedItem& item : walk.items) items.emplace(item.id, item);
  return items;
}

/// The item with one more member in front.
std::string with_probe(const std::string& raw, const std::string& probe) { return "{\"lockstep_probe\":" + probe + "," + raw.substr(1); }

/// Changes every object of a list in `here` that bears one of these ids.
void change_parts(Json& here, const std::string& key, const Items& items, const std::function<void(Json&)>& change) {
  if (Json::Array* elements = here.array()) {
    for (Json& element : *elements) {
      if (element.object() != nullptr && items.contains(element.text_at(key))) change(element);
    }
  } else if (Json::Object* members = here.object()) {
    for (Json::Member& member : *members) change_parts(member.second, key, items, change);
  }
}

/// An item that stands nowhere as the list gave it was put together from several answers. Its parts are looked for by their id.
std::string with_changed_parts(const std::string& text, const std::string& key, const Items& items,
                               const std::function<void(Json&)>& change) {
  try {
    Json root = json::parse(text);
    change_parts(root, key, items, change);
    return json::to_text(root);
  } catch (const Error&) {
    return text;
  }
}

/// `text` with each item's probed form in the place of its raw one.
std::string lay_in(std::string text, Items items, const std::string& key, const std::string& probe) {
  constexpr const char* kPlace = "@lockstep probe@";
  std::erase_if(items, [&](const auto& item) {
    const std::size_t at = text.find(item.second.raw);
    if (at != std::string::npos) text.replace(at, item.second.raw.size(), with_probe(item.second.raw, probe));
    return at != std::string::npos;
  });
  if (items.empty()) return text;
  const std::string parts = with_changed_parts(text, key, items, [&](Json& part) {
    part.object()->insert(part.object()->begin(), Json::Member{"lockstep_probe", kPlace});
  });
  return parts.find(kPlace) == std::string::npos ? text : replace_all(parts, json::quote(kPlace), probe);
}

/// The list as the change of lay_in() leaves it but for the probe: where items are put together, their text is written anew.
Items expected(ProviderTrial& t, const std::string& text_of_one, const Walk& probed) {
  Items truth = by_id(t.truth());
  if (probed.items.empty() || probed.items[0].raw == with_probe(truth.at(probed.items[0].id).raw, text_of_one)) return truth;
  const auto provider = t.make_with_text([&](std::string text) { return with_changed_parts(text, t.resource().key, truth, [](Json&) {}); });
  return by_id(t.walk(*provider));
}

void keeps(ProviderTrial& t, const std::string& probe) {
  const Walk& truth = t.truth();
  const std::string key = t.resource().key;
  const auto provider =
      t.make_with_text([items = by_id(truth), key, probe](std::string text) { return lay_in(std::move(text), items, key, probe); });
  const Walk walk = t.walk(*provider);
  t.require(walk.whole(), "with the odd values: " + walk.outcome());
  t.require(walk.items.size() == truth.items.size(), "with the odd values the list has " + std::to_string(walk.items.size()) +
                                                         " items, without them " + std::to_string(truth.items.size()));
  const Items plain = expected(t, probe, walk);
  for (const WalkedItem& item : walk.items) {
    const auto known = plain.find(item.id);
    t.require(known != plain.end(), "an item with odd values has another id: " + item.id);
    const std::string wanted = with_probe(known->second.raw, probe);
    t.that(item.raw == wanted, "not as it was served: " + item.raw.substr(0, 120));
    t.that(item.hash == hash128(wanted), "the hash is not that of the text as it was served");
  }
}

void unknown_fields_are_kept(ProviderTrial& t) { keeps(t, R"({"nested": [1, {"deep": {}}], "x-y.z": [], "": ""})"); }

void unicode_is_kept(ProviderTrial& t) { keeps(t, R"("Zoë 🙂 你好 \u00e9 \ud83d\ude42 \u0000 \" \\ \/ \b\f\n\r\t ܐ ﷽")"); }

void nulls_are_kept(ProviderTrial& t) { keeps(t, R"({"null": null, "list": [null, null], "empty": "", "object": {"null" : null}})"); }

void numbers_are_kept_as_they_were_written(ProviderTrial& t) {
  keeps(t,
        "[9223372036854775807, -9223372036854775808, 9007199254740993, 18446744073709551615, 12345678901234567890123, 1, 1.0, 1e0, -0, "
        "0.1, 1.10, 1e400]");
}

void a_megabyte_is_kept(ProviderTrial& t) { keeps(t, '"' + std::string(1 << 20, 'm') + '"'); }

void a_changed_item_has_another_hash(ProviderTrial& t) {
  const Walk& truth = t.truth();
  const std::string key = t.resource().key, id = truth.items[0].id;
  const Items one{{id, truth.items[0]}};
  const Items before = by_id(t.walk(*t.make_with_text([&](std::string text) {
    return text.find(truth.items[0].raw) != std::string::npos ? text : with_changed_parts(text, key, one, [](Json&) {});
  })));
  const auto provider = t.make_with_text([one, key](std::string text) { return lay_in(std::move(text), one, key, "1"); });
  const Walk walk = t.walk(*provider);
  t.require(walk.whole() && walk.items.size() == truth.items.size(), "after one item changed: " + walk.outcome());
  for (const WalkedItem& item : walk.items) {
    const auto known = before.find(item.id);
    t.require(known != before.end(), "after one item changed another id comes: " + item.id);
    t.equal(item.hash == known->second.hash, item.id != id, "the hash of " + item.id + " is what it was");
  }
}

void an_item_that_is_no_record_is_told(ProviderTrial& t) {
  const Walk& truth = t.truth();
  const std::string& raw = truth.items[1].raw;
  const std::string key = t.resource().key;
  const Items one{{truth.items[1].id, truth.items[1]}};
  const auto provider = t.make_with_text([&](std::string text) {
    const std::size_t at = text.find(raw);
    if (at == std::string::npos) return with_changed_parts(text, key, one, [](Json& part) { part = 17; });
    return text.replace(at, raw.size(), "17");
  });
  const Walk walk = t.walk(*provider);
  if (walk.error) return;
  t.that(!walk.problems.empty(), "a number in the place of an item is not told");
  t.that(walk.items.size() == truth.items.size() - 1, "a number in the place of an item costs other items too: " + walk.outcome());
}

}  // namespace

std::vector<ProviderCheck> text_checks() {
  return {{"UnknownFieldsAreKept", unknown_fields_are_kept},
          {"UnicodeIsKept", unicode_is_kept},
          {"NullsAreKept", nulls_are_kept},
          {"NumbersAreKeptAsTheyWereWritten", numbers_are_kept_as_they_were_written},
          {"AMegabyteIsKept", a_megabyte_is_kept},
          {"AChangedItemHasAnotherHash", a_changed_item_has_another_hash},
          {"AnItemThatIsNoRecordIsTold", an_item_that_is_no_record_is_told}};
}

}  // namespace lockstep::conformance
