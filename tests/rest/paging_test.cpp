// Walks over lists, well-behaved and not. The law: every item once, or the list is not called complete.
#include "rest/paging.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "rest/list_model.h"

namespace lockstep::rest {
namespace {

using test::list_spec;
using test::ListModel;

constexpr Micros kSecond = 1'000'000;
constexpr Micros kBase = 1'788'000'000'000'000;

struct Walked {
  std::multiset<std::string> ids;  ///< handed out
  bool complete = false;
  std::string why;
  std::vector<Parameters> asked;
};

Walked walk(const ListModel& model, std::size_t page_size, std::size_t item_bytes = 100, ListSpec spec = list_spec()) {
  const auto pager = make_pager(spec, page_size);
  Walked out;
  std::set<std::string> seen;
  while (const auto parameters = pager->ask()) {
    out.asked.push_back(*parameters);
    if (out.asked.size() > 5000) {
      ADD_FAILURE() << "the walk does not end";
      break;
    }
    const auto answer = model.answer(*parameters);
    PageFacts facts;
    std::vector<std::string> times;
    for (const auto& item : answer) times.push_back(item.time == 0 ? std::string() : ListModel::shown(item.time));
    for (std::size_t i = 0; i < answer.size(); ++i) {
      const bool fresh = seen.insert(answer[i].id).second;
      if (fresh) out.ids.insert(answer[i].id);
      facts.entries.push_back({times[i], fresh});
    }
    facts.elements = answer.size();
    facts.bytes = answer.size() * item_bytes;
    pager->took(facts);
  }
  out.why = pager->why();
  out.complete = out.why.empty();
  return out;
}

/// `count` items, `together` at each instant, a second apart.
ListModel model_of(std::size_t count, std::size_t together = 1, ListModel::Order order = ListModel::Order::NewestFirst) {
  ListModel model;
  model.order = order;
  for (std::size_t i = 0; i < count; ++i) {
    model.items.push_back({"id-" + std::to_string(i), kBase + static_cast<Micros>(i / together) * kSecond});
  }
  return model;
}

TEST(TimeCursor, AShortListIsOneRequest) {
  for (const std::size_t count : {0, 1, 15, 249}) {
    const Walked walked = walk(model_of(count), 0);
    EXPECT_TRUE(walked.complete) << count << walked.why;
    EXPECT_EQ(walked.ids.size(), count);
    EXPECT_EQ(walked.asked.size(), 1U) << count;
    EXPECT_EQ(walked.asked[0], (Parameters{{"limit", "250"}}));
  }
}

TEST(TimeCursor, LongListsAreWalkedInEitherOrder) {
  for (const auto order : {ListModel::Order::NewestFirst, ListModel::Order::OldestFirst}) {
    for (const std::size_t count : {999, 1000, 1001, 2000, 5500}) {
      const Walked walked = walk(model_of(count, 1, order), 0);
      EXPECT_TRUE(walked.complete) << count << walked.why;
      EXPECT_EQ(walked.ids.size(), count);
    }
  }
}

TEST(TimeCursor, TimesAreSentAsServed) {
  const Walked walked = walk(model_of(30), 20);
  ASSERT_EQ(walked.asked.size(), 2U);
  EXPECT_EQ(walked.asked[1], (Parameters{{"limit", "20"}, {"createdAtLe", ListModel::shown(kBase + 10 * kSecond)}}));
  const Walked other = walk(model_of(30, 1, ListModel::Order::OldestFirst), 20);
  EXPECT_EQ(other.asked[1], (Parameters{{"limit", "20"}, {"createdAtGe", ListModel::shown(kBase + 19 * kSecond)}}));
}

TEST(TimeCursor, ItemsOfOneInstantAtAPageBoundaryAreNeitherLostNorDoubled) {
  for (const auto order : {ListModel::Order::NewestFirst, ListModel::Order::OldestFirst}) {
    const Walked walked = walk(model_of(95, 7, order), 20);
    EXPECT_TRUE(walked.complete) << walked.why;
    EXPECT_EQ(walked.ids.size(), 95U);
  }
}

TEST(TimeCursor, MoreOfOneInstantThanAPageHoldsRaisesTheLimit) {
  for (const auto order : {ListModel::Order::NewestFirst, ListModel::Order::OldestFirst}) {
    for (const std::size_t together : {20, 30, 99, 400}) {
      const Walked walked = walk(model_of(901, together, order), 20);
      EXPECT_TRUE(walked.complete) << walked.why;
      EXPECT_EQ(walked.ids.size(), 901U) << together;
    }
  }
}

TEST(TimeCursor, MoreOfOneInstantThanTheCapIsIncomplete) {
  for (const auto order : {ListModel::Order::NewestFirst, ListModel::Order::OldestFirst}) {
    ListModel model = model_of(3000, 1500, order);
    const Walked walked = walk(model, 0);
    EXPECT_FALSE(walked.complete);
    EXPECT_NE(walked.why.find("a full page brought nothing new"), std::string::npos) << walked.why;
  }
}

TEST(TimeCursor, SmallItemsMakePagesOfTheApisCap) {
  const Walked walked = walk(model_of(2501), 0, 1'000);
  EXPECT_TRUE(walked.complete) << walked.why;
  EXPECT_EQ(walked.ids.size(), 2501U);
  EXPECT_EQ(walked.asked[0][0].second, "250");
  EXPECT_EQ(walked.asked[1][0].second, "1000");
}

TEST(TimeCursor, LargeItemsMakeSmallPages) {
  const Walked walked = walk(model_of(2501), 0, 40'000);
  EXPECT_TRUE(walked.complete) << walked.why;
  EXPECT_EQ(walked.ids.size(), 2501U);
  EXPECT_EQ(walked.asked[0][0].second, "250");
  EXPECT_EQ(walked.asked[1][0].second, std::to_string((5U << 19U) / 40'000));
}

TEST(TimeCursor, LargeItemsOfOneInstantDoNotMakeItTurnInCircles) {
  const Walked walked = walk(model_of(1999, 300), 0, 40'000);
  EXPECT_TRUE(walked.complete) << walked.why;
  EXPECT_EQ(walked.ids.size(), 1999U);
  EXPECT_FALSE(walk(model_of(3000, 1500), 0, 40'000).complete);
}

TEST(TimeCursor, AnUnsortedListIsIncompleteUnlessItComesInOnePiece) {
  ListModel model = model_of(60, 1, ListModel::Order::None);
  std::swap(model.items[10], model.items[12]);
  EXPECT_FALSE(walk(model, 20).complete);
  EXPECT_TRUE(walk(model, 0).complete);
}

TEST(TimeCursor, AFilterThatIsIgnoredIsNoticed) {
  ListModel model = model_of(60);
  model.ignores_filter = true;
  const Walked walked = walk(model, 20);
  EXPECT_FALSE(walked.complete);
  EXPECT_LE(walked.asked.size(), 4U);
}

TEST(TimeCursor, FinerTimesThanShownLoseNothing) {
  for (const auto order : {ListModel::Order::NewestFirst, ListModel::Order::OldestFirst}) {
    ListModel model;
    model.order = order;
    for (int i = 0; i < 200; ++i) model.items.push_back({"id-" + std::to_string(i), kBase + i * 137});
    const Walked walked = walk(model, 20);
    EXPECT_TRUE(walked.complete) << walked.why;
    EXPECT_EQ(walked.ids.size(), 200U);
  }
}

TEST(TimeCursor, AStrictFilterLosesNothing) {
  ListModel model = model_of(95, 7);
  model.strict_filter = true;
  const Walked walked = walk(model, 20);
  EXPECT_TRUE(walked.complete) << walked.why;
  EXPECT_EQ(walked.ids.size(), 95U);
}

TEST(TimeCursor, ALowerCapThanAskedForIsNoticed) {
  for (const std::size_t count : {100, 101, 250, 300}) {
    ListModel model = model_of(count);
    model.cap = 100;
    const Walked walked = walk(model, 0);
    EXPECT_TRUE(walked.complete) << walked.why;
    EXPECT_EQ(walked.ids.size(), count);
  }
}

TEST(TimeCursor, WithoutTimesOnlyAShortListIsComplete) {
  ListModel model = model_of(60);
  for (auto& item : model.items) item.time = 0;
  EXPECT_FALSE(walk(model, 20).complete);
  EXPECT_TRUE(walk(model, 100).complete);
}

TEST(TimeCursor, AnEmptyPageInsideTheListIsIncomplete) {
  const auto pager = make_pager(list_spec(), 2);
  std::size_t asked = 0;
  while (const auto parameters = pager->ask()) {
    PageFacts facts;
    if (asked++ == 0) {
      facts.entries = {{"2026-08-27T08:27:34.988Z", true}, {"2026-08-26T08:27:34.988Z", true}};
      facts.elements = 2;
      facts.bytes = 200;
    }
    pager->took(facts);
  }
  EXPECT_NE(pager->why().find("empty page"), std::string::npos) << pager->why();
}

TEST(TimeCursor, AnItemDeletedBetweenTwoPagesIsNoTrouble) {
  ListModel model = model_of(60);
  const auto pager = make_pager(list_spec(), 20);
  std::set<std::string> seen;
  int asked = 0;
  while (const auto parameters = pager->ask()) {
    const auto answer = model.answer(*parameters);
    std::vector<std::string> times;
    for (const auto& item : answer) times.push_back(ListModel::shown(item.time));
    PageFacts facts;
    for (std::size_t i = 0; i < answer.size(); ++i) facts.entries.push_back({times[i], seen.insert(answer[i].id).second});
    facts.elements = answer.size();
    facts.bytes = 1;
    pager->took(facts);
    // The one that the next page is asked from.
    if (asked++ == 0) std::erase_if(model.items, [&](const auto& item) { return item.id == answer.back().id; });
  }
  EXPECT_EQ(pager->why(), "");
  EXPECT_EQ(seen.size(), 60U);
}

std::size_t most_together(const ListModel& model) {
  std::map<Micros, std::size_t> counts;
  std::size_t most = 0;
  for (const auto& item : model.items) most = std::max(most, ++counts[item.time / 1000]);
  return most;
}

/// Whatever the server is like: complete means everything, once; and a decent server's list is complete.
TEST(TimeCursor, CompleteMeansEverythingOnce) {
  const bool held = rc::check([] {
    ListModel model;
    model.order = *rc::gen::element(ListModel::Order::NewestFirst, ListModel::Order::OldestFirst, ListModel::Order::None);
    switch (*rc::gen::weightedElement<int>({{5, 0}, {1, 1}, {1, 2}, {1, 3}})) {
      case 1: model.cap = 50; break;
      case 2: model.ignores_filter = true; break;
      case 3: model.strict_filter = true; break;
      default: break;
    }
    const Micros step = *rc::gen::element<Micros>(1, 137, 1000, 1'000'000);
    const auto count = *rc::gen::inRange<std::size_t>(0, 300);
    const auto instants = *rc::gen::inRange<Micros>(1, 200);
    for (std::size_t i = 0; i < count; ++i) {
      model.items.push_back({"id-" + std::to_string(i), kBase + *rc::gen::inRange<Micros>(0, instants) * step});
    }
    const auto page_size = *rc::gen::inRange<std::size_t>(1, 120);
    const auto bytes = *rc::gen::element<std::size_t>(100, 40'000, 400'000);
    const Walked walked = walk(model, page_size, bytes);
    RC_ASSERT(std::set<std::string>(walked.ids.begin(), walked.ids.end()).size() == walked.ids.size());
    // A hidden cap filled by one instant alone cannot be told from a list of just that many items.
    const bool tellable = model.cap == 1000 || most_together(model) < model.cap;
    if (walked.complete && tellable && model.order != ListModel::Order::None) RC_ASSERT(walked.ids.size() == count);
    const bool decent =
        model.order != ListModel::Order::None && model.cap == 1000 && !model.ignores_filter && !model.strict_filter && step >= 1000;
    if (decent) RC_ASSERT(walked.complete);
  });
  EXPECT_TRUE(held);
}

ListSpec token_spec() {
  ListSpec spec;
  spec.path = "/models";
  spec.items = "models";
  spec.paging = Paging::PageToken;
  spec.limit_parameter = "pageSize";
  spec.page_size = 50;
  spec.page_size_cap = 1000;
  spec.token_field = "nextPageToken";
  spec.token_parameter = "pageToken";
  return spec;
}

TEST(TokenPages, FollowTheTokenToItsEnd) {
  const ListSpec spec = token_spec();
  const auto pager = make_pager(spec, 0);
  EXPECT_EQ(pager->ask(), (Parameters{{"pageSize", "50"}}));
  PageFacts facts;
  facts.entries = {{"", true}};
  facts.token = "next";
  pager->took(facts);
  EXPECT_EQ(pager->ask(), (Parameters{{"pageSize", "50"}, {"pageToken", "next"}}));
  facts.token = "";
  pager->took(facts);
  EXPECT_EQ(pager->ask(), std::nullopt);
  EXPECT_EQ(pager->why(), "");
}

TEST(TokenPages, ARepeatedTokenIsIncomplete) {
  const ListSpec spec = token_spec();
  const auto pager = make_pager(spec, 0);
  PageFacts facts;
  facts.entries = {{"", true}};
  facts.token = "same";
  int asked = 0;
  for (; pager->ask() && asked < 10; ++asked) pager->took(facts);
  EXPECT_EQ(asked, 2);
  EXPECT_NE(pager->why(), "");
}

TEST(TokenPages, EndlessPagesWithoutNewsAreIncomplete) {
  const ListSpec spec = token_spec();
  const auto pager = make_pager(spec, 0);
  int asked = 0;
  std::string token;
  for (; pager->ask() && asked < 100; ++asked) {
    token = "token-" + std::to_string(asked);
    PageFacts facts;
    facts.entries = {{"", false}};
    facts.token = token;
    pager->took(facts);
  }
  EXPECT_LT(asked, 10);
  EXPECT_NE(pager->why(), "");
}

TEST(SinglePage, IsAskedForOnce) {
  ListSpec spec;
  spec.path = "/models";
  spec.items = "data";
  const auto pager = make_pager(spec, 0);
  EXPECT_EQ(pager->ask(), Parameters{});
  pager->took({});
  EXPECT_EQ(pager->ask(), std::nullopt);
  EXPECT_EQ(pager->why(), "");
}

}  // namespace
}  // namespace lockstep::rest
