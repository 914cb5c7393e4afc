// How a table tells refusals: rules over status, text and members, waits outside of Retry-After, and keys that are repeated in part.
#include <gtest/gtest.h>

#include "data/record.h"
#include "http/client_fixture.h"
#include "http/fake_clock.h"
#include "rest/errors.h"
#include "rest/fragments.h"
#include "rest/provider.h"

namespace lockstep::rest {
namespace {

using test::answer;
using test::Caller;
using test::ScriptedServer;

http::Response response(int status, const std::string& body, std::vector<std::pair<std::string, std::string>> headers = {}) {
  http::Response out;
  out.status = status;
  out.body_size = body.size();
  out.buffer = body + std::string(kPagePadding, '\0');
  for (auto& [name, value] : headers) out.headers.add(name, value);
  return out;
}

RestSpec spec_with(ErrorRule rule) {
  RestSpec spec;
  spec.label = "Things";
  spec.errors.message_paths = {"error.message", "message"};
  spec.errors.rules = {std::move(rule)};
  return spec;
}

bool fits(const ErrorRule& rule, int status, const std::string& body) {
  return error_of(response(status, body), spec_with(rule)).message() == "found";
}

ErrorRule found() { return {.kind = ErrorKind::Conflict, .message = "found"}; }

TEST(ErrorRuleTest, LooksAtStatusAndText) {
  ErrorRule rule = found();
  rule.status = 400;
  EXPECT_TRUE(fits(rule, 400, "{}"));
  EXPECT_FALSE(fits(rule, 401, "{}"));
  rule.status = 0;
  rule.contains = "Incorrect*KEY";
  EXPECT_TRUE(fits(rule, 418, R"({"error":"incorrect api key provided"})"));
  EXPECT_FALSE(fits(rule, 418, R"({"error":"key incorrect"})")) << "in this order";
  EXPECT_TRUE(fits(rule, 500, "<html>incorrect, your key</html>")) << "a body need not be JSON";
}

TEST(ErrorRuleTest, LooksAtMembersThroughLists) {
  ErrorRule rule = found();
  rule.member = "error.details.violations.quotaId";
  rule.contains = "perday";
  const std::string body = R"({"error":{"details":[{"x":1},{"violations":[{"quotaId":"PerMinute"},{"quotaId":"RequestsPerDay"}]}]}})";
  EXPECT_TRUE(fits(rule, 429, body));
  EXPECT_TRUE(fits(rule, 429, "[" + body + "]")) << "some services wrap their refusals in a list";
  EXPECT_FALSE(fits(rule, 429, R"({"error":{"details":[{"violations":[{"quotaId":"PerMinute"}]}]}})"));
  EXPECT_FALSE(fits(rule, 429, R"({"message":"perday"})")) << "the member must be there";
  rule.member = "error.details.*.code";
  rule.contains = "";
  rule.equals = "7";
  EXPECT_TRUE(fits(rule, 400, R"({"error":{"details":[{"code":7}]}})"));
  EXPECT_FALSE(fits(rule, 400, R"({"error":{"details":[{"code":77}]}})"));
  EXPECT_FALSE(fits(rule, 400, "no JSON"));
}

TEST(ErrorRuleTest, AKindWithoutAMessageIsToldAsUsual) {
  ErrorRule rule;
  rule.status = 400;
  rule.kind = ErrorKind::Credentials;
  EXPECT_EQ(error_of(response(400, R"({"message":"bad"})"), spec_with(rule)).message(), "Invalid API key");
  rule.kind = ErrorKind::Unreachable;
  EXPECT_EQ(error_of(response(400, R"({"message":"bad"})"), spec_with(rule)).message(), "Things is in trouble (400): bad");
  rule.kind = ErrorKind::RateLimited;
  rule.hint = "wait";
  const Error limited = error_of(response(400, "{}"), spec_with(rule));
  EXPECT_EQ(limited.message(), "Rate limit exceeded");
  EXPECT_EQ(limited.hint(), "wait");
}

TEST(Wait, IsReadFromMembersAndHeaders) {
  ErrorSpec spec;
  spec.wait_members = {"error.details.retryDelay", "retry_in"};
  spec.wait_headers = {"retry-after-ms", "x-reset"};
  const auto wait = [&](const std::string& body, std::vector<std::pair<std::string, std::string>> headers = {}) {
    return advice_of(response(429, body, std::move(headers)), spec).wait;
  };
  EXPECT_EQ(wait(R"({"error":{"details":[{"a":1},{"retryDelay":"15.06s"}]}})"), Millis(15'060));
  EXPECT_EQ(wait(R"({"retry_in":2})"), Millis(2000));
  EXPECT_EQ(wait(R"({"retry_in":2})", {{"Retry-After-Ms", "2500"}}), Millis(2500)) << "the longest of them";
  EXPECT_EQ(wait("{}", {{"X-Reset", "7"}}), Millis(7000));
  EXPECT_EQ(wait(R"({"retry_in":"soon"})"), std::nullopt);
  for (const char* text : {"", "s", "-1s", "1e300", "1 s 2", "nan"}) EXPECT_EQ(parse_wait(text), std::nullopt) << text;
  EXPECT_EQ(parse_wait("300ms"), Millis(300));
}

TEST(Wait, IsWaitedForByTheClient) {
  test::FakeClock clock;
  int requests = 0;
  ScriptedServer server(ScriptedServer::serve(
      [&](const std::string&) { return ++requests == 1 ? answer(429, R"({"delay":"20s"})", "Retry-After: 3\r\n") : answer(200, "[]"); }));
  RestSpec spec;
  spec.auth.style = AuthStyle::None;
  spec.check = "/";
  spec.errors.wait_members = {"delay"};
  RestOptions options;
  options.client = test::quick(server.url());
  options.client.clock = &clock;
  RestProvider provider(spec, options);
  Caller caller;
  provider.check(caller.call);
  EXPECT_EQ(clock.slept(), std::vector<Millis>{Millis(20'000)}) << "the longer of the two";
}

TEST(Wait, DoesNotMakeAWriteOneThatMayBeRepeated) {
  int requests = 0;
  ScriptedServer server(ScriptedServer::serve([&](const std::string&) {
    ++requests;
    return answer(503, R"({"delay":"0s"})");
  }));
  RestSpec spec;
  spec.auth.style = AuthStyle::None;
  spec.errors.wait_members = {"delay"};
  RestResource thing;
  thing.resource.name = "thing";
  thing.resource.can_create = true;
  thing.create = "/things";
  spec.resources = {thing};
  RestOptions options;
  options.client = test::quick(server.url());
  RestProvider provider(spec, options);
  Caller caller;
  const Error error = test::error_of([&] { provider.create(provider.resources()[0], Json(Json::Object{}), caller.call); });
  EXPECT_EQ(requests, 1);
  EXPECT_EQ(error.effect(), Effect::Maybe);
}

TEST(Fragments, OfTheKeyAreHidden) {
  const std::string key = "sk-proj-abcdefghij0123456789wxyz";
  const auto hidden = [&](const std::string& text) { return without_fragments(text, key); };
  EXPECT_EQ(hidden("Incorrect API key provided: sk-proj-*****wxyz. See https://x.test/keys."),
            "Incorrect API key provided: [redacted]. See https://x.test/keys.");
  EXPECT_EQ(hidden("key sk-p...wxyz, please"), "key [redacted], please");
  EXPECT_EQ(hidden("key \"sk**yz\" is wrong"), "key \"[redacted]\" is wrong");
  EXPECT_EQ(hidden("it ends in \xE2\x80\xA6wxyz"), "it ends in [redacted]");
  EXPECT_EQ(hidden("the part abcdefghij is wrong"), "the part [redacted] is wrong");
  EXPECT_EQ(hidden("some***key of another"), "[redacted] of another");
  for (const char* plain : {"nothing of it here", "a ** b ... c", "2 * 3 = 6", "wait... now", ""}) EXPECT_EQ(hidden(plain), plain);
  EXPECT_EQ(without_fragments("word", ""), "word");
}

}  // namespace
}  // namespace lockstep::rest
