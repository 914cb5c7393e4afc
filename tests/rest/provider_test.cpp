// The provider over a scripted server: lists, items, writes, and what each refusal is told as.
#include "rest/provider.h"

#include <Poco/URI.h>
#include <gtest/gtest.h>

#include "common/log.h"
#include "data/record.h"
#include "format/json.h"
#include "http/client_fixture.h"
#include "http/fake_clock.h"
#include "rest/errors.h"
#include "rest/list_model.h"
#include "rest/mask.h"
#include "rest/options.h"

namespace lockstep::rest {
namespace {

using test::answer;
using test::Caller;
using test::error_of;
using test::ListModel;
using test::ScriptedServer;

RestSpec thing_spec() {
  RestSpec spec;
  spec.label = "Things";
  spec.auth = {AuthStyle::Bearer, "", "THINGS_API_KEY"};
  spec.check = "/thing?limit=1";
  RestResource thing;
  thing.resource.name = "thing";
  thing.resource.can_create = true;
  thing.resource.can_update = true;
  thing.resource.read_only = {"id", "createdAt"};
  thing.resource.secret = {"server.secret"};
  thing.list = test::list_spec();
  thing.list.path = "/thing";
  thing.item = "/thing/{id}";
  thing.create = "/thing";
  RestResource fixed;
  fixed.resource.name = "fixed";
  fixed.list = thing.list;
  fixed.item = "/fixed/{id}";
  spec.resources = {thing, fixed};
  spec.errors.message_paths = {"message", "error.message"};
  spec.errors.credentials_hint = "set THINGS_API_KEY";
  spec.errors.rules = {{.status = 429, .contains = "insufficient_quota", .message = "the quota is spent", .hint = "pay", .final = true}};
  return spec;
}

RestOptions options_for(const std::string& url) {
  RestOptions options;
  options.client = test::quick(url);
  options.api_key = "sk-things-0123456789";
  return options;
}

/// A server that answers all requests alike and remembers the last.
struct Fixed {
  explicit Fixed(std::string bytes)
      : server(ScriptedServer::serve([this, bytes](const std::string& request) {
          const std::lock_guard lock(mutex);
          last = request;
          ++requests;
          return bytes;
        })) {}
  std::mutex mutex;
  std::string last;
  std::size_t requests = 0;
  ScriptedServer server;
};

std::string list_body(const std::vector<ListModel::Item>& items, std::size_t filler) {
  std::string body = "[";
  for (const auto& item : items) {
    if (body.size() > 1) body += ',';
    body += "{\"id\":\"" + item.id + "\",\"filler\":\"" + std::string(filler, 'f') + "\",\"createdAt\":\"" + ListModel::shown(item.time) +
            "\"}";
  }
  return body + "]";
}

rest::Parameters parameters_of(const std::string& request) {
  const std::string target = request.substr(4, request.find(' ', 4) - 4);
  return Poco::URI("http://host" + target).getQueryParameters();
}

ListModel seconds(std::size_t count) {
  ListModel model;
  for (std::size_t i = 0; i < count; ++i)
    model.items.push_back({"id-" + std::to_string(i), 1'788'000'000'000'000 + static_cast<Micros>(i) * 1'000'000});
  return model;
}

TEST(RestList, WalksPagesAndReusesTheirMemory) {
  const ListModel model = seconds(2500);
  std::vector<Parameters> asked;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    asked.push_back(parameters_of(request));
    return answer(200, list_body(model.answer(asked.back()), 5000));
  }));
  RestProvider provider(thing_spec(), options_for(server.url()));
  Caller caller;
  const auto stream = provider.list(provider.resources()[0], {}, caller.call);
  std::set<std::string> ids;
  std::set<const void*> memory;
  while (auto page = stream->next(caller.call)) {
    for (const Record& record : page->records) {
      EXPECT_TRUE(ids.insert(std::string(record.id)).second);
      EXPECT_EQ(record.hash, hash128(record.raw));
      EXPECT_GE(record.raw.data(), page->body->data());
      EXPECT_LE(record.raw.data() + record.raw.size() + kPagePadding, page->body->data() + page->body->size());
    }
    memory.insert(page->body->data());
    stream->recycle(std::move(*page));
  }
  EXPECT_EQ(ids.size(), 2500U);
  EXPECT_TRUE(stream->end().complete) << stream->end().why;
  EXPECT_GE(asked.size(), 4U);
  // The second answer is larger than the first; from there on its buffer serves.
  EXPECT_LE(memory.size(), 2U);
  EXPECT_EQ(asked[0], (Parameters{{"limit", "250"}}));
  EXPECT_LT(std::stoul(asked[1][0].second), 850U);
}

TEST(RestItem, AnAnswerOfOneItemIsBounded) {
  const std::string item = R"({"id":"a","filler":")" + std::string(std::size_t{17} << 20U, 'f') + "\"}";
  Fixed fixed(answer(200, item));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  const Error error = error_of([&] { provider.get(provider.resources()[0], "a", caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
  EXPECT_NE(error.message().find("larger than 16 MiB"), std::string::npos) << error.message();
}

TEST(RestList, ProblemsAreHandedOnAndSpoilNothing) {
  Fixed fixed(answer(200, R"([{"id":"a"},{"name":"no id"},{"id":"b"},{"id":"a"}])"));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  const auto stream = provider.list(provider.resources()[0], {}, caller.call);
  const auto page = stream->next(caller.call);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->records.size(), 2U);
  EXPECT_EQ(page->problems,
            (std::vector<std::string>{"item 2 of the answer has no id",
                                      "item 4 of the answer: the list has the identity \"a\" twice, with the same contents; "
                                      "the first item is taken"}));
  EXPECT_FALSE(stream->next(caller.call));
  EXPECT_TRUE(stream->end().complete);
}

TEST(RestList, BreakingOffIsNotAnEnd) {
  const ListModel model = seconds(60);
  int requests = 0;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    return ++requests == 1 ? answer(200, list_body(model.answer(parameters_of(request)), 1)) : answer(200, "<html>maintenance</html>");
  }));
  RestProvider provider(thing_spec(), options_for(server.url()));
  Caller caller;
  const auto stream = provider.list(provider.resources()[0], {20}, caller.call);
  EXPECT_EQ(stream->next(caller.call)->records.size(), 20U);
  EXPECT_FALSE(stream->end().complete);
  EXPECT_EQ(error_of([&] { stream->next(caller.call); }).kind(), ErrorKind::Corrupt);
  EXPECT_FALSE(stream->end().complete);
  EXPECT_NE(stream->end().why, "");
  EXPECT_FALSE(stream->next(caller.call));
  EXPECT_FALSE(stream->end().complete);
}

