// Whatever an item holds, its text arrives byte for byte. Into every item of the real list a member is laid that the service never sent.
#include "conformance/provider_groups.h"

namespace lockstep::conformance {
namespace {

/// The item with one more member in front.
std::string with_probe(const std::string& raw, const std::string& probe) { return "{\"lockstep_probe\":" + probe + "," + raw.substr(1); }

/// `text` with each item's probed form in the place of its raw one.
std::string lay_in(std::string text, const std::vector<WalkedItem>& items, const std::string& probe) {
  for (const WalkedItem& item : items) {
    const std::size_t at = text.find(item.raw);
    if (at != std::string::npos) text.replace(at, item.raw.size(), with_probe(item.raw, probe));
  }
  return text;
}

void keeps(ProviderTrial& t, const std::string& probe) {
  const Walk& truth = t.truth();
  const auto provider = t.make_with_text([&](std::string text) { return lay_in(std::move(text), truth.items, probe); });
  const Walk walk = t.walk(*provider);
  t.require(walk.whole(), "with the odd values: " + walk.outcome());
  t.require(walk.items.size() == truth.items.size(), "with the odd values the list has " + std::to_string(walk.items.size()) +
                                                         " items, without them " + std::to_string(truth.items.size()));
  for (std::size_t i = 0; i < walk.items.size(); ++i) {
    const std::string wanted = with_probe(truth.items[i].raw, probe);
    t.equal(walk.items[i].id, truth.items[i].id, "the id of an item with odd values");
    t.that(walk.items[i].raw == wanted, "not as it was served: " + walk.items[i].raw.substr(0, 120));
    t.that(walk.items[i].hash == hash128(wanted), "the hash is not that of the text as it was served");
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
  const auto provider = t.make_with_text([&](std::string text) { return lay_in(std::move(text), {truth.items[0]}, "1"); });
  const Walk walk = t.walk(*provider);
  t.require(walk.whole() && walk.items.size() == truth.items.size(), "after one item changed: " + walk.outcome());
  for (std::size_t i = 0; i < walk.items.size(); ++i) {
    t.equal(walk.items[i].hash == truth.items[i].hash, i != 0, "the hash of item " + std::to_string(i) + " is what it was");
  }
}

void an_item_that_is_no_record_is_told(ProviderTrial& t) {
  const Walk& truth = t.truth();
  const std::string& raw = truth.items[1].raw;
  const auto provider = t.make_with_text([&](std::string text) {
    const std::size_t at = text.find(raw);
    return at == std::string::npos ? text : text.replace(at, raw.size(), "17");
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
