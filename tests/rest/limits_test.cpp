// What one answer and one list may cost, at the provider itself; tests/scenarios/hostile_test.cpp measures the memory of whole runs.
#include "rest/limits.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <thread>

#include "http/client_fixture.h"
#include "rest/provider.h"

namespace lockstep::rest {
namespace {

using test::answer;
using test::Caller;
using test::error_of;
using test::ScriptedServer;

RestSpec spec_with(Paging paging) {
  RestSpec spec;
  spec.label = "Things";
  RestResource thing;
  thing.resource.name = "thing";
  thing.list.path = "/thing";
  thing.list.paging = paging;
  thing.list.items = "items";
  thing.list.token_field = "next";
  thing.list.token_parameter = "after";
  thing.item = "/thing/{id}";
  thing.create = "/thing";
  thing.resource.can_create = true;
  spec.resources = {thing};
  return spec;
}

RestOptions options_for(const ScriptedServer& server) {
  RestOptions options;
  options.client = test::quick(server.url());
  options.api_key = "sk-things-0123456789";
  return options;
}

/// Pages of ten new items that never end; `ids`: how many there are before they begin anew.
std::string endless(int page, int ids) {
  std::string items;
  for (int i = 0; i < 10; ++i) items += (i > 0 ? ",{\"id\":\"" : "{\"id\":\"") + std::to_string((page * 10 + i) % ids) + "\"}";
  return answer(200, "{\"items\":[" + items + "],\"next\":\"" + std::to_string(page) + "\"}");
}

/// The error, or the reason why a list is not complete, that a walk over the list ends in.
std::string end_of(RestProvider& provider) {
  Caller caller;
  const auto stream = provider.list(provider.resources()[0], {}, caller.call);
  std::string thrown;
  try {
    while (stream->next(caller.call)) {
    }
  } catch (const Error& error) {
    thrown = error.what();
  }
  EXPECT_FALSE(stream->end().complete);
  return thrown.empty() ? stream->end().why : thrown;
}

TEST(Limits, AListWithoutEndIsNotComplete) {
  int page = 0, ids = 1'000'000;
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return endless(page++, ids); }));
  RestOptions options = options_for(server);
  options.limits.records = 95;
  RestProvider provider(spec_with(Paging::PageToken), options);
  EXPECT_EQ(end_of(provider), "the list /thing goes on after 95 items; if it is that long, raise the provider's max_records");
  EXPECT_EQ(page, 10);
  page = 0;
  ids = 20;
  EXPECT_EQ(end_of(provider), "the server keeps naming next pages that bring nothing new");
  EXPECT_EQ(page, 5);
}

TEST(Limits, AnItemOfAListThatIsTooLargeIsThereAndNotRead) {
  const std::string large = R"({"id":"large","text":")" + std::string(std::size_t{3} << 20U, 'x') + "\"}";
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(200, R"({"items":[{"id":"a"},)" + large + "]}"); }));
  RestOptions options = options_for(server);
  options.limits.item_bytes = std::size_t{2} << 20U;
  RestProvider provider(spec_with(Paging::None), options);
  Caller caller;
  const auto stream = provider.list(provider.resources()[0], {}, caller.call);
  const auto page = stream->next(caller.call);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->records.size(), 2U);
  EXPECT_EQ(page->records[0].trouble, "");
  EXPECT_EQ(page->records[1].id, "large");
  EXPECT_EQ(page->records[1].raw, "");
  EXPECT_EQ(page->records[1].trouble, "it is larger than 2 MiB; if items are that large, raise the provider's max_item_mib");
  EXPECT_FALSE(stream->next(caller.call));
  EXPECT_TRUE(stream->end().complete);
}

TEST(Limits, AnItemOfFarMoreValuesThanAPersonWritesIsNotRead) {
  std::string item = R"({"id":"a","n":[)";
  while (item.size() < (std::size_t{5} << 20U)) item += "1,";
  item += "1]}";
  EXPECT_EQ(too_heavy(item, {}), "it holds more than 4000000 values, names and brackets, which no item of a person has");
  EXPECT_EQ(too_heavy(R"({"id":"a","text":")" + std::string(std::size_t{5} << 20U, ',') + "\"}", {}), std::nullopt);
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(200, item); }));
  RestProvider provider(spec_with(Paging::None), options_for(server));
  Caller caller;
  const Error error = error_of([&] { provider.get(provider.resources()[0], "a", caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
  EXPECT_NE(error.message().find("values, names and brackets"), std::string::npos) << error.message();
}

TEST(Limits, TheItemsOfOneAnswerAndTheirMistakesAreCounted) {
  std::string items = "1";
  for (int i = 0; i < 5000; ++i) items += ",1";
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) { return answer(200, "{\"items\":[" + items + "]}"); }));
  RestOptions options = options_for(server);
  Caller caller;
  RestProvider all(spec_with(Paging::None), options);
  const auto page = all.list(all.resources()[0], {}, caller.call)->next(caller.call);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->problems.size(), 1001U);
  EXPECT_EQ(page->problems.back(), "the same is wrong with 4001 more items of the answer");
  options.limits.answer_bytes = std::size_t{1} << 20U;
  RestProvider few(spec_with(Paging::None), options);
  EXPECT_EQ(end_of(few), "the answer holds more than 4096 items; lower the provider's page_size, or raise its max_answer_mib");
}