TEST(RestList, AnswersThatAreNoListAreCorrupt) {
  for (const char* body : {"", "{\"results\":[]}", "[{\"id\":\"a\"}", "null", "<html></html>"}) {
    Fixed fixed(answer(200, body));
    RestProvider provider(thing_spec(), options_for(fixed.server.url()));
    Caller caller;
    const auto stream = provider.list(provider.resources()[0], {}, caller.call);
    EXPECT_EQ(error_of([&] { stream->next(caller.call); }).kind(), ErrorKind::Corrupt) << body;
    EXPECT_FALSE(stream->end().complete);
  }
}

TEST(RestList, ScopeIsOfKeyAndAddress) {
  const auto scope = [](const std::string& url, const std::string& key, std::size_t resource) {
    RestOptions options = options_for(url);
    options.api_key = key;
    RestProvider provider(thing_spec(), options);
    Caller caller;
    return provider.list(provider.resources()[resource], {}, caller.call)->end().scope;
  };
  const Hash128 base = scope("http://127.0.0.1:1", "sk-one-key-123", 0);
  EXPECT_EQ(base, scope("http://127.0.0.1:1/", "sk-one-key-123", 0));
  EXPECT_NE(base, scope("http://127.0.0.1:2", "sk-one-key-123", 0));
  EXPECT_NE(base, scope("http://127.0.0.1:1", "sk-two-key-123", 0));
}

