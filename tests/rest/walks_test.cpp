// Every way in which a list comes in pieces, over a scripted server that pages as such APIs do. The law: every item once, or the list is
// not called complete.
#include <Poco/URI.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "http/client_fixture.h"
#include "rest/provider.h"

namespace lockstep::rest {
namespace {

using test::answer;
using test::Caller;
using test::ScriptedServer;

struct Asked {
  std::string target;
  std::map<std::string, std::string> parameters;

  std::size_t number(const std::string& name, std::size_t fallback) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? fallback : static_cast<std::size_t>(std::stoul(found->second));
  }
};

/// A service with a list at /v1/things.
class ListService {
 public:
  using Answer = std::function<std::string(const Asked&)>;

  explicit ListService(Answer reply)
      : reply_(std::move(reply)), server_(ScriptedServer::serve([this](const std::string& request) { return serve(request); })) {}

  std::string url() const { return server_.url() + "/v1"; }
  std::size_t requests() const { return asked_.size(); }
  const Asked& request(std::size_t number) const { return asked_.at(number); }

 private:
  std::string serve(const std::string& request) {
    Asked asked;
    asked.target = request.substr(4, request.find(' ', 4) - 4);
    for (const auto& [name, value] : Poco::URI("http://host" + asked.target).getQueryParameters()) asked.parameters[name] = value;
    const std::lock_guard lock(mutex_);
    asked_.push_back(asked);
    if (asked_.size() > kPatience) return answer(500, "a walk that does not end");
    return reply_(asked);
  }

  static constexpr std::size_t kPatience = 200;

