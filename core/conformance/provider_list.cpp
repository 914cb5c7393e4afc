// The list: complete, stable, and never called complete when it is not.
#include <algorithm>
#include <set>
#include <thread>

#include "conformance/provider_groups.h"
#include "format/json.h"

namespace lockstep::conformance {
namespace {

void resources_are_described(ProviderTrial& t) {
  std::set<std::string> names;
  const auto provider = t.make();
  t.that(!provider->resources().empty(), "the provider has no resource");
  for (const Resource& resource : provider->resources()) {
    t.that(!resource.name.empty(), "a resource has no name");
    t.that(names.insert(resource.name).second, "two resources are called " + resource.name);
    t.that(!resource.key.empty(), resource.name + " has no key");
  }
  for (const Resource& resource : provider->resources()) {
    for (const Resource::Reference& reference : resource.references) {
      t.that(names.contains(reference.resource), resource.name + " refers to " + reference.resource + ", which is no resource");
    }
  }
}

std::vector<WalkedItem> sorted(const Walk& walk) {
  std::vector<WalkedItem> items = walk.items;
  std::sort(items.begin(), items.end(), [](const WalkedItem& a, const WalkedItem& b) { return a.id < b.id; });
  return items;
}

void every_item_comes_once_and_every_time(ProviderTrial& t) {
  const Walk first = t.truth();
  std::set<std::string> ids;
  for (const WalkedItem& item : first.items) {
    t.that(!item.id.empty(), "an item has no id");
    t.that(ids.insert(item.id).second, item.id + " comes twice");
    t.that(item.hash == hash128(item.raw), item.id + ": the hash is not that of the raw text");
    t.that(json::parse(item.raw).object() != nullptr, item.id + ": the raw text is no JSON object");
  }
  t.that(first.problems.empty(), "the list has problems: " + (first.problems.empty() ? "" : first.problems[0]));
  const Walk second = t.walk(t.provider());
  t.that(second.whole(), "the second walk: " + second.outcome());
  t.that(sorted(second) == sorted(first), "two walks give different items");
  t.that(static_cast<bool>(first.end.scope), "a complete list has no scope");
  t.that(first.end.scope == second.end.scope, "two walks have different scopes");
}

void small_pages_give_the_same_items(ProviderTrial& t) {
  const Walk walk = t.walk(t.provider(), t.page_size_for_three());
  t.that(walk.whole(), "in small pages: " + walk.outcome());
  t.that(sorted(walk) == sorted(t.truth()), "small pages give other items than large ones");
}

void a_page_stays_while_the_next_is_read(ProviderTrial& t) {
  const std::size_t page_size = t.page_size_for_three();
  const auto stream = t.provider().list(t.resource(), {page_size}, t.call());
  std::optional<Page> page = stream->next(t.call());
  std::size_t seen = 0;
  while (page) {
    std::vector<std::string> copies;
    for (const Record& record : page->records) copies.emplace_back(record.raw);
    std::optional<Page> next = stream->next(t.call());
    for (std::size_t i = 0; i < copies.size(); ++i) {
      t.that(page->records[i].raw == copies[i], "a page changed while the next one was read");
      t.that(page->records[i].hash == hash128(page->records[i].raw), "a page changed while the next one was read");
      // A parser may read so far beyond a record.
      t.that(page->body == nullptr ||
                 page->records[i].raw.data() + page->records[i].raw.size() + kPagePadding <= page->body->data() + page->body->size(),
             "a record has fewer than kPagePadding readable bytes behind it");
    }
    seen += copies.size();
    stream->recycle(std::move(*page));
    page = std::move(next);
  }
  t.equal(seen, t.truth().items.size(), "items seen");
  t.that(!stream->next(t.call()).has_value(), "a list that is over goes on");
}

void threads_may_work_at_once(ProviderTrial& t) {
  const std::vector<WalkedItem> wanted = sorted(t.truth());
  Walk walks[3];
  {
    std::vector<std::jthread> threads;
    for (Walk& walk : walks) threads.emplace_back([&] { walk = t.walk(t.provider(), t.page_size_for_three()); });
  }
  for (const Walk& walk : walks) {
    t.that(walk.whole(), "one of three walks at once: " + walk.outcome());
    t.that(sorted(walk) == wanted, "one of three walks at once gives other items");
  }
}

void a_loop_of_pages_ends(ProviderTrial& t) {
  const std::size_t page_size = t.page_size_for_three();
  t.gateway().alter({});
  if (t.walk(t.provider(), page_size).whole() && t.gateway().requests() < 2) Check::skip("the list comes in one answer");
  t.gateway().alter([first = std::make_shared<std::optional<GatewayAnswer>>()](const GatewayRequest&, GatewayAnswer& answer) {
    if (*first) {
      answer = **first;
    } else {
      *first = answer;
    }
  });
  const Walk walk = t.walk(t.provider(), page_size, 100);
  t.that(walk.pages < 100, "a server that answers the first page for ever is asked for ever");
  t.that(t.gateway().requests() < 100, "a server that answers the first page for ever is asked for ever");
  t.that(!walk.whole(), "a list whose first page came again and again is complete: " + walk.outcome());
  std::set<std::string> ids;
  for (const WalkedItem& item : walk.items) t.that(ids.insert(item.id).second, item.id + " comes twice");
}

}  // namespace

std::vector<ProviderCheck> list_checks() {
  return {{"ResourcesAreDescribed", resources_are_described},
          {"EveryItemComesOnceAndEveryTime", every_item_comes_once_and_every_time},
          {"SmallPagesGiveTheSameItems", small_pages_give_the_same_items},
          {"APageStaysWhileTheNextIsRead", a_page_stays_while_the_next_is_read},
          {"ThreadsMayWorkAtOnce", threads_may_work_at_once},
          {"ALoopOfPagesEnds", a_loop_of_pages_ends}};
}

}  // namespace lockstep::conformance