TEST(RestItem, GetAnswersTheItemAsServed) {
  Fixed fixed(answer(200, " {\"id\": \"a/b\", \"n\": 1.0}\n"));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  const auto document = provider.get(provider.resources()[0], "a/b", caller.call);
  EXPECT_EQ(document->id, "a/b");
  EXPECT_EQ(document->json, "{\"id\": \"a/b\", \"n\": 1.0}");
  EXPECT_TRUE(fixed.last.starts_with("GET /thing/a%2Fb HTTP/1.1\r\n")) << fixed.last;
  EXPECT_NE(fixed.last.find("Authorization: Bearer sk-things-0123456789\r\n"), std::string::npos);
}

TEST(RestItem, OnlyTheApisOwn404MeansAbsent) {
  Caller caller;
  Fixed own(answer(404, "{\"message\":\"Not Found\",\"statusCode\":404}"));
  RestProvider provider(thing_spec(), options_for(own.server.url()));
  EXPECT_EQ(provider.get(provider.resources()[0], "x", caller.call), std::nullopt);
  for (const char* body : {"<html>404</html>", "", "not found"}) {
    Fixed foreign(answer(404, body));
    RestProvider other(thing_spec(), options_for(foreign.server.url()));
    EXPECT_EQ(error_of([&] { other.get(other.resources()[0], "x", caller.call); }).kind(), ErrorKind::NotFound) << body;
  }
}

TEST(RestItem, AnotherItemThanAskedForIsCorrupt) {
  for (const char* body : {"{\"id\":\"b\"}", "{\"name\":\"x\"}", "[{\"id\":\"a\"}]", "{\"id\":\"a\"", "<html>"}) {
    Fixed fixed(answer(200, body));
    RestProvider provider(thing_spec(), options_for(fixed.server.url()));
    Caller caller;
    EXPECT_EQ(error_of([&] { provider.get(provider.resources()[0], "a", caller.call); }).kind(), ErrorKind::Corrupt) << body;
  }
}

TEST(RestItem, IdsThatWouldNameAnotherAddressAreRefused) {
  Fixed fixed(answer(200, "{}"));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  for (const char* id : {"", ".", ".."}) {
    EXPECT_EQ(error_of([&] { provider.update(provider.resources()[0], id, Json(Json::Object{}), caller.call); }).kind(),
              ErrorKind::Invalid);
  }
  EXPECT_EQ(fixed.requests, 0U);
}

TEST(RestWrite, SendsTheBodyWithoutReadOnlyKeys) {
  Fixed fixed(answer(201, "{\"id\":\"new\"}"));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  const Json body = json::parse(R"({"name":"x","id":"forged","createdAt":"y","big":12345678901234567890})");
  EXPECT_EQ(provider.create(provider.resources()[0], body, caller.call).id, "new");
  EXPECT_TRUE(fixed.last.starts_with("POST /thing HTTP/1.1\r\n"));
  EXPECT_TRUE(fixed.last.ends_with("\r\n\r\n{\"name\":\"x\",\"big\":12345678901234567890}")) << fixed.last;
  EXPECT_EQ(provider.update(provider.resources()[0], "new", body, caller.call).id, "new");
  EXPECT_TRUE(fixed.last.starts_with("PATCH /thing/new HTTP/1.1\r\n"));
  EXPECT_EQ(caller.meter.post, 1U);
  EXPECT_EQ(caller.meter.patch, 1U);
}

/// A service of one thing: `written` is what it answers to writes, `standing` to a GET.
struct OneThing {
  OneThing(std::string written, std::string standing, RestSpec spec = thing_spec())
      : server(ScriptedServer::serve([this, written, standing](const std::string& request) {
          const std::lock_guard lock(mutex);
          asked.push_back(request.substr(0, request.find(" HTTP/")));
          return request.starts_with("GET") ? standing : written;
        })),
        provider(std::move(spec), options_for(server.url())) {}
  std::mutex mutex;
  std::vector<std::string> asked;
  ScriptedServer server;
  RestProvider provider;
  Caller caller;
};

