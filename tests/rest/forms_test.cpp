// How a table shapes requests and answers: the key, headers, addresses of one item, records inside of answers, bodies inside of members.
#include <gtest/gtest.h>

#include <mutex>

#include "common/log.h"
#include "format/json.h"
#include "http/client_fixture.h"
#include "rest/provider.h"

namespace lockstep::rest {
namespace {

using test::answer;
using test::Caller;
using test::error_of;
using test::ScriptedServer;

constexpr const char* kKey = "user-name:pass-word-0123";

struct OneAnswer {
  explicit OneAnswer(std::string body)
      : server(ScriptedServer::serve([this, body](const std::string& request) {
          const std::lock_guard lock(mutex);
          last = request;
          return answer(200, body);
        })) {}
  bool got(const std::string& header) const { return last.find("\r\n" + header + "\r\n") != std::string::npos; }

  std::mutex mutex;
  std::string last;
  ScriptedServer server;
};

RestSpec keyless_spec() {
  RestSpec spec;
  spec.label = "Things";
  spec.auth.style = AuthStyle::None;
  spec.check = "/things";
  RestResource thing;
  thing.resource.name = "thing";
  thing.resource.can_create = true;
  thing.resource.can_update = true;
  thing.list.path = "/things";
  thing.item = "/things/{id}";
  thing.create = "/things";
  spec.resources = {thing};
  return spec;
}

RestProvider make(const OneAnswer& service, const RestSpec& spec, const std::string& key = kKey) {
  RestOptions options;
  options.client = test::quick(service.server.url());
  options.api_key = key;
  return {spec, options};
}

void check(const OneAnswer& service, const RestSpec& spec, const std::string& key = kKey) {
  Caller caller;
  make(service, spec, key).check(caller.call);
}

TEST(AuthForm, OfBasicIsUserAndPassword) {
  OneAnswer service("[]");
  RestSpec spec = keyless_spec();
  spec.auth.style = AuthStyle::Basic;
  check(service, spec);
  EXPECT_TRUE(service.got("Authorization: Basic dXNlci1uYW1lOnBhc3Mtd29yZC0wMTIz")) << service.last;
  check(service, spec, "only-a-user");
  EXPECT_TRUE(service.got("Authorization: Basic b25seS1hLXVzZXI6")) << service.last;
  spec.auth.user = "account-1";
  check(service, spec, std::string(60, 'p'));
  EXPECT_TRUE(
      service.got("Authorization: Basic YWNjb3VudC0xOnBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcA=="))
      << service.last;
  EXPECT_EQ(redact("x dXNlci1uYW1lOnBhc3Mtd29yZC0wMTIz").find("dXNl"), std::string::npos) << "what the key became is one as well";
  EXPECT_EQ(redact("pass-word-0123").find("word"), std::string::npos);
}

TEST(AuthForm, OfAHeaderMayHaveAPrefix) {
  OneAnswer service("[]");
  RestSpec spec = keyless_spec();
  spec.auth = {AuthStyle::Header, "Authorization", "KEY", "Token token=", ""};
  check(service, spec);
  EXPECT_TRUE(service.got(std::string("Authorization: Token token=") + kKey)) << service.last;
}

TEST(AuthForm, HeadersAreSentWhereTheyHaveAValue) {
  OneAnswer service("[]");
  RestSpec spec = keyless_spec();
  spec.headers = {{"Version", "2"}, {"X-Organization", ""}, {"X-Application-Key", "second-key-0123"}};
  check(service, spec);
  EXPECT_TRUE(service.got("Version: 2"));
  EXPECT_TRUE(service.got("X-Application-Key: second-key-0123"));
  EXPECT_EQ(service.last.find("X-Organization"), std::string::npos);
  EXPECT_EQ(redact("second-key-0123").find("second"), std::string::npos) << "a header that sounds like a key is a secret";
}

TEST(AuthForm, HeadersBelongToTheScope) {
  OneAnswer service("[]");
  const auto scope = [&](const std::string& organization) {
    RestSpec spec = keyless_spec();
    spec.headers = {{"X-Organization", organization}};
    const RestProvider made = make(service, spec);
    RestProvider provider = made;
    Caller caller;
    return provider.list(provider.resources()[0], {}, caller.call)->end().scope;
  };
  EXPECT_NE(scope("a"), scope("b"));
  EXPECT_EQ(scope("a"), scope("a"));
}

TEST(ItemForm, ARecordMayLieInsideTheAnswerAndABodyInsideAMember) {
  OneAnswer service(R"({"data": {"item": {"id": "x", "price": 1.50}}, "meta": 1})");
  RestSpec spec = keyless_spec();
  spec.resources[0].record = "data.item";
  spec.resources[0].wrap = "thing";
  spec.resources[0].update = "/things/{id}/change";
  spec.resources[0].update_method = http::Method::Post;
  RestProvider provider = make(service, spec);
  Caller caller;
  const Resource& thing = provider.resources()[0];
  EXPECT_EQ(provider.get(thing, "x", caller.call)->json, R"({"id": "x", "price": 1.50})") << "as it was served";
  provider.create(thing, Json(Json::Object{{"a", 1}}), caller.call);
  EXPECT_TRUE(service.last.ends_with("\r\n\r\n{\"thing\":{\"a\":1}}")) << service.last;
  EXPECT_EQ(provider.update(thing, "x", Json(Json::Object{{"a", 2}}), caller.call).id, "x");
  EXPECT_TRUE(service.last.starts_with("POST /things/x/change HTTP/1.1\r\n")) << service.last;
}

TEST(ItemForm, AnAnswerWithoutTheRecordIsCorrupt) {
  for (const char* body : {R"({"id":"x"})", R"({"data":[]})", R"({"data":{"item":null}})", R"({"data":{"item":{"name":"y"}}})"}) {
    OneAnswer service(body);
    RestSpec spec = keyless_spec();
    spec.resources[0].record = "data.item";
    RestProvider provider = make(service, spec);
    Caller caller;
    EXPECT_EQ(error_of([&] { provider.get(provider.resources()[0], "x", caller.call); }).kind(), ErrorKind::Corrupt) << body;
  }
}

TEST(ItemForm, SlashesOfAnIdentityMayBeThePaths) {
  OneAnswer service(R"({"id":"models/a b"})");
  RestSpec spec = keyless_spec();
  spec.resources[0].item = "/{+id}";
  RestProvider provider = make(service, spec);
  Caller caller;
  EXPECT_TRUE(provider.get(provider.resources()[0], "models/a b", caller.call));
  EXPECT_TRUE(service.last.starts_with("GET /models/a%20b HTTP/1.1\r\n")) << service.last;
  for (const char* odd : {"../x", "a//b", "a/./b", "/a", "a/", ".."}) {
    EXPECT_EQ(error_of([&] { provider.get(provider.resources()[0], odd, caller.call); }).kind(), ErrorKind::Invalid) << odd;
  }
}

TEST(ItemForm, WithoutAnAddressNothingIsAskedOneByOne) {
  OneAnswer service("[]");
  RestSpec spec = keyless_spec();
  spec.resources[0].item = "";
  RestProvider provider = make(service, spec);
  Caller caller;
  EXPECT_FALSE(provider.resources()[0].can_get);
  EXPECT_EQ(error_of([&] { provider.get(provider.resources()[0], "x", caller.call); }).kind(), ErrorKind::Invalid);
}

TEST(ListForm, AnArrayMayLieDeep) {
  OneAnswer service(R"({"a":{"b":{"items":7},"list":[{"key":{"uid":"x"}},{"key":{"uid":12}}]},"list":[]})");
  RestSpec spec = keyless_spec();
  spec.resources[0].list.items = "a.list";
  spec.resources[0].resource.key = "key.uid";
  RestProvider provider = make(service, spec);
  Caller caller;
  const auto stream = provider.list(provider.resources()[0], {}, caller.call);
  const auto page = stream->next(caller.call);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->records.size(), 2U);
  EXPECT_EQ(page->records[0].id, "x");
  EXPECT_EQ(page->records[1].id, "12");
}

}  // namespace
}  // namespace lockstep::rest