  Answer reply_;
  std::mutex mutex_;
  std::vector<Asked> asked_;
  ScriptedServer server_;
};

std::vector<std::string> ids(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("id-" + std::to_string(i));
  return out;
}

/// Items from `first` on, at most `count`.
std::string array_of(const std::vector<std::string>& all, std::size_t first, std::size_t count) {
  std::string out = "[";
  for (std::size_t i = first; i < std::min(all.size(), first + count); ++i)
    out += (out.size() > 1 ? "," : "") + ("{\"id\":\"" + all[i] + "\"}");
  return out + "]";
}

ListSpec list_spec(Paging paging) {
  ListSpec list;
  list.path = "/things?kind=a";
  list.items = "data";
  list.paging = paging;
  list.limit_parameter = "limit";
  list.page_size = 4;
  list.page_size_cap = 100;
  list.token_parameter = "at";
  return list;
}

struct WalkedList {
  std::multiset<std::string> ids;
  std::vector<std::string> problems;
  ListEnd end;
  std::string error;
};

WalkedList walk(const ListService& service, const ListSpec& list, AuthSpec auth = {AuthStyle::Bearer, "", "KEY"}) {
  RestSpec spec;
  spec.label = "Things";
  spec.auth = std::move(auth);
  RestResource thing;
  thing.resource.name = "thing";
  thing.list = list;
  spec.resources = {thing};
  RestOptions options;
  options.client = test::without_retries(service.url());
  options.api_key = "sk-things-0123456789";
  RestProvider provider(spec, options);
  Caller caller;
  WalkedList out;
  const auto stream = provider.list(provider.resources()[0], {}, caller.call);
  try {
    while (auto page = stream->next(caller.call)) {
      for (const Record& record : page->records) out.ids.emplace(record.id);
      out.problems.insert(out.problems.end(), page->problems.begin(), page->problems.end());
      stream->recycle(std::move(*page));
    }
  } catch (const Error& error) {
    out.error = error.what();
  }
  out.end = stream->end();
  return out;
}

void expect_all(const WalkedList& walked, std::size_t count) {
  EXPECT_TRUE(walked.end.complete) << walked.end.why << walked.error;
  EXPECT_EQ(walked.ids.size(), count);
  EXPECT_EQ(std::set<std::string>(walked.ids.begin(), walked.ids.end()).size(), count);
}

// --- one answer

TEST(WholeList, AsManyAsAskedForMayBeFewerThanThereAre) {
  for (const std::size_t count : {3U, 4U, 5U}) {
    ListService service(
        [&](const Asked& asked) { return answer(200, "{\"data\":" + array_of(ids(count), 0, asked.number("limit", 2)) + "}"); });
    EXPECT_EQ(walk(service, list_spec(Paging::None)).end.complete, count == 3) << count;
  }
}

// --- by token

ListService::Answer tokens(std::size_t count, const std::string& form) {
  return [count, form](const Asked& asked) {
    const std::size_t first = asked.number("at", 0), size = asked.number("limit", 2);
    const std::string next = first + size < count ? std::to_string(first + size) : "";
    const std::string data = array_of(ids(count), first, size);
    if (form == "header") return answer(200, "{\"data\":" + data + "}", "X-Next: " + next + "\r\n");
    if (form == "number") return answer(200, "{\"data\":" + data + ",\"next\":" + (next.empty() ? "null" : next) + "}");
    return answer(200, "{\"meta\":{\"page\":{\"next\":\"" + next + "\"},\"next\":7},\"data\":" + data + "}");
  };
}

TEST(TokenPages, TheTokenMayStandDeepInTheBodyOrBeANumberOrAHeader) {
  for (const std::string form : {"deep", "number", "header"}) {
    for (const std::size_t count : {0U, 1U, 4U, 9U}) {
      ListService service(tokens(count, form));
      ListSpec list = list_spec(Paging::PageToken);
      if (form == "header") {
        list.token_header = "X-Next";
      } else {
        list.token_field = form == "deep" ? "meta.page.next" : "next";
      }
      expect_all(walk(service, list), count);
      EXPECT_EQ(service.request(0).parameters, (std::map<std::string, std::string>{{"kind", "a"}, {"limit", "4"}})) << form;
    }
  }
}

TEST(TokenPages, WhatIsSaidToFollowDecides) {
  const auto service_saying = [](const std::string& more, const std::string& next) {
    return [=](const Asked& asked) {
      return answer(200, "{\"data\":" + array_of(ids(4), asked.number("at", 0), 2) + ",\"more\":" + more + ",\"next\":" + next + "}");
    };
  };
  ListSpec list = list_spec(Paging::PageToken);
  list.token_field = "next";
  list.more_field = "more";
  ListService over(service_saying("false", "\"2\""));
  EXPECT_TRUE(walk(over, list).end.complete);
  EXPECT_EQ(over.requests(), 1U);
  ListService unknown(service_saying("null", "\"2\""));
  EXPECT_FALSE(walk(unknown, list).end.complete);
  ListService nowhere(service_saying("true", "null"));
  EXPECT_FALSE(walk(nowhere, list).end.complete);
}

TEST(TokenPages, ATokenThatComesAgainEndsTheListUnfinished) {
  ListService service([](const Asked& asked) {
    return answer(200, "{\"data\":" + array_of(ids(100), asked.number("at", 0), 2) + ",\"next\":\"" +
                           (asked.number("at", 0) == 4 ? "2" : "4") + "\"}");
  });
  ListSpec list = list_spec(Paging::PageToken);
  list.token_field = "next";
  const WalkedList walked = walk(service, list);
  EXPECT_FALSE(walked.end.complete);
  EXPECT_LT(service.requests(), 5U);
}

// --- by address

TEST(LinkPages, TheNextAddressIsAskedOfTheSameServiceOnly) {
  for (const bool in_body : {true, false}) {
    std::string base;
    ListService service([&](const Asked& asked) {
      const std::size_t first = asked.number("at", 0);
      const std::string next = first + 4 < 10 ? base + "/things?kind=a&limit=4&at=" + std::to_string(first + 4) : "";
      const std::string data = array_of(ids(10), first, 4);
      if (in_body) return answer(200, "{\"data\":" + data + ",\"@odata.nextLink\":" + (next.empty() ? "null" : "\"" + next + "\"") + "}");
      const std::string link = next.empty() ? "" : "<" + next + ">; title=\"a, b\"; rel=\"next last\", ";
      return answer(200, "{\"data\":" + data + "}", "Link: <" + base + "/things?at=0>; rel=first, " + link + "</x>; rel=\"prev\"\r\n");
    });
    // Behind a proxy a service names itself otherwise than it is reached.
    base = "https://127.0.0.1:4/v1";
    ListSpec list = list_spec(Paging::Link);
    if (in_body) list.token_field = "\"@odata.nextLink\"";
    expect_all(walk(service, list), 10);
    EXPECT_EQ(service.requests(), 3U);
    EXPECT_EQ(service.request(1).target, "/v1/things?kind=a&limit=4&at=4");
  }
}

TEST(LinkPages, AnotherHostIsNotAsked) {
  ListService service(
      [](const Asked&) { return answer(200, "{\"data\":[{\"id\":\"a\"}],\"next\":\"https://elsewhere.test/v1/things?at=4\"}"); });
  ListSpec list = list_spec(Paging::Link);
  list.token_field = "next";
  const WalkedList walked = walk(service, list);
  EXPECT_FALSE(walked.end.complete);
  EXPECT_NE(walked.error.find("another host"), std::string::npos) << walked.error;
  EXPECT_EQ(service.requests(), 1U);
}

TEST(LinkPages, RelativeAddressesAndKeysInThemAreUnderstood) {
  ListService service([](const Asked& asked) {
    if (asked.number("at", 0) == 1) return answer(200, "{\"data\":[{\"id\":\"b\"}]}");
    return answer(200, "{\"data\":[{\"id\":\"a\"}],\"next\":\"?at=1&key=sk-things-0123456789\"}");
  });
  ListSpec list = list_spec(Paging::Link);
  list.token_field = "next";
  expect_all(walk(service, list, {AuthStyle::Query, "key", "KEY"}), 2);
  EXPECT_EQ(service.request(1).target, "/v1/things?at=1&key=sk-things-0123456789");
}

TEST(LinkPages, AnAddressThatComesAgainEndsTheListUnfinished) {
  ListService service([](const Asked&) { return answer(200, "{\"data\":[{\"id\":\"a\"}],\"next\":\"?at=1\"}"); });
  ListSpec list = list_spec(Paging::Link);
  list.token_field = "next";
  EXPECT_FALSE(walk(service, list).end.complete);
  EXPECT_LE(service.requests(), 3U);
}

// --- by the last identity

ListService::Answer after_ids(std::size_t count, std::size_t cap, bool says_more) {
  return [=](const Asked& asked) {
    const auto all = ids(count);
    const auto after = asked.parameters.find("at");
    std::size_t first = 0;
    if (after != asked.parameters.end()) {
      first = static_cast<std::size_t>(std::find(all.begin(), all.end(), after->second) - all.begin()) + 1;
    }
    const std::size_t size = std::min(cap, asked.number("limit", 2));
    const std::string more = says_more ? std::string(",\"has_more\":") + (first + size < count ? "true" : "false") : "";
    return answer(200, "{\"data\":" + array_of(all, first, size) + more + "}");
  };
}

TEST(IdPages, GoOnAfterTheLastItem) {
  for (const bool says_more : {true, false}) {
    for (const std::size_t count : {0U, 1U, 4U, 9U}) {
      for (const std::size_t cap : {100U, 3U}) {
        ListService service(after_ids(count, cap, says_more));
        ListSpec list = list_spec(Paging::LastId);
        if (says_more) list.more_field = "has_more";
        expect_all(walk(service, list), count);
        if (count == 9 && cap == 100) {
          EXPECT_EQ(service.request(1).parameters.at("at"), "id-3");
        }
      }
    }
  }
}

TEST(IdPages, AServerThatDoesNotMoveOrDoesNotSayEndsTheListUnfinished) {
  ListSpec list = list_spec(Paging::LastId);
  ListService stands([](const Asked&) { return answer(200, "{\"data\":" + array_of(ids(4), 0, 4) + "}"); });
  EXPECT_FALSE(walk(stands, list).end.complete);
  EXPECT_EQ(stands.requests(), 2U);
  list.more_field = "has_more";
  ListService silent([](const Asked&) { return answer(200, "{\"data\":" + array_of(ids(4), 0, 4) + "}"); });
  EXPECT_FALSE(walk(silent, list).end.complete);
  ListService promises([](const Asked&) { return answer(200, "{\"data\":[],\"has_more\":true}"); });
  EXPECT_FALSE(walk(promises, list).end.complete);
}

// --- by page number

TEST(NumberedPages, EndAsTheAnswersTell) {
  for (const std::string told : {"nothing", "pages", "total", "more", "header"}) {
    for (const std::size_t count : {0U, 1U, 4U, 8U, 9U}) {
      ListService service([&](const Asked& asked) {
        const std::size_t page = asked.number("at", 1), pages = (count + 3) / 4;
        std::string body = "{\"result\":{\"data\":" + array_of(ids(count), (page - 1) * 4, 4);
        if (told == "pages") body += ",\"pages\":" + std::to_string(pages);
        if (told == "total") body += ",\"total\":\"" + std::to_string(count) + "\"";
        if (told == "more") body += std::string(",\"more\":") + (page < pages ? "true" : "false");
        return answer(200, body + "}}", told == "header" ? "X-Total: " + std::to_string(count) + "\r\n" : "");
      });
      ListSpec list = list_spec(Paging::PageNumber);
      list.items = "result.data";
      if (told == "pages") list.pages_field = "result.pages";
      if (told == "total") list.total_field = "result.total";
      if (told == "more") list.more_field = "result.more";
      if (told == "header") list.total_header = "X-Total";
      expect_all(walk(service, list), count);
      EXPECT_EQ(service.requests(), told == "nothing" ? (count + 3) / 4 + 1 : std::max<std::size_t>(1, (count + 3) / 4)) << told << count;
    }
  }
}

/// Past the end such a service gives its last page again.
ListService::Answer clamping(std::size_t count, std::size_t size) {
  return [=](const Asked& asked) {
    const std::size_t last = std::max<std::size_t>(1, (count + size - 1) / size);
    return answer(200, "{\"data\":" + array_of(ids(count), (std::min(asked.number("at", 1), last) - 1) * size, size) + "}");
  };
}

TEST(NumberedPages, TheLastPageOnceMoreIsTheEnd) {
  for (const std::size_t count : {1U, 3U, 5U, 6U, 8U, 9U}) {
    ListService service(clamping(count, 4));
    const WalkedList walked = walk(service, list_spec(Paging::PageNumber));
    expect_all(walked, count);
    EXPECT_TRUE(walked.problems.empty());
  }
}

TEST(NumberedPages, OneFullPageAgainIsTheEndOnlyWhereTheTableSaysSo) {
  // A service that ignores page numbers looks alike.
  ListService service(clamping(4, 4));
  ListSpec list = list_spec(Paging::PageNumber);
  EXPECT_FALSE(walk(service, list).end.complete);
  list.last_again = true;
  expect_all(walk(service, list), 4);
}

TEST(NumberedPages, ARepeatedPageDoesNotCountTowardsTheTotal) {
  ListSpec list = list_spec(Paging::PageNumber);
  list.total_field = "total";
  ListService service([](const Asked& asked) {
    return answer(200, "{\"total\":8,\"data\":" + array_of(ids(6), (std::min<std::size_t>(asked.number("at", 1), 2) - 1) * 4, 4) + "}");
  });
  EXPECT_FALSE(walk(service, list).end.complete);
}

TEST(NumberedPages, ANotFoundPastTheEndIsTheEnd) {
  for (const std::size_t count : {1U, 4U, 8U}) {
    ListService service([&](const Asked& asked) {
      const std::size_t first = (asked.number("at", 1) - 1) * 4;
      return first < count ? answer(200, "{\"data\":" + array_of(ids(count), first, 4) + "}")
                           : answer(404, R"({"detail":"Invalid page."})");
    });
    expect_all(walk(service, list_spec(Paging::PageNumber)), count);
    EXPECT_EQ(service.requests(), (count + 3) / 4 + 1);
  }
}

TEST(NumberedPages, ANotFoundFirstPageOrOneBeforeTheTotalIsNoEnd) {
  ListService never([](const Asked&) { return answer(404, R"({"detail":"Not found."})"); });
  EXPECT_NE(walk(never, list_spec(Paging::PageNumber)).error, "");
  ListSpec list = list_spec(Paging::PageNumber);
  list.total_field = "total";
  ListService early([](const Asked& asked) {
    if (asked.number("at", 1) > 1) return answer(404, R"({"detail":"Invalid page."})");
    return answer(200, "{\"total\":6,\"data\":" + array_of(ids(4), 0, 4) + "}");
  });
  EXPECT_EQ(walk(early, list).end.why, "the list is said to have 6 items, and 4 came");
}

TEST(NumberedPages, ATruthValueMayTellTheEndInsteadOfMore) {
  ListService service([](const Asked& asked) {
    const std::size_t page = asked.number("at", 1);
    return answer(200,
                  "{\"is_last\":" + std::string(page == 3 ? "true" : "false") + ",\"data\":" + array_of(ids(9), (page - 1) * 4, 4) + "}");
  });
  ListSpec list = list_spec(Paging::PageNumber);
  list.more_field = "is_last";
  list.more_ends = true;
  expect_all(walk(service, list), 9);
  EXPECT_EQ(service.requests(), 3U);
}

TEST(WholeList, AMissingListIsEmptyUnlessTheAnswerTellsSomethingElse) {
  ListSpec list = list_spec(Paging::None);
  list.missing_is_empty = true;
  ListService empty([](const Asked&) { return answer(200, R"({"kind":"things"})"); });
  expect_all(walk(empty, list), 0);
  ListService told([](const Asked&) { return answer(200, R"({"message":"back soon"})"); });
  EXPECT_NE(walk(told, list).error.find("back soon"), std::string::npos);
}

// --- one identity twice

WalkedList walk_pages(const std::vector<std::string>& pages, Paging paging = Paging::PageToken) {
  ListService service([&](const Asked& asked) {
    const std::size_t page = asked.number("at", 0);
    return answer(200, "{\"data\":[" + pages[page] + "],\"next\":" + (page + 1 < pages.size() ? std::to_string(page + 1) : "null") + "}");
  });
  ListSpec list = list_spec(paging);
  if (paging == Paging::PageToken) list.token_field = "next";
  list.limit_parameter.clear();
  return walk(service, list);
}

TEST(OneIdentityTwice, IsToldOnceAndTheFirstItemIsTaken) {
  const WalkedList other = walk_pages({R"({"id":"a","n":1},{"id":"a","n":2},{"id":"a","n":3},{"id":"b"})"});
  EXPECT_EQ(other.ids, (std::multiset<std::string>{"a", "b"}));
  EXPECT_EQ(other.problems,
            std::vector<std::string>{"item 2 of the answer: the list has the identity \"a\" twice, with other contents; the first "
                                     "item is taken"});
  EXPECT_TRUE(other.end.complete);
  EXPECT_EQ(walk_pages({R"({"id":"a"},{"id":"a"})"}).problems.at(0),
            "item 2 of the answer: the list has the identity \"a\" twice, with the same contents; the first item is taken");
  EXPECT_EQ(walk_pages({R"({"id":5},{"id":"5"})"}).problems.at(0),
            "item 2 of the answer: the list has the identity \"5\" once as a number and once as a text; the first item is taken");
}

TEST(OneIdentityTwice, IsToldAcrossPagesToo) {
  EXPECT_EQ(walk_pages({R"({"id":"a","n":1})", R"({"id":"b"},{"id":"a","n":2})"}).problems.size(), 1U);
  EXPECT_EQ(walk_pages({R"({"id":"a"})", R"({"id":"b"},{"id":"a"})"}).problems.size(), 1U);
}

/// What moved to a later page while the list was read let another item slip to one that was read already.
TEST(OneIdentityTwice, OnTwoPagesMeansAListThatHasMoved) {
  for (const char* again : {R"({"id":"b"},{"id":"a","n":2})", R"({"id":"b"},{"id":"a","n":1})"}) {
    const WalkedList moved = walk_pages({R"({"id":"a","n":1})", again});
    EXPECT_FALSE(moved.end.complete);
    EXPECT_EQ(moved.end.why, "the list moved while it was read: an item came on two pages");
    EXPECT_EQ(moved.ids, (std::multiset<std::string>{"a", "b"}));
  }
  ListService numbered([](const Asked& asked) {
    const std::vector<std::string> pages = {R"({"id":"a"},{"id":"b"})", R"({"id":"c"},{"id":"a"})", ""};
    return answer(200, "{\"data\":[" + pages[asked.number("at", 1) - 1] + "]}");
  });
  EXPECT_FALSE(walk(numbered, list_spec(Paging::PageNumber)).end.complete);
}

TEST(OneIdentityTwice, IsNoNewsWherePagesOverlap) {
  ListService service([](const Asked& asked) {
    auto all = ids(12);
    if (asked.number("at", 0) > 0) all.insert(all.begin(), "new");
    return answer(200, "{\"data\":" + array_of(all, asked.number("at", 0), 4) + "}");
  });
  EXPECT_TRUE(walk(service, list_spec(Paging::Offset)).problems.empty());
}

TEST(NumberedPages, MayBeginWithZero) {
  ListService service([](const Asked& asked) { return answer(200, "{\"data\":" + array_of(ids(6), asked.number("at", 0) * 4, 4) + "}"); });
  ListSpec list = list_spec(Paging::PageNumber);
  list.first_page = 0;
  expect_all(walk(service, list), 6);
}

TEST(NumberedPages, AListThatMovesOrStopsShortIsUnfinished) {
  ListSpec list = list_spec(Paging::PageNumber);
  list.total_field = "total";
  ListService moves([](const Asked& asked) {
    const std::size_t page = asked.number("at", 1);
    return answer(200, "{\"total\":" + std::to_string(9 - page) + ",\"data\":" + array_of(ids(8), (page - 1) * 4, 4) + "}");
  });
  EXPECT_EQ(walk(moves, list).end.why, "the list moved while it was read");
  ListService short_of([](const Asked& asked) {
    return answer(200, "{\"total\":9,\"data\":" + array_of(ids(6), (asked.number("at", 1) - 1) * 4, 4) + "}");
  });
  EXPECT_EQ(walk(short_of, list).end.why, "the list is said to have 9 items, and 6 came");
  list.total_field = "";
  ListService stands([](const Asked&) { return answer(200, "{\"data\":" + array_of(ids(8), 0, 4) + "}"); });
  EXPECT_EQ(walk(stands, list).end.why, "a page brought nothing new");
  list.pages_field = "pages";
  ListService gap([](const Asked& asked) {
    return answer(
        200, "{\"pages\":3,\"data\":" + (asked.number("at", 1) == 2 ? "[]" : array_of(ids(12), (asked.number("at", 1) - 1) * 4, 4)) + "}");
  });
  EXPECT_FALSE(walk(gap, list).end.complete);
}

// --- by offset

TEST(OffsetPages, EachBeginsWithTheLastOneOfThePageBefore) {
  for (const bool total : {true, false}) {
    for (const std::size_t count : {0U, 1U, 2U, 4U, 5U, 12U}) {
      for (const std::size_t cap : {100U, 3U}) {
        ListService service([&](const Asked& asked) {
          return answer(200, "{\"n\":" + std::to_string(count) +
                                 ",\"data\":" + array_of(ids(count), asked.number("at", 0), std::min(cap, asked.number("limit", 2))) + "}");
        });
        ListSpec list = list_spec(Paging::Offset);
        if (total) list.total_field = "n";
        expect_all(walk(service, list), count);
        if (count == 12 && cap == 100) {
          EXPECT_EQ(service.request(1).parameters.at("at"), "3");
        }
      }
    }
  }
}

TEST(OffsetPages, ADeletionMeanwhileIsNoticed) {
  ListService service([](const Asked& asked) {
    auto all = ids(12);
    // What stood at the front is gone after the first answer: everything moved up by one.
    if (asked.number("at", 0) > 0) all.erase(all.begin());
    return answer(200, "{\"data\":" + array_of(all, asked.number("at", 0), 4) + "}");
  });
  const WalkedList walked = walk(service, list_spec(Paging::Offset));
  EXPECT_FALSE(walked.end.complete);
  EXPECT_EQ(walked.end.why, "the list moved while it was read");
}

TEST(OffsetPages, AnInsertionMeanwhileCostsNothing) {
  ListService service([](const Asked& asked) {
    auto all = ids(12);
    if (asked.number("at", 0) > 0) all.insert(all.begin(), "new");
    return answer(200, "{\"data\":" + array_of(all, asked.number("at", 0), 4) + "}");
  });
  expect_all(walk(service, list_spec(Paging::Offset)), 12);
}

TEST(OffsetPages, AServerThatIgnoresTheOffsetIsUnfinished) {
  ListService service([](const Asked&) { return answer(200, "{\"data\":" + array_of(ids(8), 0, 4) + "}"); });
  EXPECT_FALSE(walk(service, list_spec(Paging::Offset)).end.complete);
  EXPECT_EQ(service.requests(), 2U);
}

}  // namespace
}  // namespace lockstep::rest