TEST(RestWrite, AnAnswerToAnUpdateThatIsNotTheItemIsReadAgain) {
  for (const std::string& written :
       {std::string("HTTP/1.1 204 No Content\r\n\r\n"), answer(200, ""), answer(200, R"({"message":"updated"})"), answer(200, "OK"),
        answer(200, "null"), answer(200, "[]"), answer(200, R"({"id":"other"})"), answer(202, "true")}) {
    OneThing thing(written, answer(200, R"({"id":"a","n":5})"));
    const Document document = thing.provider.update(thing.provider.resources()[0], "a", json::parse(R"({"n":5})"), thing.caller.call);
    EXPECT_EQ(document.id, "a") << written;
    EXPECT_EQ(document.json, R"({"id":"a","n":5})") << written;
    EXPECT_EQ(thing.asked, (std::vector<std::string>{"PATCH /thing/a", "GET /thing/a"})) << written;
  }
}

TEST(RestWrite, WhatCannotBeReadAgainHasTakenEffect) {
  OneThing thing("HTTP/1.1 204 No Content\r\n\r\n", answer(404, R"({"message":"gone"})"));
  const Error error =
      error_of([&] { thing.provider.update(thing.provider.resources()[0], "a", json::parse(R"({"n":5})"), thing.caller.call); });
  EXPECT_EQ(error.effect(), Effect::Done);
}

TEST(RestWrite, ANewItemIsFoundByItsAddress) {
  for (const char* location : {"/v1/thing/n%2F7", "https://elsewhere.test/thing/n%2F7?x=1", "thing/../thing/n%2F7/"}) {
    OneThing thing(answer(201, "", "Location: " + std::string(location) + "\r\n"), answer(200, R"({"id":"n/7"})"));
    EXPECT_EQ(thing.provider.create(thing.provider.resources()[0], Json(Json::Object{}), thing.caller.call).id, "n/7") << location;
  }
}

TEST(RestWrite, ANewItemIsFoundByWhatTheTableNames) {
  RestSpec spec = thing_spec();
  spec.resources[0].created = "data.new_id";
  OneThing thing(answer(200, R"({"data":{"new_id":7}})"), answer(200, R"({"id":7,"n":1})"), spec);
  EXPECT_EQ(thing.provider.create(thing.provider.resources()[0], Json(Json::Object{}), thing.caller.call).json, R"({"id":7,"n":1})");
}

TEST(RestWrite, ANewItemThatCannotBeFoundIsInDoubt) {
  for (const std::string& written : {std::string("HTTP/1.1 204 No Content\r\n\r\n"), answer(201, R"({"message":"created"})"),
                                     answer(201, "", "Location: /jobs/7\r\n")}) {
    OneThing thing(written, answer(200, R"({"id":"7"})"));
    const Error error = error_of([&] { thing.provider.create(thing.provider.resources()[0], Json(Json::Object{}), thing.caller.call); });
    EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
    EXPECT_NE(error.effect(), Effect::None);
  }
}

TEST(RestWrite, ReadOnlyMembersLeaveAtNoDepth) {
  RestSpec spec = thing_spec();
  spec.resources[0].resource.read_only = {"id", "fields.Total", "list.*.made", "\"a.b\""};
  Fixed fixed(answer(201, "{\"id\":\"new\"}"));
  RestProvider provider(spec, options_for(fixed.server.url()));
  Caller caller;
  const Json body = json::parse(R"({"fields":{"Name":"x","Total":2},"list":[{"made":1,"n":2}],"a.b":1,"a":{"b":2}})");
  provider.update(provider.resources()[0], "new", body, caller.call);
  EXPECT_TRUE(fixed.last.ends_with(R"({"fields":{"Name":"x"},"list":[{"n":2}],"a":{"b":2}})")) << fixed.last;
}