TEST(Limits, AnIdentityHasALength) {
  ScriptedServer server(
      ScriptedServer::serve([&](const std::string&) { return answer(200, R"({"items":[{"id":")" + std::string(5000, 'x') + "\"}]}"); }));
  RestProvider provider(spec_with(Paging::None), options_for(server));
  Caller caller;
  const auto page = provider.list(provider.resources()[0], {}, caller.call)->next(caller.call);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->records.empty());
  EXPECT_EQ(page->problems, std::vector<std::string>{"item 1 of the answer has an id of more than 4096 bytes"});
}

TEST(Limits, ListsThatAreLaidOverAnotherOneAreBoundedTogether) {
  int page = 0;
  const std::string filler(200'000, 'x');
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    if (request.starts_with("GET /thing")) return answer(200, R"({"items":[{"id":"0"}]})");
    const std::string id = std::to_string(page++);
    return answer(200, R"({"items":[{"id":")" + id + R"(","text":")" + filler + R"("}],"next":")" + id + "\"}");
  }));
  RestSpec spec = spec_with(Paging::PageToken);
  JoinSpec more;
  more.list = spec.resources[0].list;
  more.list.path = "/more";
  spec.resources[0].joins = {more};
  RestOptions options = options_for(server);
  options.limits.answer_bytes = std::size_t{1} << 20U;
  RestProvider provider(std::move(spec), options);
  EXPECT_EQ(end_of(provider),
            "the lists that are laid over /thing are larger than 8 MiB; if they are that large, raise the provider's max_answer_mib");
  EXPECT_LT(page, 50);
}

TEST(Limits, APageOfWholeItemsEndsWhereTheyAreMany) {
  const std::string filler(600'000, 'x');
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    if (request.starts_with("GET /thing ")) return answer(200, R"({"items":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"},{"id":"e"},7]})");
    return answer(200, R"({"id":")" + request.substr(11, 1) + R"(","text":")" + filler + "\"}");
  }));
  RestSpec spec = spec_with(Paging::None);
  spec.resources[0].detail = true;
  RestOptions options = options_for(server);
  options.client.concurrency = 1;
  options.limits.answer_bytes = std::size_t{1} << 20U;
  RestProvider provider(std::move(spec), options);
  Caller caller;
  const auto stream = provider.list(provider.resources()[0], {}, caller.call);
  std::string ids;
  std::size_t pages = 0, problems = 0;
  while (auto page = stream->next(caller.call)) {
    ++pages;
    problems += page->problems.size();
    for (const Record& record : page->records) {
      ids += record.id;
      EXPECT_GT(record.raw.size(), filler.size()) << record.trouble;
    }
    stream->recycle(std::move(*page));
  }
  EXPECT_EQ(ids, "abcde");
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(problems, 1U);
  EXPECT_TRUE(stream->end().complete);
}

/// Large answers to eight requests at once: each takes its turn, whatever else its request asks for in between.
TEST(Limits, LargeAnswersOfOneItemTakeTurns) {
  const std::string filler(std::size_t{2} << 20U, 'x');
  std::atomic<int> posts = 0;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    const std::string id = request.substr(11, request.find(' ', 11) - 11);
    if (request.starts_with("POST") && ++posts % 2 == 0) return answer(201, R"({"text":")" + filler + "\"}", "Location: /thing/new\r\n");
    return answer(200, R"({"id":")" + (request.starts_with("POST") ? "new" : id) + R"(","text":")" + filler + "\"}");
  }));
  RestProvider provider(spec_with(Paging::None), options_for(server));
  std::vector<std::jthread> threads;
  std::atomic<int> whole = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, id = "t" + std::to_string(i)] {
      Caller caller;
      for (int k = 0; k < 3; ++k) {
        if (provider.get(provider.resources()[0], id, caller.call)->json.size() > filler.size()) ++whole;
        if (provider.create(provider.resources()[0], Json(Json::Object{{"n", 1}}), caller.call).id == "new") ++whole;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(whole, 48);
}

}  // namespace
}  // namespace lockstep::rest