TEST(RestDetail, EachItemOfTheListIsAskedForWhole) {
  RestSpec spec = thing_spec();
  spec.resources[1].detail = true;
  std::mutex mutex;
  std::multiset<std::string> asked;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    const std::string target = request.substr(4, request.find(' ', 4) - 4);
    const std::lock_guard lock(mutex);
    if (target.starts_with("/thing")) return answer(200, R"([{"id":"a"},{"id":"b","x":1},{"id":"c"},{"x":2}])");
    asked.insert(target);
    if (target == "/fixed/b") return answer(404, R"({"message":"none"})");
    return answer(200, "{\"id\":\"" + target.substr(7) + "\",\"whole\":true}");
  }));
  RestProvider provider(spec, options_for(server.url()));
  Caller caller;
  const auto stream = provider.list(provider.resources()[1], {}, caller.call);
  const auto page = stream->next(caller.call);
  ASSERT_EQ(page->records.size(), 3U);
  EXPECT_EQ(page->records[0].raw, R"({"id":"a","whole":true})");
  EXPECT_EQ(page->records[0].hash, hash128(page->records[0].raw));
  EXPECT_EQ(page->records[0].trouble, "");
  EXPECT_NE(page->records[1].trouble, "");
  EXPECT_EQ(page->records[2].id, "c");
  EXPECT_EQ(page->problems.size(), 1U);
  EXPECT_EQ(asked, (std::multiset<std::string>{"/fixed/a", "/fixed/b", "/fixed/c"}));
  EXPECT_FALSE(stream->next(caller.call));
  EXPECT_TRUE(stream->end().complete);
}

TEST(RestDetail, TroubleOfAllItemsEndsTheList) {
  RestSpec spec = thing_spec();
  spec.resources[1].detail = true;
  ScriptedServer server(ScriptedServer::serve([&](const std::string& request) {
    return request.starts_with("GET /thing") ? answer(200, R"([{"id":"a"},{"id":"b"}])") : answer(401, R"({"message":"no"})");
  }));
  RestProvider provider(spec, options_for(server.url()));
  Caller caller;
  const auto stream = provider.list(provider.resources()[1], {}, caller.call);
  EXPECT_EQ(error_of([&] { stream->next(caller.call); }).kind(), ErrorKind::Credentials);
  EXPECT_FALSE(stream->next(caller.call));
  EXPECT_FALSE(stream->end().complete);
}

/// The items a to j, of which those in `broken` are answered with 500.
struct BrokenItems {
  explicit BrokenItems(const std::string& broken)
      : server(ScriptedServer::serve([broken](const std::string& request) {
          const std::string target = request.substr(4, request.find(' ', 4) - 4);
          if (target.starts_with("/thing")) {
            std::string items;
            for (char id = 'a'; id <= 'j'; ++id) items += std::string(items.empty() ? "" : ",") + R"({"id":")" + id + R"("})";
            return answer(200, "[" + items + "]");
          }
          const std::string id = target.substr(7);
          return broken.find(id) == std::string::npos ? answer(200, R"({"id":")" + id + R"(","whole":true})") : answer(500, "{}");
        })) {}
  ScriptedServer server;
};

TEST(RestDetail, AnItemThatTheServiceCannotAnswerForIsOneItemsTrouble) {
  RestSpec spec = thing_spec();
  spec.resources[1].detail = true;
  BrokenItems broken("bfj");
  RestProvider provider(spec, options_for(broken.server.url()));
  Caller caller;
  const auto stream = provider.list(provider.resources()[1], {}, caller.call);
  const auto page = stream->next(caller.call);
  ASSERT_EQ(page->records.size(), 10U);
  for (const Record& record : page->records) {
    const bool is_broken = record.id == "b" || record.id == "f" || record.id == "j";
    EXPECT_EQ(record.trouble.empty(), !is_broken) << record.id << ": " << record.trouble;
  }
  EXPECT_FALSE(stream->next(caller.call));
  EXPECT_TRUE(stream->end().complete);
}

TEST(RestDetail, AServiceThatAnswersForNoItemEndsTheList) {
  RestSpec spec = thing_spec();
  spec.resources[1].detail = true;
  BrokenItems broken("abcdefghij");
  RestProvider provider(spec, options_for(broken.server.url()));
  Caller caller;
  const auto stream = provider.list(provider.resources()[1], {}, caller.call);
  EXPECT_EQ(error_of([&] { stream->next(caller.call); }).kind(), ErrorKind::Unreachable);
  EXPECT_FALSE(stream->end().complete);
}

TEST(RestWrite, AnUnreadableAnswerMeansDone) {
  Fixed fixed(answer(201, "{\"id\":"));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  const Error error = error_of([&] { provider.create(provider.resources()[0], Json(Json::Object{}), caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Corrupt);
  EXPECT_EQ(error.effect(), Effect::Done);
}

TEST(RestWrite, WhatTheResourceCannotIsRefused) {
  Fixed fixed(answer(201, "{\"id\":\"new\"}"));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  EXPECT_EQ(error_of([&] { provider.create(provider.resources()[1], Json(Json::Object{}), caller.call); }).kind(), ErrorKind::Invalid);
  EXPECT_EQ(error_of([&] { provider.update(provider.resources()[1], "x", Json(Json::Object{}), caller.call); }).kind(), ErrorKind::Invalid);
  Resource unknown;
  unknown.name = "unknown";
  EXPECT_EQ(error_of([&] { provider.list(unknown, {}, caller.call); }).kind(), ErrorKind::Invalid);
  EXPECT_EQ(fixed.requests, 0U);
}

struct ErrorCase {
  int status;
  const char* body;
  const char* headers;
  ErrorKind kind;
  const char* message;
};

TEST(RestError, StatusAndBodyDecide) {
  const ErrorCase cases[] = {
      {400, R"({"message":["a should not exist","b is bad"],"statusCode":400})", "", ErrorKind::Rejected,
       "Things refused the request (400): a should not exist; b is bad"},
      {400, R"({"message":"one"})", "", ErrorKind::Rejected, "Things refused the request (400): one"},
      {400, R"({"error":{"message":"deep"}})", "", ErrorKind::Rejected, "Things refused the request (400): deep"},
      {400, R"({"detail":7})", "", ErrorKind::Rejected, "Things refused the request (400): {\"detail\":7}"},
      {409, "", "", ErrorKind::Rejected, "Things refused the request (409): no explanation"},
      {422, "plain words", "", ErrorKind::Rejected, "Things refused the request (422): plain words"},
      {401, R"({"message":"Invalid Key."})", "", ErrorKind::Credentials, "Invalid API key"},
      {403, R"({"message":"no"})", "", ErrorKind::Credentials, "Things denies access (403): no"},
      {404, R"({"message":"gone"})", "", ErrorKind::NotFound, "Things does not know it (404): gone"},
      {429, "{}", "Retry-After: 60\r\n", ErrorKind::RateLimited, "Rate limit exceeded, retry after 60 seconds"},
      {429, "{}", "", ErrorKind::RateLimited, "Rate limit exceeded"},
      {429, R"({"code":"insufficient_quota"})", "", ErrorKind::Rejected, "the quota is spent"},
      {500, "<html><h1>Oops</h1></html>", "", ErrorKind::Unreachable, "Things is in trouble (500): an HTML page instead of JSON"},
      {503, R"({"message":"later"})", "", ErrorKind::Unreachable, "Things is in trouble (503): later"},
  };
  for (const ErrorCase& one : cases) {
    Fixed fixed(answer(one.status, one.body, one.headers));
    RestProvider provider(thing_spec(), options_for(fixed.server.url()));
    Caller caller;
    const Error error = error_of([&] { provider.list(provider.resources()[0], {}, caller.call)->next(caller.call); });
    EXPECT_EQ(error.kind(), one.kind) << one.status;
    EXPECT_EQ(error.message(), one.message);
    EXPECT_EQ(error.status(), one.status);
    EXPECT_EQ(error.effect(), Effect::None);
  }
}

TEST(RestError, AWaitIsTheAccountsAndNotTheProviders) {
  Fixed fixed(answer(429, "{}", "Retry-After: 60\r\n"));
  Caller caller;
  const auto refusal = [&](const RestOptions& options) {
    RestProvider provider(thing_spec(), options);
    return error_of([&] { provider.check(caller.call); }).kind();
  };
  RestOptions options = options_for(fixed.server.url());
  EXPECT_EQ(refusal(options), ErrorKind::RateLimited);
  EXPECT_EQ(refusal(options), ErrorKind::RateLimited);
  EXPECT_EQ(fixed.requests, 1U) << "one that is made anew, as a reload does, does not ask again";
  options.api_key += "-of-another-account";
  EXPECT_EQ(refusal(options), ErrorKind::RateLimited);
  EXPECT_EQ(fixed.requests, 2U);
}

TEST(RestError, ASpentQuotaIsNotAskedAgain) {
  Fixed fixed(answer(429, R"({"code":"insufficient_quota"})"));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  EXPECT_EQ(error_of([&] { provider.check(caller.call); }).hint(), "pay");
  EXPECT_EQ(fixed.requests, 1U);
}

TEST(RestError, WritesSayWhetherTheyTookEffect) {
  for (const auto& [status, effect] : {std::pair{400, Effect::None}, {401, Effect::None}, {500, Effect::Maybe}}) {
    Fixed fixed(answer(status, "{}"));
    RestProvider provider(thing_spec(), options_for(fixed.server.url()));
    Caller caller;
    EXPECT_EQ(error_of([&] { provider.create(provider.resources()[0], Json(Json::Object{}), caller.call); }).effect(), effect) << status;
    EXPECT_EQ(fixed.requests, 1U);
  }
}

TEST(RestError, ForeignWordsAreCutPrintableAndRedacted) {
  register_secret("sk-echoed-secret");
  const ErrorSpec spec;
  const std::string text = server_text("{\"message\":\"key sk-echoed-secret \\u001b[31mred\"}", spec);
  EXPECT_EQ(text.find("sk-echoed-secret"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_LE(server_text(std::string(100'000, 'x'), spec).size(), 510U);
}

TEST(RestProviderTest, WithoutAKeyNothingIsSent) {
  Fixed fixed(answer(200, "[]"));
  RestOptions options = options_for(fixed.server.url());
  options.api_key = " \n";
  RestProvider provider(thing_spec(), options);
  EXPECT_FALSE(provider.credentials().present);
  EXPECT_EQ(provider.credentials().missing, "THINGS_API_KEY");
  Caller caller;
  const Error error = error_of([&] { provider.check(caller.call); });
  EXPECT_EQ(error.kind(), ErrorKind::Credentials);
  EXPECT_EQ(error.message(), "Things API key not configured");
  EXPECT_EQ(error.hint(), "set THINGS_API_KEY");
  EXPECT_EQ(fixed.requests, 0U);
}

TEST(RestProviderTest, TheKeyIsTrimmedAndASecret) {
  Fixed fixed(answer(200, "[]"));
  RestOptions options = options_for(fixed.server.url());
  options.api_key = "sk-from-a-file-99\n";
  RestProvider provider(thing_spec(), options);
  Caller caller;
  provider.check(caller.call);
  EXPECT_NE(fixed.last.find("Bearer sk-from-a-file-99\r\n"), std::string::npos);
  EXPECT_EQ(redact("x sk-from-a-file-99").find("sk-from"), std::string::npos);
}

TEST(RestProviderTest, CheckRefusesWhatIsNoJson) {
  Fixed fixed(answer(200, "<html>Sign in</html>"));
  RestProvider provider(thing_spec(), options_for(fixed.server.url()));
  Caller caller;
  EXPECT_EQ(error_of([&] { provider.check(caller.call); }).kind(), ErrorKind::Corrupt);
}

TEST(RestProviderTest, KeysTravelAsTheTableSays) {
  Fixed fixed(answer(200, "[]"));
  Caller caller;
  RestSpec header = thing_spec();
  header.auth = {AuthStyle::Header, "x-goog-api-key", "THINGS_API_KEY"};
  RestProvider(header, options_for(fixed.server.url())).check(caller.call);
  EXPECT_NE(fixed.last.find("x-goog-api-key: sk-things-0123456789\r\n"), std::string::npos);
  RestSpec query = thing_spec();
  query.auth = {AuthStyle::Query, "key", "THINGS_API_KEY"};
  RestProvider(query, options_for(fixed.server.url())).check(caller.call);
  EXPECT_TRUE(fixed.last.starts_with("GET /thing?limit=1&key=sk-things-0123456789 HTTP/1.1\r\n")) << fixed.last;
}

TEST(RestMask, SecretsAreNotShown) {
  const std::vector<std::string> paths{"server.secret", "tools.*.server.headers"};
  EXPECT_EQ(masked_body(R"([{"server":{"secret":"s","url":"u"},"apiKey":"k","maxTokens":5,"isServerUrlSecretSet":true}])", paths),
            R"([{"server":{"secret":"[set]","url":"u"},"apiKey":"[set]","maxTokens":5,"isServerUrlSecretSet":true}])");
  EXPECT_EQ(masked_body(R"({"tools":[{"server":{"headers":{"a":"b"}}},{"x":null}],"twilioAuthToken":null})", paths),
            R"({"tools":[{"server":{"headers":"[set]"}},{"x":null}],"twilioAuthToken":null})");
  EXPECT_TRUE(masked_body("<html>", paths).starts_with("(no JSON)"));
}

TEST(RestOptionsTest, AreReadFromTheirTable) {
  static constexpr auto kTable = http_options("K", "https://api.example.test");
  const RestOptions options =
      read_options(OptionValues(kTable, {{"api_key", "k"}, {"timeout", "5s"}, {"rate", "2.5"}, {"page_size", "50"}}));
  EXPECT_EQ(options.client.base_url, "https://api.example.test");
  EXPECT_EQ(options.client.timeout, Millis(5000));
  EXPECT_EQ(options.client.connect_timeout, Millis(10'000));
  EXPECT_EQ(options.client.rate, 2.5);
  EXPECT_EQ(options.client.retry.retries, 4);
  EXPECT_EQ(options.page_size, 50U);
  EXPECT_EQ(options.client.body_cap, std::size_t{64} << 20U);
  EXPECT_EQ(options.limits.item_bytes, std::size_t{16} << 20U);
  EXPECT_EQ(options.limits.records, 5'000'000U);
  const RestOptions larger = read_options(OptionValues(kTable, {{"max_answer_mib", "200"}, {"max_item_mib", "100"}, {"max_records", "7"}}));
  EXPECT_EQ(larger.client.body_cap, std::size_t{200} << 20U);
  EXPECT_EQ(larger.limits.elements(), 819'200U);
  EXPECT_EQ(larger.limits.item_bytes, std::size_t{100} << 20U);
  EXPECT_EQ(larger.limits.records, 7U);
  for (const auto& [name, value] : {std::pair{"concurrency", "0"},
                                    {"retries", "-1"},
                                    {"page_size", "0"},
                                    {"max_answer_mib", "0"},
                                    {"max_item_mib", "99999999999999999999"},
                                    {"max_records", "-5"}}) {
    EXPECT_EQ(error_of([&] { read_options(OptionValues(kTable, {{name, value}})); }).kind(), ErrorKind::Invalid) << name;
  }
  EXPECT_EQ(error_of([&] { RestProvider(thing_spec(), read_options(OptionValues(kTable, {{"rate", "-1"}}))); }).kind(), ErrorKind::Invalid);
  EXPECT_EQ(error_of([&] {
              RestProvider(thing_spec(), read_options(OptionValues(kTable, {{"timeout", "0s"}})));
            }).kind(),
            ErrorKind::Invalid);
}

}  // namespace
}  // namespace lockstep::rest
